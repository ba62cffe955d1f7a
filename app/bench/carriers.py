"""How often noise is heard as a continuous signal, and told as one; the main thread."""

import numpy as np

from app.bench.figures import Figure
from app.bench.trials import count, none_figure, pfa_figure
from app.domain.radio import BeaconKind, Level, Target
from app.dsp.detectors import ContinuousDetector
from app.dsp.levels import PFA, SLICE_S, SliceMeter
from app.dsp.power import to_db
from hardware.sim.signals import white

RATE_HZ, BANDWIDTH_HZ = 10_000.0, 4_000.0
WINDOW_S = 1.0
SLICES = round(WINDOW_S / SLICE_S)
WINDOWS, WINDOWS_QUICK = 10_000, 1_000


def run(quick: bool) -> list[Figure]:
    """With ``quick`` a tenth of the windows."""
    return noise_figures(WINDOWS_QUICK if quick else WINDOWS)


def noise_figures(windows: int) -> list[Figure]:
    """Slices of white noise that are heard and detections told of them; the noise floor known."""
    heard, told = count(in_noise, windows, 0xCA)
    slices = windows * SLICES
    return [
        pfa_figure(f"carrier: Pfa of a level, {slices} of noise", heard, slices, PFA),
        none_figure(f"carrier: detections in {windows} windows of {WINDOW_S:g} s of noise", told, windows),
    ]


def in_noise(rng: np.random.Generator, windows: int) -> tuple[int, ...]:
    """Levels heard and detections told in noise that goes on through all windows."""
    meter = SliceMeter(RATE_HZ, BANDWIDTH_HZ)
    detector = ContinuousDetector(Target("t", "T", BeaconKind.CARRIER, 0.0, BANDWIDTH_HZ))
    heard = told = number = 0
    for _ in range(windows):
        for one in meter.feed(white(rng, round(WINDOW_S * RATE_HZ)), 1.0 / RATE_HZ):
            power_dbfs, noise_dbfs, snr_db = to_db(one.power), to_db(one.noise), to_db(one.snr)
            level = Level((number + 0.5) * SLICE_S, SLICE_S, "t", one.offset_hz, power_dbfs, power_dbfs, noise_dbfs,
                          snr_db, one.heard, False)  # fmt: skip
            told += detector.feed(level, None, 1.0 / RATE_HZ) is not None
            heard, number = heard + one.heard, number + 1
    return heard, told

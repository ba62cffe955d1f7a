"""How weak a continuous signal is heard, how often noise is heard or told as one; the main thread."""

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2, ncx2

from app.bench.figures import Figure
from app.bench.trials import Count, crossing, none_figure, pfa_figure
from app.domain.radio import BeaconKind, Level, Target
from app.dsp.detectors import ContinuousDetector
from app.dsp.levels import PFA, SLICE_S, SliceMeter
from app.dsp.power import to_db
from hardware.sim.signals import white
from hardware.sim.trains import carrier

RATE_HZ, BANDWIDTH_HZ = 10_000.0, 4_000.0
WINDOW_S = 1.0
SLICES = round(WINDOW_S / SLICE_S)
WINDOWS, WINDOWS_QUICK = 10_000, 1_000
SNRS_DB = np.arange(-11.0, -3.9, 0.5)
SIGNALS, SIGNALS_QUICK = 2_000, 200


def run(quick: bool, count: Count) -> list[Figure]:
    """With ``quick`` a tenth of the windows."""
    slices, windows = (SIGNALS_QUICK, WINDOWS_QUICK) if quick else (SIGNALS, WINDOWS)
    return [*sensitivity(slices, count), *noise_figures(windows, count)]


def sensitivity(slices: int, count: Count) -> list[Figure]:
    """SNRs in 4 kHz at which a level hears 0.5 and 0.9 of carriers, beside the bounds of the same slice.

    The limit is an energy detector that knows the noise and weighs all samples alike. One that knew the frequency too
    could add them up in phase: what that would gain is told beside it.
    """
    (*heard,) = count(_heard, slices, 0xC5)
    shares = np.maximum.accumulate(np.array(heard) / slices)
    figures = []
    for pd in (0.5, 0.9):
        needed_db, bound_db = crossing(SNRS_DB, shares, pd), energy_bound_db(pd)
        figures += [
            Figure(f"carrier: SNR in 4 kHz for Pd {pd:g} of a level", needed_db, "dB", limit=bound_db),
            Figure(f"carrier: gap to an ideal energy detector at Pd {pd:g}", needed_db - bound_db, "dB", "<= 2",
                   needed_db - bound_db <= 2.0),
            Figure(f"carrier: gap to a filter matched to its frequency at Pd {pd:g}", needed_db - matched_bound_db(pd),
                   "dB"),
        ]  # fmt: skip
    return figures


def energy_bound_db(pd: float) -> float:
    """SNR that the sum of k independent powers needs (Urkowitz 1967): noncentral chi-squared with 2 k freedoms."""
    freedoms = 2.0 * SLICE_S * BANDWIDTH_HZ
    limit = chi2.isf(PFA, freedoms)
    return to_db(brentq(lambda snr: ncx2.sf(limit, freedoms, freedoms * snr) - pd, 1e-6, 10.0))


def matched_bound_db(pd: float) -> float:
    """SNR in the same bandwidth that a slice added up in phase needs, its phase unknown (Marcum's Q)."""
    limit = chi2.isf(PFA, 2.0)
    energy = brentq(lambda value: ncx2.sf(limit, 2.0, 2.0 * value) - pd, 1e-3, 100.0)
    return to_db(energy / (SLICE_S * BANDWIDTH_HZ))


def _heard(rng: np.random.Generator, slices: int) -> tuple[int, ...]:
    """How many slices with a carrier of each SNR, anywhere in the inner channel, are heard."""
    found = []
    size = round(SLICE_S * RATE_HZ)
    for snr_db in SNRS_DB:
        meter = SliceMeter(RATE_HZ, BANDWIDTH_HZ)
        level_db = snr_db + to_db(BANDWIDTH_HZ / RATE_HZ)
        heard = 0
        for _ in range(slices):
            signal = carrier(rng, level_db, rng.uniform(-0.45, 0.45) * BANDWIDTH_HZ, SLICE_S, RATE_HZ)
            heard += sum(one.heard for one in meter.feed(signal + white(rng, size), 1.0 / RATE_HZ))
        found.append(heard)
    return tuple(found)


def noise_figures(windows: int, count: Count) -> list[Figure]:
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

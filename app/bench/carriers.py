"""How often noise is heard as a continuous signal; the main thread."""

import numpy as np

from app.bench.figures import Figure
from app.dsp.levels import PFA, SliceMeter
from hardware.sim.signals import white

RATE_HZ, BANDWIDTH_HZ = 10_000.0, 4_000.0
SLICES, SLICES_QUICK = 100_000, 20_000


def run(quick: bool) -> list[Figure]:
    """With ``quick`` a fifth of the slices."""
    return [level_pfa(SLICES_QUICK if quick else SLICES)]


def level_pfa(slices: int) -> Figure:
    """Share of slices of white noise that are heard; the noise floor known, 4 kHz of bandwidth."""
    rng = np.random.default_rng(0xCA)
    meter = SliceMeter(RATE_HZ, BANDWIDTH_HZ)
    heard = total = 0
    while total < slices:
        for level in meter.feed(white(rng, 100_000), 1.0 / RATE_HZ):
            heard, total = heard + level.heard, total + 1
    pfa = heard / total
    ok = 0.5 * PFA <= pfa <= 2.0 * PFA
    return Figure(f"carrier: Pfa of a level, {total} of noise", pfa, "", f"{0.5 * PFA:g} - {2.0 * PFA:g}", ok)

"""The bit clock of a first-generation burst: when its bits begin and how fast they come; pure, any thread."""

import numpy as np
from numpy.typing import NDArray

from app.dsp.sarsat406.integrals import Integrals
from app.dsp.sarsat406.preamble import BAUD, KNOWN_BITS

RATES = np.linspace(-0.01, 0.01, 161)  # C/S T.001: 400 bit/s within 1 %; a step is 1/60 of a bit at the burst's end
GRID = 64  # places of a bit; a biphase eye closes within a quarter of one
SHIFTS = np.arange(-12, 13)  # of them
HALVES = 2


def edges(start_s: float, bit_s: float, bits: int) -> NDArray[np.float64]:
    """Beginnings of all half bits and the end of the last, shape (2 bits + 1,)."""
    return np.asarray(start_s + np.arange(HALVES * bits + 1) * (bit_s / HALVES), np.float64)


def find_clock(signal: Integrals, start_s: float, bits: int) -> tuple[float, float]:
    """Start and length of a bit that open the eye widest, near ``start_s`` and 1/400 s; seconds.

    ``signal`` has the data in its real part. The known bits fix the start: the rate turns round their middle.
    """
    bit_s = 1.0 / BAUD
    step_s = bit_s / GRID
    margin = round(GRID * (bits * RATES[-1] + 1.0))
    times = start_s + (np.arange(-margin, GRID * bits + margin)) * step_s
    opened = np.abs(_swings(signal, times, bit_s))
    middle = KNOWN_BITS / 2.0
    places = GRID * (middle + (np.arange(bits) - middle) * (1.0 + RATES[:, None])) + margin
    openings = np.stack([opened[np.round(places + shift).astype(np.int64)].sum(axis=1) for shift in SHIFTS])
    shift, rate = (int(one) for one in np.unravel_index(int(np.argmax(openings)), openings.shape))
    found = 1.0 + RATES[rate] + (RATES[1] - RATES[0]) * _between(openings[shift], rate)
    moved = SHIFTS[shift] + _between(openings[:, rate], shift)
    return start_s + (middle * (1.0 - found) + moved / GRID) * bit_s, bit_s * found


def _swings(signal: Integrals, times_s: NDArray[np.float64], bit_s: float) -> NDArray[np.float64]:
    """First half less second half of a bit that would begin at each time."""
    begin, middle, end = (signal.up_to(times_s + shift * bit_s) for shift in (0.0, 0.5, 1.0))
    return np.asarray((2.0 * middle - begin - end).real, np.float64)


def _between(heights: NDArray[np.float64], top: int) -> float:
    if not 0 < top < heights.size - 1:
        return 0.0
    below, peak, above = heights[top - 1 : top + 2]
    curve = below - 2.0 * peak + above
    return float(0.5 * (below - above) / curve) if curve < 0.0 else 0.0

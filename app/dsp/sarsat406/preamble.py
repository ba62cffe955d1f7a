"""The known beginning of a first-generation burst: 160 ms of carrier, fifteen ones, nine bits of synchronisation."""

import math
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from app.domain.sarsat406.first import SELF_TEST, SYNC

BAUD = 400.0  # C/S T.001: within 1 %
DEPTH_RAD = 1.1
KNOWN_BITS = 24
STEPS = 16  # samples of a bit in which its beginning is looked for
LEAST = 6.0  # standard deviations by which the 24 known bits must stand out of the noise
TRIES_HZ = np.arange(-6.0, 7.5, 1.5)  # a drift of 60 Hz/s takes the frequency that far through the carrier


@dataclass(frozen=True, slots=True)
class Preamble:
    """Where the first bit begins, and which of the four forms it has."""

    start_s: float
    frequency_hz: float
    self_test: bool
    inverted: bool  # the spectrum is upside down: lower sideband, or I and Q exchanged


def biphase(bits: str) -> NDArray[np.float64]:
    """The sign of the phase at ``STEPS`` samples a bit: a one goes from plus to minus."""
    halves = np.array([1.0 if bit == "1" else -1.0 for bit in bits])
    return np.repeat(np.stack((halves, -halves), axis=1).reshape(-1), STEPS // 2)


PATTERNS = {False: biphase("1" * 15 + SYNC), True: biphase("1" * 15 + SELF_TEST)}


def find_preamble(samples: NDArray[np.complex128], noise_per_hz: float, carrier: int) -> Preamble | None:
    """Look for the beginning in samples at ``STEPS`` a bit of which the carrier stands near zero frequency.

    ``samples`` are integrals over one step, ``carrier`` how many of them a carrier before the bits has. None when the
    known bits do not stand out. Maximum likelihood over start, frequency and form, the phase unknown.
    """
    length = KNOWN_BITS * STEPS
    count = samples.size - carrier - length + 1
    if count <= 0:
        return None
    times = np.arange(samples.size) / (STEPS * BAUD)
    turned = samples * np.exp(-2j * math.pi * TRIES_HZ[:, None] * times)
    total = np.concatenate((np.zeros((TRIES_HZ.size, 1)), np.cumsum(turned, axis=1)), axis=1)
    before = total[:, carrier : carrier + count] - total[:, :count]
    within = total[:, carrier + length : carrier + length + count] - total[:, carrier : carrier + count]
    steady = before + math.cos(DEPTH_RAD) * within
    data = _matched(turned[:, carrier:], count)
    swing = -1j * math.sin(DEPTH_RAD) * data
    both = np.abs(np.stack((steady + swing, steady - swing)))  # signs, patterns, tries, places
    form, pattern, tried, at = (int(one) for one in np.unravel_index(int(np.argmax(both)), both.shape))
    sign = 1.0 if form == 0 else -1.0
    whole = steady[tried, at] + sign * swing[pattern, tried, at]
    sigma = math.sqrt(noise_per_hz / 2.0 * KNOWN_BITS / BAUD)  # of the quadrature sum over the known bits
    stands_out = float((sign * -1j * data[pattern, tried, at] * np.conj(whole)).real) / max(abs(whole) * sigma, 1e-300)
    if stands_out < LEAST:
        return None
    place = carrier + at + _between(both[form, pattern, tried], at)
    return Preamble(place / (STEPS * BAUD), float(TRIES_HZ[tried]), bool(pattern), form == 1)


def _matched(turned: NDArray[np.complex128], count: int) -> NDArray[np.complex128]:
    """Correlation with both patterns from each place, shape (2, tries, count)."""
    size = scipy.fft.next_fast_len(turned.shape[1])
    spectra = scipy.fft.fft(turned, size, axis=1)
    patterns = np.conj(scipy.fft.fft(np.stack((PATTERNS[False], PATTERNS[True])), size, axis=1))
    return np.asarray(scipy.fft.ifft(spectra * patterns[:, None], axis=2)[:, :, :count], np.complex128)


def _between(heights: NDArray[np.float64], top: int) -> float:
    if not 0 < top < heights.size - 1:
        return 0.0
    below, peak, above = heights[top - 1 : top + 2]
    curve = below - 2.0 * peak + above
    return float(np.clip(0.5 * (below - above) / curve, -0.5, 0.5)) if curve < 0.0 else 0.0

"""Where a second-generation burst begins and how far its frequency is off, by its known preamble; any thread."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from app.dsp.sarsat406.spreading import CHIP_HZ, CHIPS_PER_BIT, PREAMBLE_BITS, codes

HALF_RATE_HZ = 2.0 * CHIP_HZ  # two samples a chip: Q comes half a chip after I
LAGS = (2, 4, 6, 8, 10, 12, 14, 16)  # samples, whole chips
FREQUENCIES_HZ = np.arange(-5_250.0, 5_251.0, 750.0)  # off by half a step, the longest lag turns by 0.5 rad
ANGLES = 2.0 * np.pi / HALF_RATE_HZ * np.outer(FREQUENCIES_HZ, LAGS)
TURNS = np.concatenate((np.cos(ANGLES), np.sin(ANGLES)), axis=1).astype(np.float32)
LOOKED_AT = 16  # places of the greatest product, strongest first
PIECE = 64  # samples summed before the fine search in frequency: it reaches +-600 Hz
FINE = 4096
LEAST = 30.0  # energy of the preamble over the noise density, 14.8 dB: noise stays below by far
LEAST_BESIDE = 12.0  # half a chip beside it
SIZE = 32_768  # of the transforms
PREAMBLE = 2 * PREAMBLE_BITS * CHIPS_PER_BIT + 1  # samples


@dataclass(frozen=True, slots=True)
class Acquired:
    """The preamble's first chip, in samples of ``HALF_RATE_HZ``."""

    first: int
    frequency_hz: float
    self_test: bool
    energy: float  # over the noise density


@cache
def preamble(self_test: bool) -> NDArray[np.complex64]:
    """The preamble at two samples a chip, shape (PREAMBLE,). Not to be written to."""
    count = PREAMBLE_BITS * CHIPS_PER_BIT
    i_code, q_code = (code[:count] for code in codes(self_test))
    wave = np.zeros(2 * count + 1, np.complex64)
    wave[:-1] += np.repeat(i_code, 2)
    wave[1:] += 1j * np.repeat(q_code, 2)
    return wave


def acquire(
    samples: NDArray[np.complex64], starts: int, self_tests: tuple[bool, ...] = (False, True)
) -> Acquired | None:
    """The likeliest preamble of those that begin in the first ``starts`` samples at ``HALF_RATE_HZ``.

    None when it does not stand out. Products of samples some chips apart do not turn with the carrier: one correlation
    for each distance finds the start at any frequency. They are added with the phases that some frequencies give them,
    and at the places where that is greatest the whole preamble is added up in phase. Half a chip beside the true place
    it still stands out, so that neighbours are looked at only then.
    """
    starts = min(starts, samples.size - PREAMBLE)
    if starts <= 0:
        return None
    rows = _correlated(samples, starts, self_tests)
    found = []
    for row, self_test in zip(rows, self_tests, strict=True):
        heights = TURNS @ row
        for place in _tops(heights.max(axis=0)):
            coarse_hz = float(FREQUENCIES_HZ[heights[:, place].argmax()])
            found.append(_fine(samples, place, coarse_hz, self_test))
    best = max(found, key=lambda one: one.energy)
    if best.energy < LEAST_BESIDE:
        return None
    for first in (best.first - 1, best.first + 1):
        if 0 <= first <= starts:
            best = max(best, _fine(samples, first, best.frequency_hz, best.self_test), key=lambda one: one.energy)
    return best if best.energy >= LEAST else None


def _correlated(samples: NDArray[np.complex64], starts: int, self_tests: tuple[bool, ...]) -> NDArray[np.float32]:
    """Products of samples with the preamble's at each start, shape (self-tests, real and imaginary lags, starts).

    In pieces that stay in the processor's cache (overlap-save).
    """
    step = SIZE - PREAMBLE
    rows = np.empty((len(self_tests), 2 * len(LAGS), starts), np.float32)
    products = np.zeros((len(LAGS), SIZE), np.complex64)
    for first in range(0, starts, step):
        piece = samples[first : first + SIZE + LAGS[-1]]
        for product, lag in zip(products, LAGS, strict=True):
            count = min(piece.size - lag, SIZE)
            np.multiply(piece[lag : lag + count], np.conj(piece[:count]), out=product[:count])
            product[count:] = 0.0
        spectra = scipy.fft.fft(products, axis=1)
        for row, self_test in zip(rows, self_tests, strict=True):
            there = row[:, first : first + step]
            found = scipy.fft.ifft(spectra * _known(self_test), axis=1, overwrite_x=True)[:, : there.shape[1]]
            there[: len(LAGS)], there[len(LAGS) :] = found.real, found.imag
    return rows


@cache
def _known(self_test: bool) -> NDArray[np.complex64]:
    """Spectra of the preamble's own products, conjugated, shape (lags, SIZE)."""
    wave = preamble(self_test)
    return np.stack([np.conj(scipy.fft.fft(wave[lag:] * np.conj(wave[:-lag]), SIZE)) for lag in LAGS])


def _tops(height: NDArray[np.float32]) -> list[int]:
    """The greatest places, none beside a greater one."""
    height = height.copy()
    places = []
    for _ in range(LOOKED_AT):
        top = int(np.argmax(height))
        places.append(top)
        height[max(top - 4, 0) : top + 5] = -1.0
    return places


def _fine(samples: NDArray[np.complex64], first: int, coarse_hz: float, self_test: bool) -> Acquired:
    """The preamble there added up in phase, at the best frequency near ``coarse_hz``."""
    wave = preamble(self_test)
    piece = samples[first : first + wave.size] * np.conj(wave)
    turns = np.exp(-2j * np.pi * coarse_hz / HALF_RATE_HZ * np.arange(PIECE)).astype(np.complex64)
    sums = piece[: wave.size // PIECE * PIECE].reshape(-1, PIECE) @ turns
    sums *= np.exp(-2j * np.pi * coarse_hz / HALF_RATE_HZ * PIECE * np.arange(sums.size)).astype(np.complex64)
    spectrum = scipy.fft.fft(sums, FINE)
    power = spectrum.real**2 + spectrum.imag**2
    top = int(np.argmax(power))
    noise = float(np.vdot(piece, piece).real)  # of the sum, the burst itself taken for noise
    fine_hz = float(np.fft.fftfreq(FINE, PIECE / HALF_RATE_HZ)[top])
    return Acquired(first, coarse_hz + fine_hz, self_test, float(power[top]) / max(noise, 1e-300))

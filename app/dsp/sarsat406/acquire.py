"""Where a second-generation burst begins and how far its frequency is off, by its known preamble; any thread."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from app.dsp.fourier import Correlation
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
PART = 8_192  # starts of which the lags are added up at a time
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
        places = _tops(_greatest(row))
        coarse_hz = FREQUENCIES_HZ[(TURNS @ row[:, places]).argmax(axis=0)]
        found += _fine(samples, places, coarse_hz, self_test)
    best = max(found, key=lambda one: one.energy)
    if best.energy < LEAST_BESIDE:
        return None
    beside = np.array([first for first in (best.first - 1, best.first + 1) if 0 <= first <= starts])
    at_same_hz = np.full(beside.size, best.frequency_hz)
    best = max([best, *_fine(samples, beside, at_same_hz, best.self_test)], key=lambda one: one.energy)
    return best if best.energy >= LEAST else None


def _correlated(samples: NDArray[np.complex64], starts: int, self_tests: tuple[bool, ...]) -> NDArray[np.float32]:
    """Products of samples with the preamble's at each start, shape (self-tests, real and imaginary lags, starts).

    In pieces that stay in the processor's cache (overlap-save).
    """
    step = SIZE - PREAMBLE
    rows = np.empty((len(self_tests), 2, len(LAGS), starts), np.float32)
    correlation = Correlation(SIZE)
    known = [_known(self_test) for self_test in self_tests]
    for first in range(0, starts, step):
        piece = samples[first : first + SIZE + LAGS[-1]]
        conjugated = np.conj(piece)
        count = min(starts - first, step)
        for at, lag in enumerate(LAGS):
            size = min(piece.size - lag, SIZE)
            np.multiply(piece[lag : lag + size], conjugated[:size], out=correlation.samples[:size])
            correlation.samples[size:] = 0.0
            correlation.take()
            for row, spectra in zip(rows, known, strict=True):
                found = correlation.with_known(spectra[at])[:count]
                row[0, at, first : first + count], row[1, at, first : first + count] = found.real, found.imag
    return rows.reshape(len(self_tests), 2 * len(LAGS), starts)


@cache
def _known(self_test: bool) -> NDArray[np.complex64]:
    """Spectra of the preamble's own products, conjugated, shape (lags, SIZE)."""
    wave = preamble(self_test)
    return np.stack([np.conj(scipy.fft.fft(wave[lag:] * np.conj(wave[:-lag]), SIZE)) for lag in LAGS])


def _greatest(row: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the lags add up to at each start, at the best of the frequencies; in pieces, as above."""
    starts = row.shape[1]
    return np.concatenate([(TURNS @ row[:, at : at + PART]).max(axis=0) for at in range(0, starts, PART)])


def _tops(height: NDArray[np.float32]) -> NDArray[np.intp]:
    """The greatest places, none beside a greater one; ``height`` is used up."""
    places = np.empty(LOOKED_AT, np.intp)
    for number in range(LOOKED_AT):
        top = places[number] = int(np.argmax(height))
        height[max(top - 4, 0) : top + 5] = -np.inf
    return places


def _fine(
    samples: NDArray[np.complex64], firsts: NDArray[np.intp], coarse_hz: NDArray[np.float64], self_test: bool
) -> list[Acquired]:
    """The preamble at each of these places added up in phase, at the best frequency near each coarse one."""
    wave = preamble(self_test)
    pieces = np.stack([samples[first : first + wave.size] for first in firsts.tolist()]) * np.conj(wave)
    parts = wave.size // PIECE
    angles = -2.0 * np.pi / HALF_RATE_HZ * coarse_hz[:, None]
    turns = np.exp(1j * angles * np.arange(PIECE)).astype(np.complex64)
    sums = (pieces[:, : parts * PIECE].reshape(-1, parts, PIECE) @ turns[:, :, None])[:, :, 0]
    sums *= np.exp(1j * angles * PIECE * np.arange(parts)).astype(np.complex64)
    spectra = scipy.fft.fft(sums, FINE, axis=1)
    powers = spectra.real**2 + spectra.imag**2
    tops = powers.argmax(axis=1)
    fine_hz = np.fft.fftfreq(FINE, PIECE / HALF_RATE_HZ)[tops]
    noises = (pieces.real**2 + pieces.imag**2).sum(axis=1)  # of the sum, the burst itself taken for noise
    energies = powers[np.arange(tops.size), tops] / np.maximum(noises, np.float32(1e-30))
    found = zip(firsts.tolist(), (coarse_hz + fine_hz).tolist(), energies.tolist(), strict=True)
    return [Acquired(first, hz, self_test, energy) for first, hz, energy in found]

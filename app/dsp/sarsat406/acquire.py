"""Where a second-generation burst begins and how far its frequency is off, by its known preamble; any thread."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from app.dsp.sarsat406.spreading import CHIP_HZ, CHIPS_PER_BIT, PREAMBLE_BITS, codes

HALF_RATE_HZ = 2.0 * CHIP_HZ  # two samples a chip: Q comes half a chip after I
LAGS = (2, 4, 6, 8, 10, 12, 14, 16)  # samples, whole chips
LOOKED_AT = 8  # places of the greatest product, strongest first
PIECE = 64  # samples summed before the fine search in frequency: it reaches +-600 Hz
FINE = 4096
LEAST = 30.0  # energy of the preamble over the noise density, 14.8 dB: noise stays below by far


@dataclass(frozen=True, slots=True)
class Acquired:
    """The preamble's first chip, in samples of ``HALF_RATE_HZ``."""

    first: int
    frequency_hz: float
    self_test: bool
    energy: float  # over the noise density


def preamble(self_test: bool) -> NDArray[np.complex64]:
    """The preamble at two samples a chip."""
    count = PREAMBLE_BITS * CHIPS_PER_BIT
    i_code, q_code = (code[:count] for code in codes(self_test))
    wave = np.zeros(2 * count + 1, np.complex64)
    wave[:-1] += np.repeat(i_code, 2)
    wave[1:] += 1j * np.repeat(q_code, 2)
    return wave


def acquire(samples: NDArray[np.complex64], self_tests: tuple[bool, ...] = (False, True)) -> Acquired | None:
    """The likeliest preamble in samples at ``HALF_RATE_HZ``; None when it does not stand out.

    Products of samples some chips apart do not turn with the carrier, so that one correlation each finds the start
    at any frequency; their phases give the frequency, and the whole preamble added up in phase gives it finely.
    """
    best: Acquired | None = None
    size = scipy.fft.next_fast_len(samples.size + 1)
    products = [samples[lag:] * np.conj(samples[:-lag]) for lag in LAGS]
    spectra = [scipy.fft.fft(product, size) for product in products]
    for self_test in self_tests:
        wave = preamble(self_test)
        count = samples.size - wave.size
        if count <= 0:
            return None
        rows = np.empty((len(LAGS), count), np.complex64)
        for row, (lag, spectrum) in enumerate(zip(LAGS, spectra, strict=True)):
            known = np.conj(scipy.fft.fft(wave[lag:] * np.conj(wave[:-lag]), size))
            rows[row] = scipy.fft.ifft(spectrum * known)[:count]
        for place in _tops((rows.real**2 + rows.imag**2).sum(axis=0)):
            coarse_hz = _coarse(rows[:, place])
            for first in (place - 1, place, place + 1):
                found = _fine(samples, wave, first, coarse_hz, self_test)
                if found is not None and (best is None or found.energy > best.energy):
                    best = found
    return best if best is not None and best.energy >= LEAST else None


def _tops(height: NDArray[np.float32]) -> list[int]:
    """The greatest places, none beside a greater one."""
    height = height.copy()
    places = []
    for _ in range(LOOKED_AT):
        top = int(np.argmax(height))
        places.append(top)
        height[max(top - 4, 0) : top + 5] = -1.0
    return places


def _coarse(row: NDArray[np.complex64]) -> float:
    """The frequency that turns the products as they are turned, Hz."""
    frequencies = np.arange(-CHIP_HZ / 2.0, CHIP_HZ / 2.0, 100.0)
    turns = np.exp(-2j * np.pi * frequencies[:, None] * (np.array(LAGS) / HALF_RATE_HZ))
    return float(frequencies[np.argmax((turns @ row).real)])


def _fine(
    samples: NDArray[np.complex64], wave: NDArray[np.complex64], first: int, coarse_hz: float, self_test: bool
) -> Acquired | None:
    if first < 0 or first + wave.size > samples.size:
        return None
    piece = samples[first : first + wave.size] * np.conj(wave)
    piece = piece * np.exp(-2j * np.pi * coarse_hz / HALF_RATE_HZ * np.arange(wave.size))
    sums = piece[: wave.size // PIECE * PIECE].reshape(-1, PIECE).sum(axis=1)
    spectrum = scipy.fft.fft(sums, FINE)
    power = spectrum.real**2 + spectrum.imag**2
    top = int(np.argmax(power))
    noise = float(np.mean(np.abs(piece) ** 2)) * wave.size  # of the sum, the burst itself taken for noise
    fine_hz = float(np.fft.fftfreq(FINE, PIECE / HALF_RATE_HZ)[top])
    return Acquired(first, coarse_hz + fine_hz, self_test, float(power[top]) / max(noise, 1e-300))

"""Where in a window a carrier of 160 ms may stand, as every first-generation burst begins; pure, any thread."""

import math
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

CARRIER_S = 0.160
HOP_S = 0.040
PADDING = 2  # bins per resolution
LIMIT = 20.0  # power over noise in 160 ms: 13 dB; noise alone reaches it in some 4 of 10 000 windows
MOST = 6  # looked at in one window, strongest first
ALIKE_HZ = 40.0  # the modulation's own lines lie within; peaks of one burst are told once


@dataclass(frozen=True, slots=True)
class Carrier:
    """A line that stood for 160 ms."""

    start_s: float  # in the window
    frequency_hz: float  # against the middle of the window's band
    snr: float  # its energy over the noise density


@dataclass(frozen=True, slots=True)
class Carriers:
    """What was found, strongest first, and the noise."""

    found: tuple[Carrier, ...]
    noise_per_hz: float


def find_carriers(samples: NDArray[np.complex64], rate_hz: float, low_hz: float, high_hz: float) -> Carriers:
    """Look at a window of samples, shape (n,), between two frequencies.

    The noise is the median over time and frequency of all spectra: exponential, so its mean is the median over ln 2.
    """
    size = round(CARRIER_S * rate_hz)
    if samples.size < size:
        return Carriers((), 0.0)
    hop = max(round(HOP_S * rate_hz), 1)
    length = scipy.fft.next_fast_len(PADDING * size)
    step_hz = rate_hz / length
    first = max(math.ceil(low_hz / step_hz), -(length // 2))
    last = min(math.floor(high_hz / step_hz), (length - 1) // 2)
    power = _power(scipy.fft.fft(sliding_window_view(samples, size)[::hop], length, axis=1), first, last)
    noise = float(np.median(power[:, ::PADDING])) / math.log(2.0)
    if not noise > 0.0:
        return Carriers((), 0.0)
    found = [
        Carrier(
            row * hop / rate_hz,
            (first + column + _between(power[row], column)) * step_hz,
            float(power[row, column]) / noise,
        )
        for row, column in _tops(power, LIMIT * noise, step_hz)
    ]
    return Carriers(tuple(found), noise / size / rate_hz)


def _power(spectra: NDArray[np.complex64], first: int, last: int) -> NDArray[np.float32]:
    """Of the bins ``first`` ... ``last``, those below zero being the last of each spectrum."""
    below = min(max(-first, 0), last - first + 1)
    power = np.empty((len(spectra), last - first + 1), np.float32)
    for kept, into in ((spectra[:, max(first, 0) : max(last + 1, 0)], power[:, below:]),
                       (spectra[:, first + spectra.shape[1] :][:, :below], power[:, :below])):  # fmt: skip
        np.square(kept.real, out=into)
        np.add(into, np.square(kept.imag), out=into)
    return power


def _tops(power: NDArray[np.float32], limit: float, step_hz: float) -> list[tuple[int, int]]:
    """The highest cells above the limit, none beside a higher one."""
    if not (power.max() >= limit):
        return []
    near = (3, 2 * round(ALIKE_HZ / step_hz) + 1)
    rows, columns = np.nonzero((power >= limit) & (power == maximum_filter(power, near)))
    order = np.argsort(power[rows, columns])[::-1][:MOST]
    return [(int(rows[one]), int(columns[one])) for one in order]


def _between(power: NDArray[np.float32], top: int) -> float:
    """How far the peak lies from its bin, by a parabola through three amplitudes."""
    if not 0 < top < power.size - 1:
        return 0.0
    below, peak, above = np.sqrt(power[top - 1 : top + 2].astype(np.float64))
    curve = below - 2.0 * peak + above
    return float(0.5 * (below - above) / curve) if curve < 0.0 else 0.0

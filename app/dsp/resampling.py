"""Filters for sound: a sharp low pass, and any rate to any other; receiver thread."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

KAISER_BETA = 6.76  # 70 dB: 0.1102 (70 - 8.7), Kaiser 1974
LOWPASS_TAPS = 129
ZEROS = 12  # of the sinc on each side of a sample
PHASES = 256  # between two samples; the nearest is taken
ROOM = 0.9  # of the lower rate's half band that is kept

Samples = NDArray[np.complex64]


class LowPass:
    """Keeps what is within ``width_hz`` / 2 of zero; the rest is 70 dB down beyond 4.4 / 129 of the rate."""

    def __init__(self, rate_hz: float, width_hz: float) -> None:
        at = np.arange(LOWPASS_TAPS) - LOWPASS_TAPS // 2
        cut = min(width_hz / rate_hz, 1.0)
        taps = np.sinc(cut * at) * np.kaiser(LOWPASS_TAPS, KAISER_BETA)
        self._taps = (taps / taps.sum()).astype(np.float32)
        self._before = np.zeros(LOWPASS_TAPS - 1, np.complex64)

    def feed(self, samples: Samples) -> Samples:
        """As many samples as come in, half the filter's length late."""
        if samples.size == 0:
            return samples
        all_of = np.concatenate((self._before, samples))
        self._before = all_of[-(LOWPASS_TAPS - 1) :]
        return np.asarray(np.convolve(all_of, self._taps, "valid"), np.complex64)


class Resampler:
    """From one rate to another, whatever their ratio: a windowed sinc at the nearest of 256 phases."""

    def __init__(self, from_hz: float, to_hz: float) -> None:
        self._step = from_hz / to_hz
        cut = ROOM * min(1.0, to_hz / from_hz)
        self._half = math.ceil(ZEROS / cut)
        at = np.arange(-self._half + 1, self._half + 1) - (np.arange(PHASES + 1) / PHASES)[:, None]
        taps = np.sinc(cut * at) * np.i0(
            KAISER_BETA * np.sqrt(np.maximum(1.0 - (at / self._half) ** 2, 0.0))
        )  # fmt: skip
        self._taps = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)
        self._held = np.zeros(2 * self._half, np.complex64)
        self._next = float(self._half)  # place of the next output in what is held

    def feed(self, samples: Samples) -> Samples:
        """Take samples that follow the last ones; returns those of the other rate that they complete."""
        held = np.concatenate((self._held, samples))
        end = held.size - self._half
        places = self._next + self._step * np.arange(max(math.ceil((end - self._next) / self._step), 0))
        places = places[places < end]  # the last may have been rounded up to it
        whole = np.floor(places).astype(np.intp)
        phases = np.rint((places - whole) * PHASES).astype(np.intp)
        windows = sliding_window_view(held, 2 * self._half)[whole - self._half + 1]
        out = np.einsum("ij,ij->i", windows, self._taps[phases])
        self._next += self._step * places.size
        drop = max(min(int(self._next) - self._half, held.size), 0)
        self._held, self._next = held[drop:], self._next - drop
        return np.asarray(out, np.complex64)

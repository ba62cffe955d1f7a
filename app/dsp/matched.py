"""Power of a channel matched to pulses of one length, over time and frequency; receiver thread."""

import math
from dataclasses import dataclass, replace

import numpy as np
import scipy.fft
from numpy.typing import NDArray

PARTS = 4  # of a pulse, each transformed once: the map has a row for each
PADDING = 2  # bins per resolution of a pulse, so that one between two bins loses 0.9 dB at most
ROWS = 256  # made at a time: what lies in the processor's cache is four times as fast


@dataclass(frozen=True, slots=True, eq=False)
class PulseGram:
    """Mean power over one pulse length per time and frequency, and the samples it was made of."""

    first: int  # channel sample at which the first row begins
    hop: int
    offsets_hz: NDArray[np.float64]
    power: NDArray[np.float32]  # shape (times, bins); noise of density n reads n times the filter's noise bandwidth
    samples: NDArray[np.complex64]  # hop for each row: the next gram's follow
    time_s: float = 0.0  # of the first row, of the station's clock


class PulseFilter:
    """Filters matched to a keyed carrier of any frequency in the channel.

    Each quarter of a pulse is transformed once, by a matrix product, and four neighbours are added with the phase that
    the frequency turns between them: a third of the work of transforming each pulse length.
    """

    def __init__(self, rate_hz: float, bandwidth_hz: float, pulse_s: float) -> None:
        self.rate_hz = rate_hz
        self.length = pulse_length(pulse_s, rate_hz)
        self.hop = max(round(self.length / PARTS), 1)
        self.reach = PARTS * self.hop  # samples that one row takes in
        size = PADDING * self.reach
        half = min(round(bandwidth_hz / 2.0 / rate_hz * size), size // 2 - 1)
        bins = np.arange(-half, half + 1)
        self.offsets_hz = np.asarray(bins * (rate_hz / size), np.float64)
        self.width_hz = bins.size * rate_hz / size
        turns = bins / size
        self._columns = np.exp(-2j * np.pi * np.outer(np.arange(self.hop), turns)).astype(np.complex64)
        self._columns /= np.float32(self.reach)  # so that a power is a mean over the pulse
        turn = np.exp(-2j * np.pi * self.hop * np.outer(np.arange(ROWS + PARTS - 1), turns))
        self._turns = turn.astype(np.complex64)

    def gram(self, samples: NDArray[np.complex64], first: int, rows: int) -> PulseGram:
        """The map of ``rows`` rows from samples, shape (n,), n >= (rows + 3) hops; the first is number ``first``."""
        power = np.empty((rows, self.offsets_hz.size), np.float32)
        for start in range(0, rows, ROWS):
            self._fill(power[start : start + ROWS], samples[start * self.hop :])
        return PulseGram(first, self.hop, self.offsets_hz, power, samples[: rows * self.hop])

    def _fill(self, power: NDArray[np.float32], samples: NDArray[np.complex64]) -> None:
        count = len(power) + PARTS - 1
        parts = samples[: count * self.hop].reshape(count, self.hop) @ self._columns
        parts *= self._turns[:count]
        pairs = parts[1:] + parts[:-1]
        whole = pairs[2:] + pairs[:-2]
        np.square(whole.real, out=power)
        power += np.square(whole.imag)


def silence(after: PulseGram, rows: int) -> PulseGram:
    """Nothing for so many rows after another gram."""
    return replace(
        after,
        first=after.first + after.hop * len(after.power),
        power=np.zeros((rows, after.offsets_hz.size), np.float32),
        samples=np.zeros(rows * after.hop, np.complex64),
    )


def pulse_length(pulse_s: float, rate_hz: float) -> int:
    """Channel samples of a pulse."""
    return max(round(pulse_s * rate_hz), PARTS)


def around(samples: NDArray[np.complex64], starts: NDArray[np.intp], length: int) -> NDArray[np.complex64]:
    """Stretches of ``samples`` from each start on, shape (starts, length); silence where there are none."""
    places = starts[:, None] + np.arange(length)
    pieces = np.take(samples, places, mode="clip")
    pieces[(places < 0) | (places >= samples.size)] = 0.0
    return np.asarray(pieces, np.complex64)


def fine_power(
    pieces: NDArray[np.complex64], offsets_hz: NDArray[np.float64], rate_hz: float, length: int
) -> NDArray[np.float32]:
    """Power matched to ``length`` samples at every lag of each piece, at each frequency.

    ``pieces`` has shape (pieces, n); returns shape (pieces, frequencies, n - length + 1).
    """
    count = pieces.shape[1]
    turns = np.outer(offsets_hz / rate_hz, np.arange(count))
    angles = (2.0 * math.pi * (np.rint(turns) - turns)).astype(np.float32)  # small: single precision will do
    turn = np.empty(turns.shape, np.complex64)
    np.cos(angles, out=turn.real)
    np.sin(angles, out=turn.imag)
    sums = np.zeros((len(pieces), offsets_hz.size, count + 1), np.complex64)
    np.cumsum(pieces[:, None, :] * turn, axis=2, out=sums[:, :, 1:])
    found = sums[:, :, length:] - sums[:, :, :-length]
    return np.asarray((np.square(found.real) + np.square(found.imag)) / np.float32(length**2), np.float32)


def sharp_offset(piece: NDArray[np.complex64], offset_hz: float, rate_hz: float) -> tuple[float, float]:
    """Frequency of a pulse that fills ``piece``, to 1 % of its resolution, near ``offset_hz``; and its power there."""
    turned = piece * np.exp(-2j * math.pi * offset_hz / rate_hz * np.arange(piece.size))
    size = 16 * piece.size
    spectrum = np.abs(scipy.fft.fft(turned, size)) ** 2
    near = np.concatenate((spectrum[-16:], spectrum[:17]))  # within one resolution
    top = int(np.argmax(near))
    step = float(top)
    if 0 < top < near.size - 1:
        below, peak, above = (float(value) for value in near[top - 1 : top + 2])
        curve = below - 2.0 * peak + above
        step += 0.5 * (below - above) / curve if curve < 0.0 else 0.0
    return offset_hz + (step - 16.0) * rate_hz / size, float(near[top]) / piece.size**2

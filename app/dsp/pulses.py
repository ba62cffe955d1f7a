"""Levels of pulsed tags: the strongest pulse of each period, matched to the pulse's length; receiver thread."""

import math
from collections.abc import Iterator

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.dsp.levels import LOWEST_SNR, PFA, Measured, PulseGram, strongest_line

HOPS = 4  # spectra per pulse length
PADDING = 2  # length of the transform over the pulse's, so that a pulse between two bins loses 0.9 dB at most
CELLS = (
    0.27  # crossings of level t by noise, over t^2 exp(-t) per period and hertz of bandwidth; measured, see the test
)


class PulseMeter:
    """One level per expected period, of its strongest pulse, heard or not.

    ``power`` is the mean power over one pulse length at the pulse's own frequency, ``noise`` the noise in the pulse's
    own bandwidth 1 / length, so ``snr`` is E / N0. The stretch in which a pulse is looked for follows the one heard
    last, so that pulses stay in the middle of it.
    """

    def __init__(self, rate_hz: float, bandwidth_hz: float, period_s: float, pulse_s: float, pfa: float = PFA) -> None:
        self._rate_hz = rate_hz
        self._length = max(round(pulse_s * rate_hz), 4)
        self._period = round(period_s * rate_hz)
        self._hop = max(self._length // HOPS, 1)
        self._size = scipy.fft.next_fast_len(PADDING * self._length)
        half = min(round(bandwidth_hz / 2.0 / rate_hz * self._size), self._size // 2 - 1)
        self._bins = np.arange(-half, half + 1)
        width_hz = self._bins.size / self._size * rate_hz
        self._limit = largest_of_noise(period_s * width_hz, pfa)
        self._expected = largest_of_noise(period_s * width_hz, 0.43)  # its mean (Gumbel)
        self.reset()

    def reset(self) -> None:
        self._samples = np.zeros(0, np.complex64)
        self._at = 0  # of the first sample kept
        self._end = self._period  # of the stretch in which a pulse must begin
        self.gram: PulseGram | None = None

    def feed(self, channel: NDArray[np.complex64], noise_per_hz: float) -> Iterator[Measured]:
        """Take channel samples that follow the last ones; yields a level for each period they complete.

        ``gram`` then is the power over time and frequency that it was found in.
        """
        self._samples = np.concatenate((self._samples, channel))
        while self._at + self._samples.size >= self._end + 2 * self._length:
            stretch = self._end - self._at
            yield self._measure(stretch, noise_per_hz)
            kept = max(stretch // self._hop * self._hop, 0)
            self._samples = self._samples[kept:]
            self._at += kept

    def _measure(self, stretch: int, noise_per_hz: float) -> Measured:
        gram = self._transform(stretch)
        self.gram = gram
        noise = noise_per_hz * self._rate_hz / self._length
        row, column = np.unravel_index(int(np.argmax(gram.power)), gram.power.shape)
        start, offset_hz, power = self._refine(int(row) * self._hop, float(gram.offsets_hz[column]))
        heard = power >= self._limit * noise
        signal = power - noise if heard else max(power - self._expected * noise, LOWEST_SNR * noise)
        found = self._at + start + self._length / 2.0
        middle, length = (found, float(self._length)) if heard else (self._at + stretch / 2.0, float(stretch))
        self._end += self._period
        if heard:
            self._end = max(round(found + 1.5 * self._period), self._end - self._period + self._length)
        return Measured(
            middle=middle,
            length=length,
            offset_hz=offset_hz,
            power=signal if heard else (self._limit - 1.0) * noise,
            noise=noise,
            snr=signal / noise if noise > 0.0 else math.inf,
            heard=heard,
        )

    def _transform(self, stretch: int) -> PulseGram:
        pieces = sliding_window_view(self._samples[: stretch + self._length], self._length)[:: self._hop]
        spectra = scipy.fft.fft(pieces, self._size, axis=1)[:, self._bins]
        power = np.asarray((spectra.real**2 + spectra.imag**2) / self._length**2, np.float32)
        offsets_hz = np.asarray(self._bins * (self._rate_hz / self._size), np.float64)
        return PulseGram(self._at, self._hop, offsets_hz, power)

    def _refine(self, start: int, offset_hz: float) -> tuple[int, float, float]:
        """Place, frequency and power of the pulse near a cell of the gram, to the sample and to 1 % of a bin."""
        low = max(start - self._length // 2, 0)
        piece = self._samples[low : start + 2 * self._length]
        for _ in range(2):
            turn = np.exp(-2j * np.pi * offset_hz / self._rate_hz * np.arange(piece.size))
            sums = np.concatenate(([0.0], np.cumsum(piece * turn)))
            power = np.abs(sums[self._length :] - sums[: -self._length]) ** 2 / self._length**2
            best = int(np.argmax(power))
            size = 16 * self._length
            fine = (
                np.abs(scipy.fft.fft(piece[best : best + self._length] * turn[best : best + self._length], size)) ** 2
            )
            around = np.concatenate((fine[-16:], fine[:17]))  # within one resolution of where it was
            offset_hz += (strongest_line(around) - 16.0) * self._rate_hz / size
        return low + best, offset_hz, float(around.max()) / self._length**2


def largest_of_noise(time_bandwidth: float, pfa: float) -> float:
    """What the largest matched power in noise of mean 1 exceeds with probability ``pfa``.

    The matched filter's output is a field over time and frequency whose crossings of a level t go as t^2 exp(-t):
    finely searched, it has more places the higher one looks.
    """
    crossings = -math.log1p(-pfa)
    limit = 10.0
    for _ in range(50):
        limit = math.log(max(CELLS * time_bandwidth * limit**2, 2.0) / crossings)
    return max(limit, 1.0)

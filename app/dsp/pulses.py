"""Levels of pulsed tags: the strongest pulse of each period, matched to the pulse's length; receiver thread."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from app.dsp.levels import LOWEST_SNR, PFA, Measured
from app.dsp.matched import PulseFilter, PulseGram, fine_power, sharp_offset

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
        self._filter = PulseFilter(rate_hz, bandwidth_hz, pulse_s)
        self._length = self._filter.length
        self._pfa = pfa
        self.expect(period_s)
        self.reset()

    def expect(self, period_s: float) -> None:
        """A pulse comes once in this time, as far as is known: the stretch after the present one is that long."""
        self._period = round(period_s * self._rate_hz)
        self._limit = largest_of_noise(period_s * self._filter.width_hz, self._pfa)
        self._expected = largest_of_noise(period_s * self._filter.width_hz, 0.43)  # its mean (Gumbel)

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
            rows = max((self._end - self._at) // self._filter.hop, 1)
            yield self._measure(rows, noise_per_hz)
            kept = rows * self._filter.hop
            self._samples = self._samples[kept:]
            self._at += kept

    def _measure(self, rows: int, noise_per_hz: float) -> Measured:
        gram = self.gram = self._filter.gram(self._samples, self._at, rows)
        noise = noise_per_hz * self._rate_hz / self._length
        row, column = np.unravel_index(int(np.argmax(gram.power)), gram.power.shape)
        start, offset_hz, power = self._refine(int(row) * gram.hop, float(gram.offsets_hz[column]))
        heard = power >= self._limit * noise
        signal = power - noise if heard else max(power - self._expected * noise, LOWEST_SNR * noise)
        found = self._at + start + self._length / 2.0
        stretch = rows * gram.hop
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

    def _refine(self, start: int, offset_hz: float) -> tuple[int, float, float]:
        """Place, frequency and power of the pulse near a cell of the gram, to the sample and to 1 % of a bin."""
        low = max(start - self._length // 2, 0)
        piece = self._samples[low : start + 2 * self._length]
        power = 0.0
        best = 0
        for _ in range(2):
            lags = fine_power(piece[None, :], np.array([offset_hz]), self._rate_hz, self._length)
            best = int(np.argmax(lags))
            offset_hz, power = sharp_offset(piece[best : best + self._length], offset_hz, self._rate_hz)
        return low + best, offset_hz, power


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

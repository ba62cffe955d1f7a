"""Levels of continuous signals: energy in the target's bandwidth per slice of 0.1 s; receiver thread."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.special import gammainccinv

from app.dsp.matched import PulseGram
from app.dsp.power import HANN_ENBW_BINS, hann

PFA = 1e-3  # probability that noise alone makes one level "heard", for every kind
SLICE_S = 0.1
SHORTEST_SLICE = 64  # channel samples
HANN_SHARE = 0.514  # of a slice that counts as independent under the window: sum(w^2)^2 / (n sum(w^4)) = 18 / 35
FLOOR_SD = 0.02  # relative standard deviation of the noise floor's own estimate
LOWEST_SNR = 1e-3  # what is reported when nothing is left after the noise is taken off: -30 dB


@dataclass(frozen=True, slots=True)
class Measured:
    """A level in the channel's own terms: indices in channel samples since the reset, linear powers.

    ``power`` is the signal's alone, the expected noise taken off; when not ``heard`` it is what would just have been
    heard. ``snr`` is always what was measured.
    """

    middle: float
    length: float
    offset_hz: float  # of the strongest line from the middle of the channel
    power: float
    noise: float
    snr: float
    heard: bool


class Meter(Protocol):
    """Turns a channel's samples into levels."""

    gram: PulseGram | None  # what the last level was found in, of a meter for pulses

    def reset(self) -> None: ...

    def feed(self, channel: NDArray[np.complex64], noise_per_hz: float) -> Iterator[Measured]: ...


def energy_limit(independent: float, pfa: float, floor_sd: float = FLOOR_SD) -> float:
    """Power over noise power that noise reaches with probability ``pfa``, the mean of so many independent samples.

    Energy detector (Urkowitz 1967): the mean of k exponential powers is gamma distributed with shape k. The floor's
    own uncertainty is taken in as additional variance.
    """
    shape = 1.0 / (1.0 / independent + floor_sd**2)
    return float(gammainccinv(shape, pfa)) / shape


class SliceMeter:
    """Energy detector on slices of 0.1 s (more when the channel is so narrow that it has too few samples)."""

    def __init__(self, rate_hz: float, bandwidth_hz: float, pfa: float = PFA) -> None:
        self._rate_hz = rate_hz
        self._bandwidth_hz = min(bandwidth_hz, rate_hz)
        self._length = max(round(SLICE_S * rate_hz), SHORTEST_SLICE)
        self._limit = energy_limit(max(HANN_SHARE * self._length * self._bandwidth_hz / rate_hz, 1.0), pfa)
        half = min(round(self._bandwidth_hz / 2.0 / rate_hz * self._length), self._length // 2 - 1)
        self._band = slice(self._length // 2 - half, self._length // 2 + half + 1)
        self._buffer = np.zeros(self._length, np.complex64)
        self.gram: PulseGram | None = None
        self.reset()

    def reset(self) -> None:
        self._held = 0
        self._slices = 0

    def feed(self, channel: NDArray[np.complex64], noise_per_hz: float) -> Iterator[Measured]:
        """Take channel samples that follow the last ones; yields a level for each slice they complete."""
        at = 0
        while at < channel.size:
            take = min(self._length - self._held, channel.size - at)
            self._buffer[self._held : self._held + take] = channel[at : at + take]
            self._held += take
            at += take
            if self._held == self._length:
                yield self._measure(noise_per_hz)
                self._held = 0
                self._slices += 1

    def _measure(self, noise_per_hz: float) -> Measured:
        spectrum = np.fft.fftshift(scipy.fft.fft(self._buffer * hann(self._length)))[self._band]
        parts = np.abs(spectrum) ** 2
        bin_hz = self._rate_hz / self._length
        noise = noise_per_hz * bin_hz * parts.size
        power = float(parts.sum()) / HANN_ENBW_BINS
        heard = power >= self._limit * noise
        signal = max(power - noise, LOWEST_SNR * noise)
        return Measured(
            middle=(self._slices + 0.5) * self._length,
            length=float(self._length),
            offset_hz=(strongest_line(parts) - parts.size // 2) * bin_hz,
            power=signal if heard else (self._limit - 1.0) * noise,
            noise=noise,
            snr=signal / noise if noise > 0.0 else math.inf,
            heard=heard,
        )


def strongest_line(power: NDArray[np.float32]) -> float:
    """Place of the strongest line in bins, between bins by a parabola through the logarithms of three."""
    top = int(np.argmax(power))
    if top in {0, power.size - 1}:
        return float(top)
    below, peak, above = (math.log(max(float(value), 1e-30)) for value in power[top - 1 : top + 2])
    curve = below - 2.0 * peak + above
    return top + (0.5 * (below - above) / curve if curve < 0.0 else 0.0)

"""One target's channel out of the passband: mixed to zero, filtered, decimated; receiver thread."""

import math

import numpy as np
from numpy.typing import NDArray

PHASES = 8  # taps per output sample and decimation step; the filter has PHASES * decimation taps
OVERSAMPLING = 2.5  # least output rate over bandwidth, so that the filter's skirts fall outside the band
KAISER_BETA = 6.76  # 70 dB: 0.1102 (70 - 8.7), Kaiser 1974
ROTATOR = 4096
PRODUCT_SAMPLES = 32_768  # multiplied at a time: above, OpenBLAS wakes threads that cost more than they bring


class Channel:
    """Mixes ``offset_hz`` to zero and decimates to at least 2.5 times ``bandwidth_hz``.

    Gain 1 and flat to 0.02 dB within the band; what could fold into the band is 70 dB down (Kaiser window). Filter and
    mixer are one matrix product over rows of ``decimation`` samples: 8 complex products per input sample, whatever
    the filter's length.
    """

    def __init__(self, rate_hz: float, offset_hz: float, bandwidth_hz: float) -> None:
        self.decimation = max(int(rate_hz / (OVERSAMPLING * bandwidth_hz)), 1)
        self.rate_hz = rate_hz / self.decimation
        self._turn = -2.0 * math.pi * offset_hz / rate_hz  # of the mixer per input sample, rad
        taps = self._taps(rate_hz)
        self.delay = (taps.size - 1) / 2.0  # of the filter, input samples
        mixed = taps * np.exp(1j * self._turn * np.arange(taps.size))
        self._columns = np.ascontiguousarray(mixed.reshape(-1, self.decimation).T.astype(np.complex64))
        step = self._turn * self.decimation
        self._rotator = np.exp(1j * step * np.arange(ROTATOR)).astype(np.complex64)
        self._rest = np.zeros(self.decimation, np.complex64)
        self.reset(0)

    def _taps(self, rate_hz: float) -> NDArray[np.float64]:
        if self.decimation == 1:
            return np.ones(1)
        length = PHASES * self.decimation
        cycles = (np.arange(length) - (length - 1) / 2.0) * (self.rate_hz / 2.0 / rate_hz)
        taps = np.sinc(2.0 * cycles) * np.kaiser(length, KAISER_BETA)
        return np.asarray(taps / taps.sum(), np.float64)

    def reset(self, position: int) -> None:
        """Begin again at input sample ``position``."""
        self._held = 0
        self._partial = np.zeros((0, self._columns.shape[1]), np.complex64)
        self._out = 0  # output samples since position
        self._position = position

    def at(self, index: float) -> float:
        """Input sample at which output sample ``index`` (counted since the reset) has its middle."""
        return self._position + index * self.decimation + self.delay

    def feed(self, iq: NDArray[np.complex64]) -> NDArray[np.complex64]:
        """Take samples of shape (n,) that follow the last ones; returns the channel's, complex64, shape (m,)."""
        product = self._products(iq)
        width = product.shape[1]
        count = len(product) - width + 1
        if count <= 0:
            self._partial = product
            return np.zeros(0, np.complex64)
        channel = product[:count, 0].copy()
        for phase in range(1, width):
            channel += product[phase : phase + count, phase]
        self._partial = product[count:]
        return self._rotate(channel)

    def _products(self, iq: NDArray[np.complex64]) -> NDArray[np.complex64]:
        if self.decimation == 1:
            return iq.reshape(-1, 1)
        parts = [self._partial]
        if self._held:
            take = min(self.decimation - self._held, iq.size)
            self._rest[self._held : self._held + take] = iq[:take]
            self._held += take
            iq = iq[take:]
            if self._held < self.decimation:
                return self._partial
            parts.append(self._rest.reshape(1, -1) @ self._columns)
        whole = iq.size // self.decimation * self.decimation
        rows = iq[:whole].reshape(-1, self.decimation)
        step = max(PRODUCT_SAMPLES // self.decimation, 1)
        parts += [rows[start : start + step] @ self._columns for start in range(0, len(rows), step)]
        self._held = iq.size - whole
        self._rest[: self._held] = iq[whole:]
        return np.concatenate(parts)

    def _rotate(self, channel: NDArray[np.complex64]) -> NDArray[np.complex64]:
        """Turn each sample by the mixer's phase at its own time; a table and one start angle for each stretch of it."""
        turned = np.empty_like(channel)
        for start in range(0, channel.size, ROTATOR):
            stretch = channel[start : start + ROTATOR]
            angle = math.fmod(self._turn * self.decimation * (self._out + start), 2.0 * math.pi)
            first = np.complex64(complex(math.cos(angle), math.sin(angle)))
            np.multiply(stretch, self._rotator[: stretch.size] * first, out=turned[start : start + stretch.size])
        self._out += channel.size
        return turned

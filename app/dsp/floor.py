"""The noise floor per frequency, robust against steady and pulsed signals; receiver thread."""

from collections import deque

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.special import gammaincinv

from app.dsp.power import HANN_ENBW_BINS

HISTORY = 16  # spectra over which the low percentile in time is taken
GROUPS = 128  # of neighbouring bins, across the passband
NEIGHBOURS = 25  # groups over which the median in frequency is taken: more than a swept beacon's sidebands fill
DC_BINS = 3  # on each side of the centre that the receiver's own offset may fill
QUANTILE = 0.3  # in time


class NoiseFloor:
    """Low percentile over time, then median over neighbouring bins, of averaged spectra.

    The percentile drops what comes and goes, the median what is steady but narrower than half of its reach (20 %
    of the passband), so a steady beacon does not become its own floor. Both are corrected to the mean of white noise:
    the average of m spectra is gamma distributed with shape m.
    """

    def __init__(self, bins: int, enbw: float = HANN_ENBW_BINS) -> None:
        """``enbw`` is the noise bandwidth of the spectra's window, bins."""
        self._bins, self._enbw = bins, enbw
        self._groups = min(GROUPS, bins)
        self._history: deque[tuple[NDArray[np.float32], int]] = deque(maxlen=HISTORY)
        self._floor: NDArray[np.float32] | None = None

    def reset(self) -> None:
        """Forget everything: another gain or another centre frequency."""
        self._history.clear()
        self._floor = None

    @property
    def ready(self) -> bool:
        return self._floor is not None

    def feed(self, power: NDArray[np.float32], frames: int) -> None:
        """Take an averaged spectrum of shape (bins,), linear, the mean of ``frames`` spectra."""
        while self._history and self._history[0][1] < frames // 2:
            self._history.popleft()  # the first, shorter ones would count too much
        self._history.append((power, frames))
        count = len(self._history)
        rank = int(QUANTILE * (count - 1))
        stack = np.array([one for one, _ in self._history])
        low = np.partition(stack, rank, axis=0)[rank]
        quantile = (rank + 2.0 / 3.0) / (count + 1.0 / 3.0)  # of an order statistic, median unbiased
        low /= np.float32(gammaincinv(frames, quantile) / frames)
        self._floor = self._over_neighbours(low)

    def _over_neighbours(self, power: NDArray[np.float32]) -> NDArray[np.float32]:
        middle = self._bins // 2
        around = np.concatenate(
            (power[middle - 3 * DC_BINS : middle - DC_BINS], power[middle + DC_BINS + 1 :][:DC_BINS])
        )
        power[middle - DC_BINS : middle + DC_BINS + 1] = np.median(around)  # the receiver's own line
        medians = np.median(power.reshape(self._groups, -1), axis=1)
        edge = NEIGHBOURS // 2
        padded = np.pad(medians, edge, mode="reflect")
        smooth = np.median(sliding_window_view(padded, NEIGHBOURS), axis=1)
        per_group = self._bins / self._groups
        centres = (np.arange(self._groups) + 0.5) * per_group - 0.5
        return np.interp(np.arange(self._bins), centres, smooth).astype(np.float32)

    def per_bin(self) -> NDArray[np.float32]:
        """Mean noise power per bin of the spectrum, linear, shape (bins,). Raises ``ValueError`` before ``ready``."""
        if self._floor is None:
            raise ValueError("no spectrum yet")
        return self._floor

    def density(self, centre_bin: float, bins: float) -> float:
        """Noise power per bin width over a band, the window's noise bandwidth taken out. Raises as ``per_bin``."""
        first = max(round(centre_bin - bins / 2.0), 0)
        last = min(round(centre_bin + bins / 2.0) + 1, self._bins)
        return float(np.mean(self.per_bin()[first:last])) / self._enbw

    def per_hz(self, offset_hz: float, width_hz: float, rate_hz: float) -> float:
        """Noise density round an offset from the centre of a passband of ``rate_hz``. Raises as ``per_bin``."""
        bin_hz = rate_hz / self._bins
        return self.density(self._bins // 2 + offset_hz / bin_hz, width_hz / bin_hz) / bin_hz

"""Spectrum rows waiting to be seen: written in place by the receiver thread, pulled by everyone at their own pace."""

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_ROWS = 1024
MOST_CELLS = 1 << 24  # 64 MiB


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows taken from the ring, oldest first.

    ``power_dbfs`` has shape (rows, bins), float32, power per bin, lowest frequency first. ``lost_before`` counts
    samples missing before each row; ``missed`` counts rows that were overwritten before they were asked for.
    """

    mark: int  # ask for the rows since this next time
    missed: int
    time_s: NDArray[np.float64]
    centre_hz: NDArray[np.float64]
    rate_hz: NDArray[np.float64]
    lost_before: NDArray[np.int64]
    power_dbfs: NDArray[np.float32]


def decimated(power: NDArray[np.float32], bins: int) -> NDArray[np.float32]:
    """``power`` of shape (rows, n) as (rows, bins), each bin the maximum of its share; ``bins`` <= n."""
    edges = np.arange(bins) * power.shape[1] // bins
    return np.maximum.reduceat(power, edges, axis=1)


class SpectrumRing:
    """A ring of ``capacity`` rows of ``bins`` bins; one writer, any number of readers."""

    def __init__(self, bins: int, capacity: int = MOST_ROWS) -> None:
        self.bins = bins
        self._most = capacity
        self._lock = threading.Lock()
        self._written = 0
        self._allocate()

    def resize(self, bins: int) -> None:
        """Rows of so many bins from now on; those before are gone. Called by the receiver thread only."""
        with self._lock:
            if bins != self.bins:
                self.bins = bins
                self._allocate()

    def _allocate(self) -> None:
        self._oldest = self._written
        capacity = self.capacity = min(self._most, max(MOST_CELLS // self.bins, 64))
        self._power = np.zeros((capacity, self.bins), np.float32)
        self._time = np.zeros(capacity)
        self._centre = np.zeros(capacity)
        self._rate = np.zeros(capacity)
        self._lost = np.zeros(capacity, np.int64)

    @property
    def mark(self) -> int:
        """The mark of the newest row: ``since(mark)`` gives what comes after it."""
        return self._written

    def write(
        self, power_dbfs: NDArray[np.float32], time_s: float, centre_hz: float, rate_hz: float, lost_before: int = 0
    ) -> None:
        """Write one row of ``bins`` values; called by the receiver thread only."""
        with self._lock:
            at = self._written % self.capacity
            self._power[at] = power_dbfs
            self._time[at] = time_s
            self._centre[at] = centre_hz
            self._rate[at] = rate_hz
            self._lost[at] = lost_before
            self._written += 1

    def since(self, mark: int, most: int | None = None, until: int | None = None) -> Rows:
        """Copies of the rows written after ``mark``, at most the newest ``most``; none newer than mark ``until``."""
        with self._lock:
            end = self._written if until is None else min(until, self._written)
            oldest = max(mark, self._written - self.capacity, self._oldest)
            count = max(min(end - oldest, most if most is not None else self.capacity), 0)
            at = np.arange(end - count, end) % self.capacity
            return Rows(
                mark=end,
                missed=max(end - mark - count, 0),
                time_s=self._time[at],
                centre_hz=self._centre[at],
                rate_hz=self._rate[at],
                lost_before=self._lost[at],
                power_dbfs=self._power[at],
            )

"""Thins the waterfall for the store: one row a quarter second, at most 1024 bins; the recorder's thread."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from app.domain.waterfall import Stretch
from app.ring import Rows, SpectrumRing, decimated
from app.store.writer import Writer

ROW_S = 0.25
MOST_BINS = 1024
CHUNK_ROWS = 40  # 10 s: what a killed program may lose
MOST_WAITING = 360  # stretches while the store cannot be written: an hour


class WaterfallCollector:
    """Pulls rows from the ring; of those of one quarter second the highest power of each bin is kept."""

    def __init__(self, ring: SpectrumRing) -> None:
        self._ring = ring
        self._mark = ring.mark
        self._since_s = 0.0
        self._rows: list[tuple[float, int, NDArray[np.float32]]] = []  # time, lost before, power
        self._tuning = (0.0, 0.0)
        self._quarter = -1
        self.waiting: deque[Stretch] = deque(maxlen=MOST_WAITING)

    def begin(self, since_s: float) -> None:
        """Leave out what is older; what the ring still holds since then is kept."""
        self._rows, self._quarter, self._mark = [], -1, 0
        self._since_s = since_s
        self.waiting.clear()

    def pull(self) -> None:
        """Take what is new in the ring; stretches that are full or end with a change of tuning go to ``waiting``."""
        rows = self._ring.since(self._mark)
        self._mark = rows.mark
        power = decimated(rows.power_dbfs, min(MOST_BINS, rows.power_dbfs.shape[1]))
        for number in range(len(rows.time_s)):
            if rows.time_s[number] >= self._since_s:
                self._add(rows, number, power[number])

    def finish(self) -> None:
        """Take what is new, and have what is still incomplete wait too."""
        self.pull()
        self._end_stretch()

    def write(self, writer: Writer, flight_id: int) -> None:
        """Take what is new, and store what is full. What raises ``StoreError`` waits on."""
        self.pull()
        writer.write_waterfall(flight_id, self.waiting)
        self.waiting.clear()

    def _end_stretch(self) -> None:
        if self._rows:
            times, lost, powers = zip(*self._rows, strict=True)
            self._rows, self._quarter = [], -1
            self.waiting.append(Stretch(np.array(times), *self._tuning, np.array(lost, np.int64), np.stack(powers)))

    def _add(self, rows: Rows, number: int, power: NDArray[np.float32]) -> None:
        time_s, lost = float(rows.time_s[number]), int(rows.lost_before[number])
        tuning = (float(rows.centre_hz[number]), float(rows.rate_hz[number]))
        quarter = int(time_s / ROW_S)
        if self._rows and (tuning != self._tuning or power.size != self._rows[-1][2].size):
            self._end_stretch()
        if quarter != self._quarter:
            if len(self._rows) >= CHUNK_ROWS:
                self._end_stretch()
            self._rows.append((time_s, lost, power.copy()))
        else:
            first_s, lost_before, highest = self._rows[-1]
            np.maximum(highest, power, out=highest)
            self._rows[-1] = (first_s, lost_before + lost, highest)
        self._tuning, self._quarter = tuning, quarter

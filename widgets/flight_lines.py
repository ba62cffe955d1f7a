"""The kept waterfall of a flight as lines of pixels, each of its own time; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.domain.waterfall import Stretch
from app.ring import Rows

LASTS_S = 0.75  # a kept row is of a quarter second and may come late; what is longer without one is a gap


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """What was heard in the time of one line: the highest power of each bin, ``power_dbfs`` of shape (bins,)."""

    time_s: float
    centre_hz: float
    rate_hz: float
    lost: int  # samples
    power_dbfs: NDArray[np.float32]

    @property
    def rows(self) -> Rows:
        """As the one row of a waterfall."""
        return Rows(
            mark=0,
            missed=0,
            time_s=np.array([self.time_s]),
            centre_hz=np.array([self.centre_hz]),
            rate_hz=np.array([self.rate_hz]),
            lost_before=np.array([self.lost]),
            power_dbfs=self.power_dbfs[None],
        )

    def level_dbfs(self, hz: float) -> float:
        """Of the bin in which ``hz`` lies; not a number outside what was received."""
        index = int(np.floor((hz - self.centre_hz + self.rate_hz / 2.0) / self.rate_hz * self.power_dbfs.size))
        return float(self.power_dbfs[index]) if 0 <= index < self.power_dbfs.size else float("nan")


def lines_of(stretches: Iterable[Stretch], until_s: float, step_s: float, height: int) -> list[Line | None]:
    """``height`` lines of ``step_s``, the newest first, ending with ``until_s``; None where nothing was received."""
    lines: list[Line | None] = [None] * height
    for stretch in stretches:
        for line in _of_stretch(stretch, until_s, step_s, height):
            lines[_place(line.time_s, until_s, step_s)] = line
    for number in range(height - 2, -1, -1):
        older, time_s = lines[number + 1], until_s - (number + 1) * step_s
        if lines[number] is None and older is not None and time_s - older.time_s < max(LASTS_S - step_s, 0.0):
            lines[number] = replace(older, lost=0)
    return lines


def _place(time_s: float, until_s: float, step_s: float) -> int:
    return int(np.floor((until_s - time_s) / step_s))


def _of_stretch(stretch: Stretch, until_s: float, step_s: float, height: int) -> Iterator[Line]:
    places = np.floor((until_s - stretch.time_s) / step_s).astype(int)
    seen = np.flatnonzero((places >= 0) & (places < height))
    if not seen.size:
        return
    firsts = seen[np.flatnonzero(np.diff(places[seen], prepend=-1))]
    highest = np.maximum.reduceat(stretch.power_dbfs[: seen[-1] + 1], firsts, axis=0)
    lost = np.add.reduceat(stretch.lost_before[: seen[-1] + 1], firsts)
    for number, first in enumerate(firsts):
        time_s = float(stretch.time_s[first])
        yield Line(time_s, stretch.centre_hz, stretch.rate_hz, int(lost[number]), highest[number])

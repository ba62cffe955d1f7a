"""What one target's readings leave behind: rows of a few metres of track, and places where nothing was heard.

Pure; one thread adds and asks.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.geometry import EastNorth, angle_between_deg
from app.locate.antenna import Attitude

MOST_ROWS = 1200
LONGEST_ROW_S = 5.0
HEIGHT_STEP_M = 3.0
TURN_STEP_DEG = 10.0
SILENT_STEP_M = 30.0
MOST_SILENT = 24
COLUMNS = 8  # of numbers in a row


@dataclass(frozen=True, slots=True)
class Measured:
    """One accepted reading on the local plane. ``variance_db2`` is the receiver's own error, without shadowing."""

    time_s: float
    place: EastNorth
    height_m: float
    attitude: Attitude
    power_db: float
    variance_db2: float


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The kept readings, oldest first: arrays of shape (n,), float64."""

    attitudes: tuple[Attitude, ...]
    time_s: NDArray[np.float64]
    east_m: NDArray[np.float64]
    north_m: NDArray[np.float64]
    height_m: NDArray[np.float64]
    power_db: NDArray[np.float64]
    variance_db2: NDArray[np.float64]
    count: NDArray[np.float64]  # readings averaged in the row
    span_m: NDArray[np.float64]  # of track over which they were taken

    def __len__(self) -> int:
        return len(self.attitudes)

    @property
    def extent_m(self) -> float:
        """Diagonal of the rectangle round all places."""
        if not self.attitudes:
            return 0.0
        return float(np.hypot(np.ptp(self.east_m), np.ptp(self.north_m)))


class Track:
    """Averages readings over ``step_m`` of track into rows.

    Readings taken within a few metres of each other share their shadowing, so their mean holds nearly all they say. At
    ``MOST_ROWS`` the step doubles and neighbours are joined; ``rewritten`` counts how often.
    """

    def __init__(self, step_m: float, directional: bool) -> None:
        self._step_m = step_m
        self._directional = directional
        self._open: list[Measured] = []
        self._rows: list[tuple[float, ...]] = []
        self._attitudes: list[Attitude] = []
        self._arrays: Rows | None = None
        self.rewritten = 0
        self.readings = 0
        self.latest: Measured | None = None

    def add(self, one: Measured) -> None:
        if self._open and self._leaves(one):
            self._close()
        self._open.append(one)
        self.readings += 1
        self.latest = one

    def close(self) -> None:
        """Close the row under way: nothing more is to come."""
        if self._open:
            self._close()

    def rows(self) -> Rows:
        """The rows closed so far; the one under way is not among them."""
        if self._arrays is None:
            table = np.array(self._rows, np.float64).reshape(len(self._rows), COLUMNS)
            self._arrays = Rows(tuple(self._attitudes), *(table[:, column] for column in range(COLUMNS)))
        return self._arrays

    def _leaves(self, one: Measured) -> bool:
        first = self._open[0]
        turned = self._directional and (
            abs(angle_between_deg(one.attitude.heading_deg, first.attitude.heading_deg)) > TURN_STEP_DEG
            or abs(one.attitude.roll_deg - first.attitude.roll_deg) > TURN_STEP_DEG
            or abs(one.attitude.pitch_deg - first.attitude.pitch_deg) > TURN_STEP_DEG
        )
        return (
            (one.place - first.place).length_m >= self._step_m
            or not 0.0 <= one.time_s - first.time_s <= LONGEST_ROW_S
            or abs(one.height_m - first.height_m) > HEIGHT_STEP_M
            or turned
        )

    def _close(self) -> None:
        values = np.array(
            [(m.time_s, m.place.east_m, m.place.north_m, m.height_m, m.power_db, m.variance_db2) for m in self._open]
        )
        count = float(len(self._open))
        # n places evenly over a length d average as much as a whole line of d (n + 1) / n, to first order
        span_m = (self._open[-1].place - self._open[0].place).length_m * (count + 1.0) / count
        self._rows.append((*values.mean(axis=0).tolist(), count, span_m))
        self._attitudes.append(self._open[len(self._open) // 2].attitude)
        self._open.clear()
        self._arrays = None
        if len(self._rows) > MOST_ROWS:
            self._thin()

    def _thin(self) -> None:
        """Double the step and join each pair of neighbours that now lies within one."""
        self._step_m *= 2.0
        rows, attitudes, index = [], [], 0
        while index < len(self._rows):
            row = np.array(self._rows[index])
            attitudes.append(self._attitudes[index])
            following = np.array(self._rows[index + 1]) if index + 1 < len(self._rows) else None
            way_m = float(np.hypot(*(following - row)[1:3])) if following is not None else math.inf
            if following is not None and way_m < self._step_m:
                count = row[6] + following[6]
                row[:6] = (row[:6] * row[6] + following[:6] * following[6]) / count
                row[6:] = count, way_m + 0.5 * (row[7] + following[7])
                index += 1
            rows.append(tuple(row.tolist()))
            index += 1
        self._rows, self._attitudes = rows, attitudes
        self.rewritten += 1


class Silence:
    """Places where the target was listened for and not once heard, ``SILENT_STEP_M`` apart, with the lowest bound."""

    def __init__(self) -> None:
        self._step_m = SILENT_STEP_M
        self._silent: dict[tuple[int, int], Measured] = {}
        self._heard: dict[tuple[int, int], EastNorth] = {}

    def heard(self, one: Measured) -> None:
        key = self._key(one.place)
        self._heard[key] = one.place
        self._silent.pop(key, None)

    def add(self, one: Measured) -> None:
        key = self._key(one.place)
        if key in self._heard:
            return
        known = self._silent.get(key)
        if known is None or one.power_db < known.power_db:
            self._silent[key] = one
        while len(self._silent) > MOST_SILENT:
            self._widen()

    def places(self) -> tuple[Measured, ...]:
        return tuple(self._silent.values())

    def _key(self, place: EastNorth) -> tuple[int, int]:
        return round(place.east_m / self._step_m), round(place.north_m / self._step_m)

    def _widen(self) -> None:
        self._step_m *= 1.5
        self._heard = {self._key(place): place for place in self._heard.values()}
        kept = {self._key(one.place): one for one in self._silent.values()}
        self._silent = {key: one for key, one in kept.items() if key not in self._heard}

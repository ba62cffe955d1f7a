"""Whether none, one or two emitters explain the powers of a track; pure functions, any thread.

Rows at least a correlation length apart are taken for independent. None: one level everywhere. One: log-distance. Two:
at each place the stronger of two log-distances, found by alternating between places and shares of the rows (hard
expectation maximisation) from several first divisions. Models are compared by the Bayesian information criterion
(Schwarz 1978).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.locate.antenna import Antenna
from app.locate.track import Rows

Floats = NDArray[np.float64]
FEWEST, MOST = 30, 200  # rows
SIDE = 30
MARGIN_M = 100.0  # round the track: a second emitter is told only where it was passed
EXPONENTS = (1.8, 2.3, 2.8, 3.4)
DIVISIONS = 8
ROUNDS = 8
FEWEST_EACH = 8
LEAST_APART_M = 60.0
DECIDED = 8.0  # nats beyond the criterion


@dataclass(frozen=True, slots=True)
class Emitters:
    """What explains the rows best: no place, or one or two (east, north) in metres; ``nats`` over the next best.

    Of two the stronger comes first, ``gap_db`` above the other at the same distance.
    """

    places: tuple[tuple[float, float], ...]
    nats: float
    gap_db: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """What each cell leaves of the rows' powers under one exponent, without a level; shape (cells, rows)."""

    east_m: Floats
    north_m: Floats
    power_db: Floats  # (rows,)
    rest_db: Floats
    square: Floats  # of rest_db
    over: NDArray[np.intp]  # the cell over which each row was taken, (rows,)

    def fit(self, mine: NDArray[np.bool_]) -> tuple[int, float, float]:
        """The cell that explains the rows ``mine`` best, the level there, and the squares that are left."""
        share, count = mine.astype(np.float64), float(mine.sum())
        level = self.rest_db @ share / count
        squares = self.square @ share - count * level**2
        cell = int(np.argmin(squares))
        return cell, float(level[cell]), float(squares[cell])

    def place(self, cell: int) -> tuple[float, float]:
        return float(self.east_m[cell]), float(self.north_m[cell])

    def predict_db(self, cell: int, level: float) -> Floats:
        predicted: Floats = level + self.power_db - self.rest_db[cell]
        return predicted


@dataclass(frozen=True, slots=True)
class _Pair:
    squares: float = math.inf
    cells: tuple[int, ...] = ()
    gap_db: float = 0.0


def emitters(rows: Rows, beacon_height_m: float, apart_m: float, antenna: Antenna | None = None) -> Emitters | None:
    """How many emitters explain the rows heard with ``antenna``; None while there are too few to say."""
    used = _independent(rows, max(apart_m, 1.0))
    if len(used) < FEWEST:
        return None
    fields = _fields(rows, used, beacon_height_m, antenna)
    n, power_db = len(used), rows.power_db[used]
    everywhere = np.ones(n, np.bool_)
    none = n * math.log(max(float(power_db.var()), 0.25)) + math.log(n)
    single = min((field.fit(everywhere) for field in fields), key=lambda found: found[2])
    one = n * math.log(max(single[2] / n, 0.25)) + 4.0 * math.log(n)
    pair = min((_pair(field) for field in fields), key=lambda found: found.squares)
    two = n * math.log(max(pair.squares / n, 0.25)) + 7.0 * math.log(n)
    places = tuple(fields[0].place(cell) for cell in pair.cells)
    if len(places) == 2 and math.dist(*places) >= LEAST_APART_M and 0.5 * (one - two) > DECIDED:
        return Emitters(places if pair.gap_db >= 0.0 else places[::-1], 0.5 * (one - two), abs(pair.gap_db))
    if none <= one:
        return Emitters((), 0.5 * (one - none))
    return Emitters((fields[0].place(single[0]),), 0.5 * (none - one))


def _independent(rows: Rows, apart_m: float) -> NDArray[np.intp]:
    """Rows at least ``apart_m`` from each other in their order, at most ``MOST``."""
    kept: list[int] = []
    places = list(zip(rows.east_m.tolist(), rows.north_m.tolist(), strict=True))
    for at, place in enumerate(places):
        if not kept or math.dist(place, places[kept[-1]]) >= apart_m:
            kept.append(at)
    return np.array(kept, np.intp)[:: 1 + len(kept) // MOST]


def _fields(rows: Rows, used: NDArray[np.intp], beacon_height_m: float, antenna: Antenna | None) -> tuple[_Field, ...]:
    """One for each exponent, on the same cells."""
    places = np.column_stack([rows.east_m[used], rows.north_m[used]])
    low, high = places.min(axis=0) - MARGIN_M, places.max(axis=0) + MARGIN_M
    east, north = (side.ravel() for side in np.meshgrid(*np.linspace(low, high, SIDE).T))
    up = beacon_height_m - rows.height_m[used]
    away = east[:, None] - places[:, 0], north[:, None] - places[:, 1]
    path = -5.0 * np.log10(np.maximum(away[0] ** 2 + away[1] ** 2 + up**2, 1.0) / 1e4)
    power_db = np.broadcast_to(rows.power_db[used], path.shape)
    if antenna is not None and antenna.directional:
        power_db = power_db - _gain_db(antenna, rows, used, away, up)
    rests = [power_db - exponent * path for exponent in EXPONENTS]
    return tuple(_Field(east, north, rows.power_db[used], rest, rest**2, path.argmax(axis=0)) for rest in rests)


def _gain_db(antenna: Antenna, rows: Rows, used: NDArray[np.intp], away: tuple[Floats, Floats], up: Floats) -> Floats:
    east, north = (side.astype(np.float32) for side in away)
    towards = [
        antenna.gain_db(east[:, i], north[:, i], float(up[i]), rows.attitudes[row]) for i, row in enumerate(used)
    ]
    return np.column_stack(towards).astype(np.float64)


def _pair(field: _Field) -> _Pair:
    """The best two cells; none of them and infinity when there is no such pair."""
    best = _Pair()
    east, north = field.east_m, field.north_m
    middle = np.median(east[field.over]), np.median(north[field.over])
    for turn in range(DIVISIONS):
        angle = math.pi * turn / DIVISIONS
        mine = (east[field.over] - middle[0]) * math.sin(angle) + (north[field.over] - middle[1]) * math.cos(
            angle
        ) > 0.0
        for _ in range(ROUNDS):
            if min(mine.sum(), (~mine).sum()) < FEWEST_EACH:
                break
            (first, level, _), (second, other, _) = field.fit(mine), field.fit(~mine)
            one, two = field.predict_db(first, level), field.predict_db(second, other)
            squares = float(((field.power_db - np.maximum(one, two)) ** 2).sum())
            if squares < best.squares:
                best = _Pair(squares, (first, second), level - other)
            mine = one > two
    return best

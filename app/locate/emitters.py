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
    """What explains the rows best: no place, or one or two (east, north) in metres; ``nats`` over the next best."""

    places: tuple[tuple[float, float], ...]
    nats: float


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """Path terms of all rows from all cells, shape (cells, rows), and the rows' powers."""

    east_m: Floats
    north_m: Floats
    path: Floats
    power_db: Floats

    def fit(self, mine: NDArray[np.bool_], exponent: float) -> tuple[int, float, float]:
        """The cell that explains the rows ``mine`` best, the level there, and the squares that are left."""
        rest = self.power_db[mine] - exponent * self.path[:, mine]
        level = rest.mean(axis=1)
        squares = (rest**2).sum(axis=1) - mine.sum() * level**2
        cell = int(np.argmin(squares))
        return cell, float(level[cell]), float(squares[cell])


def emitters(rows: Rows, beacon_height_m: float, apart_m: float) -> Emitters | None:
    """How many emitters explain the rows; None while there are too few to say."""
    used = _independent(rows, max(apart_m, 1.0))
    if len(used) < FEWEST:
        return None
    field = _field(rows, used, beacon_height_m)
    n = len(used)
    everywhere = np.ones(n, np.bool_)
    none = n * math.log(max(float(field.power_db.var()), 0.25)) + math.log(n)
    single = min((field.fit(everywhere, exponent) for exponent in EXPONENTS), key=lambda found: found[2])
    one = n * math.log(max(single[2] / n, 0.25)) + 4.0 * math.log(n)
    pair, squares = min((_pair(field, exponent) for exponent in EXPONENTS), key=lambda found: found[1])
    two = n * math.log(max(squares / n, 0.25)) + 7.0 * math.log(n)
    places = tuple((float(field.east_m[cell]), float(field.north_m[cell])) for cell in pair)
    if len(places) == 2 and math.dist(places[0], places[1]) >= LEAST_APART_M and 0.5 * (one - two) > DECIDED:
        return Emitters(places, 0.5 * (one - two))
    if none <= one:
        return Emitters((), 0.5 * (one - none))
    return Emitters(((float(field.east_m[single[0]]), float(field.north_m[single[0]])),), 0.5 * (none - one))


def _independent(rows: Rows, apart_m: float) -> NDArray[np.intp]:
    """Rows at least ``apart_m`` from each other in their order, at most ``MOST``."""
    kept: list[int] = []
    places = list(zip(rows.east_m.tolist(), rows.north_m.tolist(), strict=True))
    for at, place in enumerate(places):
        if not kept or math.dist(place, places[kept[-1]]) >= apart_m:
            kept.append(at)
    return np.array(kept, np.intp)[:: 1 + len(kept) // MOST]


def _field(rows: Rows, used: NDArray[np.intp], beacon_height_m: float) -> _Field:
    places = np.column_stack([rows.east_m[used], rows.north_m[used]])
    low, high = places.min(axis=0) - MARGIN_M, places.max(axis=0) + MARGIN_M
    east, north = (side.ravel() for side in np.meshgrid(*np.linspace(low, high, SIDE).T))
    up = rows.height_m[used] - beacon_height_m
    square = (east[:, None] - places[:, 0]) ** 2 + (north[:, None] - places[:, 1]) ** 2 + up**2
    return _Field(east, north, -5.0 * np.log10(np.maximum(square, 1.0) / 1e4), rows.power_db[used])


def _pair(field: _Field, exponent: float) -> tuple[tuple[int, ...], float]:
    """The best two cells and the squares that they leave; no cells and infinity when there is no such pair."""
    best: tuple[tuple[int, ...], float] = ((), math.inf)
    east, north = field.east_m, field.north_m
    nearest = field.path.argmax(axis=0)  # the cell over which a row was taken
    middle = np.median(east[nearest]), np.median(north[nearest])
    for turn in range(DIVISIONS):
        angle = math.pi * turn / DIVISIONS
        mine = (east[nearest] - middle[0]) * math.sin(angle) + (north[nearest] - middle[1]) * math.cos(angle) > 0.0
        for _ in range(ROUNDS):
            if min(mine.sum(), (~mine).sum()) < FEWEST_EACH:
                break
            (first, level, _), (second, other, _) = field.fit(mine, exponent), field.fit(~mine, exponent)
            one, two = level + exponent * field.path[first], other + exponent * field.path[second]
            squares = float(((field.power_db - np.maximum(one, two)) ** 2).sum())
            if squares < best[1]:
                best = (first, second), squares
            mine = one > two
    return best

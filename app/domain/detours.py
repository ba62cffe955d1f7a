"""Ways round no-fly areas and within the fence, on a local plane; pure functions, any thread.

Every place of a way keeps ``CLEAR_M`` more than the distance to be kept, so that the gate, which holds the vehicle's
own noisy place against the same areas, stays open. Round each corner eight places are offered; a way is the shortest
over them (A*, Hart, Nilsson and Raphael 1968).
"""

import heapq
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.geometry import LatLon, LocalPlane
from app.domain.safety import SafetyLimits
from app.domain.way import SPARE_M
from app.errors import OutOfRange

Matrix = NDArray[np.float64]
Point = tuple[float, float]  # metres on the plane
CLEAR_M = SPARE_M
SAMPLE_M = 2.0  # along a track that is looked at; between two sound samples it comes at most half of it nearer
ROUND_A_CORNER = 8
COARSE = 17  # places of a way that are looked at before all are
MOST_CORNERS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Closed:
    """Where not to fly, on the plane: outlines as rows of sides (start east, north, end east, north)."""

    inside: Matrix  # the drawn fence; no rows when none is drawn
    outside: tuple[Matrix, ...]
    distance_m: float  # kept from no-fly areas
    middle: Point
    radius_m: float  # round home

    def clear(self, places: Matrix) -> NDArray[np.bool_]:
        """Which places, (n, 2), may be flown over."""
        kept: NDArray[np.bool_] = np.asarray(np.hypot(*(places - np.array(self.middle)).T) <= self.radius_m)
        if len(self.inside):
            kept = np.logical_and(kept, _within(self.inside, places) & (_gaps_m(self.inside, places) >= CLEAR_M))
        for area in self.outside:
            kept = np.logical_and(kept, ~_within(area, places) & (_gaps_m(area, places) >= self.distance_m))
        return kept

    def straight(self, start: Point, ends: Matrix) -> NDArray[np.bool_]:
        """To which ends, (n, 2), the straight way from ``start`` may be flown."""
        here = np.array(start)
        coarse = here + np.linspace(0.0, 1.0, COARSE)[:, None] * (ends - here)[:, None, :]
        free: NDArray[np.bool_] = np.all(self.clear(coarse.reshape(-1, 2)).reshape(len(ends), COARSE), axis=1)
        for i in np.flatnonzero(free):
            free[i] = bool(self.clear(_samples(here, ends[i])).all())
        return free

    def pieces(self, start: Point, end: Point) -> list[tuple[Point, Point]]:
        """The parts of a straight way that may be flown."""
        places = _samples(np.array(start), np.array(end))
        edges = np.flatnonzero(np.diff(np.concatenate([[False], self.clear(places), [False]]).astype(np.int8)))
        found = [(places[a], places[b - 1]) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]
        return [((float(a[0]), float(a[1])), (float(b[0]), float(b[1]))) for a, b in found]

    def corners(self) -> Matrix:
        """Places round the corners over which ways may lead."""
        turns = np.arange(ROUND_A_CORNER) * (math.tau / ROUND_A_CORNER)
        circle = np.column_stack([np.sin(turns), np.cos(turns)]) / math.cos(math.pi / ROUND_A_CORNER)
        rings = [
            corner + circle * (reach_m + 0.5)
            for area, reach_m in ((self.inside, CLEAR_M), *((area, self.distance_m) for area in self.outside))
            for corner in area[:, :2]
        ]
        offered = np.vstack(rings) if rings else np.empty((0, 2))
        kept: Matrix = offered[self.clear(offered)]
        return kept


def closed_on(plane: LocalPlane, home: LatLon | None, limits: SafetyLimits) -> Closed:
    """Fence and no-fly areas on the plane. Raises ``OutOfRange`` when they have more than ``MOST_CORNERS`` corners."""
    corners = len(limits.fence) + sum(len(area) for area in limits.no_fly)
    if corners > MOST_CORNERS:
        raise OutOfRange(
            f"Fence and no-fly areas have {corners} corners; ways are planned round at most {MOST_CORNERS}. "
            "Simplify them"
        )
    middle = plane.to_plane(home) if home is not None else None
    return Closed(
        inside=_sides(plane, limits.fence),
        outside=tuple(_sides(plane, area) for area in limits.no_fly if area),
        distance_m=limits.no_fly_distance_m + CLEAR_M,
        middle=(middle.east_m, middle.north_m) if middle is not None else (0.0, 0.0),
        radius_m=limits.fence_radius_m - CLEAR_M if middle is not None else math.inf,
    )


class Ways:
    """Shortest ways round what is closed; remembers what each corner sees."""

    def __init__(self, closed: Closed) -> None:
        self._closed = closed
        self._nodes = closed.corners()
        self._sees: dict[int, NDArray[np.bool_]] = {}

    def between(self, start: Point, end: Point) -> list[Point] | None:
        """The places between the two, none when the straight way is free; None when there is no way."""
        goal = np.array(end)
        if self._closed.straight(start, goal[None, :])[0]:
            return []
        last = self._closed.straight(end, self._nodes)  # corners from which the end is seen
        waiting = [(0.0, 0.0, -1, -2)]  # reckoned whole way, way so far, corner (-1: the start), the corner before
        before: dict[int, int] = {}
        while waiting:
            _, so_far_m, at, came_from = heapq.heappop(waiting)
            if at in before:
                continue
            before[at] = came_from
            if at >= 0 and last[at]:
                return self._back(at, before)
            here = np.array(start) if at < 0 else self._nodes[at]
            for corner in np.flatnonzero(self._seen_from(at, start)):
                way_m = so_far_m + float(np.hypot(*(self._nodes[corner] - here)))
                left_m = float(np.hypot(*(goal - self._nodes[corner])))
                heapq.heappush(waiting, (way_m + left_m, way_m, int(corner), at))
        return None

    def _seen_from(self, at: int, start: Point) -> NDArray[np.bool_]:
        if at < 0:
            return self._closed.straight(start, self._nodes)
        if at not in self._sees:
            here = (float(self._nodes[at, 0]), float(self._nodes[at, 1]))
            self._sees[at] = self._closed.straight(here, self._nodes)
        return self._sees[at]

    def _back(self, at: int, before: dict[int, int]) -> list[Point]:
        way: list[Point] = []
        while at >= 0:
            way.insert(0, (float(self._nodes[at, 0]), float(self._nodes[at, 1])))
            at = before[at]
        return way


def _samples(start: Matrix, end: Matrix) -> Matrix:
    count = max(math.ceil(math.dist(start, end) / SAMPLE_M), 1) + 1
    places: Matrix = start + np.linspace(0.0, 1.0, count)[:, None] * (end - start)
    return places


def _sides(plane: LocalPlane, area: tuple[LatLon, ...]) -> Matrix:
    places = [plane.to_plane(corner) for corner in area]
    corners = np.array([(place.east_m, place.north_m) for place in places]).reshape(-1, 2)
    sides: Matrix = np.hstack([corners, np.roll(corners, -1, axis=0)])
    return sides


def _gaps_m(sides: Matrix, places: Matrix) -> Matrix:
    """Distance of each place from the nearest side."""
    least = np.full(len(places), np.inf)
    for east, north, to_east, to_north in sides:
        start, along = np.array([east, north]), np.array([to_east - east, to_north - north])
        away = places - start
        share = np.clip(away @ along / max(float(along @ along), 1e-12), 0.0, 1.0)
        np.minimum(least, np.hypot(*(away - share[:, None] * along).T), out=least)
    return least


def _within(sides: Matrix, places: Matrix) -> NDArray[np.bool_]:
    """Even-odd rule, as ``geometry.contains``."""
    inside = np.zeros(len(places), dtype=bool)
    if len(sides) < 3:
        return inside
    for east, north, to_east, to_north in sides:
        if north == to_north:
            continue
        spans = (north > places[:, 1]) != (to_north > places[:, 1])
        crossing = east + (places[:, 1] - north) * (to_east - east) / (to_north - north)
        inside ^= spans & (crossing > places[:, 0])
    return inside

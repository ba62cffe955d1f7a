"""Polygons on a plane, by shapely: where they cross themselves, what of a line they hold, rings and offsets; pure."""

import math
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry import Point as Spot

Point = tuple[float, float]  # metres
LEAST_M = 0.01  # what is shorter is no piece of a track
MITRE = 4.0  # sharpest corner of an offset, in widths


def crossing(corners: Sequence[Point]) -> Point | None:
    """Where the closed outline crosses or touches itself; None when it is simple."""
    why = str(shapely.is_valid_reason(Polygon(corners)))  # such as "Self-intersection[50 50]"
    if why == "Valid Geometry":
        return None
    place = re.search(r"\[(\S+) (\S+)\]", why)
    return (float(place[1]), float(place[2])) if place is not None else corners[0]


class Shape:
    """A simple polygon, concave ones too."""

    def __init__(self, corners: Sequence[Point]) -> None:
        self.corners = tuple(corners)
        self._whole: Any = Polygon(corners)
        self._loose = self._whole.buffer(LEAST_M)
        shapely.prepare(self._loose)

    @property
    def area_m2(self) -> float:
        return float(self._whole.area)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Least across, least along, greatest across, greatest along."""
        a, b, c, d = (float(value) for value in self._whole.bounds)
        return a, b, c, d

    @property
    def middle(self) -> Point:
        """The centroid, or where that lies outside a place well within."""
        place = self._whole.centroid if self._whole.contains(self._whole.centroid) else self._whole.point_on_surface()
        return float(place.x), float(place.y)

    def moved(self, to_middle: Point) -> "Shape":
        """The same with this place as the origin."""
        return Shape([(x - to_middle[0], y - to_middle[1]) for x, y in self.corners])

    @property
    def reach_m(self) -> float:
        """Distance of the farthest corner from the origin."""
        return max(math.hypot(*corner) for corner in self.corners)

    @property
    def room_m(self) -> float:
        """Radius of the largest circle round the origin that it holds."""
        return float(self._whole.exterior.distance(Spot(0.0, 0.0)))

    def cut(self, start: Point, end: Point) -> list[tuple[Point, Point]]:
        """The parts of a straight line that lie within, from its start to its end."""
        line = LineString([start, end])
        if self._loose.contains(line):
            return [(start, end)]
        pieces = [list(part.coords) for part in _lines(line.intersection(self._whole))]
        pieces = [
            piece if math.dist(start, piece[0]) <= math.dist(start, piece[-1]) else piece[::-1] for piece in pieces
        ]
        return [(_plain(p[0]), _plain(p[-1])) for p in sorted(pieces, key=lambda p: math.dist(start, p[0]))]

    def cut_all(self, points: Iterable[Point]) -> list[Point]:
        """The parts of a track that lie within, in the order they are flown."""
        kept: list[Point] = []
        for a, b in pairwise(points):
            kept += [place for piece in self.cut(a, b) for place in piece]
        return kept

    def sees(self, start: Point, end: Point) -> bool:
        """Whether the straight line between the two lies within."""
        return bool(self._loose.covers(LineString([start, end])))

    def rings(self, inwards_m: float) -> list[list[Point]]:
        """Outlines so far within its own, each once round without its first corner repeated."""
        inner = self._whole.buffer(-inwards_m, join_style="mitre", mitre_limit=MITRE)
        parts = inner.geoms if isinstance(inner, MultiPolygon) else [inner]
        return [[_plain(place) for place in part.exterior.coords[:-1]] for part in parts if not part.is_empty]


def from_nearest(ring: list[Point], at: Point) -> list[Point]:
    """Once round the ring from the place on it that is nearest, and back to that place."""
    line = LineString([*ring, ring[0]])
    share = line.project(Spot(at))
    first = line.interpolate(share)
    ahead = [corner for corner in ring if line.project(Spot(corner)) > share]
    behind = [corner for corner in ring if line.project(Spot(corner)) <= share]
    start = (float(first.x), float(first.y))
    return [start, *ahead, *behind, start]


def beside(line: Sequence[Point], right_m: float) -> list[list[Point]]:
    """A line so far to the right of this one (negative: to the left), in its direction; in parts where it folds."""
    made = LineString(line).offset_curve(-right_m, join_style="mitre", mitre_limit=MITRE)
    return [[_plain(place) for place in part.coords] for part in _lines(made)]


def corridor_m2(line: Sequence[Point], half_m: float) -> float:
    """Area within this distance beside a line."""
    return float(LineString(line).buffer(half_m, cap_style="flat").area)


def _lines(shape: Any) -> list[Any]:
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    return [part for part in parts if part.geom_type == "LineString" and part.length > LEAST_M]


def _plain(place: Sequence[float]) -> Point:
    return float(place[0]), float(place[1])

"""Where a search pattern's tracks lie in an area, on a plane turned so that the first leg leads ahead; pure.

Names, half a spacing between the edge and the first track, and the sector's turns follow the IAMSAR manual, volume II,
chapter 5.
"""

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.domain.shapes import Point, Shape, beside, corridor_m2, from_nearest
from app.errors import OutOfRange

MOST_LEGS = 20_000
CHORD_SHARE = 0.05  # of the spacing by which the corners of a spiral may cut its curve
FEWEST_LINES = 3  # through the datum of a sector search


@dataclass(frozen=True, slots=True)
class Tracks:
    """Corners of the tracks in the order they are flown."""

    points: list[Point]  # across (to the right of the heading) and along, metres from the origin
    spacing_m: float  # between neighbouring tracks, the mean where they fan out
    area_m2: float  # that is searched


@dataclass(frozen=True, slots=True)
class Ground:
    """What is to be searched; the origin is its datum."""

    shape: Shape
    line: tuple[Point, ...] = ()  # a track along which is searched, or the places of a free pattern


def parallel(ground: Ground, spacing_m: float) -> Tracks:
    """Tracks along the heading, from the left edge to the right."""
    kept_m, points = _sweep(ground.shape, spacing_m)
    return Tracks(points, kept_m, ground.shape.area_m2)


def creeping_line(ground: Ground, spacing_m: float) -> Tracks:
    """Tracks across the heading, advancing along it."""
    aside = Shape([(along, across) for across, along in ground.shape.corners])
    kept_m, points = _sweep(aside, spacing_m)
    return Tracks([(across, along) for along, across in points], kept_m, ground.shape.area_m2)


def expanding_square(ground: Ground, spacing_m: float) -> Tracks:
    """From the datum along the heading, turning right, each second leg a spacing longer; cut at the edges."""
    reach_m = ground.shape.reach_m
    refuse_above(4.0 * reach_m / spacing_m)

    def corners() -> Iterator[Point]:
        across = along = 0.0
        yield across, along
        leg = 0
        while max(abs(across), abs(along)) <= reach_m:
            ahead_m = spacing_m * (leg // 2 + 1)
            across += ahead_m * (0.0, 1.0, 0.0, -1.0)[leg % 4]
            along += ahead_m * (1.0, 0.0, -1.0, 0.0)[leg % 4]
            leg += 1
            yield across, along

    return Tracks(ground.shape.cut_all(corners()), spacing_m, ground.shape.area_m2)


def spiral(ground: Ground, spacing_m: float) -> Tracks:
    """Archimedean spiral from the datum, to the right; cut at the edges."""
    end_rad = math.tau * ground.shape.reach_m / spacing_m
    curve = math.sqrt(8.0 * CHORD_SHARE * math.tau)  # a step of curve / sqrt(angle) cuts CHORD_SHARE of the spacing
    refuse_above(2.0 / 3.0 * end_rad**1.5 / curve)

    def corners() -> Iterator[Point]:
        yield 0.0, 0.0
        angle = 0.0
        while angle <= end_rad:
            angle += min(curve / math.sqrt(angle), math.pi / 4.0) if angle > 0.0 else math.pi / 4.0
            radius = spacing_m * angle / math.tau
            yield radius * math.sin(angle), radius * math.cos(angle)

    return Tracks(ground.shape.cut_all(corners()), spacing_m, ground.shape.area_m2)


def sector(ground: Ground, spacing_m: float) -> Tracks:
    """Legs through the datum within the largest circle round it: out, along a chord, back through the datum, on.

    With n lines through it, n odd, every half line is flown once; for n = 3 these are the manual's nine legs with turns
    of 120 degrees. The lines are a spacing apart at half the radius.
    """
    radius_m = ground.shape.room_m
    refuse_above(3.0 * math.pi * radius_m / 2.0 / spacing_m)
    lines = max(FEWEST_LINES, math.ceil(math.pi * radius_m / 2.0 / spacing_m)) // 2 * 2 + 1
    step = math.pi / lines
    points: list[Point] = [(0.0, 0.0)]
    ray = 0
    for _ in range(lines):
        ends = (ray * step, (ray + 1) * step)
        points += [(radius_m * math.sin(turn), radius_m * math.cos(turn)) for turn in ends]
        points.append((0.0, 0.0))
        ray += 1 + lines
    return Tracks(points, math.pi * radius_m / 2.0 / lines, math.pi * radius_m**2)


def track_line(ground: Ground, spacing_m: float) -> Tracks:
    """Along a given track on its right and back on its other side, half a spacing off: the manual's TSR."""
    if len(ground.line) < 2:
        raise OutOfRange("A track line search needs its line: two places or more")
    refuse_above(4.0 * len(ground.line))
    sides = [beside(ground.line, side_m) for side_m in (spacing_m / 2.0, -spacing_m / 2.0)]
    if any(len(parts) != 1 for parts in sides):
        raise OutOfRange("No track can be laid beside the line: it has no length, or folds too sharply")
    points = [*sides[0][0], *reversed(sides[1][0])]
    return Tracks(points, spacing_m, corridor_m2(ground.line, spacing_m))


def contour(ground: Ground, spacing_m: float) -> Tracks:
    """Once round half a spacing within the outline, then a spacing further in, and so on."""
    refuse_above(ground.shape.reach_m / spacing_m * len(ground.shape.corners))
    points: list[Point] = []
    inwards_m = min(spacing_m, ground.shape.room_m) / 2.0  # an area narrower than the spacing is gone round once
    while rings := ground.shape.rings(inwards_m):
        while rings:
            at = points[-1] if points else ground.shape.corners[0]
            rounds = [from_nearest(ring, at) for ring in rings]
            nearest = min(range(len(rings)), key=lambda i: math.dist(rounds[i][0], at))
            rings.pop(nearest)
            points += rounds[nearest]
        inwards_m += spacing_m
    return Tracks(_kept_inside(ground.shape, points), spacing_m, ground.shape.area_m2)


def free(ground: Ground, spacing_m: float) -> Tracks:
    """The given places one after the other."""
    del spacing_m
    if len(ground.line) < 2:
        raise OutOfRange("A free pattern needs its line: two places or more")
    points = list(ground.line)
    length_m = sum(math.dist(a, b) for a, b in pairwise(points))
    return Tracks(points, ground.shape.area_m2 / max(length_m, 1.0), ground.shape.area_m2)


LAYERS: dict[str, Callable[[Ground, float], Tracks]] = {
    "parallel": parallel,
    "creeping_line": creeping_line,
    "expanding_square": expanding_square,
    "sector": sector,
    "track_line": track_line,
    "contour": contour,
    "spiral": spiral,
    "free": free,
}


def refuse_above(legs: float) -> None:
    """Raises ``OutOfRange`` for more legs than are flown, before they are laid."""
    if not legs <= MOST_LEGS:
        raise OutOfRange(
            f"The search would have {legs:.0f} legs, at most {MOST_LEGS} are flown; "
            "choose a wider track spacing or a smaller area"
        )


@dataclass
class _Strip:
    """Tracks beside each other without a gap: flown to and fro."""

    pieces: list[tuple[Point, Point]]
    number: int  # of its last track

    def flown(self, at: Point | None) -> list[Point]:
        """To and fro from that of its four ends which is nearest."""
        ways = [self._way(pieces, swap) for pieces in (self.pieces, self.pieces[::-1]) for swap in (False, True)]
        return ways[0] if at is None else min(ways, key=lambda way: math.dist(at, way[0]))

    @staticmethod
    def _way(pieces: list[tuple[Point, Point]], swap: bool) -> list[Point]:
        return [
            place
            for i, (low, high) in enumerate(pieces)
            for place in ((high, low) if (i % 2 == 1) is not swap else (low, high))
        ]


def _sweep(shape: Shape, spacing_m: float) -> tuple[float, list[Point]]:
    """Tracks along the second axis; a concave area is flown strip by strip, the nearest first."""
    west, south, east, north = shape.bounds
    refuse_above(2.0 * (east - west) / spacing_m)
    count = math.ceil((east - west) / spacing_m - 1e-9)
    kept_m = (east - west) / count
    strips: list[_Strip] = []
    for number in range(count):
        across = west + (number + 0.5) * kept_m
        pieces = [_shortened(*piece, kept_m) for piece in shape.cut((across, south - 1.0), (across, north + 1.0))]
        beside_it = [strip for strip in strips if strip.number == number - 1]
        for piece in pieces:
            one = [strip for strip in beside_it if _overlap(strip.pieces[-1], piece)]
            alone = len(one) == 1 and sum(_overlap(one[0].pieces[-1], other) for other in pieces) == 1
            if alone:
                one[0].pieces.append(piece)
                one[0].number = number
            else:
                strips.append(_Strip([piece], number))
    return kept_m, _strip_by_strip(shape, strips)


def _strip_by_strip(shape: Shape, strips: list[_Strip]) -> list[Point]:
    points: list[Point] = []
    while strips:
        ways = [strip.flown(points[-1] if points else None) for strip in strips]
        nearest = min(range(len(strips)), key=lambda i: math.dist(points[-1], ways[i][0]) if points else i)
        strips.pop(nearest)
        points += ways[nearest]
    return _kept_inside(shape, points)


def _shortened(low: Point, high: Point, spacing_m: float) -> tuple[Point, Point]:
    """Half a spacing shorter at either end, as the sweep reaches on; at least its middle."""
    less_m = min(spacing_m, math.dist(low, high)) / 2.0
    return (low[0], low[1] + less_m), (high[0], high[1] - less_m)


def _overlap(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    return max(first[0][1], second[0][1]) <= min(first[1][1], second[1][1])


def _kept_inside(shape: Shape, points: list[Point]) -> list[Point]:
    """The same places, and between two that do not see each other the corners that lead from one to the next."""
    kept = points[:1]
    for start, end in pairwise(points):
        kept += [end] if shape.sees(start, end) else [*_inside_way(shape, start, end), end]
    return kept


def _inside_way(shape: Shape, start: Point, end: Point) -> list[Point]:
    """Corners of the area over which the shortest way leads from the start to the end without leaving it."""
    nodes = [start, *shape.corners, end]
    waiting: list[tuple[float, int, int]] = [(0.0, 0, -1)]
    before: dict[int, int] = {}
    while waiting:
        way_m, at, came_from = heapq.heappop(waiting)
        if at in before:
            continue
        before[at] = came_from
        if at == len(nodes) - 1:
            break
        for other in range(1, len(nodes)):
            if other not in before and shape.sees(nodes[at], nodes[other]):
                heapq.heappush(waiting, (way_m + math.dist(nodes[at], nodes[other]), other, at))
    way: list[Point] = []
    at = before.get(len(nodes) - 1, 0)
    while at > 0:
        way.insert(0, nodes[at])
        at = before[at]
    return way

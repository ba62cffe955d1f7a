"""Search patterns laid out round a place, with what flying them takes and gives; pure functions, any thread.

Names, half a track spacing between the edge and the first track, coverage factor and probability of detection follow
the IAMSAR manual, volume II, chapter 5 (POD of random search, Koopman 1980).
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.mission import SearchPlan
from app.errors import OutOfRange

MOST_LEGS = 20_000
ACCELERATION_MPS2 = 2.0  # of a multirotor stopping and starting at a corner
CHORD_SHARE = 0.05  # of the spacing by which the corners of a spiral may cut its curve


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle centred on ``origin``, its ``length_m`` along ``heading_deg`` (true), its ``width_m`` across."""

    origin: LatLon
    width_m: float
    length_m: float
    heading_deg: float

    def to_globe(self, across_m: float, along_m: float) -> LatLon:
        """A point given to the right of and ahead of the centre."""
        turn = math.radians(self.heading_deg)
        east = across_m * math.cos(turn) + along_m * math.sin(turn)
        north = along_m * math.cos(turn) - across_m * math.sin(turn)
        return LocalPlane(self.origin).to_globe(EastNorth(east, north))


Point = tuple[float, float]  # across, along, metres from the centre


def lay_out(
    pattern: str, area: Area, spacing_m: float, height_m: float, speed_mps: float, sweep_width_m: float
) -> SearchPlan:
    """Lay a pattern (``PATTERNS``) into the area; tracks are ``spacing_m`` apart or, to fill the area evenly, less.

    Raises ``OutOfRange`` when a figure makes no pattern or there would be more than ``MOST_LEGS`` legs.
    """
    for name, value in (("width", area.width_m), ("length", area.length_m), ("track spacing", spacing_m),
                        ("speed", speed_mps), ("sweep width", sweep_width_m)):  # fmt: skip
        if not 0.0 < value < math.inf:
            raise OutOfRange(f"The search's {name} is {value:g}; it must be above 0")
    if pattern not in PATTERNS:
        raise OutOfRange(f"There is no search pattern {pattern!r}; there are {', '.join(PATTERNS)}")
    kept_m, points = PATTERNS[pattern](area, spacing_m)
    length_m = sum(math.dist(a, b) for a, b in pairwise(points))
    return SearchPlan(
        pattern=pattern,
        waypoints=tuple(area.to_globe(*point) for point in points),
        height_m=height_m,
        speed_mps=speed_mps,
        spacing_m=kept_m,
        length_m=length_m,
        time_s=length_m / speed_mps + lost_in_turns_s(points, speed_mps),
        area_m2=area.width_m * area.length_m,
        coverage=sweep_width_m / kept_m,
        pod=1.0 - math.exp(-sweep_width_m / kept_m),
    )


def _parallel(area: Area, spacing_m: float) -> tuple[float, list[Point]]:
    """Tracks along the heading, from the left edge to the right, half a spacing within the edges."""
    _refuse_above(2.0 * area.width_m / spacing_m)
    tracks = math.ceil(area.width_m / spacing_m - 1e-9)
    kept_m = area.width_m / tracks
    end = max(area.length_m - kept_m, 0.0) / 2.0
    points: list[Point] = []
    for track in range(tracks):
        across = (track + 0.5) * kept_m - area.width_m / 2.0
        points += [(across, -end), (across, end)] if track % 2 == 0 else [(across, end), (across, -end)]
    return kept_m, _without_repeats(points)


def _expanding_square(area: Area, spacing_m: float) -> tuple[float, list[Point]]:
    """From the centre along the heading, turning right, each second leg a spacing longer; cut at the edges."""
    _refuse_above(2.0 * max(area.width_m, area.length_m) / spacing_m)
    half_m = max(area.width_m, area.length_m) / 2.0

    def corners() -> Iterator[Point]:
        across = along = 0.0
        yield across, along
        leg = 0
        while max(abs(across), abs(along)) <= half_m:
            reach = spacing_m * (leg // 2 + 1)
            across += reach * (0.0, 1.0, 0.0, -1.0)[leg % 4]
            along += reach * (1.0, 0.0, -1.0, 0.0)[leg % 4]
            leg += 1
            yield across, along

    return spacing_m, _cut(corners(), area)


def _spiral(area: Area, spacing_m: float) -> tuple[float, list[Point]]:
    """Archimedean spiral from the centre, to the right; cut at the edges."""
    end_rad = math.tau * math.hypot(area.width_m, area.length_m) / 2.0 / spacing_m
    curve = math.sqrt(8.0 * CHORD_SHARE * math.tau)  # a step of curve / sqrt(angle) cuts CHORD_SHARE of the spacing
    _refuse_above(2.0 / 3.0 * end_rad**1.5 / curve)

    def corners() -> Iterator[Point]:
        angle = 0.0
        while angle <= end_rad:
            radius = spacing_m * angle / math.tau
            yield radius * math.sin(angle), radius * math.cos(angle)
            angle += min(curve / math.sqrt(angle), math.pi / 4.0) if angle > 0.0 else math.pi / 4.0

    return spacing_m, _cut(corners(), area)


PATTERNS: dict[str, Callable[[Area, float], tuple[float, list[Point]]]] = {
    "parallel": _parallel,
    "expanding_square": _expanding_square,
    "spiral": _spiral,
}


def _refuse_above(legs: float) -> None:
    if not legs <= MOST_LEGS:
        raise OutOfRange(
            f"The search would have {legs:.0f} legs, at most {MOST_LEGS} are flown; "
            "choose a wider track spacing or a smaller area"
        )


def _cut(points: Iterable[Point], area: Area) -> list[Point]:
    """The parts of a track that lie in the area, joined in the order they are flown."""
    half = (area.width_m / 2.0, area.length_m / 2.0)
    kept: list[Point] = []
    for a, b in pairwise(points):
        kept += _clipped(a, b, half)
    return _without_repeats(kept)


def _clipped(a: Point, b: Point, half: Point) -> list[Point]:
    """The part of a leg within the centred rectangle of these half sides, or nothing (Liang and Barsky 1984)."""
    first, last = 0.0, 1.0
    for start, end, edge in zip(a, b, half, strict=True):
        step = end - start
        if step == 0.0:
            if abs(start) > edge:
                return []
            continue
        enter, leave = sorted(((-edge - start) / step, (edge - start) / step))
        first, last = max(first, enter), min(last, leave)
    if first > last:
        return []
    return [(a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])) for share in (first, last)]


def _without_repeats(points: list[Point]) -> list[Point]:
    return points[:1] + [b for a, b in pairwise(points) if math.dist(a, b) > 0.01]


def lost_in_turns_s(points: list[Point], speed_mps: float) -> float:
    """Time lost by slowing to the part of the speed that lies in the new direction, and gaining speed again."""
    lost_s = 0.0
    for a, b, c in zip(points, points[1:], points[2:], strict=False):
        into, out = (b[0] - a[0], b[1] - a[1]), (c[0] - b[0], c[1] - b[1])
        cosine = (into[0] * out[0] + into[1] * out[1]) / (math.hypot(*into) * math.hypot(*out))
        drop_mps = speed_mps * (1.0 - max(cosine, 0.0))
        lost_s += drop_mps**2 / (ACCELERATION_MPS2 * speed_mps)
    return lost_s

"""Straight ways against fences and no-fly areas, on a local plane; pure functions, any thread."""

import math
from collections.abc import Iterator

from app.domain.geometry import EastNorth, LatLon, LocalPlane, contains, on_earth
from app.domain.shapes import crossing
from app.errors import OutOfRange

Segment = tuple[EastNorth, EastNorth]
MOST_CORNERS = 2_000


def edges(area: tuple[LatLon, ...], plane: LocalPlane) -> Iterator[Segment]:
    """Sides of a closed outline whose first corner is not repeated."""
    corners = [plane.to_plane(corner) for corner in area]
    yield from zip(corners, corners[1:] + corners[:1], strict=True)


def check_outline(corners: tuple[LatLon, ...], what: str) -> tuple[LatLon, ...]:
    """The same corners. Raises ``OutOfRange`` when they bound no area, or their outline crosses or touches itself."""
    if len(corners) < 3:
        raise OutOfRange(f"{what} has {len(corners)} corners; an area has three or more")
    if len(corners) > MOST_CORNERS:
        raise OutOfRange(f"{what} has {len(corners)} corners, at most {MOST_CORNERS} are taken; simplify it")
    if not all(on_earth(corner) for corner in corners):
        raise OutOfRange(f"{what} has a corner that is no place on earth")
    plane = LocalPlane(corners[0])
    points = [plane.to_plane(corner) for corner in corners]
    where = crossing([(point.east_m, point.north_m) for point in points])
    if where is not None:
        place = plane.to_globe(EastNorth(*where))
        raise OutOfRange(
            f"{what} crosses or touches itself at {place.lat_deg:.5f}, {place.lon_deg:.5f}; "
            "give its corners in order, once round"
        )
    return corners


def sound(corners: tuple[LatLon, ...], what: str) -> tuple[LatLon, ...]:
    """``check_outline`` for settings: raises ``ValueError``, which names the field at fault."""
    try:
        return check_outline(corners, what)
    except OutOfRange as error:
        raise ValueError(str(error)) from error


def cross(a: EastNorth, b: EastNorth) -> float:
    return a.east_m * b.north_m - a.north_m * b.east_m


def segments_meet(first: Segment, second: Segment) -> bool:
    """Whether two segments cross or touch."""
    a, b = first
    c, d = second
    turns = (cross(b - a, c - a), cross(b - a, d - a), cross(d - c, a - c), cross(d - c, b - c))
    if turns[0] * turns[1] < 0.0 and turns[2] * turns[3] < 0.0:
        return True
    return min(_point_gap(c, first), _point_gap(d, first), _point_gap(a, second), _point_gap(b, second)) < 1e-6


def segment_gap_m(first: Segment, second: Segment) -> float:
    """Smallest distance between two segments in metres, 0 when they meet."""
    if segments_meet(first, second):
        return 0.0
    return min(
        _point_gap(first[0], second),
        _point_gap(first[1], second),
        _point_gap(second[0], first),
        _point_gap(second[1], first),
    )


def _point_gap(point: EastNorth, segment: Segment) -> float:
    start, end = segment
    along, to_point = end - start, point - start
    length_squared = along.length_m * along.length_m
    if length_squared == 0.0:
        return to_point.length_m
    share = (along.east_m * to_point.east_m + along.north_m * to_point.north_m) / length_squared
    return (to_point - along * min(max(share, 0.0), 1.0)).length_m


def way_inside(area: tuple[LatLon, ...], start: LatLon, end: LatLon) -> bool:
    """Whether the straight way from ``start`` to ``end`` stays inside the simple polygon (concave ones too)."""
    if not (contains(area, start) and contains(area, end)):
        return False
    plane = LocalPlane(start)
    way = (plane.to_plane(start), plane.to_plane(end))
    return not any(segments_meet(way, edge) for edge in edges(area, plane))


def way_gap_m(area: tuple[LatLon, ...], start: LatLon, end: LatLon) -> float:
    """Smallest distance of the straight way from the area in metres, 0 when it leads through.

    A place of fewer than three corners is kept clear of as well; one without a corner is infinitely far.
    """
    if contains(area, start) or contains(area, end):
        return 0.0
    plane = LocalPlane(start)
    way = (plane.to_plane(start), plane.to_plane(end))
    gaps = [segment_gap_m(way, edge) for edge in edges(area, plane)]
    return min(gaps, default=math.inf)

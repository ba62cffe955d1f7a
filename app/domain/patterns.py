"""Search patterns laid out in an area, with what flying them takes and gives; pure functions, any thread.

Coverage factor and probability of detection follow the IAMSAR manual, volume II, chapter 5 (POD of random search,
Koopman 1980).
"""

import math
from dataclasses import dataclass
from itertools import pairwise

from app.domain.areas import check_outline
from app.domain.flying import Air, flying_time_s
from app.domain.geometry import EastNorth, LatLon, LocalPlane, on_earth
from app.domain.mission import SearchPlan
from app.domain.shapes import Point, Shape
from app.domain.tracks import LAYERS, Ground, refuse_above
from app.errors import OutOfRange

PATTERNS = tuple(LAYERS)
ALONG_A_LINE = ("track_line", "free")  # patterns that need one
FARTHEST_M = 100_000.0  # of a corner from the middle: the local plane ends there


@dataclass(frozen=True, slots=True)
class Area:
    """What is to be searched: a rectangle centred on ``origin``, its ``length_m`` along ``heading_deg`` (true), its
    ``width_m`` across; or the simple polygon ``outline``, and then only the heading of the rest counts."""

    origin: LatLon
    width_m: float
    length_m: float
    heading_deg: float
    outline: tuple[LatLon, ...] = ()
    line: tuple[LatLon, ...] = ()  # for the patterns of ``ALONG_A_LINE``

    def to_globe(self, across_m: float, along_m: float) -> LatLon:
        """A point given to the right of and ahead of the origin."""
        turn = math.radians(self.heading_deg)
        east = across_m * math.cos(turn) + along_m * math.sin(turn)
        north = along_m * math.cos(turn) - across_m * math.sin(turn)
        return LocalPlane(self.origin).to_globe(EastNorth(east, north))

    def to_turned(self, place: LatLon) -> Point:
        """How far to the right of and ahead of the origin a place is."""
        at, turn = LocalPlane(self.origin).to_plane(place), math.radians(self.heading_deg)
        across = at.east_m * math.cos(turn) - at.north_m * math.sin(turn)
        return across, at.east_m * math.sin(turn) + at.north_m * math.cos(turn)


def lay_out(
    pattern: str,
    area: Area,
    spacing_m: float,
    height_m: float,
    speed_mps: float,
    sweep_width_m: float,
    air: Air | None = None,
) -> SearchPlan:
    """Lay a pattern (``PATTERNS``) into the area; tracks are ``spacing_m`` apart or, to fill the area evenly, less.

    Raises ``OutOfRange`` when a figure makes no pattern, an outline crosses itself, the wind is stronger than the
    vehicle, or there would be more than ``tracks.MOST_LEGS`` legs.
    """
    for name, value in (("width", area.width_m), ("length", area.length_m), ("track spacing", spacing_m),
                        ("speed", speed_mps), ("sweep width", sweep_width_m)):  # fmt: skip
        if not 0.0 < value < math.inf:
            raise OutOfRange(f"The search's {name} is {value:g}; it must be above 0")
    if pattern not in LAYERS:
        raise OutOfRange(f"There is no search pattern {pattern!r}; there are {', '.join(PATTERNS)}")
    refuse_above(len(area.line))
    datum, ground = _ground(area)
    tracks = LAYERS[pattern](ground, spacing_m)
    points = _without_repeats([(x + datum[0], y + datum[1]) for x, y in tracks.points])
    if not points:
        raise OutOfRange("The area is so narrow that no track lies in it; choose less track spacing")
    waypoints = tuple(area.to_globe(*point) for point in points)
    length_m = sum(math.dist(a, b) for a, b in pairwise(points))
    air = air or Air()
    return SearchPlan(
        pattern=pattern,
        waypoints=waypoints,
        height_m=height_m,
        speed_mps=speed_mps,
        spacing_m=tracks.spacing_m,
        length_m=length_m,
        time_s=flying_time_s(waypoints, speed_mps, air),
        area_m2=tracks.area_m2,
        coverage=sweep_width_m / tracks.spacing_m,
        pod=1.0 - math.exp(-sweep_width_m / tracks.spacing_m),
        air=air,
    )


def _ground(area: Area) -> tuple[Point, Ground]:
    """The datum on the turned plane, and the area as seen from it. Raises ``OutOfRange``."""
    if area.outline:
        check_outline(area.outline, "The outline of the search area")
        corners = [area.to_turned(corner) for corner in area.outline]
    else:
        half = (area.width_m / 2.0, area.length_m / 2.0)
        corners = [(-half[0], -half[1]), (half[0], -half[1]), (half[0], half[1]), (-half[0], half[1])]
    if not all(on_earth(place) for place in area.line):
        raise OutOfRange("The line has a place that is none on earth")
    line = [area.to_turned(place) for place in area.line]
    if area.outline or line:
        farthest_m = max(math.hypot(*corner) for corner in [*corners, *line])
        if not farthest_m <= FARTHEST_M:
            raise OutOfRange(
                f"The search area reaches {farthest_m / 1000.0:.0f} km from its origin; 100 km are planned"
            )
    shape = Shape(corners)
    datum = shape.middle if area.outline else (0.0, 0.0)
    return datum, Ground(shape.moved(datum), tuple((x - datum[0], y - datum[1]) for x, y in line))


def _without_repeats(points: list[Point]) -> list[Point]:
    return points[:1] + [b for a, b in pairwise(points) if math.dist(a, b) > 0.01]

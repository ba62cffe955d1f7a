"""Patterns on figures that can be checked by hand, and properties that hold for all of them."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.flying import Air
from app.domain.geometry import EastNorth, LatLon, LocalPlane, bearing_deg, distance_m
from app.domain.patterns import ALONG_A_LINE, PATTERNS, Area, lay_out
from app.domain.shapes import Shape
from app.errors import OutOfRange

ORIGIN = LatLon(47.0, 8.0)


def test_parallel_tracks_fill_the_area_evenly() -> None:
    plan = lay_out("parallel", Area(ORIGIN, 600.0, 600.0, 0.0), 150.0, 40.0, 5.0, 300.0)
    assert len(plan.waypoints) == 8
    assert plan.length_m == pytest.approx(4 * 450.0 + 3 * 150.0)
    assert plan.time_s == pytest.approx(plan.length_m / 5.0 + 6 * 2.5, abs=0.01)  # each corner costs v / a = 5 / 2 s
    assert plan.coverage == pytest.approx(2.0)
    assert plan.pod == pytest.approx(1.0 - math.exp(-2.0))
    assert plan.area_m2 == 360_000.0
    first = LocalPlane(ORIGIN).to_plane(plan.waypoints[0])
    assert [first.east_m, first.north_m] == pytest.approx([-225.0, -225.0], abs=0.01)
    assert bearing_deg(plan.waypoints[0], plan.waypoints[1]) == pytest.approx(0.0, abs=0.01)


def test_a_spacing_that_does_not_divide_the_width_is_narrowed() -> None:
    plan = lay_out("parallel", Area(ORIGIN, 500.0, 300.0, 30.0), 200.0, 40.0, 5.0, 100.0)
    assert plan.spacing_m == pytest.approx(500.0 / 3.0)
    assert bearing_deg(plan.waypoints[0], plan.waypoints[1]) == pytest.approx(30.0, abs=0.01)


def test_the_expanding_square_grows_every_second_leg_and_turns_right() -> None:
    plan = lay_out("expanding_square", Area(ORIGIN, 400.0, 400.0, 90.0), 100.0, 40.0, 5.0, 100.0)
    legs = [distance_m(a, b) for a, b in pairwise(plan.waypoints)]
    assert legs[:4] == pytest.approx([100.0, 100.0, 200.0, 200.0], abs=0.1)
    turns = [bearing_deg(a, b) for a, b in pairwise(plan.waypoints)]
    assert turns[:4] == pytest.approx([90.0, 180.0, 270.0, 0.0], abs=0.1)
    assert plan.waypoints[0] == ORIGIN


def test_turns_of_the_spiral_are_one_spacing_apart() -> None:
    plan = lay_out("spiral", Area(ORIGIN, 1000.0, 1000.0, 0.0), 100.0, 40.0, 5.0, 100.0)
    plane = LocalPlane(ORIGIN)
    points = [plane.to_plane(place) for place in plan.waypoints]
    for point in points[:60]:
        nearest = min(abs(point.length_m - (point.bearing_deg / 360.0 + turn) * 100.0) for turn in range(8))
        assert nearest < 0.5


@pytest.mark.parametrize("pattern", [name for name in PATTERNS if name not in ALONG_A_LINE])
def test_too_many_legs_are_refused_before_they_are_laid(pattern: str) -> None:
    with pytest.raises(OutOfRange, match="wider track spacing"):
        lay_out(pattern, Area(ORIGIN, 1e9, 1e9, 0.0), 5.0, 40.0, 5.0, 100.0)


@pytest.mark.parametrize("pattern", ALONG_A_LINE)
def test_a_line_of_a_million_places_is_refused_and_so_is_none(pattern: str) -> None:
    with pytest.raises(OutOfRange, match="two places or more"):
        lay_out(pattern, Area(ORIGIN, 100.0, 100.0, 0.0), 50.0, 40.0, 5.0, 100.0)
    with pytest.raises(OutOfRange, match="1000000 legs"):
        lay_out(pattern, Area(ORIGIN, 100.0, 100.0, 0.0, line=(ORIGIN,) * 1_000_000), 50.0, 40.0, 5.0, 100.0)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_figures_that_make_no_pattern_are_refused(bad: float) -> None:
    with pytest.raises(OutOfRange, match="width"):
        lay_out("parallel", Area(ORIGIN, bad, 100.0, 0.0), 50.0, 40.0, 5.0, 100.0)
    with pytest.raises(OutOfRange, match="track spacing"):
        lay_out("spiral", Area(ORIGIN, 100.0, 100.0, 0.0), bad, 40.0, 5.0, 100.0)


def test_an_unknown_pattern_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        OutOfRange, match="parallel, creeping_line, expanding_square, sector, track_line, contour, spiral, free"
    ):
        lay_out("zigzag", Area(ORIGIN, 100.0, 100.0, 0.0), 50.0, 40.0, 5.0, 100.0)


@settings(max_examples=40, deadline=None)
@given(
    pattern=st.sampled_from([name for name in PATTERNS if name not in ALONG_A_LINE]),
    width_m=st.floats(20.0, 3000.0),
    length_m=st.floats(20.0, 3000.0),
    heading_deg=st.floats(0.0, 359.9),
    spacing_m=st.floats(20.0, 500.0),
)
def test_every_waypoint_lies_in_the_area(
    pattern: str, width_m: float, length_m: float, heading_deg: float, spacing_m: float
) -> None:
    plan = lay_out(pattern, Area(ORIGIN, width_m, length_m, heading_deg), spacing_m, 40.0, 5.0, 100.0)
    plane, turn = LocalPlane(ORIGIN), math.radians(heading_deg)
    assert plan.waypoints
    assert plan.spacing_m <= spacing_m + 1e-9
    for place in plan.waypoints:
        point = plane.to_plane(place)
        along = point.east_m * math.sin(turn) + point.north_m * math.cos(turn)
        across = point.east_m * math.cos(turn) - point.north_m * math.sin(turn)
        assert abs(across) <= width_m / 2.0 + 0.01
        assert abs(along) <= length_m / 2.0 + 0.01
    flown = sum(distance_m(a, b) for a, b in pairwise(plan.waypoints))
    assert plan.length_m == pytest.approx(flown, rel=1e-3, abs=0.1)
    assert plan.time_s >= plan.length_m / 5.0 * 0.9999


PLANE = LocalPlane(ORIGIN)
HORSESHOE = ((0, 0), (900, 0), (900, 700), (600, 700), (600, 250), (300, 250), (300, 700), (0, 700))


def ring(corners: tuple[tuple[float, float], ...]) -> tuple[LatLon, ...]:
    return tuple(PLANE.to_globe(EastNorth(*corner)) for corner in corners)


def on_plane(places: tuple[LatLon, ...]) -> list[tuple[float, float]]:
    return [(at.east_m, at.north_m) for at in map(PLANE.to_plane, places)]


@pytest.mark.parametrize("pattern", ["parallel", "creeping_line", "contour"])
@pytest.mark.parametrize("heading_deg", [0.0, 33.0, 90.0])
def test_a_concave_area_is_covered_without_leaving_it(pattern: str, heading_deg: float) -> None:
    area = Area(ORIGIN, 1.0, 1.0, heading_deg, ring(HORSESHOE))
    plan = lay_out(pattern, area, 100.0, 40.0, 5.0, 100.0)
    shape = Shape([(float(x), float(y)) for x, y in HORSESHOE])
    flown = on_plane(plan.waypoints)
    loose = Shape([(x, y) for x, y in shape.rings(-1.0)[0]])
    assert all(loose.sees(a, b) for a, b in pairwise(flown))
    assert plan.area_m2 == pytest.approx(900 * 700 - 300 * 450, rel=1e-3)
    farthest_m = 105.0 if pattern == "contour" else 75.0  # rings leave up to a spacing in the middle
    bare = 0
    for east in range(20, 900, 40):
        for north in range(20, 700, 40):
            if shape.sees((east, north), (east, north)):
                bare += min(_gap((east, north), a, b) for a, b in pairwise(flown)) > farthest_m
    assert bare <= 2  # tracks end half a spacing before an edge: slanting ones leave a corner


def _gap(place: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    along = (b[0] - a[0], b[1] - a[1])
    share = ((place[0] - a[0]) * along[0] + (place[1] - a[1]) * along[1]) / max(math.hypot(*along) ** 2, 1e-9)
    share = min(max(share, 0.0), 1.0)
    return math.hypot(place[0] - a[0] - share * along[0], place[1] - a[1] - share * along[1])


def test_creeping_lines_lie_across_the_heading_and_advance_along_it() -> None:
    plan = lay_out("creeping_line", Area(ORIGIN, 200.0, 600.0, 0.0), 100.0, 40.0, 5.0, 100.0)
    norths = [north for _, north in on_plane(plan.waypoints)]
    assert norths == sorted(norths)
    assert len(plan.waypoints) == 12


def test_three_sectors_are_the_manuals_nine_legs_with_turns_of_120_degrees() -> None:
    plan = lay_out("sector", Area(ORIGIN, 600.0, 600.0, 40.0), 300.0, 40.0, 5.0, 100.0)
    legs = list(pairwise(plan.waypoints))
    assert [distance_m(a, b) for a, b in legs] == pytest.approx([300.0] * 9, abs=0.5)
    courses = [bearing_deg(a, b) for a, b in legs]
    assert courses[0] == pytest.approx(40.0, abs=0.1)
    turns = [(b - a) % 360.0 for a, b in pairwise(courses)]
    assert all(turn == pytest.approx(120.0, abs=0.5) or min(turn, 360.0 - turn) < 0.5 for turn in turns)
    rays = {round(bearing_deg(ORIGIN, place)) % 360 for place in plan.waypoints if distance_m(ORIGIN, place) > 1.0}
    assert rays == {40, 100, 160, 220, 280, 340}
    assert plan.area_m2 == pytest.approx(math.pi * 300.0**2)


def test_a_track_line_is_searched_on_one_side_out_and_on_the_other_back() -> None:
    line = ring(((0.0, 0.0), (0.0, 1000.0), (800.0, 1000.0)))
    plan = lay_out("track_line", Area(ORIGIN, 1.0, 1.0, 0.0, line=line), 100.0, 40.0, 5.0, 100.0)
    flown = on_plane(plan.waypoints)
    assert flown[0] == pytest.approx((50.0, 0.0), abs=0.1)
    assert flown[-1] == pytest.approx((-50.0, 0.0), abs=0.1)
    assert plan.length_m == pytest.approx(2 * 1800.0 + 100.0, rel=0.01)
    with pytest.raises(OutOfRange, match="has no length"):
        lay_out("track_line", Area(ORIGIN, 1.0, 1.0, 0.0, line=(ORIGIN, ORIGIN)), 90.0, 40.0, 5.0, 100.0)


def test_free_places_are_flown_as_they_are_and_judged_by_the_area() -> None:
    line = ring(((-100.0, 0.0), (100.0, 0.0), (100.0, 50.0)))
    plan = lay_out("free", Area(ORIGIN, 300.0, 100.0, 0.0, line=line), 5.0, 40.0, 5.0, 60.0)
    assert [distance_m(a, b) < 0.01 for a, b in zip(plan.waypoints, line, strict=True)] == [True] * 3
    assert plan.coverage == pytest.approx(60.0 * 250.0 / 30_000.0, rel=1e-3)


def test_an_outline_that_crosses_itself_is_refused_with_the_place() -> None:
    bow = ring(((0, 0), (100, 100), (100, 0), (0, 100)))
    with pytest.raises(OutOfRange, match=r"crosses or touches itself at 47\.0004"):
        lay_out("parallel", Area(ORIGIN, 1.0, 1.0, 0.0, bow), 50.0, 40.0, 5.0, 100.0)
    for corners, words in ((bow[:2], "2 corners"), ((*bow[:2], LatLon(math.nan, 8.0)), "no place on earth")):
        with pytest.raises(OutOfRange, match=words):
            lay_out("parallel", Area(ORIGIN, 1.0, 1.0, 0.0, corners), 50.0, 40.0, 5.0, 100.0)
    far = (ORIGIN, LatLon(47.0, 10.0), LatLon(48.0, 10.0))
    with pytest.raises(OutOfRange, match="100 km"):
        lay_out("parallel", Area(ORIGIN, 1.0, 1.0, 0.0, far), 50.0, 40.0, 5.0, 100.0)


def test_an_area_across_the_antimeridian_is_one_area() -> None:
    edge = LatLon(10.0, 180.0)
    plane = LocalPlane(edge)
    corners = [EastNorth(-300, -300), EastNorth(300, -300), EastNorth(300, 300), EastNorth(-300, 300)]
    outline = tuple(plane.to_globe(corner) for corner in corners)
    plan = lay_out("parallel", Area(edge, 1.0, 1.0, 0.0, outline), 150.0, 40.0, 5.0, 100.0)
    assert plan.length_m == pytest.approx(4 * 450.0 + 3 * 150.0, rel=1e-3)
    assert all(abs(place.lon_deg) <= 180.0 for place in plan.waypoints)


def test_wind_costs_time_on_the_legs_it_stands_against_and_too_much_is_refused() -> None:
    calm = lay_out("parallel", Area(ORIGIN, 600.0, 600.0, 0.0), 150.0, 40.0, 5.0, 300.0)
    breeze = lay_out("parallel", Area(ORIGIN, 600.0, 600.0, 0.0), 150.0, 40.0, 5.0, 300.0, Air(6.0, 0.0, 12.0))
    assert breeze.time_s == pytest.approx(calm.time_s, abs=0.1)  # 5 m/s over ground are within its reach both ways
    gale = lay_out("parallel", Area(ORIGIN, 600.0, 600.0, 0.0), 150.0, 40.0, 5.0, 300.0, Air(10.0, 0.0, 12.0))
    assert gale.time_s > calm.time_s + 2 * 450.0 * (1.0 / 2.0 - 1.0 / 5.0) - 30.0
    with pytest.raises(OutOfRange, match="makes no way"):
        lay_out("parallel", Area(ORIGIN, 600.0, 600.0, 0.0), 150.0, 40.0, 5.0, 300.0, Air(12.0, 0.0, 12.0))

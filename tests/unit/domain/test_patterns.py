"""Patterns on figures that can be checked by hand, and properties that hold for all of them."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.geometry import LatLon, LocalPlane, bearing_deg, distance_m
from app.domain.patterns import PATTERNS, Area, lay_out
from app.errors import OutOfRange

ORIGIN = LatLon(47.0, 8.0)


def test_parallel_tracks_fill_the_area_evenly() -> None:
    plan = lay_out("parallel", Area(ORIGIN, 600.0, 600.0, 0.0), 150.0, 40.0, 5.0, 300.0)
    assert len(plan.waypoints) == 8
    assert plan.length_m == pytest.approx(4 * 450.0 + 3 * 150.0)
    assert plan.time_s == pytest.approx(plan.length_m / 5.0 + 6 * 2.5)  # each corner costs v / a = 5 / 2 s
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


@pytest.mark.parametrize("pattern", list(PATTERNS))
def test_too_many_legs_are_refused_before_they_are_laid(pattern: str) -> None:
    with pytest.raises(OutOfRange, match="wider track spacing"):
        lay_out(pattern, Area(ORIGIN, 1e9, 1e9, 0.0), 5.0, 40.0, 5.0, 100.0)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_figures_that_make_no_pattern_are_refused(bad: float) -> None:
    with pytest.raises(OutOfRange, match="width"):
        lay_out("parallel", Area(ORIGIN, bad, 100.0, 0.0), 50.0, 40.0, 5.0, 100.0)
    with pytest.raises(OutOfRange, match="track spacing"):
        lay_out("spiral", Area(ORIGIN, 100.0, 100.0, 0.0), bad, 40.0, 5.0, 100.0)


def test_an_unknown_pattern_is_refused_with_the_known_ones() -> None:
    with pytest.raises(OutOfRange, match="parallel, expanding_square, spiral"):
        lay_out("zigzag", Area(ORIGIN, 100.0, 100.0, 0.0), 50.0, 40.0, 5.0, 100.0)


@settings(max_examples=40)
@given(
    pattern=st.sampled_from(list(PATTERNS)),
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
    assert plan.time_s >= plan.length_m / 5.0 - 1e-9

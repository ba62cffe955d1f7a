"""Patterns with fence and no-fly areas across them: what is flown is allowed, what is not flown is told."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.geometry import EastNorth, LatLon, LocalPlane, distance_m
from app.domain.mission import SearchPlan
from app.domain.patterns import PATTERNS, Area, lay_out
from app.domain.replan import keep_allowed
from app.domain.safety import SafetyLimits
from app.domain.way import fence_on_way, no_fly_on_way
from app.errors import OutOfRange

HOME = LatLon(47.0, 8.0)
PLANE = LocalPlane(HOME)
PLAN = lay_out("parallel", Area(HOME, 600.0, 600.0, 0.0), 100.0, 40.0, 5.0, 100.0)


def ring(*corners: tuple[float, float]) -> tuple[LatLon, ...]:
    return tuple(PLANE.to_globe(EastNorth(*corner)) for corner in corners)


def box(west: float, south: float, east: float, north: float) -> tuple[LatLon, ...]:
    return ring((west, south), (east, south), (east, north), (west, north))


def assert_allowed(plan: SearchPlan, limits: SafetyLimits) -> None:
    for start, end in pairwise((HOME, *plan.waypoints)):
        for verdict in (fence_on_way(HOME, start, end, limits), no_fly_on_way(start, end, limits)):
            assert verdict.passed, verdict.text


def test_a_plan_that_may_be_flown_whole_stays_as_it_is() -> None:
    assert keep_allowed(PLAN, HOME, SafetyLimits()) is PLAN
    assert keep_allowed(PLAN, None, SafetyLimits(no_fly=(box(900, 900, 950, 950),))) is PLAN


def test_tracks_are_flown_round_a_no_fly_area_and_the_figures_say_what_is_left_out() -> None:
    limits = SafetyLimits(no_fly=(box(100, -100, 200, 100),))
    plan = keep_allowed(PLAN, HOME, limits)
    assert_allowed(plan, limits)
    assert len(plan.waypoints) > len(PLAN.waypoints)
    length_m = sum(distance_m(a, b) for a, b in pairwise(plan.waypoints))
    assert plan.length_m == pytest.approx(length_m, rel=1e-3)
    # one track of 500 m, at 150 m east, loses 200 m and 23 m on either side, of 6 * 500 + 5 * 100 m
    share = 1.0 - 246.0 / 3500.0
    assert plan.left_out_m2 == pytest.approx(360_000.0 * (1.0 - share), rel=0.03)
    assert plan.coverage == pytest.approx(PLAN.coverage * share, rel=0.01)
    assert plan.pod == pytest.approx(PLAN.pod * share, rel=0.01)
    assert plan.time_s > plan.length_m / 5.0


def test_the_drawn_fence_and_the_radius_cut_the_pattern() -> None:
    notched = ring((-250, -250), (250, -250), (250, 250), (0, -50), (-250, 250))
    for limits in (SafetyLimits(fence=notched), SafetyLimits(fence_radius_m=220.0)):
        plan = keep_allowed(PLAN, HOME if limits.fence == () else PLANE.to_globe(EastNorth(0.0, -100.0)), limits)
        assert plan.left_out_m2 > 50_000.0
        start = PLANE.to_globe(EastNorth(0.0, -100.0))
        for a, b in pairwise(((HOME if not limits.fence else start), *plan.waypoints)):
            assert fence_on_way(HOME, a, b, limits).passed


def test_what_lies_behind_a_closed_ring_is_left_out() -> None:
    walls = (box(-400, 50, 400, 60), box(-400, -300, -390, 60), box(390, -300, 400, 60), box(-400, -310, 400, -300))
    plan = keep_allowed(PLAN, HOME, SafetyLimits(no_fly=walls))
    assert_allowed(plan, SafetyLimits(no_fly=walls))
    assert all(PLANE.to_plane(place).north_m < 50.0 for place in plan.waypoints)
    assert plan.left_out_m2 > 0.3 * PLAN.area_m2


def test_nothing_left_and_too_much_to_look_through_are_refused_in_words() -> None:
    with pytest.raises(OutOfRange, match="Nothing of the search area"):
        keep_allowed(PLAN, HOME, SafetyLimits(no_fly=(box(-500, -500, 500, 500),)))
    far = lay_out("parallel", Area(PLANE.to_globe(EastNorth(9000.0, 0.0)), 600, 600, 0.0), 100.0, 40.0, 5.0, 100.0)
    with pytest.raises(OutOfRange, match="geofence"):
        keep_allowed(far, HOME, SafetyLimits())
    many = tuple(box(1000 + 30 * i, 1000, 1010 + 30 * i, 1010) for i in range(26))
    with pytest.raises(OutOfRange, match="104 corners"):
        keep_allowed(PLAN, HOME, SafetyLimits(no_fly=many))
    dense = lay_out("parallel", Area(HOME, 20_000.0, 20_000.0, 0.0), 10.0, 40.0, 5.0, 100.0)
    with pytest.raises(OutOfRange, match="wider track spacing"):
        keep_allowed(dense, HOME, SafetyLimits())


@settings(max_examples=12, deadline=None)
@given(
    pattern=st.sampled_from(list(PATTERNS)),
    heading_deg=st.floats(0.0, 359.0),
    west=st.floats(-250.0, 150.0),
    south=st.floats(-250.0, 150.0),
    wide=st.floats(5.0, 120.0),
    high=st.floats(5.0, 120.0),
)
def test_every_leg_is_allowed(
    pattern: str, heading_deg: float, west: float, south: float, wide: float, high: float
) -> None:
    limits = SafetyLimits(no_fly=(box(west, south, west + wide, south + high),), fence_radius_m=260.0)
    line = ring((-200.0, -200.0), (100.0, 0.0), (50.0, 220.0))
    plan = lay_out(pattern, Area(HOME, 400.0, 500.0, heading_deg, line=line), 100.0, 40.0, 5.0, 100.0)
    kept = keep_allowed(plan, HOME, limits)
    ways = pairwise(kept.waypoints)
    for start, end in ways:
        for verdict in (fence_on_way(HOME, start, end, limits), no_fly_on_way(start, end, limits)):
            assert verdict.passed, verdict.text
    assert 0.0 <= kept.left_out_m2 <= plan.area_m2
    assert kept.pod <= plan.pod

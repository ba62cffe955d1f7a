"""Ways against areas, on figures that can be checked by eye."""

import math

import pytest

from app.domain.areas import segment_gap_m, segments_meet, way_gap_m, way_inside
from app.domain.geometry import EastNorth, LatLon, LocalPlane

PLANE = LocalPlane(LatLon(47.0, 8.0))


def at(east_m: float, north_m: float) -> LatLon:
    return PLANE.to_globe(EastNorth(east_m, north_m))


SQUARE = (at(0, 0), at(100, 0), at(100, 100), at(0, 100))


def test_segments_that_cross_touch_or_pass() -> None:
    across = (EastNorth(-1, 0), EastNorth(1, 0))
    assert segments_meet(across, (EastNorth(0, -1), EastNorth(0, 1)))
    assert segments_meet(across, (EastNorth(1, 0), EastNorth(2, 5)))
    assert not segments_meet(across, (EastNorth(0, 2), EastNorth(0, 3)))
    assert segment_gap_m(across, (EastNorth(0, 2), EastNorth(0, 3))) == pytest.approx(2.0)
    assert segment_gap_m(across, (EastNorth(4, 4), EastNorth(4, 4))) == pytest.approx(5.0)


def test_a_way_is_inside_only_when_all_of_it_is() -> None:
    assert way_inside(SQUARE, at(10, 10), at(90, 90))
    assert not way_inside(SQUARE, at(10, 10), at(110, 50))
    notched = (at(0, 0), at(100, 0), at(100, 100), at(50, 20), at(0, 100))
    assert not way_inside(notched, at(10, 70), at(90, 70))
    assert way_inside(notched, at(10, 70), at(30, 20))


def test_the_gap_of_a_way_from_an_area() -> None:
    assert way_gap_m(SQUARE, at(-50, 50), at(150, 50)) == 0.0
    assert way_gap_m(SQUARE, at(-30, -50), at(-30, 200)) == pytest.approx(30.0, abs=0.01)
    assert way_gap_m(SQUARE, at(50, 50), at(50, 50)) == 0.0
    assert way_gap_m((at(0, 0),), at(3, 4), at(3, 4)) == pytest.approx(5.0, abs=0.01)
    assert way_gap_m((), at(3, 4), at(3, 4)) == math.inf

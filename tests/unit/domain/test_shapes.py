"""Polygons: simple or not, and what of a line lies within."""

import pytest

from app.domain.shapes import Shape, crossing

NOTCHED = Shape([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (5.0, 2.0), (0.0, 10.0)])


def test_where_an_outline_crosses_or_touches_itself_is_told() -> None:
    assert crossing([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]) is None
    assert crossing([(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)]) == (0.5, 0.5)
    assert crossing([(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (1.0, 0.0), (0.0, 2.0)]) == (1.0, 0.0)  # touches its base
    assert crossing([(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]) is not None  # has no area
    assert crossing([(3.0, 3.0)] * 3) is not None


def test_a_line_is_cut_at_the_notch_and_keeps_its_direction() -> None:
    for start, end in (((-5.0, 6.0), (15.0, 6.0)), ((15.0, 6.0), (-5.0, 6.0))):
        pieces = NOTCHED.cut(start, end)
        assert len(pieces) == 2
        flown = [place[0] for piece in pieces for place in piece]
        assert flown == sorted(flown, reverse=start[0] > end[0])
        assert {round(place, 6) for place in flown} == {0.0, 2.5, 7.5, 10.0}
    assert NOTCHED.cut((-5.0, 20.0), (15.0, 20.0)) == []


def test_the_middle_lies_within_also_where_the_centroid_does_not() -> None:
    horseshoe = Shape([(0, 0), (90, 0), (90, 90), (80, 90), (80, 10), (10, 10), (10, 90), (0, 90)])
    assert horseshoe.sees(horseshoe.middle, horseshoe.middle)


def test_rings_part_where_the_area_is_narrow_and_end() -> None:
    dumbbell = Shape([(0, 0), (40, 0), (40, 15), (60, 15), (60, 0), (100, 0), (100, 40), (60, 40), (60, 25), (40, 25),
                      (40, 40), (0, 40)])  # fmt: skip
    assert [len(dumbbell.rings(inwards)) for inwards in (2.0, 8.0, 25.0)] == [1, 2, 0]
    assert Shape(dumbbell.rings(8.0)[0]).area_m2 == pytest.approx(24.0 * 24.0)

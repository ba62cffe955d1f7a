import pytest

from app.bench.locate import CASES, cramer_rao_m, lawnmower, update_time


def test_the_bound_is_the_published_one() -> None:
    """finding.md: bound (RMSE) with the exponent free and with a prior of 0.3."""
    published = [(4.2, 4.2), (12.7, 12.7), (15.9, 13.3), (71.5, 40.3), (47.6, 26.9)]
    for case, (free, held) in zip(CASES, published, strict=True):
        assert cramer_rao_m(case, 0.0) == pytest.approx(free, rel=0.02)
        assert cramer_rao_m(case, 0.3) == pytest.approx(held, rel=0.02)


def test_a_row_of_the_table() -> None:
    median, rmse, inside = lawnmower(CASES[0], 2)
    assert 0.0 < median.value <= 12.0
    assert rmse.limit == pytest.approx(4.2, rel=0.02)
    assert inside.value in {0.0, 50.0, 100.0}


def test_the_update_is_timed() -> None:
    assert update_time(side=60).value > 0.0

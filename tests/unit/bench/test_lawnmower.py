"""The position table: its bounds are the published ones, and a row of it is flown."""

import numpy as np
import pytest

from app.bench import lawnmower
from app.bench.lawnmower import CASES, Flown
from app.bench.rtt import Variant


def test_the_bound_is_the_published_one() -> None:
    """finding.md: bound (RMSE) with the exponent free and with a prior of 0.3."""
    published = [(4.2, 4.2), (12.7, 12.7), (15.9, 13.3), (71.5, 40.3), (47.6, 26.9)]
    places = lawnmower.pings()
    table = np.array([(place.east_m, place.north_m) for place in places])
    for case, bounds in zip(CASES, published, strict=True):
        chance = np.array([lawnmower.heard_share(case.tag, place) for place in places])
        for exponent_sd, bound in zip((0.0, 0.3), bounds, strict=True):
            assert lawnmower.cramer_rao_m(case, table, exponent_sd, chance) == pytest.approx(bound, rel=0.02)


def test_a_flight_is_flown_with_all_estimators() -> None:
    flown = lawnmower.fly(CASES[0], 1)
    assert flown.error_m < 20.0
    assert flown.free_m == pytest.approx(4.2, rel=0.2)
    assert 50.0 < flown.peers_m["as shipped"] < 150.0
    assert flown.peers_m["mended"] < 20.0


def test_a_row_of_the_table() -> None:
    peers: dict[Variant, float] = {"as shipped": 111.0, "mended": 3.7, "mended, n free": 3.6}
    flights = [Flown(error_m, peers, 4.1, 4.0, error_m < 3.0, error_m < 5.0) for error_m in (1.0, 2.0, 4.0, 8.0)]
    shown = {figure.name.split(": ")[1]: figure for figure in lawnmower.figures(CASES[0], flights)}
    assert shown["median error"].value == 3.0
    assert shown["RMSE over its bound, n free"].value == pytest.approx((85.0 / 4.0) ** 0.5 / 4.1)
    assert shown["RMSE over its bound, n free"].ok is True
    assert shown["truth in the 50 % region"].value == 50.0
    assert shown["truth in the 90 % region"].ok is False

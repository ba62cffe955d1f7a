"""RTT's estimator, as shipped and mended, on pings without errors."""

import numpy as np
import pytest

from app.bench.rtt import rtt

RANDOM = np.random.default_rng(1)
PLACES = np.column_stack([RANDOM.uniform(0.0, 200.0, (60, 2)), np.full(60, 30.0)])
SLANT_M = np.linalg.norm(PLACES - np.array([40.0, 70.0, 0.0]), axis=1)


@pytest.mark.parametrize(("variant", "exponent"), [("mended", 2.0), ("mended, n free", 3.0)])
def test_mended_it_finds_the_transmitter(variant: str, exponent: float) -> None:
    found = rtt(PLACES, -20.0 - 10.0 * exponent * np.log10(SLANT_M), variant)  # type: ignore[arg-type]
    assert found is not None
    assert (found.east_m, found.north_m) == pytest.approx((40.0, 70.0), abs=1.0)


def test_as_shipped_it_says_where_the_vehicle_was() -> None:
    found = rtt(PLACES, -20.0 - 20.0 * np.log10(SLANT_M), "as shipped")
    assert found is not None
    assert (found.east_m, found.north_m) == pytest.approx(tuple(PLACES.mean(axis=0)[:2]), abs=1e-6)


def test_three_pings_are_too_few() -> None:
    assert rtt(PLACES[:3], SLANT_M[:3], "mended") is None

import math
from datetime import UTC, datetime

import pytest

from app.domain.geometry import LatLon
from app.errors import OutOfRange
from app.locate.magnetic import declination_deg, true_bearing_deg


def seconds(year: int) -> float:
    return datetime(year, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("lat_deg", "lon_deg", "year", "declination"),
    [  # WMM2025's own test values at sea level (WMM2025_TestValues)
        (80.0, 0.0, 2025, 1.28),
        (0.0, 120.0, 2025, -0.16),
        (-80.0, 240.0 - 360.0, 2025, 68.78),
    ],
)
def test_the_models_own_values(lat_deg: float, lon_deg: float, year: int, declination: float) -> None:
    assert declination_deg(LatLon(lat_deg, lon_deg), seconds(year)) == pytest.approx(declination, abs=0.02)


def test_a_compass_bearing_becomes_true() -> None:
    seattle = LatLon(47.6205, -122.3493)
    assert declination_deg(seattle, seconds(2025)) == pytest.approx(15.1, abs=0.1)
    assert true_bearing_deg(350.0, seattle, seconds(2025)) == pytest.approx(5.1, abs=0.1)


def test_years_beyond_the_model_are_its_last() -> None:
    here = LatLon(47.0, 8.0)
    assert declination_deg(here, seconds(2050)) == declination_deg(here, seconds(2031))


@pytest.mark.parametrize(
    ("position", "time_s"),
    [
        (LatLon(math.nan, 8.0), 1.76e9),
        (LatLon(47.0, 8.0), math.inf),
        (LatLon(47.0, 8.0), 1e30),
        (LatLon(86.0, 140.0), 1.76e9),  # beside the magnetic pole
    ],
)
def test_no_place_no_time_and_the_pole_are_said(position: LatLon, time_s: float) -> None:
    with pytest.raises(OutOfRange):
        declination_deg(position, time_s)

import math

import numpy as np
import pytest

from app.domain.bearing import Bearing, BearingSource
from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.locate.rays import Ray, ray_of

PLANE = LocalPlane(LatLon(47.0, 8.0))


def told(place: EastNorth, bearing_deg: float, sigma_deg: float = 5.0, other_deg: float | None = None) -> Bearing:
    at = PLANE.to_globe(place)
    return Bearing(
        1e9, "t", at.lat_deg, at.lon_deg, bearing_deg, sigma_deg, other_deg is not None, other_deg, 1.0,
        BearingSource.HAND, "operator", "",
    )  # fmt: skip


def at(ray: Ray, bearing_deg: float) -> float:
    east, north = (np.array([300.0 * f(math.radians(bearing_deg))], np.float32) for f in (math.sin, math.cos))
    return float(ray.log_density(east, north)[0])


def test_it_is_densest_along_itself_and_bears_strays() -> None:
    ray = ray_of(told(EastNorth(0.0, 0.0), 359.0), PLANE)
    assert ray is not None
    assert at(ray, 359.0) > at(ray, 4.0) > at(ray, 14.0)
    assert at(ray, 359.0) - at(ray, 3.0) == pytest.approx(0.5 * (4.0 / 5.0) ** 2, abs=0.05)
    assert at(ray, 359.0) - at(ray, 180.0) < 6.0  # it may be wrong altogether


def test_an_ambiguous_one_has_two_lobes() -> None:
    ray = ray_of(told(EastNorth(0.0, 0.0), 40.0, other_deg=220.0), PLANE)
    assert ray is not None
    assert at(ray, 40.0) == pytest.approx(at(ray, 220.0), abs=1e-4)
    assert at(ray, 40.0) > at(ray, 130.0) + 2.0


@pytest.mark.parametrize(
    "bearing",
    [
        told(EastNorth(0.0, 0.0), math.nan),
        told(EastNorth(0.0, 0.0), 10.0, math.nan),
        told(EastNorth(0.0, 0.0), 10.0, 0.0),
        told(EastNorth(90_000.0, 0.0), 10.0),
    ],
)
def test_no_number_and_what_is_far_away_are_left_out(bearing: Bearing) -> None:
    assert ray_of(bearing, PLANE) is None

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.domain.bearing import Bearing, BearingSource
from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.locate.rays import Hearsay, Ray, ray_of, told_of
from tests.unit.store.samples import decoded

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


def test_a_decoded_position_is_dense_within_its_step_alone() -> None:
    one = told_of(replace(decoded(1e9), lat_deg=47.01, lon_deg=8.0, resolution_deg=4.0 / 3600.0, ok=True), PLANE)
    assert one is not None
    assert one.step_north_m == pytest.approx(123.5, rel=0.01)
    assert one.step_east_m == pytest.approx(84.3, rel=0.01)
    north = np.array([0.0, 50.0, 400.0, 1000.0], np.float32) + np.float32(one.place.north_m)
    density = one.log_density(np.zeros(4, np.float32), north)
    assert density[0] - density[1] < 0.7
    assert density[0] - density[2] > 8.0
    assert density[2] == pytest.approx(density[3])  # an old position may be wrong altogether, anywhere alike


@pytest.mark.parametrize(
    "wrong",
    [
        {"lat_deg": None},
        {"ok": False},
        {"lat_deg": math.nan},
        {"lat_deg": 91.0},
        {"lat_deg": -47.0},
        {"time_s": math.nan},
    ],
)
def test_a_position_that_cannot_be_believed_is_left_out(wrong: dict[str, Any]) -> None:
    message = replace(decoded(1e9), **{"lat_deg": 47.01, "lon_deg": 8.0, "ok": True, **wrong})
    assert told_of(message, PLANE) is None
    hearsay = Hearsay()
    assert hearsay.add(message, None)  # it waits
    hearsay.begin(PLANE)
    assert hearsay.evidence == ()

"""Bearings on the globe, and when they are not enough to say."""

import numpy as np
import pytest

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.locate.lenth import Method
from app.locate.triangulation import Bearing, Triangulated, triangulate

TAG = EastNorth(300.0, 900.0)
PLACES = [EastNorth(-800.0, 0.0), EastNorth(0.0, 0.0), EastNorth(900.0, 300.0), EastNorth(500.0, 1800.0)]


def taken(places: list[EastNorth], home: LatLon, sd_deg: float = 2.0, sigma_deg: float | None = None) -> list[Bearing]:
    random = np.random.default_rng(1)
    plane, bearings = LocalPlane(home), []
    for place in places:
        at = plane.to_globe(place)
        turn_deg = (TAG - place).bearing_deg + sd_deg * float(random.standard_normal())
        bearings.append(Bearing(at.lat_deg, at.lon_deg, turn_deg, sigma_deg))
    return bearings


@pytest.mark.parametrize("home", [LatLon(47.0, 8.0), LatLon(-17.0, 179.999), LatLon(0.0, -180.0), LatLon(78.0, 15.0)])
@pytest.mark.parametrize("sigma_deg", [None, 2.0])
def test_the_crossing_is_found_everywhere_on_earth(home: LatLon, sigma_deg: float | None) -> None:
    met = triangulate(taken(PLACES, home, sigma_deg=sigma_deg), "andrews")
    truth = LocalPlane(home).to_globe(TAG)
    said = met.score(truth)
    assert met.enough
    assert said is not None
    assert said.error_m < 100.0
    assert said.in_90


def test_an_outlier_is_named() -> None:
    places = [*PLACES, EastNorth(-400.0, 1200.0), EastNorth(100.0, 200.0)]
    bearings = taken(places, LatLon(47.0, 8.0))
    bearings[2] = Bearing(bearings[2].lat_deg, bearings[2].lon_deg, bearings[2].bearing_deg + 90.0, None)
    met = triangulate(bearings, "andrews")
    assert met.enough
    assert met.outliers == (2,)
    assert "1 of them outliers" in met.text


def _not_enough(met: Triangulated) -> str:
    assert not met.enough
    assert met.position is None
    assert met.score(LatLon(47.0, 8.0)) is None
    assert met.text.startswith("Not enough to say: ")
    return met.text


def test_too_little_is_told_with_what_to_do() -> None:
    home = LatLon(47.0, 8.0)
    assert "0 bearings" in _not_enough(triangulate([], "mle"))
    assert "1 bearings" in _not_enough(triangulate(taken(PLACES[:1], home), "mle"))
    assert "Two bearings" in _not_enough(triangulate(taken(PLACES[:2], home), "mle"))
    assert "Fly at least 100 m" in _not_enough(triangulate(taken(PLACES[:1] * 9, home), "mle"))
    near = [EastNorth(6.0 * i, 0.0) for i in range(5)]
    assert "across" in _not_enough(triangulate(taken(near, home), "andrews"))


def test_two_bearings_of_known_error_are_enough() -> None:
    met = triangulate(taken(PLACES[:2], LatLon(47.0, 8.0), sigma_deg=2.0), "andrews")
    assert met.enough
    assert met.ellipse_90 is not None
    assert 50.0 < met.ellipse_90.major_m < 400.0


@pytest.mark.parametrize("method", ["mle", "huber", "andrews"])
def test_bearings_of_nothing_give_no_position(method: Method) -> None:
    """Five random ones agree by chance now and then, as the 90 % of an ellipse says; 2 of 60 were seen."""
    plane, fixes = LocalPlane(LatLon(47.0, 8.0)), 0
    for seed in range(30):
        random = np.random.default_rng(seed)
        places = [plane.to_globe(EastNorth(*random.uniform(-300.0, 300.0, 2).tolist())) for _ in range(5)]
        wild = [Bearing(at.lat_deg, at.lon_deg, float(random.uniform(0.0, 360.0)), None) for at in places]
        fixes += triangulate(wild, method).enough
    assert fixes <= 3

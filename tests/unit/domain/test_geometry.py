import pytest

from app.domain.geometry import EastNorth, LatLon, LocalPlane, angle_between_deg, bearing_deg, contains, distance_m


@pytest.mark.parametrize("lat", [-89.0, -45.0, 0.0, 47.5, 80.0])
@pytest.mark.parametrize("lon", [-180.0, -179.9999, 0.0, 8.5, 179.9999])
def test_plane_and_back(lat: float, lon: float) -> None:
    plane = LocalPlane(LatLon(lat, lon))
    point = EastNorth(812.5, -430.25)
    there = plane.to_plane(plane.to_globe(point))
    assert there.east_m == pytest.approx(point.east_m, abs=1e-6)
    assert there.north_m == pytest.approx(point.north_m, abs=1e-6)


def test_one_minute_of_latitude_is_a_sea_mile() -> None:
    assert distance_m(LatLon(45.0, 10.0), LatLon(45.0 + 1 / 60, 10.0)) == pytest.approx(1852.0, abs=1.0)


def test_bearing_across_the_antimeridian() -> None:
    assert bearing_deg(LatLon(0.0, 179.999), LatLon(0.0, -179.999)) == pytest.approx(90.0)


@pytest.mark.parametrize(("a", "b", "turn"), [(10, 350, 20), (350, 10, -20), (180, 0, -180), (5, 5, 0)])
def test_angle_between(a: float, b: float, turn: float) -> None:
    assert angle_between_deg(a, b) == pytest.approx(turn)


def test_contains_in_a_concave_polygon() -> None:
    plane = LocalPlane(LatLon(47.0, 8.0))
    corners = [(0, 0), (100, 0), (100, 100), (50, 20), (0, 100)]
    polygon = tuple(plane.to_globe(EastNorth(e, n)) for e, n in corners)
    assert contains(polygon, plane.to_globe(EastNorth(10, 50)))
    assert not contains(polygon, plane.to_globe(EastNorth(50, 60)))
    assert not contains(polygon[:2], plane.to_globe(EastNorth(50, 0)))

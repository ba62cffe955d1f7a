"""A pattern as other programs' maps read it."""

import json
from xml.etree import ElementTree as ET

import pytest

from app.domain.geometry import LatLon
from app.domain.patterns import Area, lay_out
from app.exchange.planmaps import GPX, KML, to_geojson, to_gpx, to_kml

PLAN = lay_out("sector", Area(LatLon(47.0, 8.0), 600.0, 600.0, 0.0), 200.0, 40.0, 5.0, 100.0)


def test_each_form_holds_the_waypoints_in_their_order() -> None:
    kml = ET.fromstring(to_kml(PLAN)).findtext(f".//{{{KML}}}coordinates") or ""
    by_kml = [tuple(float(value) for value in word.split(",")) for word in kml.split()]
    assert {height for *_, height in by_kml} == {40.0}
    points = ET.fromstring(to_gpx(PLAN)).findall(f".//{{{GPX}}}rtept")
    by_gpx = [(float(point.get("lon", "")), float(point.get("lat", ""))) for point in points]
    feature = json.loads(to_geojson(PLAN))["features"][0]
    for found in (by_gpx, [place[:2] for place in by_kml], feature["geometry"]["coordinates"]):
        assert [list(place) for place in found] == [
            pytest.approx([place.lon_deg, place.lat_deg], abs=1e-7) for place in PLAN.waypoints
        ]
    assert feature["properties"]["length_m"] == PLAN.length_m

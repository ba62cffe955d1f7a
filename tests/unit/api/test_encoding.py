import json
import math
from dataclasses import replace

import numpy as np
import pytest

from app.api.encoding import encode, regions
from app.domain.geometry import LatLon, distance_m
from app.domain.safety import SafetyLimits
from tests.unit.api.facts import HOME, estimate, telemetry


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_json_cannot_say_leaves_as_null(value: float) -> None:
    assert json.loads(encode(replace(telemetry(), height_m=value)))["height_m"] is None


def test_numpy_values_leave_as_numbers() -> None:
    assert json.loads(encode({"height_m": np.float32(1.5), "count": np.int64(3)})) == {"height_m": 1.5, "count": 3}


def test_an_estimate_leaves_without_its_grid_but_says_where_it_lies() -> None:
    sent = json.loads(encode(estimate(20)))
    assert "grid" not in sent
    assert sent["mode"] == {"lat_deg": HOME.lat_deg, "lon_deg": HOME.lon_deg}
    low = LatLon(sent["bounds"]["south_deg"], sent["bounds"]["west_deg"])
    east = LatLon(sent["bounds"]["south_deg"], sent["bounds"]["east_deg"])
    north = LatLon(sent["bounds"]["north_deg"], sent["bounds"]["west_deg"])
    assert distance_m(low, east) == pytest.approx(400.0, abs=0.1)
    assert distance_m(low, north) == pytest.approx(200.0, abs=0.1)


def test_regions_are_closed_rings_in_the_order_of_geojson() -> None:
    found = regions(estimate())
    large, small, point = found["features"]
    assert [one["properties"].get("share") for one in (large, small)] == [0.9, 0.5]
    ring = large["geometry"]["coordinates"][0][0]
    assert ring[0] == ring[-1] == [HOME.lon_deg, HOME.lat_deg]
    assert point["geometry"] == {"type": "Point", "coordinates": [HOME.lon_deg, HOME.lat_deg]}


def test_what_is_no_fix_has_no_point() -> None:
    assert len(regions(estimate(enough=False))["features"]) == 2


def test_the_limits_of_the_gate_leave_with_all_their_fields() -> None:
    assert json.loads(encode(SafetyLimits())).keys() == SafetyLimits.model_fields.keys()

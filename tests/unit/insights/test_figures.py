"""Figures beside their goals against ones reckoned by hand, findings, profiles; no data, no figure."""

import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.mission import MissionState
from app.domain.project import Flight
from app.domain.safety import GateReport, Purpose, Verdict
from app.insights.figures import project_figures
from app.insights.findings import Weight, findings
from app.insights.goals import KINDS, figure
from app.insights.profiles import Flown, profiles
from app.services.insights import InsightService
from app.store import Fact, Store
from tests.unit.store import samples

PLANE = LocalPlane(samples.HOME)
BEACON = PLANE.to_globe(EastNorth(100.0, 100.0))


def insights(facts: list[Fact], directory: Path) -> tuple[InsightService, int, int]:
    store = Store(directory)
    store.open()
    flight = store.writer.begin_flight(store.current().id, "", False, 100.0)
    store.writer.change_flight(flight.id, ended_s=700.0)
    store.writer.write(flight.id, facts)
    return InsightService(store, 50.0), flight.project_id, flight.id


def at(time_s: float, east_m: float, north_m: float) -> Fact:
    place = PLANE.to_globe(EastNorth(east_m, north_m))
    return samples.telemetry(time_s, place.lat_deg, place.lon_deg)


def heard(time_s: float, east_m: float, north_m: float, **more: Any) -> Fact:
    place = PLANE.to_globe(EastNorth(east_m, north_m))
    return replace(samples.reading(time_s, **more), lat_deg=place.lat_deg, lon_deg=place.lon_deg)


def hunt() -> list[Fact]:
    """A square of 100 m flown in 600 s, with one detection that did not hold."""
    corners = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    steps = [
        (a[0] + (b[0] - a[0]) * k / 10, a[1] + (b[1] - a[1]) * k / 10)
        for a, b in itertools.pairwise(corners)
        for k in range(10)
    ]
    verdict = Verdict("battery", False, "18 %")
    return [
        samples.transition(100.0, MissionState.SEARCHING),
        samples.transition(400.0, MissionState.DETECTING),
        samples.transition(410.0, MissionState.SEARCHING),
        samples.transition(700.0, MissionState.HOMING),
        *(at(100.0 + 15.0 * number, *place) for number, place in enumerate(steps)),
        heard(120.0, 0.0, 0.0, heard=False),
        heard(200.0, 100.0, 40.0),
        heard(300.0, 40.0, 100.0),
        samples.estimate(600.0, radius_90_m=12.0),
        GateReport(150.0, Purpose.HOMING, True, (replace(verdict, passed=True),)),
        GateReport(160.0, Purpose.HOMING, False, (verdict,)),
        GateReport(170.0, Purpose.HOMING, True, (replace(verdict, passed=True),)),
        GateReport(180.0, Purpose.HOMING, False, (verdict,)),
    ]  # fmt: skip


def test_no_data_no_figure(tmp_path: Path) -> None:
    service, project, flight = insights([], tmp_path)
    found = service.flight(project, flight)
    assert [one["name"] for one in found["figures"]] == list(KINDS)
    assert {one["name"] for one in found["figures"] if one["value"] is not None} == {"duration_s"}
    assert all(one["why"] for one in found["figures"])
    assert {one["ok"] for one in found["figures"]} == {None}
    assert found["anomalies"] == found["correlations"] == found["findings"] == service.series(project, flight) == []
    assert service.correlations(project, flight) == []
    assert service.profiles(project) == []
    assert [one.name for one in service.project(project)["figures"]] == ["duration_s"]


def test_figures_of_a_search_by_hand(tmp_path: Path) -> None:
    service, project, flight = insights(hunt(), tmp_path)
    found = {one["name"]: one for one in service.flight(project, flight, BEACON)["figures"]}
    assert found["detection_range_m"]["value"] == pytest.approx(60.0, abs=0.5)
    assert found["farthest_heard_m"]["value"] == pytest.approx(60.0, abs=0.5)
    assert found["false_alarms_per_h"]["value"] == pytest.approx(1 / (590.0 / 3600.0))
    assert (found["gate_closures"]["value"], found["gate_closures"]["why"]) == (2.0, "battery 2")
    assert found["gate_closures"]["ok"] is False
    area_m2 = 100.0**2 + 400.0 * 25.0 + math.pi * 25.0**2
    length_m = 390.0  # the last step home was flown after the search
    assert found["coverage"]["value"] == pytest.approx(length_m * 50.0 / area_m2, rel=0.03)
    assert found["pod"]["value"] == pytest.approx(1.0 - math.exp(-found["coverage"]["value"]))
    assert found["searched_m2_per_min"]["value"] == pytest.approx(length_m * 50.0 / (590.0 / 60.0), rel=0.03)
    assert (found["final_radius_90_m"]["value"], found["final_radius_90_m"]["ok"]) == (12.0, True)
    assert found["final_error_m"]["value"] > 0.0
    assert found["heard_share"]["value"] == pytest.approx(2 / 3)
    told = service.flight(project, flight)["findings"]
    assert [one.weight for one in told] == sorted((one.weight for one in told), key=list(Weight)[::-1].index)
    assert any("battery" in one.text and one.recommendation for one in told)
    assert all(one.evidence and one.panel for one in told)


def test_without_a_truth_distances_are_from_what_was_told_and_there_is_no_error(tmp_path: Path) -> None:
    service, project, flight = insights(hunt(), tmp_path)
    found = {one["name"]: one for one in service.flight(project, flight)["figures"]}
    assert found["final_error_m"]["value"] is None
    assert "told at the end" in found["detection_range_m"]["why"]


def test_series_raw_and_on_a_grid(tmp_path: Path) -> None:
    service, project, flight = insights(hunt(), tmp_path)
    raw = {one["name"]: one for one in service.series(project, flight)}
    assert raw["snr_db"]["time_s"].tolist() == [200.0, 300.0]
    assert raw["noise_dbfs"]["values"].size == 3
    assert raw["distance_m"]["values"].size == 40
    gridded = {one["name"]: one for one in service.series(project, flight, 30.0)}
    assert len({one["time_s"].size for one in gridded.values()}) == 1
    assert int((~(gridded["snr_db"]["values"] != gridded["snr_db"]["values"])).sum()) == 2  # NaN elsewhere


def test_a_correlation_that_means_something_becomes_a_finding() -> None:
    from app.insights.correlation import Correlation

    motors = Correlation("noise_dbfs", "speed_mps", 0, 0.8, 0.001, 0.8, 0.001, 300, 60.0)
    chance = replace(motors, spearman_p=0.4)
    (told,) = findings([], [], [motors, chance])
    assert "motors" in told.text
    assert "60 independent samples" in told.text
    assert told.recommendation


def test_the_spread_over_flights_and_profiles_over_time() -> None:
    values = [10.0, 12.0, 14.0, 16.0, None]
    flights = [[figure("final_radius_90_m", value, "")] for value in values]
    (spread,) = project_figures(flights)
    assert (spread.flights, spread.median, spread.low, spread.high, spread.met) == (4, 13.0, 11.5, 14.5, 4)
    (single,) = project_figures([[figure("link_lost_s", 5.0, "")]])
    assert (single.low, single.high, single.met) == (None, None, 0)
    flown = [
        Flown(
            Flight(number, 1, "", "", False, 86_400.0 * number, 86_400.0 * number + 1800.0, True),
            (figure("time_to_find_s", 900.0 - 100.0 * number, ""),),
            ("ann", "bob") if number else ("ann",),
            ("vehicle 1",),
            (),
        )
        for number in range(5)
    ]
    ann, bob, vehicle = profiles(flown)
    assert (ann.name, ann.flights, ann.hours) == ("ann", 5, 2.5)
    assert ann.trends[0].per_day == pytest.approx(-100.0)
    assert ann.trends[0].p is not None
    assert ann.trends[0].p < 0.05
    assert (bob.flights, vehicle.trends) == (4, ())


def test_a_truth_that_is_none_is_refused(tmp_path: Path) -> None:
    from app.errors import OutOfRange

    service, project, flight = insights([], tmp_path)
    with pytest.raises(OutOfRange, match="truth"):
        service.flight(project, flight, LatLon(91.0, 0.0))
    for step_s, lag_s in ((0.0, 1.0), (math.nan, 1.0), (1.0, 1e9), (1.0, -1.0)):
        with pytest.raises(OutOfRange):
            service.correlations(project, flight, step_s, lag_s)

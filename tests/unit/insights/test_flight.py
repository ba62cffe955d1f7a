"""Figures of a flight against ones reckoned by hand; no data, no figure."""

from pathlib import Path

import pytest

from app.domain.geometry import EastNorth, LocalPlane
from app.domain.mission import MissionState
from app.insights.flight import FlightFigures, figures_of
from app.store import Fact, Store
from tests.unit.store import samples

PLANE = LocalPlane(samples.HOME)


def figures(facts: list[Fact], directory: Path, ended_s: float | None = 120.0) -> FlightFigures:
    store = Store(directory)
    store.open()
    flight = store.writer.begin_flight(store.current().id, "", False, 100.0)
    if ended_s is not None:
        flight = store.writer.change_flight(flight.id, ended_s=ended_s)
    store.writer.write(flight.id, facts)
    of = store.of(flight.project_id)
    tables = [of.rows(table, flight.id) for table in ("telemetry", "reading", "estimate", "transition")]
    store.close()
    return figures_of(flight, *tables)


def at(time_s: float, east_m: float, north_m: float, vehicle_id: int = 1) -> Fact:
    place = PLANE.to_globe(EastNorth(east_m, north_m))
    return samples.telemetry(time_s, place.lat_deg, place.lon_deg, vehicle_id)


def test_no_data_no_figure(tmp_path: Path) -> None:
    assert figures([], tmp_path, ended_s=None) == FlightFigures(
        None, None, None, None, None, None, None, 0, 0, None, None, None, None
    )


def test_figures_of_a_whole_hunt(tmp_path: Path) -> None:
    facts: list[Fact] = [
        samples.transition(101.0, MissionState.SEARCHING),
        samples.transition(105.5, MissionState.DETECTING),
        samples.transition(106.0, MissionState.HOMING),
        samples.transition(118.0, MissionState.HOLDING),
        at(100.0, 0.0, 0.0),
        at(101.0, 0.1, 0.0),  # noise of a vehicle that stands
        at(106.0, 0.0, 100.0),
        at(110.0, 30.0, 100.0),
        at(112.0, 30.0, 140.0),
        at(118.0, 30.0, 140.0),
        samples.reading(102.0, snr_db=10.0),
        samples.reading(103.0, snr_db=20.0),
        samples.reading(104.0, snr_db=3.0, heard=False),
        samples.estimate(110.0, radius_90_m=50.0),
        samples.estimate(117.0, radius_90_m=12.0),
        samples.estimate(119.0, enough=False),
    ]
    found = figures(facts, tmp_path)
    assert found.duration_s == 20.0
    assert found.path_length_m == pytest.approx(170.0, abs=0.5)
    assert (found.time_to_detect_s, found.time_to_find_s) == (4.5, 17.0)
    assert (found.target_id, found.final_radius_90_m, found.final_area_90_m2) == ("t1", 12.0, 1000.0)
    assert (found.readings, found.heard, found.mean_snr_db, found.max_snr_db) == (3, 2, 15.0, 20.0)
    assert found.link_lost_s == 5.0 + 4.0 + 6.0
    assert found.homing_path_ratio == pytest.approx(70.0 / 50.0, abs=0.01)


def test_a_hunt_that_found_nothing_says_nothing_of_finding(tmp_path: Path) -> None:
    found = figures([samples.transition(101.0, MissionState.SEARCHING), at(100.0, 0.0, 0.0)], tmp_path)
    assert (found.time_to_detect_s, found.time_to_find_s, found.path_length_m) == (None, None, None)


def test_each_vehicle_has_a_path_of_its_own(tmp_path: Path) -> None:
    facts = [at(100.0, 0.0, 0.0), at(100.5, 500.0, 0.0, 2), at(101.0, 10.0, 0.0), at(101.5, 500.0, 20.0, 2)]
    assert figures(facts, tmp_path).path_length_m == pytest.approx(30.0, abs=0.1)

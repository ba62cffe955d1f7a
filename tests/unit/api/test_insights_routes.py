"""Insights over HTTP: what is sent fits its models; no data, no figure."""

from dataclasses import replace

import httpx
import pytest

from app.api.schemas.insights import (
    CorrelationOut,
    FlightInsightsOut,
    ProfileOut,
    ProjectInsightsOut,
    SeriesOut,
)
from app.services.station import Station
from tests.unit.store import samples


@pytest.fixture(scope="module")
def flown(station: Station) -> str:
    """The place of a flight with telemetry, readings and an estimate."""
    flight = station.projects.start_flight("Insight", "ada").result(20)
    now_s = station.clock.now_s()
    for number in range(60):
        pose = samples.telemetry(now_s + number, lat_deg=47.0 + number * 1e-4)
        station.bus.telemetry.publish(replace(pose, roll_deg=float(number % 7)))
        station.bus.reading.publish(samples.reading(now_s + number, snr_db=10.0 + number % 5))
    station.bus.estimate.publish(samples.estimate(now_s + 50.0))
    station.projects.end_flight("ada").result(20)
    return f"/projects/{flight.project_id}/flights/{flight.id}"


def test_a_flight_in_figures_series_and_correlations(client: httpx.Client, flown: str) -> None:
    found = FlightInsightsOut.model_validate_json(client.get(f"{flown}/insights").content)
    assert {one.name: one.value for one in found.figures}["final_radius_90_m"] == 18.0
    truth = {"truth_lat_deg": 47.0011, "truth_lon_deg": 8.0011}
    told = FlightInsightsOut.model_validate_json(client.get(f"{flown}/insights", params=truth).content)
    assert {one.name: one.value for one in told.figures}["final_error_m"] == pytest.approx(0.0, abs=0.1)
    series = [SeriesOut.model_validate(one) for one in client.get(f"{flown}/series").json()]
    assert {"snr_db", "speed_mps", "distance_m"} <= {one.name for one in series}
    gridded = client.get(f"{flown}/series", params={"step_s": 5}).json()
    assert len({len(one["time_s"]) for one in gridded}) == 1
    pairs = client.get(f"{flown}/correlations", params={"lag_s": 2}).json()
    assert all(0.0 <= CorrelationOut.model_validate(one).spearman_p <= 1.0 for one in pairs)


def test_a_project_and_its_profiles(client: httpx.Client, flown: str) -> None:
    project = flown.rpartition("/flights")[0]
    found = ProjectInsightsOut.model_validate_json(client.get(f"{project}/insights").content)
    assert len(found.flights) == 1
    profiles = [ProfileOut.model_validate(one) for one in client.get(f"{project}/insights/profiles").json()]
    assert [one.kind for one in profiles] == ["operator", "vehicle", "receiver"]


def test_what_cannot_be_is_refused(client: httpx.Client, flown: str) -> None:
    assert client.get(f"{flown}/insights", params={"truth_lat_deg": 1.0}).status_code == 422
    assert client.get(f"{flown}/insights", params={"truth_lat_deg": 91, "truth_lon_deg": 0}).status_code == 422
    assert client.get(f"{flown}/correlations", params={"step_s": 1, "lag_s": 1000}).status_code == 422
    assert client.get("/projects/99/insights").status_code == 404
    assert client.get(f"{flown}9/insights").status_code == 404

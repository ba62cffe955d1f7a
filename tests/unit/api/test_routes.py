import inspect
from dataclasses import replace
from typing import Any, NoReturn

import httpx
import pytest

from app.api import snapshot
from app.api.application import AREAS, build
from app.api.guard import Guard
from app.api.schemas.mission import EstimateOut, MissionStatusOut
from app.api.schemas.station import HealthOut, StatusOut
from app.api.token import Keys
from app.domain.vehicle import LinkState
from app.errors import StoreError
from app.services.station import Station
from tests.unit.api.facts import estimate, telemetry

NOT_FOR_CLIENTS = (
    "targets.load", "projects.targets",  # how the station brings a project's own targets into use
    "accounts.of_key", "accounts.verified", "accounts.note", "sessions.of_access", "sessions.alive", "sessions.begin",
    "sessions.load", "sessions.look_again", "accounts.forget_keys", "control.commanding",  # how a request is let in
    "performance.note_request", "performance.note_frame", "performance.usable",  # how the station is measured
    "reach.place", "reach.opened", "reach.closed",  # a client knows where it has reached the station
    "webhooks.wanting", "webhooks.note",  # how they are told
    "recordings.found", "recordings.export",  # the window's list and file; routes list, verify and hand over
)  # fmt: skip


def test_a_store_in_trouble_hides_nothing_else(
    client: httpx.Client, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> NoReturn:
        raise StoreError("disk full")

    monkeypatch.setattr(station.projects, "current", broken)
    told = client.get("/status").json()
    assert told["project"] is None
    assert told["state"]["state"] == "IDLE"
    answer = client.get("/projects/current")
    assert (answer.status_code, answer.json()["detail"]) == (503, "disk full")


def test_the_status_fits_its_model(client: httpx.Client, station: Station) -> None:
    station.bus.telemetry.publish(telemetry(station.clock.now_s()))
    StatusOut.model_validate_json(client.get("/status").content)


@pytest.mark.parametrize(
    "path",
    [
        "/info",
        "/faults",
        "/radio",
        "/radio/levels",
        "/radio/profiles",
        "/radio/audio",
        "/radio/detections?limit=5",
        "/radio/decoded?limit=5",
        "/targets",
        "/vehicle",
        "/vehicle/telemetry",
        "/vehicle/trail",
        "/vehicle/messages",
        "/vehicle/link",
        "/search/plan",
        "/safety/gate",
        "/mission",
        "/mission/history",
        "/projects",
        "/projects/current",
        "/flights/current",
    ],
)
def test_what_can_be_read_is_read(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"


def test_health_says_what_works_and_what_does_not(client: httpx.Client) -> None:
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    told = HealthOut.model_validate_json(ready.content)
    assert told.ready
    assert not {one.name: one for one in told.components}["radio"].ok  # there is none
    assert client.get("/health/detailed").json().keys() == {"ready", "components"}


def test_targets_are_added_changed_chosen_and_removed(client: httpx.Client, station: Station) -> None:
    body = {"name": "Tag 7", "kind": "pulsed", "frequency_hz": 150.1e6, "period_s": 1.2}
    added = client.post("/targets", json=body)
    assert added.status_code == 201
    target_id = next(one["id"] for one in added.json()["all"] if one["name"] == "Tag 7")
    assert client.post(f"/targets/{target_id}/select").json()["selected_id"] == target_id
    assert station.targets.targets().selected_id == target_id
    client.put(f"/targets/{target_id}", json=body | {"name": "Tag 8"})
    assert {one.name for one in station.targets.targets().all} >= {"Tag 8"}
    assert target_id not in {one["id"] for one in client.delete(f"/targets/{target_id}").json()["all"]}
    assert client.delete("/targets/none").status_code == 404


def test_a_misspelt_field_is_named(client: httpx.Client) -> None:
    answer = client.put("/radio/frequency", json={"center_hz": 433e6})
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"body.centre_hz", "body.center_hz"}


def test_without_a_radio_or_a_vehicle_commands_say_so(client: httpx.Client) -> None:
    for answer in (client.put("/radio/frequency", json={"centre_hz": 433e6}), client.post("/vehicle/rtl")):
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:kestrel:problem:not-connected"


def test_a_search_is_previewed_and_not_started_without_a_vehicle(client: httpx.Client) -> None:
    origin = {"lat_deg": 47.0, "lon_deg": 8.0}
    plan = client.post("/search/preview", json={"origin": origin, "settings": {"width_m": 300.0}})
    assert plan.status_code == 200
    assert len(plan.json()["waypoints"]) >= 4
    for form, begins in (("plan", "{"), ("waypoints", "QGC WPL 110")):
        file = client.post("/search/file", params={"form": form}, json={"origin": origin})
        assert file.text.startswith(begins)
        assert file.headers["content-disposition"].endswith(f'"search.{form}"')
    refused = client.post("/search/start", json={})
    assert refused.status_code == 409
    assert refused.json()["reasons"]


def test_the_emergency_stop_latches_until_it_is_reset(client: httpx.Client) -> None:
    stopped = client.post("/safety/emergency-stop")
    assert MissionStatusOut.model_validate_json(stopped.content).state == "EMERGENCY"
    assert client.post("/search/start", json={}).status_code == 409
    assert client.post("/safety/reset", json={"reason": ""}).status_code == 422
    assert client.post("/safety/reset", json={"reason": "test over"}).json()["state"] == "IDLE"
    assert [one["after"] for one in client.get("/mission/history").json()[-2:]] == ["EMERGENCY", "IDLE"]
    assert client.get("/mission/history").json()[-1]["actor"] == "api"


def test_a_step_is_forced_only_with_a_reason_and_never_out_of_rest(client: httpx.Client) -> None:
    assert client.post("/mission/force", json={"state": "HOMING", "reason": ""}).status_code == 422
    assert client.post("/mission/force", json={"state": "EMERGENCY", "reason": "a drill"}).status_code == 422
    client.post("/safety/emergency-stop")
    for state in ("HOMING", "IDLE"):
        refused = client.post("/mission/force", json={"state": state, "reason": "a drill"})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:kestrel:problem:conflict")
    assert client.get("/mission").json()["state"] == "EMERGENCY"
    client.post("/safety/reset", json={"reason": "test over"})


def test_homing_needs_its_code(client: httpx.Client) -> None:
    assert client.post("/homing/confirm", json={"code": "none"}).status_code in {401, 404, 409}
    assert client.post("/homing/request").json().keys() == {"code", "expires_s"}


def test_an_estimate_is_told_in_figures_as_geojson_and_as_an_image(client: httpx.Client, station: Station) -> None:
    assert client.get("/estimate/nobody").status_code == 404
    station.bus.estimate.publish(estimate())
    EstimateOut.model_validate_json(client.get("/estimate/beacon").content)
    regions = client.get("/estimate/beacon/regions")
    assert regions.headers["content-type"] == "application/geo+json"
    assert regions.json()["type"] == "FeatureCollection"
    image = client.get("/estimate/beacon/heat-map.png")
    assert image.headers["content-type"] == "image/png"
    assert image.content.startswith(b"\x89PNG")
    assert client.get("/estimate/beacon/readings").json() == []


def test_projects_are_made_renamed_binned_and_brought_back(client: httpx.Client) -> None:
    made = client.post("/projects", json={"name": "Valley", "notes": "n"})
    assert made.status_code == 201
    place = f"/projects/{made.json()['id']}"
    assert client.put(place, json={"name": "Ridge"}).json()["name"] == "Ridge"
    assert client.delete(place).json()["deleted_s"] is not None
    assert client.get(place).json()["deleted_s"] is not None
    assert client.post(f"{place}/open").status_code == 409
    assert client.post(f"{place}/restore").json()["deleted_s"] is None
    assert client.get("/projects/99999").status_code == 404


def test_a_flight_is_recorded_by_hand_and_read_back_under_its_own_project(
    client: httpx.Client, station: Station
) -> None:
    project = client.get("/projects/current").json()["id"]
    flight = client.post("/flights/start", json={"name": "By hand"}).json()
    assert client.get("/flights/current").json()["id"] == flight["id"]
    station.bus.telemetry.publish(telemetry(station.clock.now_s()))
    ended = client.post("/flights/end").json()
    assert ended["ended_s"] is not None
    place = f"/projects/{project}/flights/{flight['id']}"
    assert client.get(place).json()["name"] == "By hand"
    rows = client.get(f"{place}/telemetry").json()
    assert rows[-1]["lat_deg"] == pytest.approx(47.3977)
    assert client.get(f"{place}/telemetry", params={"until_s": 1.0}).json() == []
    for kind in (
        "readings",
        "detections",
        "decoded",
        "estimates",
        "transitions",
        "commands",
        "messages",
        "faults",
        "gates",
    ):
        assert isinstance(client.get(f"{place}/{kind}").json(), list), kind
    assert client.get(f"{place}/secrets").status_code == 422
    assert client.get(f"/projects/{project + 100}/flights/{flight['id']}/telemetry").status_code == 404


def test_nan_never_leaves_as_invalid_json(client: httpx.Client, station: Station) -> None:
    station.bus.link.publish(LinkState(1.0, "tcp:x", True, float("nan"), float("inf"), 0))
    answer = client.get("/vehicle/link")
    assert answer.json()["received_per_s"] is None
    assert answer.json()["lost_percent"] is None
    station.bus.link.publish(replace(station.vehicle.link(), received_per_s=0.0, lost_percent=0.0))


def test_the_description_is_complete(server: Any, client: httpx.Client) -> None:
    described = client.get(f"{server.url}openapi.json").json()
    assert described["security"] == [{"token": []}]
    operations = [(path, one) for path, methods in described["paths"].items() for one in methods.values()]
    assert len(operations) > 50
    for path, operation in operations:
        assert operation["tags"], path
        assert path.startswith("/api/v1/")
        good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
        assert "204" in operation["responses"] or good["content"], path
        assert "application/problem+json" in operation["responses"]["409"]["content"], path


def test_every_verb_of_the_services_has_its_route(station: Station, server: Any) -> None:
    """What the window can call, a remote client can call: the routes' sources name every method."""
    built = build(station, Keys("x", 1), "127.0.0.1")
    assert isinstance(built, Guard)
    text = "".join(inspect.getsource(module) for module in (*AREAS, snapshot))
    missing = []
    for area in (
        "radio",
        "profiles",
        "sound",
        "targets",
        "vehicle",
        "fleet",
        "replay",
        "transfers",
        "search",
        "homing",
        "safety",
        "mission",
        "estimate",
        "system",
        "projects",
        "recordings",
        "upkeep",
        "jobs",
        "insights",
        "accounts",
        "sessions",
        "control",
        "performance",
        "webhooks",
        "reach",
    ):
        service = getattr(station, area)
        verbs = [name for name, _ in inspect.getmembers(type(service), inspect.isfunction) if not name.startswith("_")]
        missing += [f"{area}.{verb}" for verb in verbs if f"station.{area}.{verb}" not in text]
    assert set(missing) - set(NOT_FOR_CLIENTS) == set()


def test_the_store_as_a_whole(client: httpx.Client) -> None:
    figures = client.get("/store").json()
    assert figures["rows"]["project"] >= 1
    assert figures["size_bytes"] > 0
    assert client.post("/store/check").json()["sound"] is True
    made = client.post("/store/backup")
    assert (made.status_code, made.json()["name"].endswith(".db")) == (201, True)
    assert client.get("/store/purge").json() == client.post("/store/purge").json() == []


def test_a_plot_is_asked_for_by_pixels_and_a_flight_in_every_form(client: httpx.Client) -> None:
    project = client.get("/projects/current").json()["id"]
    flight = client.post("/flights/start", json={"name": "Plotted"}).json()["id"]
    client.post("/flights/end")
    place = f"/projects/{project}/flights/{flight}"
    times = {"since_s": 0, "until_s": 10}
    empty = client.get(f"{place}/telemetry/envelope", params={"column": "altitude_m", **times})
    assert (empty.status_code, empty.json()["count"]) == (200, [])
    assert client.get(f"{place}/telemetry/envelope", params={"column": "nothing", **times}).status_code == 422
    for form in ("csv", "geojson", "kml", "kmz", "gpx", "parquet", "cot"):
        assert client.get(f"{place}/export", params={"form": form}).status_code == 200

"""The vehicle's lists and parameters by the API, on a real link to the simulated vehicle."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app import main
from app.api.server import ApiServer
from app.services.station import Station
from app.settings import ApiSettings, load
from hardware.sim.config import SimConfig
from tests.simulated import simulated

ITEMS = [{"command": 16, "position": {"lat_deg": 47.3977, "lon_deg": 8.5456}, "height_m": 25.0}] * 2


@pytest.fixture(scope="module")
def linked(station: Station, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with ExitStack() as undo:
        child = simulated(SimConfig(speed=2.0))
        undo.callback(child.stop)
        tree = load(None, {"speed": 2.0, "vehicle": {"link": child.ready["mavlink"]}})
        link = main.start_link(tree, undo)
        assert link.heard.wait(30.0)
        server = ApiServer(replace(station, transfers=link.transfers), ApiSettings(port=0), _folder(tmp_path_factory))
        server.start()
        undo.callback(server.stop)
        headers = {"authorization": f"Bearer {server.token}"}
        yield undo.enter_context(httpx.Client(base_url=f"{server.url}api/v1/vehicle", headers=headers, timeout=60))


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("transfers")


def test_a_list_is_written_read_and_cleared(linked: httpx.Client) -> None:
    done = linked.put("/lists/mission", json={"items": ITEMS})
    assert (done.status_code, done.json()) == (200, {"text": "mission: 2 items"})
    found = linked.get("/lists/mission").json()
    assert [(one["command"], one["height_m"]) for one in found] == [(16, 25.0)] * 2
    assert linked.get("/transfers").json() == []
    assert linked.delete("/lists/mission").json() == {"text": "mission cleared"}
    assert linked.get("/lists/mission").json() == []
    assert linked.get("/lists/wishes").status_code == 422
    far = [{"command": 16, "position": {"lat_deg": 97.0, "lon_deg": 0.0}}]
    assert linked.put("/lists/mission", json={"items": far}).status_code == 422


def test_a_plan_goes_up_and_comes_down_as_a_file(linked: httpx.Client) -> None:
    text = "QGC WPL 110\n0 1 0 16 0 0 0 0 47.39 8.54 488 1\n1 0 3 16 0 0 0 0 47.398 8.546 25 1\n"
    assert linked.put("/plan", json={"text": text}).json() == {"text": "mission: 1 items"}
    down = linked.get("/plan", params={"form": "waypoints"})
    assert down.text.startswith("QGC WPL 110")
    assert 'filename="vehicle.waypoints"' in down.headers["content-disposition"]
    wrong = linked.put("/plan", json={"text": text.replace("47.398", "north")})
    assert wrong.status_code == 422
    assert "line 3" in wrong.json()["detail"]


def test_parameters_are_read_set_and_compared(linked: httpx.Client) -> None:
    assert linked.put("/parameters/WPNAV_SPEED", json={"value": 640}).json()["value"] == 640.0
    assert linked.get("/parameters/WPNAV_SPEED").json()["value"] == 640.0
    every = linked.get("/parameters").json()
    assert len(every) == every[0]["count"]
    file = linked.get("/parameters/file", params={"form": "qgc"}).text
    assert linked.post("/parameters/compare", json={"text": file}).json() == []
    loaded = linked.post("/parameters/load", json={"text": "WPNAV_SPEED,800\nNO_SUCH,1\n"}).json()
    assert loaded["changed"] == [{"name": "WPNAV_SPEED", "file": 800.0, "vehicle": 640.0}]
    assert (loaded["refused"], loaded["unknown"]) == ([], ["NO_SUCH"])
    assert linked.post("/parameters/load", json={"text": "A,1\nB\n"}).status_code == 422


def test_without_a_vehicle_it_is_said(client: httpx.Client) -> None:
    assert client.get("/vehicle/lists/fence").status_code == 503
    assert client.get("/vehicle/parameters").status_code == 503

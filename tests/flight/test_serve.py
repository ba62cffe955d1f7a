"""`kestrel serve` as a user starts it: recordings for hardware, hardware that is not there, a kill in flight."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]


@contextmanager
def serving(
    data: Path, *options: str, stderr: IO[str] | None = None
) -> Iterator[tuple[httpx.Client, "subprocess.Popen[str]"]]:
    """A running station, and a client that carries its token."""
    command = [sys.executable, "-m", "app", "serve", "--port", "0", "--json", "--data", str(data), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True) as process:
        try:
            assert process.stdout is not None
            said = ""
            while not said.rstrip().endswith("}"):
                line = process.stdout.readline()
                assert line, "the station ended before it said where it is"
                said += line
            word = json.loads(said)
            headers = {"Authorization": f"Bearer {word['token']}"}
            with httpx.Client(base_url=f"{word['url']}api/v1", headers=headers, timeout=20.0) as client:
                yield client, process
        finally:
            process.kill()


def until(look: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What ``look`` gives once it gives something."""
    end_s = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end_s, "it did not come about in time"
        time.sleep(0.1)
    return found


@pytest.mark.shared
def test_recordings_stand_in_for_receiver_and_vehicle(tmp_path: Path, shared_data: Path) -> None:
    capture = shared_data / "adsb" / "modes1_1090M_2000k.cu8"
    tlog = shared_data / "mavlink" / "dronekit_flight.tlog"
    options = ("--radio", f"file:{capture}?rate=2000000&centre=1090000000&loop=1", "--vehicle", f"tlog:{tlog}")
    with serving(tmp_path, *options) as (client, process):
        detection = until(lambda: client.get("/radio/detections").json())[0]
        assert detection["kind"] == "wideband"
        vehicle = until(lambda: client.get("/vehicle").json())
        assert vehicle["autopilot"] == "ArduPilot"
        assert client.get("/radio").json()["lost_samples"] == 0
        process.send_signal(signal.SIGINT)
        assert process.wait(20.0) == 0


def test_missing_hardware_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ("--radio", f"rtl_tcp://127.0.0.1:{port}", "--vehicle", f"serial:{tmp_path / 'none'}:57600")
    with serving(tmp_path / "data", *options) as (client, _):

        def troubles() -> dict[str, str]:
            components = client.get("/health/detailed").json()["components"]
            found = {one["name"]: one["text"] for one in components if not one["ok"]}
            return found if {"radio", "link"} <= set(found) and str(port) in found["radio"] else {}

        assert "none" in until(troubles)["link"]
        assert client.get("/projects").status_code == 200


def test_troubles_are_told_where_it_was_started(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w", encoding="utf-8") as said:
        options = ("--vehicle", f"serial:{tmp_path / 'none'}:57600")
        with serving(tmp_path / "data", *options, stderr=said):
            until(lambda: "link: " in log.read_text(encoding="utf-8"))
    assert str(tmp_path / "none") in log.read_text(encoding="utf-8")


def test_what_is_not_iq_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html>" * 100, encoding="utf-8")
    with serving(tmp_path / "data", "--radio", f"file:{page}") as (client, _):
        problem = until(lambda: client.get("/radio").json()["problem"])
    assert "page.html" in problem


def test_a_kill_in_flight_keeps_what_was_written_and_the_next_start_is_idle(tmp_path: Path) -> None:
    world = subprocess.Popen(
        [sys.executable, "-m", "app", "sim", "--seed", "1"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with world:
        assert world.stdout is not None
        place = json.loads(world.stdout.readline())
        with serving(tmp_path, "--radio", place["rtl_tcp"], "--vehicle", place["mavlink"]) as (client, process):
            until(lambda: client.get("/vehicle").json())
            until(lambda: client.get("/vehicle").json()["ready_to_arm"])
            assert client.post("/search/start", json={}).status_code in {200, 202}
            until(
                lambda: client.get("/mission").json()["state"] == "SEARCHING" and client.get("/status").json()["flight"]
            )
            time_s = client.get("/vehicle/telemetry").json()["time_s"]
            until(lambda: client.get("/vehicle/telemetry").json()["time_s"] > time_s + 2.0)
            process.kill()
            process.wait(10.0)
        with serving(tmp_path) as (client, _):
            assert client.get("/mission").json()["state"] == "IDLE"
            assert client.get("/mission").json()["activated"] is False
            project = client.get("/projects").json()[0]["id"]
            flight = until(lambda: client.get(f"/projects/{project}/flights").json())[0]
        world.kill()
    assert flight["clean"] is False
    assert flight["ended_s"] >= time_s + 1.0
    with closing(sqlite3.connect(tmp_path / "kestrel.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)

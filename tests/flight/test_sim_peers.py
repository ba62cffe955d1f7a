"""The simulated vehicle as pymavlink and MAVSDK see it, over UDP and through the station."""

import math
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from mavsdk import ComponentType, Configuration, Mavsdk
from mavsdk.plugins.action import Action
from mavsdk.plugins.geofence import Circle, FenceType, Geofence, GeofenceData, Point, Polygon
from mavsdk.plugins.mission_raw import MissionItem, MissionRaw
from mavsdk.plugins.param import Param
from mavsdk.plugins.telemetry import Telemetry
from pymavlink import mavutil

from app.bus import Bus
from app.clock import Clock
from app.domain.geometry import LatLon
from app.domain.safety import SafetyLimits
from app.exchange.parameters import read_parameters
from app.exchange.plans import read_plan as read_file
from app.exchange.plans import to_waypoints
from app.safety import SafetyGate
from app.settings import ForwardSettings, VehicleSettings
from app.vehicle.missions import MissionItem as PlanItem
from app.vehicle.plan import Plan, read_plan
from app.workers.link import LinkWorker
from hardware.sim.config import SimConfig
from hardware.sim.parameters import TABLE
from hardware.wires import wire_for
from tests.simulated import simulated

PLACE = LatLon(47.398, 8.546)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(fits: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not fits():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_udp_client_finds_a_station_that_comes_later() -> None:
    port = free_port()
    child = simulated(SimConfig(speed=10.0, mavlink_udp=f"127.0.0.1:{port}"))
    station = mavutil.mavlink_connection(f"udpin:127.0.0.1:{port}", source_system=250)
    try:
        assert child.ready["mavlink_udp"] == f"udpout:127.0.0.1:{port}"
        assert station.wait_heartbeat(timeout=10) is not None
        station.mav.request_data_stream_send(1, 1, 0, 5, 1)
        assert station.recv_match(type="ATTITUDE", blocking=True, timeout=10) is not None
    finally:
        station.close()
        child.stop()


def mission_items(count: int) -> list[MissionItem]:
    """Home, a climb, places north of it, and back."""
    north = [(16, 473_977_419 + n * 1500, 85_455_938, 20.0) for n in range(1, count - 2)]
    rows = [(16, 473_977_419, 85_455_938, 0.0), (22, 0, 0, 20.0), *north, (20, 0, 0, 0.0)]
    return [
        MissionItem(n, 6, command, int(n == 0), 1, 0, 0, 0, 0, x, y, z, 0) for n, (command, x, y, z) in enumerate(rows)
    ]


def give_plans(vehicle: Any) -> None:
    """Mission, geofence and rally points up; what can be read is read again."""
    mission, items = MissionRaw(vehicle), mission_items(6)
    mission.upload_mission(items)
    held = mission.download_mission()
    assert [(item.command, item.x, item.y, item.z) for item in held[1:]] == [
        (item.command, item.x, item.y, item.z) for item in items[1:]
    ]
    corners = [Point(47.40 + north, 8.545 + east) for north, east in ((0.0, 0.0), (0.0, 0.01), (-0.01, 0.01))]
    area = Polygon(corners, FenceType.INCLUSION)
    circle = Circle(Point(47.39, 8.55), 25.0, FenceType.EXCLUSION)
    Geofence(vehicle).upload_geofence(GeofenceData([area], [circle]))
    assert [(item.command, item.param1) for item in mission.download_geofence()] == [(5001, 3.0)] * 3 + [(5004, 25.0)]
    rally = MissionItem(0, 3, 5100, 0, 1, 0, 0, 0, 0, 473_980_000, 85_460_000, 30.0, 2)
    mission.upload_rally_points([rally])
    assert [(item.x, item.y) for item in mission.download_rallypoints()] == [(473_980_000, 85_460_000)]


def fly(vehicle: Any) -> None:
    """Telemetry, arm, take off, go there, run the mission, return: what an operator does, by MAVSDK."""
    telemetry, action, parameters = Telemetry(vehicle), Action(vehicle), Param(vehicle)
    telemetry.set_rate_position(10.0)
    telemetry.set_rate_health(2.0)
    telemetry.set_rate_in_air(2.0)
    until(lambda: bool(telemetry.health().is_armable))
    parameters.set_param_float("WPNAV_SPEED", 800.0)
    assert parameters.get_param_float("WPNAV_SPEED") == 800.0
    assert parameters.get_param_float("GUID_TIMEOUT") == 3.0
    give_plans(vehicle)
    action.set_takeoff_altitude(15.0)
    action.arm()
    action.takeoff()
    until(lambda: telemetry.position().relative_altitude_m > 14.0)
    assert telemetry.in_air()
    start = telemetry.position()
    action.goto_location(start.latitude_deg + 3e-4, start.longitude_deg, start.absolute_altitude_m + 5.0, 0.0)
    until(lambda: abs(telemetry.position().latitude_deg - start.latitude_deg - 3e-4) < 3e-5)
    until(lambda: telemetry.position().relative_altitude_m > 18.0)
    mission = MissionRaw(vehicle)
    mission.start_mission()
    until(lambda: mission.mission_progress().current >= 3)
    action.return_to_launch()
    until(lambda: not telemetry.armed(), 90.0)
    assert math.isclose(telemetry.position().latitude_deg, 47.3977419, abs_tol=1e-4)


@pytest.mark.slow
def test_mavsdk_flies_the_simulated_vehicle() -> None:
    port = free_port()
    child = simulated(SimConfig(speed=5.0, ready_s=4.0, mavlink_udp=f"127.0.0.1:{port}"))
    try:
        with Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION)) as station:
            station.add_any_connection(f"udpin://127.0.0.1:{port}")
            vehicle = station.first_autopilot(20.0)
            assert vehicle is not None
            fly(vehicle)
    finally:
        child.stop()


@pytest.mark.slow
def test_mavsdk_flies_through_the_stations_forwarding_port() -> None:
    port = free_port()
    with linked(f"udpout:127.0.0.1:{port}") as worker:
        with Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION)) as station:
            station.add_any_connection(f"udpin://127.0.0.1:{port}")
            vehicle = station.first_autopilot(20.0)
            assert vehicle is not None
            fly(vehicle)
        # this station's own transfers were not disturbed by the other's on the same wire, and see what it did
        held = worker.converse(read_plan, "plan").result(30)
        assert [item.command for item in held.items] == [22, 16, 16, 16, 20]
        assert (len(held.fence.inside), len(held.fence.circles_outside), len(held.rally)) == (1, 1, 1)
        assert worker.vehicles[0].mode == "RTL"


@contextmanager
def linked(forward_url: str) -> Iterator[LinkWorker]:
    """A station's link to the simulated vehicle that forwards to another ground station."""
    child = simulated(SimConfig(speed=5.0, ready_s=4.0))
    forward = ForwardSettings.model_validate({"url": forward_url, "relay": "command"})
    clock, bus = Clock(5.0), Bus()
    link = VehicleSettings(link=child.ready["mavlink"], system_id=254, forward=(forward,))
    worker = LinkWorker(link, wire_for, SafetyGate(SafetyLimits(), clock, bus), clock, bus)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
        child.stop()


class MavProxy:
    """MAVProxy as its user has it: a process that is typed at and answers on its terminal."""

    def __init__(self, folder: Path, master: str) -> None:
        options = ["--default-modules=param,wp", f"--state-basedir={folder}", "--source-system=240"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "MAVProxy.mavproxy", f"--master={master}", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder,
        )  # fmt: skip
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, name="mavproxy")
        self._reader.start()

    def type(self, line: str, answer: str = "", seconds: float = 60.0) -> None:
        assert self._process.stdin is not None
        seen = len(self.lines)
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        if answer:
            self.wait(answer, seconds, seen)

    def wait(self, answer: str, seconds: float = 60.0, seen: int = 0) -> None:
        end = time.monotonic() + seconds
        while not any(answer in line for line in self.lines[seen:]):
            assert time.monotonic() < end, f"no {answer!r} in {self.lines}"
            time.sleep(0.05)

    def ask(self, line: str, answer: str, seconds: float = 60.0) -> None:
        """Type ``line`` again and again until it is answered so: what was typed before takes its time."""
        end, seen = time.monotonic() + seconds, len(self.lines)
        while not any(answer in said for said in self.lines[seen:]):
            assert time.monotonic() < end, f"no {answer!r} in {self.lines}"
            self.type(line)
            time.sleep(0.5)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()


@pytest.mark.slow
@pytest.mark.parametrize("way", ["direct", "forwarded"])
def test_mavproxy_connects_lists_parameters_and_loads_a_mission(tmp_path: Path, way: str) -> None:
    (tmp_path / "way.txt").write_text(
        to_waypoints(Plan(LatLon(47.3977, 8.5456), (PlanItem(22, LatLon(0.0, 0.0), 20.0), PlanItem(16, PLACE, 25.0)))),
        encoding="utf-8",
    )
    with ExitStack() as undo:
        if way == "direct":
            child = simulated(SimConfig(speed=2.0))
            undo.callback(child.stop)
            master = child.ready["mavlink"]
        else:
            port = free_port()
            undo.enter_context(linked(f"udpout:127.0.0.1:{port}"))
            master = f"udpin:127.0.0.1:{port}"
        peer = MavProxy(tmp_path, master)
        undo.callback(peer.close)
        peer.wait("Detected vehicle 1:1")
        count = len(TABLE)
        peer.type("param fetch", f"Received {count} parameters")
        peer.type("param show WPNAV_SPEED", "WPNAV_SPEED      1000.0")
        peer.type("param set WPNAV_SPEED 640")
        peer.ask("param show WPNAV_SPEED", "WPNAV_SPEED      640.0")
        peer.type("wp load way.txt", "MISSION_ACK: TYPE_MISSION: ACCEPTED")
        peer.type("wp list", "16 3 47.398")
        peer.type("param save all.parm", f"Saved {count} parameters")
        assert read_parameters(tmp_path / "all.parm")["RTL_ALT"] == 1500.0
        assert [item.command for item in read_file(tmp_path / "way.txt").items] == [22, 16]  # which it has written anew

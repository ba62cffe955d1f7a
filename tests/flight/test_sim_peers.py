"""The simulated vehicle as pymavlink and MAVSDK see it, over UDP and through the station."""

import math
import socket
import time
from collections.abc import Callable

import pytest
from mavsdk import ComponentType, Configuration, Mavsdk
from mavsdk.plugins.action import Action
from mavsdk.plugins.mission_raw import MissionItem, MissionRaw
from mavsdk.plugins.param import Param
from mavsdk.plugins.telemetry import Telemetry
from pymavlink import mavutil

from app.bus import Bus
from app.clock import Clock
from app.domain.safety import SafetyLimits
from app.safety import SafetyGate
from app.settings import ForwardSettings, VehicleSettings
from app.workers.link import LinkWorker
from hardware.sim.config import SimConfig
from hardware.wires import wire_for
from tests.simulated import simulated


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(fits: Callable[[], bool], seconds: float = 30.0) -> None:
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


@pytest.mark.slow
def test_mavsdk_arms_takes_off_uploads_and_reads_parameters() -> None:
    port = free_port()
    child = simulated(SimConfig(speed=5.0, ready_s=4.0, mavlink_udp=f"127.0.0.1:{port}"))
    try:
        with Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION)) as station:
            station.add_any_connection(f"udpin://127.0.0.1:{port}")
            vehicle = station.first_autopilot(20.0)
            assert vehicle is not None
            telemetry, action = Telemetry(vehicle), Action(vehicle)
            telemetry.set_rate_position(5.0)
            telemetry.set_rate_health(2.0)
            telemetry.set_rate_in_air(2.0)
            until(lambda: bool(telemetry.health().is_armable))
            assert Param(vehicle).get_param_float("GUID_TIMEOUT") == 3.0
            items = [
                MissionItem(n, 6, 16, int(n == 0), 1, 0, 0, 0, 0, 473_977_419 + n * 1000, 85_455_938, 20.0)
                for n in range(4)
            ]
            mission = MissionRaw(vehicle)
            mission.upload_mission(items)
            assert [item.x for item in mission.download_mission()[1:]] == [item.x for item in items[1:]]
            action.set_takeoff_altitude(15.0)
            action.arm()
            action.takeoff()
            until(lambda: telemetry.position().relative_altitude_m > 14.0)
            assert telemetry.in_air()
            assert math.isclose(telemetry.position().latitude_deg, 47.3977419, abs_tol=1e-4)
    finally:
        child.stop()


@pytest.mark.slow
def test_mavsdk_flies_through_the_stations_forwarding_port() -> None:
    port = free_port()
    child = simulated(SimConfig(speed=5.0, ready_s=4.0))
    forward = ForwardSettings.model_validate({"url": f"udpout:127.0.0.1:{port}", "relay": "command"})
    clock, bus = Clock(5.0), Bus()
    link = VehicleSettings(link=child.ready["mavlink"], system_id=254, forward=(forward,))
    worker = LinkWorker(link, wire_for, SafetyGate(SafetyLimits(), clock, bus), clock, bus)
    worker.start()
    try:
        with Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION)) as station:
            station.add_any_connection(f"udpin://127.0.0.1:{port}")
            vehicle = station.first_autopilot(20.0)
            assert vehicle is not None
            telemetry, action, parameters = Telemetry(vehicle), Action(vehicle), Param(vehicle)
            until(lambda: bool(telemetry.health().is_armable))
            parameters.set_param_float("WPNAV_SPEED", 400.0)
            assert parameters.get_param_float("WPNAV_SPEED") == 400.0
            mission = MissionRaw(vehicle)
            items = [
                MissionItem(n, 6, 16, int(n == 0), 1, 0, 0, 0, 0, 473_977_419 + n * 1000, 85_455_938, 20.0)
                for n in range(3)
            ]
            mission.upload_mission(items)
            assert len(mission.download_mission()) == 3
            action.set_takeoff_altitude(15.0)
            action.arm()
            action.takeoff()
            until(lambda: telemetry.position().relative_altitude_m > 14.0)
            assert [state.armed for state in worker.vehicles] == [True]  # this station saw it all
            action.return_to_launch()
            until(lambda: worker.vehicles[0].mode == "RTL")
    finally:
        worker.stop()
        child.stop()

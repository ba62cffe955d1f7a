"""The station flies a simulated PX4, and so does MAVSDK, which was made for it."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mavsdk import ComponentType, Configuration, Mavsdk
from mavsdk.plugins.action import Action
from mavsdk.plugins.mission_raw import MissionItem, MissionRaw
from mavsdk.plugins.offboard import Offboard, VelocityNedYaw
from mavsdk.plugins.param import Param
from mavsdk.plugins.telemetry import FlightMode, Telemetry

from app.domain.mission import MissionState
from app.domain.safety import Motion, Purpose
from app.domain.vehicle import Outcome
from hardware.sim.config import SimConfig
from tests.flight.test_demo import check_found, demo
from tests.flight.test_link import Rig, wait_for
from tests.flight.test_mission_flight import Station
from tests.flight.test_sim_peers import free_port, until
from tests.simulated import simulated

SPEED = 5.0


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig(autopilot="px4", speed=SPEED)
    yield made
    made.close()


def fly(rig: Rig) -> None:
    rig.until(lambda state: state.ready_to_arm and state.home is not None and state.ekf_healthy)
    rig.service.arm("anna").result(20)
    rig.service.takeoff(20.0, "anna").result(20)
    rig.until(lambda state: state.mode == "HOLD" and state.in_air)


def test_it_takes_off_to_the_height_above_home_and_goes_there_no_faster_than_asked(rig: Rig) -> None:
    fly(rig)
    assert abs(rig.height_m - 20.0) < 1.5
    goal = rig.place(60.0, 30.0)
    rig.service.goto(goal, 25.0, "anna").result(30)
    wait_for(lambda: rig.away_m(goal) < 3.0 and abs(rig.height_m - 25.0) < 2.0, "arrived")
    fastest = max((pose.north_mps**2 + pose.east_mps**2) ** 0.5 for pose in rig.service.trail())
    assert 4.0 < fastest <= 5.0 + 1.5  # with gusts; by itself it would fly 12
    assert rig.service.brake("anna").result(20).detail == "HOLD"
    assert rig.service.rtl("anna").result(20).detail == "RTL"
    rig.service.land("anna").result(20)
    rig.until(lambda state: state.mode == "LAND")


def test_it_stays_in_offboard_while_there_is_nowhere_to_go(rig: Rig) -> None:
    fly(rig)
    rig.service.set_mode("OFFBOARD", "anna").result(30)
    before = rig.clock.now_s()
    start = rig.service.telemetry()
    assert start is not None
    wait_for(lambda: rig.clock.now_s() > before + 15.0)
    assert rig.until(lambda state: True).mode == "OFFBOARD"
    assert rig.away_m(start.position) < 5.0


def test_a_pilots_mode_ends_the_targets_and_only_an_order_takes_offboard_again(rig: Rig) -> None:
    fly(rig)
    goal = rig.place(0.0, 400.0)
    rig.service.goto(goal, None, "anna").result(30)
    wait_for(lambda: rig.outcomes("steer (goto)") == [Outcome.ACCEPTED])
    rig.sim.order(do="pilot_mode", mode="POSITION")
    rig.until(lambda state: state.mode == "POSITION")
    assert rig.gate.inputs().guided_left
    rig.worker.steer(Motion(Purpose.GOTO, goal, 20.0, 5.0))
    wait_for(lambda: rig.outcomes("steer (goto)") == [Outcome.ACCEPTED, Outcome.REFUSED])
    sent = rig.worker._steering._next_s
    seen = len(rig.states)
    wait_for(lambda: len(rig.states) > seen + 5)
    assert rig.worker._steering._next_s == sent  # nothing was sent since
    assert {state.mode for state in rig.states[seen:]} == {"POSITION"}
    rig.service.goto(goal, None, "anna").result(30)
    rig.until(lambda state: state.mode == "OFFBOARD")


def test_a_lost_link_lets_px4_take_itself_out_of_offboard_and_it_is_left_there(rig: Rig) -> None:
    fly(rig)
    rig.service.goto(rig.place(0.0, 400.0), None, "anna").result(30)
    rig.until(lambda state: state.mode == "OFFBOARD")
    rig.sim.order(do="silence", seconds=8)
    rig.until(lambda state: not state.connected)
    wait_for(lambda: rig.states[-1].connected and rig.states[-1].mode != "OFFBOARD")
    assert rig.gate.inputs().guided_left


@pytest.fixture
def station() -> Iterator[Callable[[], Station]]:
    child = simulated(SimConfig(autopilot="px4", speed=8.0, ready_s=4.0, wind_mps=2.0))
    made = Station(child)
    made.start()
    yield lambda: made
    made.stop()
    child.stop()


def begin(made: Station) -> None:
    made.until("ready", lambda: made.vehicle and made.vehicle.ready_to_arm and made.vehicle.home and made.telemetry)
    made.search.start("ann").result(10)


def test_a_search_takes_off_enters_offboard_and_flies_its_legs(station: Callable[[], Station]) -> None:
    made = station()
    begin(made)
    made.until("legs", lambda: "leg 2" in made.mission.status().text, 60.0)
    assert made.vehicle is not None
    assert made.vehicle.mode == "OFFBOARD"
    made.safety.emergency_stop("ann").result(10)
    made.until("held", lambda: made.vehicle is not None and made.vehicle.mode == "HOLD")
    made.safety.reset("seen, all well", "ann").result(10)
    assert made.mission.status().state is MissionState.IDLE


def test_a_pilot_who_takes_over_in_the_climb_keeps_the_vehicle(station: Callable[[], Station]) -> None:
    made = station()
    begin(made)
    made.until("climbs", lambda: made.vehicle and made.vehicle.mode == "TAKEOFF" and made.vehicle.in_air)
    made.child.order(do="pilot_mode", mode="POSITION")
    made.until("ends", lambda: made.mission.status().state is MissionState.IDLE)
    end = made.clock.now_s() + 20.0
    made.until("time", lambda: made.clock.now_s() > end)
    assert made.vehicle is not None
    assert made.vehicle.mode == "POSITION"
    assert not [one for one in made.commands if one.verb in {"brake", "mode"}]


def mission_items() -> list[MissionItem]:
    north = [(16, 473_977_419 + n * 1500, 85_455_938, 20.0) for n in range(1, 4)]
    rows = [(22, 473_977_419, 85_455_938, 20.0), *north, (20, 0, 0, 0.0)]
    return [
        MissionItem(n, 6, command, int(n == 0), 1, 0, 0, 0, 0, x, y, z, 0) for n, (command, x, y, z) in enumerate(rows)
    ]


def fly_by_mavsdk(vehicle: Any) -> None:
    telemetry, action, mission = Telemetry(vehicle), Action(vehicle), MissionRaw(vehicle)
    until(lambda: bool(telemetry.health().is_armable))
    parameters = Param(vehicle)
    parameters.set_param_int("COM_OBL_RC_ACT", 5)
    assert parameters.get_param_int("COM_OBL_RC_ACT") == 5
    action.set_takeoff_altitude(15.0)
    action.arm()
    action.takeoff()
    until(lambda: telemetry.position().relative_altitude_m > 14.0)
    until(lambda: telemetry.flight_mode() == FlightMode.HOLD)
    start = telemetry.position()
    action.goto_location(start.latitude_deg + 3e-4, start.longitude_deg, start.absolute_altitude_m + 5.0, 0.0)
    until(lambda: abs(telemetry.position().latitude_deg - start.latitude_deg - 3e-4) < 3e-5)
    offboard = Offboard(vehicle)
    offboard.set_velocity_ned(VelocityNedYaw(0.0, 3.0, 0.0, 90.0))
    time.sleep(1.0)  # true time in which MAVSDK itself streams: PX4 wants a second of it
    offboard.start()
    until(lambda: telemetry.flight_mode() == FlightMode.OFFBOARD)
    until(lambda: telemetry.position().longitude_deg > start.longitude_deg + 2e-4)
    offboard.stop()
    until(lambda: telemetry.flight_mode() == FlightMode.HOLD)
    mission.upload_mission(mission_items())
    assert [item.command for item in mission.download_mission()] == [22, 16, 16, 16, 20]
    mission.start_mission()
    until(lambda: mission.mission_progress().current >= 2)
    action.return_to_launch()
    until(lambda: telemetry.flight_mode() == FlightMode.RETURN_TO_LAUNCH)
    until(lambda: not telemetry.armed(), 120.0)


@pytest.mark.slow
def test_mavsdk_flies_the_simulated_px4() -> None:
    port = free_port()
    child = simulated(SimConfig(autopilot="px4", speed=3.0, ready_s=4.0, mavlink_udp=f"127.0.0.1:{port}"))
    try:
        with Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION)) as station:
            station.add_any_connection(f"udpin://127.0.0.1:{port}")
            vehicle = station.first_autopilot(20.0)
            assert vehicle is not None
            fly_by_mavsdk(vehicle)
    finally:
        child.stop()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_search_with_a_px4_finds_the_beacon(tmp_path: Any) -> None:
    check_found(*demo(tmp_path, "--seed", "8", "--speed", "4", "--autopilot", "px4"))

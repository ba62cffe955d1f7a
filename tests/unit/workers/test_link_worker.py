"""The link worker over a real UDP socket against a scripted vehicle."""

import math
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bus import Bus
from app.clock import Clock
from app.domain.geometry import LatLon
from app.domain.mission import MissionState, Transition
from app.domain.safety import Motion, Purpose
from app.domain.vehicle import Outcome, Telemetry
from app.errors import Conflict, DeviceError, NotConnected, NotFound, OutOfRange, Refused, VehicleRefused
from app.ports import Wire
from app.services.fleet import FleetService
from app.services.replay import ReplayService
from app.services.vehicle import VehicleService
from app.settings import VehicleSettings
from app.vehicle.frames import FrameReader, FrameWriter
from app.vehicle.missions import MissionItem, download
from app.vehicle.tlog import entries
from app.workers.link import LinkWorker
from hardware.wires import wire_for
from hardware.wires.udp import UdpInWire
from tests.unit.workers.scripted import ScriptedVehicle
from tests.unit.workers.smallgate import SmallGate

GOAL = LatLon(47.301, 8.501)
FLIGHT = Motion(Purpose.SEARCH, GOAL, 30.0, 4.0)


def wait_for(condition: Callable[[], Any], what: str = "", seconds: float = 20.0) -> Any:
    until = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > until:
            pytest.fail(f"waited {seconds} s in vain {what}")
        time.sleep(0.005)
    return value


class Bench:
    """A worker on a free UDP port, a vehicle that sends there, and what came out on the bus."""

    def __init__(self, loss: float = 0.0, rate: float = 1.0) -> None:
        self.bus, self.gate, self.clock = Bus(), SmallGate(), Clock(rate)
        self.facts: dict[str, list[Any]] = {}
        for topic in (self.bus.vehicle, self.bus.telemetry, self.bus.command, self.bus.fault, self.bus.link):
            topic.subscribe(self.facts.setdefault(topic.name, []).append)
        self.bus.message.subscribe(self.facts.setdefault("message", []).append)
        self._wires: list[UdpInWire] = []
        self.worker = LinkWorker(VehicleSettings(link="udpin:127.0.0.1:0"), self._open, self.gate, self.clock, self.bus)
        self.worker.start()
        wait_for(lambda: self._wires and self._wires[0]._socket is not None)
        self.vehicle = ScriptedVehicle(self._wires[0].port, loss)

    def _open(self, url: str) -> Wire:
        wire = wire_for(url)
        if isinstance(wire, UdpInWire):
            self._wires.append(wire)
        return wire

    @property
    def state(self) -> Any:
        return self.facts["vehicle"][-1] if self.facts["vehicle"] else None

    def until(self, condition: Callable[[Any], bool], what: str = "") -> Any:
        return wait_for(lambda: self.state is not None and condition(self.state) and self.state, what)

    def ready(self) -> "Bench":
        self.until(lambda state: state.home is not None and state.simulated and state.ready_to_arm)
        wait_for(lambda: self.facts["telemetry"])
        return self

    def flying(self) -> "Bench":
        self.ready()
        self.worker.set_mode("GUIDED", "anna").result(10)
        self.worker.arm("anna").result(10)
        self.worker.takeoff(20.0, "anna").result(10)
        self.until(lambda state: state.in_air and state.armed)
        return self

    def outcomes(self, verb: str) -> list[Outcome]:
        return [record.outcome for record in self.facts["command"] if record.verb.startswith(verb)]

    def close(self) -> None:
        self.worker.stop()
        self.vehicle.close()


@pytest.fixture
def make() -> Iterator[Callable[..., Bench]]:
    benches: list[Bench] = []

    def one(**options: Any) -> Bench:
        benches.append(Bench(**options))
        return benches[-1]

    yield one
    for bench in benches:
        bench.close()


@pytest.fixture
def bench(make: Callable[..., Bench]) -> Bench:
    return make()


def test_it_asks_for_streams_and_assembles_what_comes(bench: Bench) -> None:
    bench.ready()
    state = bench.until(lambda one: one.ekf_healthy and one.in_air is False)
    assert (state.autopilot, state.kind, state.mode) == ("ArduPilot", "quadrotor", "STABILIZE")
    assert (state.battery_percent, state.battery_v, state.satellites, state.hdop) == (88.0, 12.6, 14, 0.8)
    assert state.home == LatLon(47.3, 8.5)
    pose = bench.facts["telemetry"][-1]
    assert (pose.lat_deg, pose.lon_deg, pose.altitude_m) == (47.3, 8.5, 400.0)
    assert pose.heading_deg == pytest.approx(57.2958, abs=1e-3)
    stamps = [one.time_s for one in bench.facts["telemetry"]]
    assert stamps == sorted(set(stamps))
    assert wait_for(lambda: bench.vehicle.of("HEARTBEAT"))[0].type == mavlink.MAV_TYPE_GCS
    assert wait_for(lambda: [one for one in bench.facts["link"] if one.connected])[-1].problem == ""


def test_a_refusal_to_arm_carries_the_vehicles_words_and_later_it_is_accepted(bench: Bench) -> None:
    bench.ready()
    arming = mavlink.MAV_CMD_COMPONENT_ARM_DISARM
    bench.vehicle.refuses[arming] = (4, "Arm: Gyros not healthy")
    with pytest.raises(VehicleRefused, match="Gyros not healthy"):
        bench.worker.arm("anna").result(10)
    assert bench.outcomes("arm") == [Outcome.ASKED, Outcome.REFUSED]
    wait_for(lambda: bench.facts["message"])
    del bench.vehicle.refuses[arming]
    record = bench.worker.arm("anna").result(10)
    assert (record.outcome, record.actor) == (Outcome.ACCEPTED, "anna")
    bench.until(lambda state: state.armed)


def test_the_gate_is_asked_before_arming_and_take_off(bench: Bench) -> None:
    bench.ready()
    bench.gate.closed = "HDOP 3.0, at most 2.0"
    for asked in (bench.worker.arm("anna"), bench.worker.takeoff(20.0, "anna")):
        with pytest.raises(Refused, match=r"HDOP 3\.0"):
            asked.result(10)
    assert [motion.purpose for motion in bench.gate.required] == [Purpose.ARM, Purpose.TAKEOFF]
    assert not bench.vehicle.commands(mavlink.MAV_CMD_COMPONENT_ARM_DISARM)
    assert not bench.vehicle.commands(mavlink.MAV_CMD_NAV_TAKEOFF)


def test_each_setpoint_passes_the_gate_and_the_speed_is_set_first(bench: Bench) -> None:
    bench.flying()
    bench.worker.steer(FLIGHT)
    wait_for(lambda: len(bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT")) >= 2)
    target = bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT")[0]
    assert (target.lat_int, target.lon_int, target.alt) == (473_010_000, 85_010_000, 30.0)
    order = [message.get_type() for message in bench.vehicle.heard]
    speed = bench.vehicle.commands(mavlink.MAV_CMD_DO_CHANGE_SPEED)[0]
    assert speed.param2 == 4.0
    assert bench.vehicle.heard.index(speed) < order.index("SET_POSITION_TARGET_GLOBAL_INT")
    asked = [motion for motion in bench.gate.required if motion == FLIGHT]
    assert len(asked) >= len(bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT"))
    assert bench.outcomes("steer") == [Outcome.ACCEPTED]


def test_a_heading_is_asked_for_when_the_motion_has_one(bench: Bench) -> None:
    bench.flying()
    bench.worker.steer(replace(FLIGHT, heading_deg=135.0))
    wait_for(lambda: bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT"))
    target = bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT")[0]
    assert target.yaw == pytest.approx(math.radians(135.0))
    assert not target.type_mask & mavlink.POSITION_TARGET_TYPEMASK_YAW_IGNORE
    bench.worker.steer(FLIGHT)
    wait_for(
        lambda: (
            bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT")[-1].type_mask
            & mavlink.POSITION_TARGET_TYPEMASK_YAW_IGNORE
        )
    )


def test_a_closed_gate_stops_setpoints_and_is_told_once_per_change(bench: Bench) -> None:
    bench.flying()
    bench.worker.steer(FLIGHT)
    wait_for(lambda: bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT"))
    bench.gate.closed = "Outside the fence"
    wait_for(lambda: Outcome.REFUSED in bench.outcomes("steer"))
    sent, asked = len(bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT")), len(bench.gate.required)
    wait_for(lambda: len(bench.gate.required) > asked + 5)
    assert len(bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT")) - sent <= 1  # one may have been on its way
    bench.gate.closed = ""
    wait_for(lambda: bench.outcomes("steer") == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED])


def test_a_pilots_mode_change_ends_steering_until_a_new_order_for_guided(bench: Bench) -> None:
    bench.flying()
    bench.worker.steer(FLIGHT)
    wait_for(lambda: bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT"))
    modes_asked = len(bench.vehicle.commands(mavlink.MAV_CMD_DO_SET_MODE))
    bench.vehicle.mode = "LOITER"
    bench.until(lambda state: state.mode == "LOITER")
    bench.worker.ask(lambda: None).result(10)  # the step that read it has ended
    time.sleep(0.05)
    sent = len(bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT"))
    bench.worker.steer(FLIGHT)
    bench.worker.steer(FLIGHT)
    bench.vehicle.mode = "GUIDED"  # by the pilot, not by us
    bench.until(lambda state: state.mode == "GUIDED")
    bench.worker.steer(FLIGHT)
    asked = len(bench.gate.required)
    time.sleep(0.7)
    assert len(bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT")) == sent
    assert len(bench.gate.required) == asked
    assert len(bench.vehicle.commands(mavlink.MAV_CMD_DO_SET_MODE)) == modes_asked
    assert bench.outcomes("steer") == [Outcome.ACCEPTED, Outcome.REFUSED]
    bench.worker.set_mode("GUIDED", "anna").result(10)
    assert bench.gate.asked == 2
    bench.worker.steer(FLIGHT)
    wait_for(lambda: len(bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT")) > sent)


def test_brake_stops_steering_at_once_and_steering_cannot_begin_again_behind_it(bench: Bench) -> None:
    bench.flying()
    bench.worker.steer(FLIGHT)
    wait_for(lambda: bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT"))
    braked = bench.worker.brake("anna")
    bench.worker.steer(FLIGHT)  # by a mission that has not heard of it
    record = braked.result(10)
    assert (record.outcome, record.detail) == (Outcome.ACCEPTED, "BRAKE")
    order = [message.get_type() for message in bench.vehicle.heard]
    brake = bench.vehicle.commands(mavlink.MAV_CMD_DO_SET_MODE)[-1]
    assert "SET_POSITION_TARGET_GLOBAL_INT" not in order[bench.vehicle.heard.index(brake) :]


def test_brake_takes_the_next_mode_when_the_first_is_refused(bench: Bench) -> None:
    bench.flying()
    bench.vehicle.modes_refused = {"BRAKE"}
    assert bench.worker.brake("anna").result(10).detail == "LOITER"


def test_brake_gets_through_a_link_that_loses_a_third_both_ways(make: Callable[..., Bench]) -> None:
    bench = make().flying()
    bench.vehicle.loss = 0.34
    assert bench.worker.brake("anna").result(30).outcome is Outcome.ACCEPTED
    bench.until(lambda state: state.mode == "BRAKE")


def test_brake_leaves_the_vehicle_to_a_pilot_who_has_taken_it(bench: Bench) -> None:
    bench.flying()
    bench.vehicle.refuses[mavlink.MAV_CMD_DO_SET_MODE] = (mavlink.MAV_RESULT_IN_PROGRESS, "")
    braked = bench.worker.brake("anna")
    wait_for(lambda: len(bench.vehicle.commands(mavlink.MAV_CMD_DO_SET_MODE)) >= 3)
    bench.vehicle.mode = "RTL"
    with pytest.raises(VehicleRefused, match="went to RTL"):
        braked.result(10)


def test_goto_asks_for_guided_and_flies_and_brakes_when_the_gate_closes(bench: Bench) -> None:
    bench.flying()
    bench.vehicle.mode = "LOITER"
    bench.until(lambda state: state.mode == "LOITER")
    assert bench.worker.goto(GOAL, None, "anna").result(10).outcome is Outcome.ACCEPTED
    target = wait_for(lambda: bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT"))[-1]
    assert target.alt == pytest.approx(20.0)
    bench.gate.closed = "Battery 12 %"
    bench.until(lambda state: state.mode == "BRAKE")


def test_goto_refused_by_the_gate_leaves_the_mode_alone(bench: Bench) -> None:
    bench.flying()
    bench.vehicle.mode = "LOITER"
    bench.until(lambda state: state.mode == "LOITER")
    bench.gate.closed = "Outside the fence"
    with pytest.raises(Refused, match="Outside the fence"):
        bench.worker.goto(GOAL, 30.0, "anna").result(10)
    assert bench.vehicle.mode == "LOITER"
    assert bench.outcomes("goto") == [Outcome.REFUSED]


def test_rtl_and_land_and_unknown_modes(bench: Bench) -> None:
    bench.flying()
    assert bench.worker.rtl("anna").result(10).detail == "RTL"
    assert bench.worker.land("anna").result(10).detail == "LAND"
    with pytest.raises(Exception, match="no mode 'HOVER'"):
        bench.worker.set_mode("HOVER", "anna").result(10)


def test_no_answer_is_an_error_after_the_tries(make: Callable[..., Bench]) -> None:
    bench = make(rate=5.0).ready()
    bench.vehicle.silent = True
    with pytest.raises(DeviceError, match="did not answer"):
        bench.worker.disarm("anna").result(20)
    assert bench.outcomes("disarm") == [Outcome.ASKED, Outcome.FAILED]


def test_a_later_order_takes_the_place_of_the_one_before(bench: Bench) -> None:
    bench.ready()
    bench.vehicle.refuses[mavlink.MAV_CMD_DO_SET_MODE] = (mavlink.MAV_RESULT_IN_PROGRESS, "")
    first = bench.worker.set_mode("LOITER", "anna")
    second = bench.worker.set_mode("GUIDED", "anna")
    with pytest.raises(Conflict):
        first.result(10)
    del bench.vehicle.refuses[mavlink.MAV_CMD_DO_SET_MODE]
    bench.vehicle.mode = "GUIDED"
    second.result(10)


def test_link_loss_is_told_when_it_begins_and_ends_and_streams_are_asked_again(make: Callable[..., Bench]) -> None:
    bench = make(rate=4.0).ready()
    bench.vehicle.silent = True
    bench.until(lambda state: not state.connected)
    bench.vehicle.intervals.clear()
    bench.vehicle.silent = False
    bench.until(lambda state: state.connected)
    wait_for(lambda: [fault.ended for fault in bench.facts["fault"]] == [False, True])
    assert {fault.source for fault in bench.facts["fault"]} == {"vehicle"}
    wait_for(lambda: mavlink.MAVLINK_MSG_ID_ATTITUDE in bench.vehicle.intervals)


def test_a_reboot_is_noticed_and_everything_asked_again(bench: Bench) -> None:
    bench.ready()
    bench.vehicle.boot_s = time.monotonic()
    wait_for(lambda: any("booted again" in fault.text for fault in bench.facts["fault"]))
    before = len(bench.facts["vehicle"])
    wait_for(lambda: any(state.home is None for state in bench.facts["vehicle"][before - 3 :]))
    bench.until(lambda state: state.home is not None and state.ready_to_arm)


def test_only_autopilots_are_vehicles_and_the_first_is_active(bench: Bench) -> None:
    bench.ready()
    other = ScriptedVehicle(bench.vehicle._to[1], system=7)
    gcs = FrameWriter(254, 190)
    beat = mavlink.MAVLink_heartbeat_message(mavlink.MAV_TYPE_GCS, mavlink.MAV_AUTOPILOT_INVALID, 0, 0, 4, 3)
    other._socket.sendto(gcs.pack(beat), other._to)
    try:
        wait_for(lambda: len(bench.worker.selection.states) == 2)
    finally:
        other.close()
    assert [state.vehicle_id for state in bench.worker.selection.states] == [1, 7]
    assert {state.vehicle_id for state in bench.facts["vehicle"]} == {1}


def test_commands_go_to_the_selected_vehicle_alone(bench: Bench) -> None:
    bench.ready()
    other, fleet = ScriptedVehicle(bench.vehicle._to[1], system=7), FleetService(bench.worker.selection)
    try:
        wait_for(lambda: len(fleet.vehicles()) == 2)
        with pytest.raises(NotFound, match="heard: 1, 7"):
            fleet.select(9).result(10)
        assert fleet.select(7).result(10).vehicle_id == 7
        bench.until(lambda state: state.vehicle_id == 7 and state.home is not None and state.ready_to_arm)
        bench.worker.set_mode("GUIDED", "anna").result(10)
        bench.worker.arm("anna").result(10)
        assert (other.mode, other.armed) == ("GUIDED", True)
        assert (bench.vehicle.mode, bench.vehicle.armed) == ("STABILIZE", False)
        wait_for(lambda: bench.facts["telemetry"][-1].vehicle_id == 7)
        bench.worker.takeoff(10.0, "anna").result(10)
        bench.worker.steer(Motion(Purpose.SEARCH, GOAL, 20.0, 5.0))
        wait_for(lambda: other.of("SET_POSITION_TARGET_GLOBAL_INT"))
        with pytest.raises(Conflict, match="being flown"):
            fleet.select(1).result(10)
        bench.worker.steer(None)
        assert fleet.select(1).result(10).vehicle_id == 1
        sent = len(bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT"))
        bench.worker.steer(Motion(Purpose.SEARCH, GOAL, 20.0, 5.0))  # barred until its guided mode is asked for
        bench.worker.set_mode("LOITER", "anna").result(10)
        assert (bench.vehicle.mode, other.mode) == ("LOITER", "GUIDED")
        targets = {one.target_system for one in bench.vehicle.of("SET_POSITION_TARGET_GLOBAL_INT")[sent:]}
        assert targets <= {7}
    finally:
        other.close()


def test_garbage_does_not_stop_it_and_is_counted(bench: Bench) -> None:
    bench.ready()
    for noise in (b"\xfd" * 300, b"\xfe\x09\x00", b"boot text\r\n", bytes(range(256))):
        bench.vehicle._socket.sendto(noise, bench.vehicle._to)
    wait_for(lambda: bench.facts["link"][-1].bad_frames > 0)
    got = len(bench.facts["telemetry"])
    wait_for(lambda: len(bench.facts["telemetry"]) > got + 5)


def test_frames_of_both_directions_are_recorded(bench: Bench, tmp_path: Path) -> None:
    bench.ready()
    path = tmp_path / "flights" / "one.tlog"
    bench.worker.record_to(path).result(10)
    bench.worker.disarm("anna").result(10)
    bench.worker.record_to(None).result(10)
    found = list(entries(path.read_bytes()))
    assert {raw[5] for _, raw in found} == {1, 255}
    assert abs(found[0][0] - bench.clock.now_s()) < 60.0


def test_transitions_are_told_to_the_vehicle(bench: Bench) -> None:
    bench.ready()
    bench.bus.transition.publish(Transition(0.0, MissionState.IDLE, MissionState.SEARCHING, "by Anna", "anna"))
    assert wait_for(lambda: bench.vehicle.of("STATUSTEXT"))[0].text == "Kestrel: SEARCHING: by Anna"


def test_another_link_forgets_the_vehicle_and_a_wrong_address_keeps_the_link(bench: Bench) -> None:
    bench.ready()
    with pytest.raises(OutOfRange, match="no address"):
        bench.worker.connect("carrier pigeon").result(10)
    state = bench.worker.connect("").result(10)
    assert not state.connected
    assert bench.state.connected is False
    with pytest.raises(NotConnected, match="No vehicle"):
        bench.worker.arm("anna").result(10)


def test_without_a_vehicle_a_command_says_so_and_stop_cancels() -> None:
    worker = LinkWorker(VehicleSettings(), wire_for, SmallGate(), Clock(), Bus())
    worker.start()
    with pytest.raises(NotConnected, match="No vehicle"):
        worker.brake("anna").result(10)
    worker.stop()
    with pytest.raises(NotConnected, match="ended"):
        worker.arm("anna").result(10)


def test_a_mission_is_read_through_the_same_link(bench: Bench) -> None:
    bench.ready()
    reading = bench.worker.converse(lambda peer: download(peer, tries=20), "mission")
    wait_for(lambda: bench.vehicle.of("MISSION_REQUEST_LIST"))
    bench.vehicle.say(mavlink.MAVLink_mission_count_message(255, 190, 1, 0))
    wait_for(lambda: bench.vehicle.of("MISSION_REQUEST_INT"))
    bench.vehicle.say(mavlink.MAVLink_mission_item_int_message(255, 190, 0, 3, 16, 0, 1, 0, 0, 0, 0, 10, 20, 5.0, 0))
    assert reading.result(10) == (MissionItem(16, LatLon(1e-6, 2e-6), 5.0),)


@pytest.mark.shared
def test_a_recorded_flight_in_place_of_a_vehicle(shared_data: Path) -> None:
    bus, clock, path = Bus(), Clock(20.0), shared_data / "mavlink" / "dronekit_flight.tlog"
    poses: list[Telemetry] = []
    bus.telemetry.subscribe(poses.append)
    worker = LinkWorker(VehicleSettings(link=f"tlog:{path}"), lambda url: wire_for(url, clock), SmallGate(), clock, bus)
    worker.start()
    try:
        wait_for(lambda: len(poses) >= 100, "poses", 60.0)
        with pytest.raises(NotConnected, match="recording"):
            worker.arm("anna").result(10)
        states = worker.selection.states
    finally:
        worker.stop()
    recorded = [
        (time_s, frame.message)
        for time_s, raw in entries(path.read_bytes())
        for frame in FrameReader().feed(raw)
        if frame.message.get_type() == "GLOBAL_POSITION_INT" and frame.message.lat
    ][:100]
    assert [pose.lat_deg for pose in poses[:100]] == [message.lat / 1e7 for _, message in recorded]
    steps_s = [after.time_s - before.time_s for before, after in pairwise(poses[:100])]
    boot_s = [message.time_boot_ms / 1e3 for _, message in recorded]
    recorded_s = [after - before for before, after in pairwise(boot_s)]
    off_s = [abs(step_s - was_s) for step_s, was_s in zip(steps_s, recorded_s, strict=True)]
    assert statistics.median(off_s) < 0.1  # where the machine itself stood still the shift to now is taken anew
    assert abs(poses[-1].time_s - clock.now_s()) < 600.0  # on the station's clock, not that of 2015
    assert [(state.vehicle_id, state.simulated) for state in states] == [(1, False)]


def test_the_links_figures_are_those_of_the_vehicles_answers(bench: Bench) -> None:
    bench.ready()
    told = wait_for(lambda: [one for one in bench.facts["link"] if one.jitter_ms is not None])[0]
    assert 0.0 < told.latency_ms < 5_000.0
    assert told.rates_hz["ATTITUDE"] > 0.0
    assert told.bytes_per_s > 0.0
    assert (told.radio_dbm, told.radio_remote_dbm) == (None, None)


def test_a_vehicle_that_does_not_tell_the_time_has_no_latency(bench: Bench) -> None:
    bench.vehicle.tells_time = False
    bench.ready()
    wait_for(lambda: len(bench.vehicle.of("TIMESYNC")) >= 2)
    assert all(one.latency_ms is None for one in bench.facts["link"])


@pytest.mark.shared
def test_a_recorded_flight_is_on_the_map_from_its_beginning_to_its_end(shared_data: Path) -> None:
    bus, clock, path = Bus(), Clock(20.0), shared_data / "mavlink" / "dronekit_flight.tlog"
    ends: list[Any] = []
    bus.link.subscribe(lambda link: ends.append(link) if "to its end" in link.problem else None)
    worker = LinkWorker(VehicleSettings(link=f"tlog:{path}"), lambda url: wire_for(url, clock), SmallGate(), clock, bus)
    vehicle, replay = VehicleService(worker, bus), ReplayService(worker.player)
    worker.start()
    try:
        wait_for(vehicle.telemetry, "a position", 60.0)
        begun = replay.play(10.0, 0.0).result(10)
        assert begun is not None
        assert begun.length_s == pytest.approx(1377.0, abs=30.0)  # less the cuts in it
        wait_for(lambda: ends, "its end", 120.0)
        with pytest.raises(NotConnected, match="end"):
            replay.play(1.0, 60.0).result(10)
    finally:
        worker.stop()
    trail = vehicle.trail()
    assert len(trail) > 200
    assert all(-35.5 < pose.lat_deg < -35.0 and 149.0 < pose.lon_deg < 149.5 for pose in trail)
    assert max(pose.height_m for pose in trail) > 10.0


def test_only_a_recording_is_played(bench: Bench) -> None:
    replay = ReplayService(bench.worker.player)
    assert replay.playback().result(10) is None
    with pytest.raises(NotConnected, match="no recording"):
        replay.play(2.0).result(10)
    for speed in (-1.0, 0.1, 11.0, float("nan")):
        with pytest.raises(OutOfRange):
            replay.play(speed)
    with pytest.raises(OutOfRange):
        replay.play(1.0, -5.0)

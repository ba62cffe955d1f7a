"""The link worker and the safety gate against the simulated vehicle, over TCP."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.geometry import EastNorth, LatLon, LocalPlane, distance_m
from app.domain.safety import Motion, Purpose, SafetyLimits
from app.domain.vehicle import CommandRecord, Outcome, Telemetry, VehicleState
from app.errors import DeviceError, Refused, VehicleRefused
from app.safety import SafetyGate
from app.services.vehicle import VehicleService
from app.settings import VehicleSettings
from app.vehicle.missions import MissionItem, download, upload
from app.vehicle.parameters import read_all, write
from app.workers.link import LinkWorker
from hardware.sim.config import SimConfig
from hardware.wires import wire_for
from tests.simulated import simulated

SPEED = 10.0


def wait_for(condition: Callable[[], Any], what: str = "", seconds: float = 60.0) -> Any:
    until = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > until:
            pytest.fail(f"waited {seconds} s in vain {what}")
        time.sleep(0.01)
    return value


class Rig:
    """Simulation, gate, link and service, as the station wires them."""

    def __init__(self, vehicle: dict[str, Any] | None = None, **changes: Any) -> None:
        config = SimConfig(**{"speed": SPEED, "ready_s": 4.0, "wind_mps": 2.0, **changes})
        self.sim = simulated(config)
        self.bus, self.clock = Bus(), Clock(config.speed)
        self.gate = SafetyGate(SafetyLimits(), self.clock, self.bus)
        self.commands: list[CommandRecord] = []
        self.states: list[VehicleState] = []
        self.faults: list[Any] = []
        self.bus.command.subscribe(self.commands.append)
        self.bus.vehicle.subscribe(self.states.append)
        self.bus.fault.subscribe(self.faults.append)
        settings = VehicleSettings(link=self.sim.ready["mavlink"], **(vehicle or {}))
        self.worker = LinkWorker(settings, wire_for, self.gate, self.clock, self.bus)
        self.service = VehicleService(self.worker, self.bus)
        self.worker.start()

    def until(self, condition: Callable[[VehicleState], bool | None], what: str = "") -> VehicleState:
        def met() -> VehicleState | None:
            state = self.service.vehicle()
            return state if state is not None and condition(state) else None

        state: VehicleState = wait_for(met, what or str(self.service.vehicle()))
        return state

    def fly(self, height_m: float = 20.0) -> None:
        self.until(lambda state: state.ready_to_arm and state.home is not None and state.ekf_healthy)
        self.service.set_mode("GUIDED", "anna").result(20)
        self.service.arm("anna").result(20)
        self.service.takeoff(height_m, "anna").result(20)
        wait_for(lambda: self.height_m > height_m - 1.0)

    @property
    def height_m(self) -> float:
        telemetry = self.service.telemetry()
        return telemetry.height_m if telemetry is not None else 0.0

    def place(self, east_m: float, north_m: float) -> LatLon:
        state = self.service.vehicle()
        assert state is not None
        assert state.home is not None
        return LocalPlane(state.home).to_globe(EastNorth(east_m, north_m))

    def away_m(self, goal: LatLon) -> float:
        telemetry = self.service.telemetry()
        return distance_m(goal, telemetry.position) if telemetry is not None else 1e9

    def outcomes(self, verb: str) -> list[Outcome]:
        return [record.outcome for record in self.commands if record.verb.startswith(verb)]

    def troubled(self, words: str) -> None:
        """Wait until the link is said to be down for this reason."""
        wait_for(lambda: words in self.service.link().problem and not self.service.link().connected, words)
        assert any(words in fault.text for fault in self.faults)

    def close(self) -> None:
        self.worker.stop()
        self.sim.stop()


@pytest.fixture
def make() -> Iterator[Callable[..., Rig]]:
    rigs: list[Rig] = []

    def one(**changes: Any) -> Rig:
        rigs.append(Rig(**changes))
        return rigs[-1]

    yield one
    for rig in rigs:
        rig.close()


@pytest.fixture
def rig(make: Callable[..., Rig]) -> Rig:
    return make()


def test_it_connects_and_is_refused_by_the_gate_then_arms_takes_off_and_flies_to_a_place(
    make: Callable[..., Rig],
) -> None:
    rig = make(ready_s=30.0)
    rig.until(lambda state: state.simulated)
    with pytest.raises((Refused, VehicleRefused)):
        rig.service.arm("anna").result(20)
    rig.fly()
    goal = rig.place(60.0, 30.0)
    rig.service.goto(goal, 25.0, "anna").result(20)
    wait_for(lambda: rig.away_m(goal) < 3.0 and abs(rig.height_m - 25.0) < 2.0, "arrived")
    fastest = max((pose.north_mps**2 + pose.east_mps**2) ** 0.5 for pose in rig.service.trail())
    assert fastest <= 5.0 + 1.5  # commanded 5 m/s, with gusts
    assert rig.outcomes("goto") == [Outcome.ASKED, Outcome.ACCEPTED]


def test_the_vehicles_own_refusal_to_arm_is_heard_in_its_words(make: Callable[..., Rig]) -> None:
    rig = make(ready_s=600.0)
    rig.until(lambda state: state.ready_to_arm is False)
    rig.gate.require = lambda motion: None  # type: ignore[method-assign]  # to hear the vehicle's own answer
    rig.worker._talks._require = lambda motion: None
    with pytest.raises(VehicleRefused, match=r"Arm|PreArm"):
        rig.service.arm("anna").result(20)


def test_a_pilots_mode_change_ends_setpoints_and_only_an_order_takes_guided_again(rig: Rig) -> None:
    rig.fly()
    goal = rig.place(0.0, 400.0)
    rig.service.goto(goal, None, "anna").result(20)
    wait_for(lambda: rig.outcomes("steer (goto)") == [Outcome.ACCEPTED])
    rig.sim.order(do="pilot_mode", mode="LOITER")
    rig.until(lambda state: state.mode == "LOITER")
    assert rig.gate.inputs().guided_left
    rig.worker.steer(Motion(Purpose.GOTO, goal, 20.0, 5.0))
    rig.worker.steer(Motion(Purpose.GOTO, goal, 20.0, 5.0))
    wait_for(lambda: rig.outcomes("steer (goto)") == [Outcome.ACCEPTED, Outcome.REFUSED])
    seen = len(rig.states)
    wait_for(lambda: len(rig.states) > seen + 5)
    assert {state.mode for state in rig.states[seen:]} == {"LOITER"}
    rig.service.goto(goal, None, "anna").result(20)
    assert not rig.gate.inputs().guided_left
    rig.until(lambda state: state.mode == "GUIDED")


def test_brake_works_with_a_third_of_the_frames_lost(rig: Rig) -> None:
    rig.fly()
    goal = rig.place(0.0, 400.0)
    rig.service.goto(goal, None, "anna").result(20)
    rig.sim.order(do="packet_loss", percent=30)
    assert rig.service.brake("anna").result(30).detail == "BRAKE"
    rig.sim.order(do="packet_loss", percent=0)
    assert rig.until(lambda state: state.mode == "BRAKE").armed
    assert rig.service.rtl("anna").result(20).detail == "RTL"


def test_a_lost_link_is_told_and_found_again_with_its_streams(rig: Rig) -> None:
    rig.fly()
    rig.sim.order(do="silence", seconds=12)
    rig.until(lambda state: not state.connected)
    with pytest.raises(Refused, match="heartbeat"):
        rig.gate.require(Motion(Purpose.GOTO, rig.place(10.0, 10.0), 20.0, 5.0))
    rig.until(lambda state: state.connected)
    told = [(fault.source, fault.ended) for fault in rig.faults]
    assert told == [("vehicle", False), ("vehicle", True)]


def test_a_reboot_in_flight_is_noticed_and_the_streams_come_back(rig: Rig) -> None:
    rig.fly()
    rig.sim.order(do="reboot")
    wait_for(lambda: any("booted again" in fault.text for fault in rig.faults))
    last = rig.service.telemetry()
    assert last is not None
    wait_for(lambda: (now := rig.service.telemetry()) is not None and now.time_s > last.time_s + 3.0)


def test_a_goto_outside_the_fence_is_refused_and_nothing_moves(rig: Rig) -> None:
    rig.fly()
    with pytest.raises(Refused, match="from home"):
        rig.service.goto(rig.place(5000.0, 0.0), None, "anna").result(20)
    assert rig.outcomes("steer") == []


def test_parameters_and_a_mission_over_a_link_that_loses_a_tenth(rig: Rig) -> None:
    rig.until(lambda state: state.home is not None)
    rig.sim.order(do="packet_loss", percent=10)
    found = rig.worker.converse(read_all, "parameters").result(60)
    assert len(found) == next(iter(found.values())).count
    old = found["WPNAV_SPEED"]
    changed = rig.worker.converse(
        lambda peer: write(peer, "WPNAV_SPEED", old.value + 50.0, old.kind, tries=20), "parameters"
    ).result(60)
    assert changed.value == old.value + 50.0
    home = MissionItem(16, rig.place(0.0, 0.0), 0.0, frame=0)
    items = [home, MissionItem(22, rig.place(0.0, 0.0), 20.0), MissionItem(16, rig.place(50.0, 0.0), 20.0)]
    rig.worker.converse(lambda peer: upload(items, peer, tries=20), "mission").result(60)
    held = rig.worker.converse(lambda peer: download(peer, tries=20), "mission").result(60)
    assert [item.command for item in held] == [16, 22, 16]
    assert replace(held[2], position=LatLon(0.0, 0.0)) == replace(items[2], position=LatLon(0.0, 0.0))
    assert distance_m(held[2].position, items[2].position) < 0.05


def test_a_signed_link_obeys_only_the_same_key_and_says_what_is_wrong(make: Callable[..., Rig]) -> None:
    rig = make(vehicle={"signing_key": "lost and found"}, signing_key="lost and found")
    rig.until(lambda state: state.home is not None and state.ready_to_arm)  # asked for and answered, both ways signed
    rig.service.set_mode("GUIDED", "anna").result(20)
    for key, words in (("another", "another key"), ("", "without a signature")):
        rig.sim.order(do="signing", key=key)
        rig.troubled(words)
    refused = rig.service.link().refused_frames
    assert refused > 0
    rig.sim.order(do="signing", key="lost and found")
    rig.until(lambda state: state.connected)
    assert wait_for(lambda: [fault for fault in rig.faults if fault.source == "signing"])[-1].ended
    rig.service.set_mode("LOITER", "anna").result(20)


def test_a_vehicle_that_wants_signatures_does_not_hear_a_station_without_a_key(make: Callable[..., Rig]) -> None:
    rig = make(signing_key="lost and found")
    rig.until(lambda state: state.connected)
    with pytest.raises(DeviceError):
        rig.service.set_mode("GUIDED", "anna").result(40)


def test_damaged_replayed_and_absurd_frames_are_dropped_and_the_vehicle_still_flies(rig: Rig) -> None:
    rig.fly()
    poses: list[Telemetry] = []
    end = rig.bus.telemetry.subscribe(poses.append)
    rig.sim.order(do="corrupt", percent=20)
    rig.sim.order(do="replay", percent=20)
    rig.sim.order(do="absurd", on=True)
    goal = rig.place(40.0, 0.0)
    rig.service.goto(goal, 25.0, "anna").result(60)
    wait_for(lambda: rig.away_m(goal) < 5.0, "arrived")
    end()
    assert rig.service.link().bad_frames > 0
    stamps = [pose.time_s for pose in poses]
    assert stamps == sorted(set(stamps))  # a replayed position moves nothing back
    assert all(distance_m(goal, pose.position) < 200.0 for pose in poses)
    assert all(math.isfinite(pose.heading_deg) for pose in poses)
    rig.sim.order(do="corrupt", percent=0)
    rig.sim.order(do="replay", percent=0)
    rig.sim.order(do="absurd", on=False)
    rig.service.brake("anna").result(20)

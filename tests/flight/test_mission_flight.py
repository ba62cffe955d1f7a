"""Missions of the real workers with the simulated vehicle, over its own wire."""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.fault import Fault
from app.domain.mission import MissionState, Transition
from app.domain.radio import BeaconKind, Level, RadioState, Target, Targets
from app.domain.safety import SafetyLimits
from app.domain.vehicle import CommandRecord, Telemetry, VehicleState
from app.errors import Refused
from app.safety import SafetyGate
from app.services.mission import MissionService
from app.services.safety import SafetyService
from app.services.search import SearchService
from app.settings import MissionSettings, SearchSettings, VehicleSettings
from app.workers.link import LinkWorker
from app.workers.mission import MissionWorker
from app.world import Simulation
from hardware.sim.config import SimConfig
from hardware.wires import wire_for
from tests.simulated import simulated

SPEED = 8.0
SEARCH = SearchSettings(width_m=120.0, length_m=120.0, spacing_m=60.0, height_m=20.0)
TARGET = Target("a", "A", BeaconKind.CARRIER, 433.92e6)
FoundT = TypeVar("FoundT")
S = MissionState


class Station:
    """Gate, link worker and mission worker as the root wires them, and what they told."""

    def __init__(self, child: Simulation) -> None:
        self.child = child
        self.clock, self.bus = Clock(SPEED), Bus()
        self.gate = SafetyGate(SafetyLimits(), self.clock, self.bus)
        settings = VehicleSettings(link=child.ready["mavlink"])
        self.link = LinkWorker(settings, wire_for, self.gate, self.clock, self.bus)
        self.worker = MissionWorker(
            MissionSettings(), SEARCH, SafetyLimits(), self.link, self.gate, self.clock, self.bus
        )
        self.search = SearchService(self.worker, SEARCH)
        self.safety = SafetyService(self.worker, self.gate)
        self.mission = MissionService(self.worker)
        self.vehicle: VehicleState | None = None
        self.telemetry: Telemetry | None = None
        self.transitions: list[Transition] = []
        self.commands: list[CommandRecord] = []
        self.faults: list[Fault] = []
        self.bus.vehicle.subscribe(lambda fact: setattr(self, "vehicle", fact))
        self.bus.telemetry.subscribe(lambda fact: setattr(self, "telemetry", fact))
        self.bus.transition.subscribe(self.transitions.append)
        self.bus.command.subscribe(self.commands.append)
        self.bus.fault.subscribe(self.faults.append)

    def start(self) -> None:
        self.bus.targets.publish(Targets((TARGET,), "a"))
        now_s = self.clock.now_s()
        self.bus.radio.publish(RadioState(now_s, "x", "x", True, True, 433.9e6, 24e4, 20.0, True, (), 0, 0, False))
        self.link.start()
        self.worker.start()

    def stop(self) -> None:
        self.worker.stop()
        self.link.stop()

    def until(self, what: str, found: Callable[[], FoundT], seconds: float = 30.0) -> FoundT:
        """Wait in true time until ``found`` gives something true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := found():
                return value
            time.sleep(0.005)
        raise AssertionError(f"{what}: not within {seconds} s; {self.mission.status()}; {self.commands[-5:]}")

    def mode(self) -> str:
        return self.vehicle.mode if self.vehicle is not None else ""

    def state(self) -> MissionState:
        return self.mission.status().state

    def hear(self, snr_db: float) -> None:
        self.bus.level.publish(
            Level(self.clock.now_s(), 0.4, "a", 433.92e6, -50.0, -70.0, -80.0, snr_db, heard=True, overload=False)
        )

    def search_until_leg(self, leg: int) -> None:
        """From the ground, as soon as preflight passes, to flying this leg."""

        def started() -> bool:
            try:
                return self.search.start("ann").result(5.0).state is S.SEARCHING
            except Refused:
                return False

        self.until("preflight passes", started)
        self.until(f"leg {leg}", lambda: self.mission.status().leg >= leg and self.mission.status().goal is not None)


@pytest.fixture
def station() -> Iterator[Station]:
    child = simulated(SimConfig(seed=3, speed=SPEED, ready_s=2.0))
    station = Station(child)
    station.start()
    yield station
    station.stop()
    child.stop()
    assert [fault.text for fault in station.faults if fault.source == "mission"] == []


def test_a_search_is_flown_and_the_emergency_stop_reaches_brake(station: Station) -> None:
    station.search_until_leg(1)
    assert station.vehicle is not None
    assert (station.mode(), station.vehicle.armed, station.vehicle.in_air) == ("GUIDED", True, True)
    assert station.telemetry is not None
    assert station.telemetry.height_m == pytest.approx(SEARCH.height_m, abs=3.0)
    assert station.safety.emergency_stop("ann").result(5.0).state is S.EMERGENCY
    told = len(station.commands)
    station.until("BRAKE", lambda: station.mode() == "BRAKE")
    station.until("standing still", lambda: _speed_mps(station.telemetry) < 0.5)
    assert not [c for c in station.commands[told:] if c.verb.startswith("steer") and c.outcome == "accepted"]
    assert station.safety.reset("a test", "ann").result(5.0).state is S.IDLE
    assert [t.after for t in station.transitions] == [S.SEARCHING, S.EMERGENCY, S.IDLE]


def test_the_whole_pattern_is_flown_when_nothing_is_heard(station: Station) -> None:
    station.search_until_leg(0)
    station.until("the pattern's end", lambda: station.state() is S.IDLE, 60.0)
    assert "flown to its end" in station.transitions[-1].reason
    assert station.mode() == "GUIDED"


def test_a_detection_hovers_and_the_operators_stop_brakes(station: Station) -> None:
    station.search_until_leg(1)

    def detecting() -> bool:
        station.hear(20.0)
        return station.state() is S.DETECTING

    station.until("DETECTING", detecting)

    def still() -> bool:
        station.hear(20.0)
        return _speed_mps(station.telemetry) < 0.5

    station.until("standing still", still)
    assert station.mission.stop("ann").result(5.0).state is S.IDLE
    station.until("BRAKE", lambda: station.mode() == "BRAKE")


def test_the_pilot_takes_over_and_keeps_the_vehicle(station: Station) -> None:
    station.search_until_leg(0)
    station.child.order(do="pilot_mode", mode="LOITER")
    station.until("IDLE", lambda: station.state() is S.IDLE)
    assert station.transitions[-1].actor == "pilot"
    station.child.order(do="pilot_mode", mode="GUIDED")
    station.until("GUIDED again", lambda: station.mode() == "GUIDED")
    told = len(station.commands)
    later_s = station.clock.now_s() + 5.0
    station.until("some time", lambda: station.clock.now_s() > later_s)
    assert station.commands[told:] == []
    assert "taken out of GUIDED" in " ".join(station.safety.gate().reasons)


def test_a_failing_position_filter_brakes_the_vehicle(station: Station) -> None:
    station.search_until_leg(0)
    station.child.order(do="ekf_fail", on=True)
    station.until("IDLE", lambda: station.state() is S.IDLE)
    station.until("out of GUIDED", lambda: station.mode() != "GUIDED")


def test_a_link_lost_for_long_leaves_the_vehicle_to_its_own_failsafe(station: Station) -> None:
    station.search_until_leg(0)
    station.child.order(do="silence", seconds=20)
    station.until("IDLE", lambda: station.state() is S.IDLE)
    assert "own failsafe" in station.transitions[-1].reason
    assert not [c for c in station.commands if c.verb == "brake"]


def _speed_mps(telemetry: Telemetry | None) -> float:
    return max(abs(telemetry.north_mps), abs(telemetry.east_mps)) if telemetry is not None else 99.0

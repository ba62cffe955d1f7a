"""The bearing worker on a real bus, with a vehicle that turns as it is told."""

import math
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.antenna import AntennaSetup
from app.domain.bearing import Bearing, BearingSource
from app.domain.geometry import LatLon
from app.domain.radio import BeaconKind, Reading, Target, Targets
from app.domain.safety import Motion
from app.domain.vehicle import CommandRecord, Outcome, Telemetry, VehicleState
from app.errors import BadFile, Conflict, NotConnected, NotFound, OutOfRange, Refused
from app.locate.antenna import Attitude, antenna_for
from app.locate.bearing import gain_table
from app.services.bearings import BearingService
from app.workers.bearings import BearingWorker, dwell_s
from tests.unit.api.facts import telemetry
from tests.unit.locate.levels import heard
from tests.unit.store.samples import vehicle
from tests.unit.workers.smallgate import SmallGate

YAGI = AntennaSetup("yagi2")
TRUTH_DEG = 130.0
TARGET = Target("t", "Beacon", BeaconKind.CARRIER, 433.92e6)


class Vehicle:
    """Turns at once and hears the beacon; ``refuses`` is what the gate says."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self.bus, self.clock = bus, clock
        self.refuses: tuple[str, ...] = ()
        self.mode, self.turns = "GUIDED", True
        self.motions: list[Motion] = []
        self.pose: Telemetry = telemetry(clock.now_s())
        self.deaf = False

    def goto(self, goal: LatLon, height_m: float | None, actor: str) -> "Future[CommandRecord]":
        answer: Future[CommandRecord] = Future()
        if self.refuses:
            answer.set_exception(Refused(list(self.refuses)))
        else:
            answer.set_result(CommandRecord(self.clock.now_s(), actor, "goto", "", Outcome.ACCEPTED))
        return answer

    def steer(self, motion: Motion | None) -> None:
        assert motion is not None
        assert motion.goal is not None
        self.motions.append(motion)
        heading = motion.heading_deg if self.turns and motion.heading_deg is not None else self.pose.heading_deg
        self.tell(heading, motion.goal)

    def tell(self, heading_deg: float, place: LatLon) -> None:
        now_s = self.clock.now_s()
        self.pose = replace(
            self.pose, time_s=now_s, heading_deg=heading_deg, lat_deg=place.lat_deg, lon_deg=place.lon_deg
        )
        gain = gain_table(antenna_for(YAGI), [Attitude(0.0, 0.0, heading_deg)], np.array([TRUTH_DEG]))[0, 0]
        level = heard(now_s, -60.0 if self.deaf else -50.0 + float(gain), heard=not self.deaf)
        self.bus.vehicle.publish(self.state())
        self.bus.telemetry.publish(self.pose)
        self.bus.reading.publish(Reading(level, place.lat_deg, place.lon_deg, 40.0, heading_deg, 0.0, 0.0))

    def state(self) -> VehicleState:
        return replace(vehicle(self.clock.now_s(), armed=True), mode=self.mode, connected=True)


class Made:
    def __init__(self, antenna: AntennaSetup = YAGI) -> None:
        self.bus, self.clock = Bus(), Clock(20.0)
        self.vehicle = Vehicle(self.bus, self.clock)
        self.gate = SmallGate()
        self.worker = BearingWorker(antenna, 5.0, self.vehicle, self.gate, self.clock, self.bus)
        self.service = BearingService(self.worker, self.clock, self.bus)
        self.bus.targets.publish(Targets((TARGET,), "t"))
        self.bus.vehicle.publish(self.vehicle.state())
        self.bus.telemetry.publish(self.vehicle.pose)
        self.worker.start()


@pytest.fixture
def made() -> Iterator[Made]:
    one = Made()
    yield one
    one.worker.stop()


def off(bearing: Bearing) -> float:
    return abs((bearing.bearing_deg - TRUTH_DEG + 180.0) % 360.0 - 180.0)


@pytest.mark.parametrize("radius_m", [0.0, 20.0])
def test_turns_listens_and_tells(made: Made, radius_m: float) -> None:
    found = made.service.turn("t", "operator", 12, radius_m).result(30.0)
    assert off(found) < 3.0
    assert (found.source, found.actor, found.target_id) == (BearingSource.ROTATION, "operator", "t")
    assert len(found.slices) == 12
    assert made.service.bearings("t") == (found,)
    headings = {round(motion.heading_deg or 0.0) for motion in made.vehicle.motions}
    assert len(headings) == 12
    assert made.vehicle.motions[0].purpose == "goto"


def test_what_the_gate_refuses_is_not_flown(made: Made) -> None:
    made.vehicle.refuses = ("The mission is SEARCHING and flies the vehicle; stop it first",)
    with pytest.raises(Refused, match="SEARCHING"):
        made.service.turn("t", "operator").result(10.0)
    assert made.vehicle.motions == []


def test_a_gate_that_closes_ends_it(made: Made) -> None:
    made.gate.closed = "The mission is SEARCHING"
    with pytest.raises(Refused, match="SEARCHING"):
        made.service.turn("t", "operator").result(10.0)
    assert made.vehicle.motions == []


def test_it_ends_where_the_vehicle_is_sent_elsewhere(made: Made) -> None:
    made.vehicle.turns = False
    asked = made.service.turn("t", "operator")
    made.worker.ask(lambda: None).result(10.0)
    made.bus.command.publish(CommandRecord(made.clock.now_s(), "bob", "goto", "47.1 8.1", Outcome.ACCEPTED))
    with pytest.raises(Conflict, match="bob sent"):
        asked.result(10.0)


def test_another_vehicle_is_not_turned_in_its_place(made: Made) -> None:
    made.vehicle.turns = False
    asked = made.service.turn("t", "operator")
    made.worker.ask(lambda: None).result(10.0)
    made.vehicle.steer = lambda motion: None  # type: ignore[method-assign]
    made.bus.vehicle.publish(replace(made.vehicle.state(), vehicle_id=77))
    with pytest.raises(Conflict, match="Another vehicle"):
        asked.result(10.0)


def test_the_pilot_ends_it(made: Made) -> None:
    made.vehicle.mode = "LOITER"
    with pytest.raises(Conflict, match="LOITER"):
        made.service.turn("t", "operator").result(10.0)
    flown = len(made.vehicle.motions)
    made.worker.ask(lambda: None).result(10.0)
    assert len(made.vehicle.motions) == flown


def test_nothing_heard_says_so(made: Made) -> None:
    made.vehicle.deaf = True
    with pytest.raises(OutOfRange, match="Nothing was heard"):
        made.service.turn("t", "operator", 6).result(30.0)


def test_the_operator_ends_it(made: Made) -> None:
    made.vehicle.turns = False
    asked = made.service.turn("t", "operator")
    made.service.end_turn("operator").result(10.0)
    with pytest.raises(Conflict, match="ended by operator"):
        asked.result(10.0)
    with pytest.raises(Conflict):
        made.service.end_turn("operator").result(10.0)


@pytest.mark.parametrize(
    ("target", "directions", "radius_m", "error"),
    [("none", 12, 0.0, NotFound), ("t", 2, 0.0, OutOfRange), ("t", 12, math.nan, OutOfRange)],
)
def test_what_cannot_be_flown_is_refused(
    made: Made, target: str, directions: int, radius_m: float, error: type[Exception]
) -> None:
    with pytest.raises(error):
        made.service.turn(target, "operator", directions, radius_m).result(10.0)


def test_an_omni_cannot_take_a_bearing() -> None:
    made = Made(AntennaSetup())
    try:
        with pytest.raises(Conflict, match="profile"):
            made.service.turn("t", "operator").result(10.0)
    finally:
        made.worker.stop()


def test_a_turn_flown_by_hand_is_taken(made: Made) -> None:
    with pytest.raises(OutOfRange, match="Not enough to say"):
        made.service.take_last("t", "operator").result(10.0)
    for heading in range(0, 360, 30):
        made.vehicle.tell(float(heading), made.vehicle.pose.position)
    assert off(made.service.take_last("t", "operator").result(10.0)) < 3.0


def test_one_by_hand_and_against_magnetic_north(made: Made) -> None:
    seattle = LatLon(47.6205, -122.3493)
    plain = made.service.add("t", seattle, 370.0, "operator").result(10.0)
    compass = made.service.add("t", seattle, 350.0, "operator", magnetic=True).result(10.0)
    assert plain.bearing_deg == 10.0
    assert compass.bearing_deg == pytest.approx(4.9, abs=0.5)
    assert compass.magnetic_deg == 350.0
    with pytest.raises(OutOfRange):
        made.service.add("t", LatLon(99.0, 0.0), 10.0, "operator")
    with pytest.raises(NotFound):
        made.service.add("none", seattle, 10.0, "operator").result(10.0)


def test_what_krakensdr_tells(made: Made) -> None:
    line = "1760000000000, 123, 87.5, -32.1, 433920000, ULA, 100, Van, 47.3977, 8.5456, 20.0, 18.0, GPS, R, R, R, R"
    (one,) = made.service.add_kraken("t", line, "operator").result(10.0)
    assert (one.bearing_deg, one.source, one.ambiguous) == (143.0, BearingSource.KRAKENSDR, True)
    with pytest.raises(BadFile):
        made.service.add_kraken("t", "{", "operator")


def test_a_station_that_ends_leaves_nobody_waiting(made: Made) -> None:
    made.vehicle.turns = False
    asked = made.service.turn("t", "operator")
    made.worker.ask(lambda: None).result(10.0)
    made.worker.stop()
    with pytest.raises(NotConnected):
        asked.result(10.0)


def test_a_beacon_that_pulses_is_listened_to_for_longer_than_its_period() -> None:
    assert dwell_s(TARGET) == 1.0
    assert dwell_s(replace(TARGET, kind=BeaconKind.PULSED, period_s=1.5)) > 1.5

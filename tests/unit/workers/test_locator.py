"""The locator worker on a real bus and clock."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import pytest

from app.bench.worlds import PLANE, Air, World, reading
from app.bus import Bus
from app.clock import Clock
from app.domain.estimate import Advice, Estimate
from app.domain.geometry import EastNorth, distance_m
from app.domain.mission import MissionState, MissionStatus
from app.domain.radio import BeaconKind, Level, Reading, Target, Targets
from app.domain.safety import SafetyLimits
from app.domain.vehicle import Telemetry
from app.services.estimate import EstimateService
from app.settings import LocateSettings, MissionSettings
from app.workers.locator import LocatorWorker
from tests.unit.store.samples import decoded

BEACON = EastNorth(60.0, 90.0)
HEIGHT_M = 40.0


class Heard:
    """Collects what the worker publishes."""

    def __init__(self, bus: Bus) -> None:
        self.readings: list[Reading] = []
        self.estimates: list[Estimate] = []
        self.advice: list[Advice] = []
        self._news = threading.Condition()
        bus.reading.subscribe(lambda fact: self._take(self.readings, fact))
        bus.estimate.subscribe(lambda fact: self._take(self.estimates, fact))
        bus.advice.subscribe(lambda fact: self._take(self.advice, fact))

    def _take(self, into: list, fact: object) -> None:  # type: ignore[type-arg]
        with self._news:
            into.append(fact)
            self._news.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(condition, timeout=20.0)


class Station:
    """A bus with a locator, and a vehicle that is flown by publishing facts."""

    def __init__(self, strategy: str = "informed", rate: float = 20.0) -> None:
        self.bus, self.clock = Bus(), Clock(rate)
        self.heard = Heard(self.bus)
        mission = MissionSettings.model_validate({"strategy": strategy})
        self.worker = LocatorWorker(LocateSettings(sigma_db=2.0), mission, SafetyLimits(), self.clock, self.bus)
        self.service = EstimateService(self.worker, self.bus)
        self.world = World(BEACON, Air(sigma_db=1.0), 1)

    def pose(self, place: EastNorth, time_s: float, vehicle_id: int = 1) -> None:
        at = PLANE.to_globe(place)
        angles = (0.0, 0.0, 0.0)
        still = (0.0, 0.0, 0.0)
        self.bus.telemetry.publish(
            Telemetry(time_s, vehicle_id, at.lat_deg, at.lon_deg, 500.0, HEIGHT_M, *angles, *still)
        )

    def level(self, place: EastNorth, time_s: float, target_id: str = "t") -> None:
        one = reading(place, HEIGHT_M, self.world.power_db(place, HEIGHT_M), time_s).level
        self.bus.level.publish(
            Level(time_s, 0.25, target_id, one.frequency_hz, one.power_dbfs, one.power_db, -120.0, 40.0, True, False)
        )

    def fly(self, start_s: float, places: list[EastNorth]) -> None:
        """Half a second from place to place; the levels come between the poses, as from a receiver of its own."""
        for i, (place, following) in enumerate(pairwise(places)):
            self.pose(place, start_s + 0.5 * i)
            self.level((place + following) * 0.5, start_s + 0.5 * i + 0.25)
        self.pose(places[-1], start_s + 0.5 * (len(places) - 1))

    def status(self, state: MissionState, target_id: str = "t") -> None:
        now_s = self.clock.now_s()
        self.bus.mission.publish(MissionStatus(now_s, state, now_s, "", target_id, False, False, 0, 0, False, None))


@contextmanager
def running(station: Station) -> Iterator[Station]:
    station.worker.start()
    try:
        yield station
    finally:
        station.worker.stop()


PATH = [EastNorth(3.0 * i, 0.0) for i in range(50)] + [EastNorth(147.0 - 2.0 * i, 3.0 * i) for i in range(50)]


def test_levels_meet_the_pose_of_their_own_time() -> None:
    with running(Station()) as station:
        station.fly(station.clock.now_s() - 1.0, [EastNorth(0.0, 0.0), EastNorth(4.0, 0.0)])
        station.heard.wait(lambda: len(station.heard.readings) == 1)
        found = station.heard.readings[0]
        at = PLANE.to_plane(type(PLANE.origin)(found.lat_deg, found.lon_deg))
        assert at.east_m == pytest.approx(2.0, abs=0.01)


def test_a_flight_becomes_an_estimate() -> None:
    with running(Station()) as station:
        station.fly(station.clock.now_s(), PATH)
        station.heard.wait(lambda: bool(station.heard.estimates) and station.heard.estimates[-1].readings >= 97)
        found = station.heard.estimates[-1]
        assert found.enough
        assert distance_m(found.mode, PLANE.to_globe(BEACON)) < 25.0
        assert station.service.latest("t") is found
        assert len(station.service.readings("t")) >= 97
        assert station.service.latest("nobody") is None


def test_the_position_a_beacon_sends_enters_its_estimate() -> None:
    """At once, and before it was heard near: one reading places it."""
    with running(Station()) as station:
        at = PLANE.to_globe(EastNorth(700.0, -300.0))
        message = replace(
            decoded(station.clock.now_s()), target_id="t", lat_deg=at.lat_deg, lon_deg=at.lon_deg, ok=True
        )
        station.bus.decoded.publish(replace(message, resolution_deg=4.0 / 3600.0))
        station.bus.decoded.publish(replace(message, target_id="", lat_deg=0.0))
        station.fly(station.clock.now_s(), PATH[:30])
        station.heard.wait(lambda: bool(station.heard.estimates) and station.heard.estimates[-1].enough)
        found = station.heard.estimates[-1]
        assert distance_m(found.mode, at) < 120.0
        assert found.radius_90_m < 250.0


def test_a_strategy_is_chosen_for_one_flight() -> None:
    with running(Station()) as station:
        assert station.service.strategy == "informed"
        station.service.choose("bearing").result(10.0)
        station.status(MissionState.HOMING)
        station.fly(station.clock.now_s(), PATH)
        station.heard.wait(lambda: bool(station.heard.advice))
        assert station.heard.advice[-1].strategy == "bearing"
        station.status(MissionState.IDLE)
        station.worker.ask(station.worker._take_facts).result(10.0)
        assert station.service.strategy == "informed"


def test_two_targets_keep_their_own() -> None:
    with running(Station()) as station:
        now_s = station.clock.now_s()
        for i, place in enumerate(PATH[:20]):
            station.pose(place, now_s + 0.5 * i)
            station.level(place, now_s + 0.5 * i, "t" if i % 2 else "u")
        station.heard.wait(lambda: {one.target_id for one in station.heard.estimates} == {"t", "u"})


def test_levels_without_a_vehicle_are_dropped_not_invented() -> None:
    with running(Station()) as station:
        station.level(EastNorth(0.0, 0.0), station.clock.now_s() - 60.0)
        _until(lambda: station.worker.unplaced == 1)
        assert station.heard.readings == []


def test_a_second_vehicle_is_not_mixed_in() -> None:
    with running(Station()) as station:
        now_s = station.clock.now_s()
        station.pose(EastNorth(0.0, 0.0), now_s)
        station.pose(EastNorth(5000.0, 0.0), now_s + 0.1, vehicle_id=2)
        station.level(EastNorth(0.0, 0.0), now_s + 0.2)
        station.pose(EastNorth(1.0, 0.0), now_s + 0.4)
        station.heard.wait(lambda: len(station.heard.readings) == 1)
        assert station.heard.readings[0].lon_deg == pytest.approx(PLANE.origin.lon_deg, abs=1e-4)


@pytest.mark.parametrize("strategy", ["informed", "gradient"])
def test_advice_comes_while_homing_only(strategy: str) -> None:
    with running(Station(strategy)) as station:
        station.fly(station.clock.now_s(), PATH)
        station.heard.wait(lambda: bool(station.heard.estimates) and station.heard.estimates[-1].readings >= 97)
        assert station.heard.advice == []
        station.status(MissionState.HOMING)
        station.heard.wait(lambda: len(station.heard.advice) >= 2)
        advice = station.heard.advice[-1]
        assert advice.strategy == strategy
        assert advice.text
        assert distance_m(advice.goal, PLANE.origin) < 2000.0


def test_a_changed_target_begins_anew_and_a_removed_one_is_forgotten() -> None:
    first = Target("t", "Beacon", BeaconKind.CARRIER, 433.92e6)
    with running(Station()) as station:
        station.bus.targets.publish(Targets((first,), "t"))
        station.fly(station.clock.now_s(), PATH[:20])
        station.heard.wait(lambda: bool(station.heard.estimates) and station.heard.estimates[-1].readings >= 17)
        station.bus.targets.publish(Targets((Target("t", "Beacon", BeaconKind.CARRIER, 434.5e6),), "t"))
        before = len(station.heard.estimates)
        station.fly(station.clock.now_s() + 60.0, PATH[:10])
        station.heard.wait(lambda: len(station.heard.estimates) > before)
        assert station.heard.estimates[-1].readings < 12
        station.bus.targets.publish(Targets((), ""))
        count = len(station.heard.readings)
        station.fly(station.clock.now_s() + 120.0, PATH[:10])
        assert station.worker.ask(lambda: 1).result(5.0) == 1
        assert len(station.heard.readings) <= count + 9


def test_reset_forgets() -> None:
    with running(Station()) as station:
        station.fly(station.clock.now_s(), PATH[:20])
        station.heard.wait(lambda: bool(station.heard.estimates))
        station.service.reset("t").result(5.0)
        _until(lambda: station.service.readings("t") == ())
        assert station.service.latest("t") is None


def _until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20.0
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)

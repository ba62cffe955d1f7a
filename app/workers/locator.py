"""Pairs levels with poses, keeps a posterior for each target and says where to fly; its own thread."""

import logging
import queue
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass

from app.bus import Bus
from app.clock import Clock
from app.domain.antenna import AntennaSetup
from app.domain.bearing import Bearing, BearingSource
from app.domain.estimate import Advice, StrategyName
from app.domain.geometry import LatLon
from app.domain.mission import MissionState, MissionStatus
from app.domain.radio import Level, RadioState, Reading, Target, Targets
from app.domain.safety import SafetyLimits
from app.domain.sarsat406.message import Decoded
from app.domain.vehicle import PoseTrack, Telemetry, VehicleState
from app.domain.way import ways_from
from app.locate.bearinghoming import Bearings
from app.locate.homing import Gradient, Situation, Strategy
from app.locate.informed import Informed
from app.locate.posterior import Posterior
from app.locate.summary import estimate
from app.settings import LocateSettings, MissionSettings
from app.worker import Worker
from app.workers.bearings import DWELL_S, dwell_s

log = logging.getLogger(__name__)

STEP_TRUE_S = 0.02
Fact = Level | Telemetry | Targets | MissionStatus | RadioState | Bearing | Decoded
LONGEST_WAIT_S = 3.0  # for telemetry newer than a level
LONGEST_WAIT_TRUE_S = 2.0
LARGEST_GAP_S = 1.0  # between the poses on either side of a level
LARGEST_GAP_TRUE_S = 0.1  # under a fast clock a short halt of the machine is a long gap
VEHICLE_SILENT_S = 10.0
GUIDING = (MissionState.DETECTING, MissionState.HOMING, MissionState.HOLDING)


@dataclass(frozen=True, slots=True)
class Pace:
    """Shortest times between two estimates."""

    estimate_s: float = 0.5  # of the station's clock
    true_s: float = 0.2


class LocatorWorker(Worker):
    """Owns the posteriors. Publishes each reading, an estimate at most 2 times a second, and advice while homing.

    Under a fast clock estimates come at most 5 times a true second, each from all readings since.
    """

    def __init__(
        self,
        settings: LocateSettings,
        mission: MissionSettings,
        limits: SafetyLimits,
        clock: Clock,
        bus: Bus,
        speed_mps: float = 5.0,
        pace: Pace = Pace(),
    ) -> None:
        super().__init__("locator", clock, bus.fault)
        self._settings, self._usual = settings, settings.antenna
        self._mission = mission
        self._limits = limits
        self._pace = pace
        self._home: LatLon | None = None
        self._bus = bus
        self._speed_mps = speed_mps
        self._facts: queue.SimpleQueue[Fact] = queue.SimpleQueue()
        self._poses = PoseTrack()
        self._waiting: deque[Level] = deque()
        self._posteriors: dict[str, Posterior] = {}
        self._news: set[str] = set()
        self._targets: dict[str, Target] | None = None
        self._status: MissionStatus | None = None
        self._strategy: Strategy | None = None
        self._chosen: StrategyName | None = None  # for the flight under way, or the next
        self._next_s = self._next_true_s = 0.0
        self.unplaced = 0  # levels for which there was no pose
        bus.level.subscribe(self._facts.put)
        bus.telemetry.subscribe(self._facts.put)
        bus.targets.subscribe(self._facts.put)
        bus.mission.subscribe(self._facts.put)
        bus.radio.subscribe(self._facts.put)
        bus.bearing.subscribe(self._facts.put)
        bus.decoded.subscribe(self._facts.put)
        bus.vehicle.subscribe(self._on_vehicle)
        bus.limits.subscribe(lambda drawn: setattr(self, "_limits", drawn))

    def _on_vehicle(self, vehicle: VehicleState) -> None:
        self._home = vehicle.home

    def choose(self, strategy: StrategyName | None) -> "Future[None]":
        """Home with this strategy from now on until the mission ends; None: the station's own."""
        return self.ask(lambda: self._choose(strategy))

    @property
    def strategy(self) -> StrategyName:
        """That with which the next homing, or the one under way, is flown."""
        return self._chosen or self._mission.strategy

    def _choose(self, strategy: StrategyName | None) -> None:
        self._chosen, self._strategy = strategy, None

    def reset(self, target_id: str) -> "Future[None]":
        """Forget what the readings of one target said."""
        return self.ask(lambda: self._forget(target_id))

    def step(self) -> None:
        self._take_facts()
        self._pair()
        now_s, now_true_s = self._clock.now_s(), time.monotonic()
        if now_s >= self._next_s and now_true_s >= self._next_true_s:
            self._next_s = now_s + self._pace.estimate_s
            self._tell_estimates(now_s)
            self._next_true_s = time.monotonic() + self._pace.true_s
        self.rest(STEP_TRUE_S * self._clock.rate)

    def _take_facts(self) -> None:
        while not self._facts.empty():
            fact = self._facts.get()
            if isinstance(fact, Level):
                self._waiting.append(fact)
            elif isinstance(fact, Telemetry):
                self._take_pose(fact)
                self._pair()  # at once: a long backlog would push the poses it needs out of the track
            elif isinstance(fact, Targets):
                self._take_targets(fact)
            elif isinstance(fact, Bearing | Decoded):
                self._take_told(fact)
            elif isinstance(fact, RadioState):
                self._take_antenna(fact.pattern or self._usual)
            else:
                self._take_status(fact)

    def _take_pose(self, pose: Telemetry) -> None:
        """Follow one vehicle; another only when it has long been silent."""
        latest = self._poses.latest
        if latest is not None and pose.vehicle_id != latest.vehicle_id:
            if pose.time_s - latest.time_s < VEHICLE_SILENT_S:
                return
            self._poses = PoseTrack()
        self._poses.add(pose)

    def _take_targets(self, targets: Targets) -> None:
        """A target that has gone or sends otherwise now takes its posterior with it."""
        after = {target.id: target for target in targets.all}
        before = self._targets or {}
        for target_id in list(self._posteriors):
            one, other = before.get(target_id), after.get(target_id)
            moved = one is not None and other is not None and one.frequency_hz != other.frequency_hz
            if other is None or moved:
                self._forget(target_id)
        self._targets = after

    def _take_told(self, fact: Bearing | Decoded) -> None:
        """What others tell, and the beacon itself; of our own turns the readings are in already."""
        ours = isinstance(fact, Bearing) and fact.source is BearingSource.ROTATION
        if ours or not fact.target_id or not self._known(fact.target_id):
            return
        if self._posterior(fact.target_id).add_told(fact):
            self._news.add(fact.target_id)

    def _known(self, target_id: str) -> bool:
        return self._targets is None or target_id in self._targets

    def _posterior(self, target_id: str) -> Posterior:
        return self._posteriors.setdefault(target_id, Posterior(self._settings))

    def _take_antenna(self, antenna: AntennaSetup) -> None:
        """Levels heard with one antenna do not compare with another's: begin anew."""
        if antenna == self._settings.antenna:
            return
        self._settings = self._settings.model_copy(update={"antenna": antenna})
        for target_id in list(self._posteriors):
            self._forget(target_id)

    def _take_status(self, status: MissionStatus) -> None:
        if self._status is None or status.target_id != self._status.target_id or status.state not in GUIDING:
            self._strategy = None
        if self._status is not None and self._status.state is not status.state is MissionState.IDLE:
            self._chosen = None  # it was for that flight
        self._status = status

    def _pair(self) -> None:
        """Place every level for which the vehicle has since told a newer pose; drop those that waited too long."""
        latest = self._poses.latest
        patience_s = max(LONGEST_WAIT_S, LONGEST_WAIT_TRUE_S * self._clock.rate)
        while self._waiting:
            level = self._waiting[0]
            if latest is None or latest.time_s < level.time_s:
                if self._clock.now_s() - level.time_s <= patience_s:
                    return
                self.unplaced += 1
            else:
                self._place(level)
            self._waiting.popleft()

    def _place(self, level: Level) -> None:
        pose = self._poses.at(level.time_s, max(LARGEST_GAP_S, LARGEST_GAP_TRUE_S * self._clock.rate))
        if pose is None or not self._known(level.target_id):
            self.unplaced += pose is None
            return
        reading = Reading(
            level, pose.lat_deg, pose.lon_deg, pose.height_m, pose.heading_deg, pose.roll_deg, pose.pitch_deg
        )
        if self._posterior(level.target_id).add(reading):
            self._news.add(level.target_id)
            self._bus.reading.publish(reading)

    def _tell_estimates(self, now_s: float) -> None:
        for target_id in sorted(self._news):
            found = estimate(self._posteriors[target_id], target_id, now_s)
            if found is not None:
                self._bus.estimate.publish(found)
        self._news.clear()
        status = self._status
        if status is not None and status.state in GUIDING and status.target_id in self._posteriors:
            self._advise(status.target_id, self._posteriors[status.target_id], now_s)

    def _advise(self, target_id: str, posterior: Posterior, now_s: float) -> None:
        pose, plane = self._poses.latest, posterior.plane
        if pose is None or plane is None:
            return
        if self._strategy is None:
            self._strategy = _strategy(self.strategy, self._mission)
        way = ways_from(self._home, pose.position, self._limits)
        now = Situation(
            now_s,
            plane.to_plane(pose.position),
            pose.height_m,
            self._speed_mps,
            self._mission.goal_radius_m,
            lambda start, goal: way(plane.to_globe(start), plane.to_globe(goal)),
            self._mission.drop_db,
            pose.heading_deg,
            dwell_s(target) if (target := (self._targets or {}).get(target_id)) is not None else DWELL_S,
        )
        leg = self._strategy.next_leg(posterior, now)
        if leg is not None:
            goal = plane.to_globe(leg.goal)
            name, said = self._strategy.name, (leg.speed_mps, leg.text, leg.heading_deg)
            self._bus.advice.publish(Advice(now_s, target_id, name, goal, *said))

    def _forget(self, target_id: str) -> None:
        self._posteriors.pop(target_id, None)
        self._news.discard(target_id)
        self._strategy = None


def _strategy(name: StrategyName, mission: MissionSettings) -> Strategy:
    match name:
        case "gradient":
            return Gradient()
        case "bearing":
            return Bearings(mission.turn_directions, mission.bearing_leg_m)
        case _:
            return Informed()

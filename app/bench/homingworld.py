"""A whole search on a fast world: the station's own mission, gate and locator, stepped by hand in its own time.

No samples and no MAVLink: levels come from the simulator's path loss and shadowing at the detectors' own sensitivity,
and the vehicle is the simulator's body. Everything that decides is what flies in the station.
"""

import cmath
import math
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

import numpy as np

from app.bench.homingcases import HOME, TARGET, Case, Ear, case
from app.bus import Bus
from app.clock import Clock
from app.domain.antenna import AntennaSetup
from app.domain.estimate import Estimate
from app.domain.geometry import EastNorth, LocalPlane
from app.domain.mission import MissionState, Transition
from app.domain.radio import RadioState, Targets
from app.domain.safety import Motion, SafetyLimits
from app.domain.vehicle import CommandRecord, Outcome, Telemetry, VehicleState
from app.safety import SafetyGate
from app.settings import LocateSettings, MissionSettings, SearchSettings
from app.workers.locator import LocatorWorker, Pace
from app.workers.mission import MissionWorker
from hardware.sim.body import Body, Demand, Wind
from hardware.sim.world import Pose

PLANE = LocalPlane(HOME)
TICK_S = 0.4
BODY_STEPS = 4  # of the vehicle in one tick
PACE = Pace(estimate_s=3.0, true_s=0.0)  # six times as seldom as in the station: there are hundreds of flights to fly
TURNING_PACE = Pace(estimate_s=1.0, true_s=0.0)  # a turn goes on with each estimate
YAGI = AntennaSetup("yagi2")  # along the nose: homing by bearings needs an antenna with a direction
BRAKES_MPS2 = 1.5
GPS_M = 0.6


class HandClock(Clock):
    """Stands still until it is moved, and waits for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.at_s = 1_800_000_000.0

    def now_s(self) -> float:
        return self.at_s

    def wait(self, event: threading.Event, seconds: float) -> bool:
        del seconds
        return event.is_set()


class Copter:
    """The simulator's body in wind behind the calls of the link worker; obeys at once and tells the bus."""

    def __init__(self, gate: SafetyGate, clock: Clock, bus: Bus, case: Case, random: np.random.Generator) -> None:
        self._gate, self._clock, self._bus, self._random = gate, clock, bus, random
        self.body = Body(Wind(case.wind_mps, case.wind_from_deg, 0.7, random))
        self._climbs_to_m = 0.0
        self._gps = 0j
        self._motion: Motion | None = None
        self.length_m = 0.0
        self.state = VehicleState(
            0.0, 1, True, True, "ArduPilot", "quadrotor", "STABILIZE", False, False, True, 0.0, 100.0, 16.0, 3, 14,
            0.8, True, HOME, 400.0,
        )  # fmt: skip

    def arm(self, actor: str) -> "Future[CommandRecord]":
        return self._obey("arm", actor, armed=True)

    def takeoff(self, height_m: float, actor: str) -> "Future[CommandRecord]":
        self._climbs_to_m = height_m
        return self._obey("takeoff", actor, in_air=True)

    def set_mode(self, mode: str, actor: str) -> "Future[CommandRecord]":
        self._gate.guided_asked()
        return self._obey(f"mode {mode}", actor, mode=mode)

    def brake(self, actor: str) -> "Future[CommandRecord]":
        self._motion = None
        return self._obey("brake", actor, mode="BRAKE")

    def steer(self, motion: Motion | None) -> None:
        if motion is not None:
            self._gate.require(motion)  # as the link does before each setpoint
            self._climbs_to_m = motion.height_m
        self._motion = motion

    def _obey(self, verb: str, actor: str, **changes: object) -> "Future[CommandRecord]":
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        answer: Future[CommandRecord] = Future()
        answer.set_result(CommandRecord(self._clock.now_s(), actor, verb, "", Outcome.ACCEPTED))
        return answer

    def fly(self) -> None:
        """One tick of flight, told on the bus."""
        before = self.body.at
        for _ in range(BODY_STEPS):
            self.body.wind.step(TICK_S / BODY_STEPS)
            self.body.step(TICK_S / BODY_STEPS, self._demand(), 2.5, 1.5)
        self.length_m += abs(self.body.at - before)
        self._gps += TICK_S / 20.0 * (GPS_M * math.sqrt(40.0 / TICK_S) * complex(*self._random.standard_normal(2)))
        self._gps -= self._gps * TICK_S / 20.0
        self._tell()

    def _demand(self) -> Demand | None:
        if not self.state.armed or not self.state.in_air:
            return None
        climb_mps = min(max(self._climbs_to_m - self.body.up_m, -2.5), 2.5)
        goal = self._motion.goal if self._motion is not None else None
        if self._motion is None or goal is None or self.state.mode != "GUIDED":
            return Demand(0j, climb_mps)
        place = PLANE.to_plane(goal)
        way = complex(place.north_m, place.east_m) - self.body.at - self._gps
        reach = min(self._motion.speed_mps, math.sqrt(2.0 * BRAKES_MPS2 * abs(way)), abs(way))
        heading = cmath.phase(way) if abs(way) > 2.0 else None
        if self._motion.heading_deg is not None:
            heading = math.radians(self._motion.heading_deg)
        return Demand(cmath.rect(reach, cmath.phase(way)), climb_mps, heading)

    def _tell(self) -> None:
        now_s, body = self._clock.now_s(), self.body
        self.state = replace(self.state, time_s=now_s, heartbeat_s=now_s)
        seen = body.at + self._gps
        place = PLANE.to_globe(EastNorth(seen.imag, seen.real))
        self._bus.vehicle.publish(self.state)
        roll, pitch, heading = (math.degrees(angle) for angle in (body.roll_rad, body.pitch_rad, body.heading_rad))
        self._bus.telemetry.publish(
            Telemetry(now_s, 1, place.lat_deg, place.lon_deg, 400.0 + body.up_m, body.up_m, roll, pitch, heading,
                      body.velocity.real, body.velocity.imag, -body.climb_mps)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hunted:
    """How one search went; times from its start in the station's time."""

    seed: int
    strategy: str
    found: bool  # the station holds over the beacon and is right within 20 m
    error_m: float  # of the estimate at the end; infinite without one
    detected_s: float
    homing_s: float  # from the detection to holding, or to the end
    total_s: float
    length_m: float
    whole_s: float  # what flying the whole pattern takes
    reason: str


FOUND_M = 20.0
LONGEST_S = 5400.0


class Search:
    """One flight with one strategy on one world."""

    def __init__(self, case: Case, strategy: str) -> None:
        random = np.random.default_rng((case.seed, 0x402))
        self.case, self.strategy = case, strategy
        self.bus, self.clock = Bus(), HandClock()
        limits = SafetyLimits(fence_radius_m=10_000.0, endurance_s=36_000.0)
        side_m = max(2.1 * case.start_m, 20.0)
        search = SearchSettings(width_m=side_m, length_m=side_m)  # and the station's own track spacing
        settings = MissionSettings.model_validate({"strategy": strategy})
        gate = SafetyGate(limits, self.clock, self.bus)
        self.copter = Copter(gate, self.clock, self.bus, case, random)
        antenna = YAGI if strategy == "bearing" else AntennaSetup()
        self.ear, pace = Ear(case, random, antenna), TURNING_PACE if antenna is YAGI else PACE
        self.locator = LocatorWorker(LocateSettings(antenna=antenna), settings, limits, self.clock, self.bus, pace=pace)
        self.worker = MissionWorker(settings, search, limits, self.copter, gate, self.clock, self.bus)
        self.steps: list[Transition] = []
        self.estimate: Estimate | None = None
        self.plan_s = math.nan
        self.bus.plan.subscribe(lambda plan: setattr(self, "plan_s", plan.time_s))
        self.bus.transition.subscribe(self.steps.append)
        self.bus.estimate.subscribe(lambda fact: setattr(self, "estimate", fact))
        self.bus.targets.publish(Targets((self.ear.target,), TARGET))
        self.worker.open()

    def fly(self, watch: "Callable[[Search], None] | None" = None) -> Hunted:
        """From the ground until the beacon is held or the mission ends; the operator activates homing at once."""
        self._tick()
        began_s = self.clock.now_s()
        self.worker.start_search(None, None, "bench")
        while self.clock.now_s() - began_s < LONGEST_S:
            self._tick()
            if watch is not None:
                watch(self)
            state = self.worker.book.state
            if state in {MissionState.HOLDING, MissionState.IDLE}:
                break
            if state is MissionState.DETECTING and not self.worker.book.status.activated:
                self.worker.activate("bench")
        return self._judged(began_s)

    @property
    def error_m(self) -> float:
        if self.estimate is None:
            return math.inf
        mode, beacon = PLANE.to_plane(self.estimate.mode), self.ear.beacon
        return (mode - EastNorth(beacon.imag, beacon.real)).length_m

    def _tick(self) -> None:
        self.clock.at_s += TICK_S
        self.copter.fly()
        now_s, body = self.clock.now_s(), self.copter.body
        self.bus.radio.publish(
            RadioState(now_s, "bench", "bench", True, True, 433.9e6, 24e4, 20.0, True, (), 0, 0, False)
        )
        pose = Pose(body.at, body.up_m, body.roll_rad, body.pitch_rad, body.heading_rad)
        level = self.ear.hear(now_s, pose)
        if level is not None:
            self.bus.level.publish(level)
        self.locator.step()
        self.worker.step()

    def _judged(self, began_s: float) -> Hunted:
        now_s = self.clock.now_s()
        detected = next((step.time_s for step in self.steps if step.after is MissionState.DETECTING), now_s)
        holds = self.worker.book.state is MissionState.HOLDING
        return Hunted(
            seed=self.case.seed,
            strategy=self.strategy,
            found=holds and self.error_m <= FOUND_M,
            error_m=self.error_m,
            detected_s=detected - began_s,
            homing_s=now_s - detected,
            total_s=now_s - began_s,
            length_m=self.copter.length_m,
            whole_s=self.plan_s,
            reason=self.steps[-1].reason,
        )


def hunt(seed: int, strategy: str) -> Hunted:
    """Fly one strategy in one world."""
    return Search(case(seed), strategy).fly()

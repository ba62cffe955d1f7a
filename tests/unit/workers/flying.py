"""A mission with vehicle, receiver and locator as small honest classes on the bus, stepped by hand in its own time."""

from concurrent.futures import Future
from dataclasses import dataclass, field, replace

import numpy as np

from app.bench.homingworld import HandClock
from app.bus import Bus
from app.clock import Clock
from app.domain.estimate import Advice, Estimate, PosteriorGrid
from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.mission import MissionState, MissionStatus, Transition
from app.domain.radio import BeaconKind, Level, RadioState, Target, Targets
from app.domain.safety import GateReport, Motion, Purpose, SafetyLimits
from app.domain.vehicle import CommandRecord, Outcome, Telemetry, VehicleState
from app.errors import Refused
from app.safety import SafetyGate
from app.settings import MissionSettings, SearchSettings
from app.workers.commander import MENDED_BY_GUIDED
from app.workers.mission import MissionWorker

HOME = LatLon(47.0, 8.0)
PLANE = LocalPlane(HOME)
TARGET = Target("a", "A", BeaconKind.CARRIER, 433.9e6)
OTHER = Target("b", "B", BeaconKind.CARRIER, 433.8e6)
SEARCH = SearchSettings(width_m=200.0, length_m=200.0, spacing_m=100.0)
TICK_S = 0.1


@dataclass
class Copter:
    """A vehicle with the calls of the link worker: it obeys, flies, and tells the bus; everything asked is recorded."""

    gate: SafetyGate
    clock: Clock
    bus: Bus
    calls: list[str] = field(default_factory=list)
    orders: list[tuple[str, str]] = field(default_factory=list)  # the same with who gave them
    steered: list[Motion] = field(default_factory=list)  # every motion that was asked for
    against_gate: list[Motion] = field(default_factory=list)
    motion: Motion | None = None
    at: EastNorth = field(default_factory=lambda: EastNorth(0.0, 0.0))
    height_m: float = 0.0
    climbs_to_m: float = 0.0
    refuses: str = ""  # a verb that is answered with the vehicle's own refusal
    deaf: bool = False  # takes orders and does nothing
    heading_deg: float = 0.0
    silent: bool = False  # the link is lost: nothing is heard of it
    state: VehicleState = field(
        default_factory=lambda: VehicleState(
            0.0, 1, True, True, "ArduPilot", "quadrotor", "STABILIZE", False, False, True, 0.0, 100.0, 16.0, 3, 12,
            0.8, True, HOME, 400.0,
        )
    )  # fmt: skip

    def arm(self, actor: str) -> "Future[CommandRecord]":
        return self._obey("arm", actor, armed=True)

    def takeoff(self, height_m: float, actor: str) -> "Future[CommandRecord]":
        self.climbs_to_m = height_m
        return self._obey("takeoff", actor, in_air=True)

    def set_mode(self, mode: str, actor: str) -> "Future[CommandRecord]":
        self.gate.guided_asked()
        return self._obey(f"mode {mode}", actor, mode=mode)

    def brake(self, actor: str) -> "Future[CommandRecord]":
        self.motion = None
        return self._obey("brake", actor, mode="BRAKE")

    def goto(self, goal: LatLon, height_m: float | None, actor: str) -> "Future[CommandRecord]":
        """As the link does: what stands against it but the mode is said first, then GUIDED is asked for."""
        motion = Motion(Purpose.GOTO, goal, self.height_m if height_m is None else height_m, 5.0)
        against = [v for v in self.gate.report(motion).verdicts if not v.passed and v.rule not in MENDED_BY_GUIDED]
        if against:
            answer: Future[CommandRecord] = Future()
            answer.set_exception(Refused([verdict.text for verdict in against]))
            return answer
        self.gate.guided_asked()
        return self._obey("goto", actor, mode="GUIDED")

    def steer(self, motion: Motion | None) -> None:
        self.motion = motion
        if motion is None:
            return
        self.steered.append(motion)
        if not self.gate.report(motion).open:
            self.against_gate.append(motion)

    def _obey(self, verb: str, actor: str, **changes: object) -> "Future[CommandRecord]":
        self.calls.append(verb)
        self.orders.append((verb, actor))
        answer: Future[CommandRecord] = Future()
        if verb == self.refuses:
            record = CommandRecord(
                self.clock.now_s(), actor, verb, "", Outcome.REFUSED, "PreArm: Compass not calibrated"
            )
        else:
            record = CommandRecord(self.clock.now_s(), actor, verb, "", Outcome.ACCEPTED)
            if not self.deaf:
                self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        answer.set_result(record)
        return answer

    def fly(self) -> None:
        """One tick of flight, told on the bus."""
        now_s = self.clock.now_s()
        self.height_m = min(self.height_m + 2.5 * TICK_S, self.climbs_to_m)
        if self.motion is not None and self.motion.goal is not None and self.state.mode == "GUIDED":
            way = PLANE.to_plane(self.motion.goal) - self.at
            if self.motion.heading_deg is not None:
                self.heading_deg = self.motion.heading_deg
            reach_m = self.motion.speed_mps * TICK_S
            self.at = self.at + (way * (reach_m / way.length_m) if way.length_m > reach_m else way)
        if not self.silent:
            self.state = replace(self.state, time_s=now_s, heartbeat_s=now_s)
            place = PLANE.to_globe(self.at)
            self.bus.vehicle.publish(self.state)
            self.bus.telemetry.publish(
                Telemetry(now_s, 1, place.lat_deg, place.lon_deg, 400.0 + self.height_m, self.height_m,
                          0.0, 0.0, self.heading_deg, 0.0, 0.0, 0.0)
            )  # fmt: skip


class Flying:
    """The mission worker with all it hears; ``tick`` moves time, vehicle, radio and worker by a tenth of a second."""

    def __init__(self, settings: MissionSettings | None = None, limits: SafetyLimits | None = None) -> None:
        self.bus, self.clock = Bus(), HandClock()
        self.settings, self.limits = settings or MissionSettings(), limits or SafetyLimits()
        self.gate = SafetyGate(self.limits, self.clock, self.bus)
        self.copter = Copter(self.gate, self.clock, self.bus)
        self.transitions: list[Transition] = []
        self.statuses: list[MissionStatus] = []
        self.reports: list[GateReport] = []
        self.bus.transition.subscribe(self.transitions.append)
        self.bus.mission.subscribe(self.statuses.append)
        self.bus.gate.subscribe(self.reports.append)
        self.worker = self._new_worker()
        self.snr_db: float | None = None  # what the receiver hears of the target; None: nothing
        self.connected, self.overload = True, False
        self.goal: LatLon | None = None  # what the locator advises
        self.advised_deg: float | None = None  # and which way to look there
        self.bus.targets.publish(Targets((TARGET, OTHER), "a"))
        self.worker.open()
        self.tick()

    def crash(self) -> None:
        """What the worker's loop does when a step fails: close, and open again."""
        self.worker.close()
        self.worker.open()

    def restart(self) -> None:
        """The program ends without a word and begins anew while the vehicle flies on."""
        self.gate = self.copter.gate = SafetyGate(self.limits, self.clock, self.bus)
        self.copter.motion = None
        self.worker = self._new_worker()
        self.bus.targets.publish(Targets((TARGET, OTHER), "a"))
        self.worker.open()

    def _new_worker(self) -> MissionWorker:
        return MissionWorker(self.settings, SEARCH, self.limits, self.copter, self.gate, self.clock, self.bus)

    @property
    def state(self) -> MissionState:
        return self.worker.book.state

    @property
    def text(self) -> str:
        return self.worker.book.status.text

    def expect(self, state: MissionState) -> None:
        assert self.state is state, self.text

    def steers(self) -> bool:
        return self.copter.motion is not None

    def tick(self) -> None:
        self.clock.at_s += TICK_S
        self.copter.fly()
        now_s = self.clock.now_s()
        self.bus.radio.publish(
            RadioState(now_s, "x", "x", self.connected, True, 433.9e6, 24e4, 20.0, True, (), 0, 0, self.overload)
        )
        if self.connected and self.snr_db is not None:
            self.bus.level.publish(Level(now_s, TICK_S, "a", 433.9e6, -50.0, -70.0, -80.0, self.snr_db, True, False))
        if self.goal is not None:
            self.bus.advice.publish(
                Advice(now_s, "a", "informed", self.goal, 5.0, "Flies to the beacon", self.advised_deg)
            )
        self.worker.step()

    def serve(self) -> None:
        """Do what was asked of the worker through services."""
        self.worker._do_asked()

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.tick()

    def until(self, state: MissionState, seconds: float = 300.0) -> None:
        """Run until this state is reached; fails when it is not."""
        for _ in range(round(seconds / TICK_S)):
            if self.state is state:
                return
            self.tick()
        raise AssertionError(f"{state} not reached in {seconds} s: {self.state}, {self.text}")

    def on_legs(self) -> None:
        """From the ground to flying the pattern."""
        self.worker.start_search(None, None, "ann")
        for _ in range(600):
            self.tick()
            if self.copter.motion is not None:
                return
        raise AssertionError(f"the legs were not reached: {self.text}")

    def detect(self) -> None:
        self.on_legs()
        self.snr_db = 20.0
        self.until(MissionState.DETECTING, 2.0)

    def home(self) -> None:
        """From the ground into homing on a beacon 150 m away."""
        self.detect()
        self.goal = PLANE.to_globe(EastNorth(150.0, 150.0))
        self.worker.activate("ann")
        self.until(MissionState.HOMING, 2.0)

    def find(self) -> None:
        """From the ground to holding over the beacon."""
        self.home()
        self.run(60.0)
        assert self.goal is not None
        self.estimate(self.goal, 8.0)
        self.until(MissionState.HOLDING, 1.0)

    def estimate(self, mode: LatLon, radius_90_m: float, enough: bool = True, target_id: str = "a") -> None:
        grid = PosteriorGrid(mode, 0.0, 0.0, 1.0, np.ones((1, 1), np.float32))
        self.bus.estimate.publish(
            Estimate(self.clock.now_s(), target_id, 9, enough, "", mode, mode, radius_90_m / 2.0, radius_90_m,
                     1.0, 2.0, (), (), 1.0, grid)
        )  # fmt: skip

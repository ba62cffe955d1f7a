"""Takes bearings: has the vehicle turned, fits what was heard meanwhile, takes what others tell; its own thread."""

import math
import queue
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from app.bus import Bus
from app.clock import Clock
from app.domain.antenna import AntennaSetup
from app.domain.bearing import Bearing
from app.domain.geometry import EastNorth, LatLon, LocalPlane, angle_between_deg, distance_m
from app.domain.radio import BeaconKind, RadioState, Reading, Target, Targets
from app.domain.safety import Motion, Purpose
from app.domain.vehicle import CommandRecord, Telemetry, VehicleState
from app.errors import AppError, Conflict, DeviceError, NotConnected, NotFound, OutOfRange
from app.locate.antenna import antenna_for
from app.locate.turning import bearing_of
from app.worker import Worker

STEP_S = 0.1
KEPT_S = 600.0  # of readings
MOST_READINGS = 20_000
TURNED_DEG = 6.0
REACHED_M = 4.0
LIMIT_S = 25.0  # for one direction
DWELL_S = 1.0
PERIODS = 1.3  # of a pulsed beacon for which each direction is listened to
UNKNOWN_PERIOD_S = 2.0
FEWEST, MOST = 4, 36


class Turner(Protocol):
    """What is needed of the link worker; every call is safe from any thread."""

    def goto(self, goal: LatLon, height_m: float | None, actor: str) -> "Future[CommandRecord]": ...
    def steer(self, motion: Motion | None) -> None: ...


class Gate(Protocol):
    """What is needed of the safety gate."""

    def require(self, motion: Motion) -> None: ...


@dataclass
class _Turn:
    """A turn under way: on the spot, or round a circle with the antenna looking outward."""

    target: Target
    actor: str
    answer: "Future[Bearing]"
    legs: list[Motion]
    allowed: "Future[CommandRecord]"  # the gate and the vehicle agree
    vehicle_id: int
    place: str  # where it is flown, as the link records it
    begun_s: float
    at: int = -1
    entered_s: float = 0.0
    reached_s: float | None = field(default=None)


class BearingWorker(Worker):
    """Every turn passes the safety gate as the operator's own flight to a place: only while no mission flies.

    It ends when the gate closes (a mission begins, the pilot leaves GUIDED) and when the vehicle is sent elsewhere;
    nothing is taken back then.
    """

    def __init__(
        self, antenna: AntennaSetup, speed_mps: float, link: Turner, gate: Gate, clock: Clock, bus: Bus
    ) -> None:
        super().__init__("bearings", clock, bus.fault)
        self._usual = self._setup = antenna
        self._speed_mps, self._link, self._gate, self._bus = speed_mps, link, gate, bus
        self._readings: deque[Reading] = deque(maxlen=MOST_READINGS)
        self._facts: queue.SimpleQueue[Reading | Targets | RadioState | CommandRecord] = queue.SimpleQueue()
        self._telemetry: Telemetry | None = None
        self._vehicle: VehicleState | None = None
        self._targets: Targets = Targets((), "")
        self._turn: _Turn | None = None
        bus.reading.subscribe(self._facts.put)
        bus.targets.subscribe(self._facts.put)
        bus.radio.subscribe(self._facts.put)
        bus.command.subscribe(self._facts.put)
        bus.telemetry.subscribe(lambda fact: setattr(self, "_telemetry", fact))
        bus.vehicle.subscribe(lambda fact: setattr(self, "_vehicle", fact))

    def turn(self, target_id: str, directions: int, radius_m: float, actor: str) -> "Future[Bearing]":
        """Have the vehicle turned and the bearing taken; the future answers when all directions were listened to.

        It raises ``Refused`` (the gate), ``Conflict`` (the pilot, another turn), ``DeviceError`` (the vehicle does not
        turn) and ``OutOfRange`` with what to turn when the levels are not enough to say.
        """
        answer: Future[Bearing] = Future()

        def begin() -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                self._begin(target_id, directions, radius_m, actor, answer)
            except AppError as error:
                answer.set_exception(error)

        self.ask(begin).add_done_callback(lambda asked: _never(answer) if asked.cancelled() else None)
        return answer

    def fit(self, target_id: str, seconds: float, actor: str) -> Bearing:
        """The bearing by the last readings, of a turn flown by hand. Raises ``NotFound`` and ``OutOfRange``."""
        self._take_facts()
        return self._fit(self.target(target_id), self._clock.now_s() - seconds, actor)

    def cancel(self, actor: str) -> None:
        """End the turn under way; the vehicle hovers. Raises ``Conflict`` when there is none."""
        if self._turn is None:
            raise Conflict("No turn is flown")
        flown = self._turn.at >= 0
        self._end(Conflict(f"The turn was ended by {actor}"))
        if flown and self._telemetry is not None:
            pose = self._telemetry
            self._steer(Motion(Purpose.GOTO, pose.position, pose.height_m, self._speed_mps))

    @property
    def turning(self) -> bool:
        """Whether a turn is under way."""
        return self._turn is not None

    def target(self, target_id: str) -> Target:
        """Raises ``NotFound``."""
        self._take_facts()
        for target in self._targets.all:
            if target.id == target_id:
                return target
        raise NotFound(f"There is no target {target_id!r}.")

    def step(self) -> None:
        self._take_facts()
        if self._turn is not None:
            try:
                self._go_on(self._turn, self._clock.now_s())
            except AppError as error:
                self._end(error)
        self.rest(STEP_S)

    def close(self) -> None:
        if self._turn is not None:
            self._end(NotConnected("The station is ending"))

    def _take_facts(self) -> None:
        while not self._facts.empty():
            fact = self._facts.get()
            if isinstance(fact, Reading):
                self._readings.append(fact)
            elif isinstance(fact, Targets):
                self._targets = fact
            elif isinstance(fact, CommandRecord):
                self._take_command(fact)
            else:
                self._setup = fact.pattern or self._usual
        while self._readings and self._readings[0].level.time_s < self._clock.now_s() - KEPT_S:
            self._readings.popleft()

    def _take_command(self, record: CommandRecord) -> None:
        if self._turn is not None and record.verb == "goto" and record.arguments != self._turn.place:
            self._end(Conflict(f"{record.actor} sent the vehicle to another place: the turn has ended"))

    def _begin(self, target_id: str, directions: int, radius_m: float, actor: str, answer: "Future[Bearing]") -> None:
        target, pose = self.target(target_id), self._telemetry
        if not FEWEST <= directions <= MOST:
            raise OutOfRange(f"{directions} directions: {FEWEST} to {MOST} can be flown")
        if not 0.0 <= radius_m <= 200.0:
            raise OutOfRange(f"A circle of {radius_m:g} m: 0 (turn on the spot) to 200 m can be flown")
        if self._turn is not None:
            raise Conflict("A turn is flown already; end it first")
        if not antenna_for(self._setup).directional:
            raise Conflict("The antenna hears alike all round; say in the receiver's profile which one is carried")
        if pose is None:
            raise NotConnected("The vehicle's position is not known; wait for its telemetry")
        legs = _legs(pose, directions, radius_m, self._speed_mps)
        place = f"{pose.position.lat_deg:.6f} {pose.position.lon_deg:.6f}"
        allowed = self._link.goto(pose.position, None, actor)
        self._turn = _Turn(target, actor, answer, legs, allowed, pose.vehicle_id, place, self._clock.now_s())

    def _go_on(self, turn: _Turn, now_s: float) -> None:
        if turn.at < 0:
            if turn.allowed.done():
                turn.allowed.result()
                self._next(turn, now_s)
            return
        vehicle, pose = self._vehicle, self._telemetry
        if vehicle is None or not vehicle.connected or vehicle.mode != vehicle.guided:
            now = vehicle.mode if vehicle is not None else "no link"
            raise Conflict(f"The vehicle no longer follows this station ({now}): the turn has ended")
        if vehicle.vehicle_id != turn.vehicle_id:
            raise Conflict("Another vehicle was selected: the turn has ended")
        if turn.reached_s is None and pose is not None and _reached(pose, turn.legs[turn.at]):
            turn.reached_s = now_s
        if turn.reached_s is None:
            if now_s - turn.entered_s > LIMIT_S:
                raise DeviceError(f"The vehicle did not turn within {LIMIT_S:.0f} s; look at the gate and its messages")
        elif now_s - turn.reached_s > dwell_s(turn.target):
            if turn.at + 1 < len(turn.legs):
                self._next(turn, now_s)
            else:
                self._finish(turn)
                return
        if now_s - turn.entered_s > STEP_S:
            self._steer(turn.legs[turn.at])

    def _next(self, turn: _Turn, now_s: float) -> None:
        turn.at, turn.entered_s, turn.reached_s = turn.at + 1, now_s, None
        self._steer(turn.legs[turn.at])

    def _steer(self, leg: Motion) -> None:
        """Raises ``Refused``: what the gate is closed to must not displace the motion of a mission either."""
        self._gate.require(leg)
        self._link.steer(leg)

    def _finish(self, turn: _Turn) -> None:
        bearing = self._fit(turn.target, turn.begun_s, turn.actor)
        self._turn = None
        turn.answer.set_result(bearing)

    def _fit(self, target: Target, since_s: float, actor: str) -> Bearing:
        heard = [one for one in self._readings if one.level.target_id == target.id and one.level.time_s >= since_s]
        found, bearing = bearing_of(heard, antenna_for(self._setup), dwell_s(target), target.id, actor)
        if bearing is None:
            raise OutOfRange(found.text)
        self._bus.bearing.publish(bearing)
        return bearing

    def _end(self, error: AppError) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.answer.set_exception(error)


def dwell_s(target: Target) -> float:
    """How long each direction is listened to: more than a period of a beacon that pulses."""
    if target.kind in {BeaconKind.PULSED, BeaconKind.SARSAT1, BeaconKind.SARSAT2}:
        return max(DWELL_S, PERIODS * (target.period_s or UNKNOWN_PERIOD_S))
    return DWELL_S


def _legs(pose: Telemetry, directions: int, radius_m: float, speed_mps: float) -> list[Motion]:
    """Clockwise from the present heading; on a circle each place lies that way from the middle."""
    plane, legs = LocalPlane(pose.position), []
    for index in range(directions):
        heading_deg = (pose.heading_deg + index * 360.0 / directions) % 360.0
        turn = math.radians(heading_deg)
        place = plane.to_globe(EastNorth(radius_m * math.sin(turn), radius_m * math.cos(turn)))
        legs.append(Motion(Purpose.GOTO, place, pose.height_m, speed_mps, heading_deg))
    return legs


def _reached(pose: Telemetry, leg: Motion) -> bool:
    if leg.goal is None or leg.heading_deg is None:
        return True
    turned = abs(angle_between_deg(pose.heading_deg, leg.heading_deg)) < TURNED_DEG
    return turned and distance_m(pose.position, leg.goal) < REACHED_M


def _never(answer: "Future[Bearing]") -> None:
    if answer.set_running_or_notify_cancel():
        answer.set_exception(NotConnected("The station is ending"))

"""Small steps in a list: what the vehicle does from the ground to the end of a pattern; mission worker's thread.

Cancel and error are common to all and live in the mission worker: a step raises ``AppError``, or is not asked again.
"""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

from app.domain.geometry import LatLon, distance_m
from app.domain.mission import SearchPlan
from app.domain.safety import Motion, Purpose
from app.domain.vehicle import CommandRecord, Outcome, Telemetry, VehicleState
from app.errors import DeviceError, VehicleRefused
from app.workers.helm import Helm, Mover

PAUSE_S, BACK_M = 1.0, 15.0  # not stepped for so long, and so far from there: the track was left
REACHED_M = 4.0  # of a waypoint: GPS noise and a 5 m/s vehicle seen ten times a second
ANSWER_S = 15.0  # longest for a mode change or arming
CLIMB_MPS = 0.5  # slowest climb that is waited for


class Step(Protocol):
    """One thing to do; ``step`` says when it is done, ``text`` what it is, in words for the operator."""

    limit_s: float
    leads: bool  # once it is done the vehicle is in its guided mode

    @property
    def text(self) -> str: ...
    def enter(self) -> None: ...
    def step(self, now_s: float) -> bool: ...


class Order:
    """A command to the vehicle that is done when the vehicle's own facts say so, not when it answers yes."""

    def __init__(
        self,
        text: str,
        limit_s: float,
        send: Callable[[], "Future[CommandRecord]"],
        done: Callable[[], bool],
        leads: bool = False,
    ) -> None:
        self.text, self.limit_s, self.leads = text, limit_s, leads
        self._send = send
        self._done = done
        self._answer: Future[CommandRecord] | None = None

    def enter(self) -> None:
        self._answer = self._send()

    def step(self, now_s: float) -> bool:
        del now_s
        if self._answer is not None and self._answer.done():
            record = self._answer.result()
            if record.outcome in {Outcome.REFUSED, Outcome.FAILED}:
                raise VehicleRefused(f"{self.text}: {record.detail or record.outcome}")
        return self._done()


class Legs:
    """The pattern's legs, one after the other; after a while without a step it goes on where the track was left.

    ``again`` plans anew what is left of the pattern: from which leg on, where the track was left, where the vehicle is.
    """

    limit_s, leads = math.inf, False

    def __init__(
        self,
        plan: SearchPlan,
        helm: Helm,
        pose: Callable[[], Telemetry | None],
        again: Callable[[int, LatLon | None, LatLon], SearchPlan],
    ) -> None:
        self.plan = plan
        self._helm = helm
        self._pose = pose
        self._again = again
        self.leg = 0
        self._against: tuple[str, ...] = ()
        self._left: tuple[float, LatLon] | None = None  # when and where it was stepped last

    @property
    def text(self) -> str:
        doing = f"Flies leg {self.leg + 1} of {len(self.plan.waypoints)}"
        return f"{doing}, held up: {'; '.join(self._against)}" if self._against else doing

    def enter(self) -> None:
        self.leg = 0

    def step(self, now_s: float) -> bool:
        pose = self._pose()
        if pose is not None:
            self._go_back(pose.position, now_s)
        if pose is not None and distance_m(pose.position, self.plan.waypoints[self.leg]) < REACHED_M:
            self.leg += 1
        if self.leg == len(self.plan.waypoints):
            self.leg -= 1
            return True
        goal = self.plan.waypoints[self.leg]
        motion = Motion(Purpose.SEARCH, goal, self.plan.height_m, self.plan.speed_mps)
        self._against = self._helm.fly(motion, now_s)
        return False

    def replan(self, here: LatLon) -> None:
        """Plan what is left anew, because what is allowed has changed. Raises ``OutOfRange`` when nothing is left."""
        self.plan = self._again(self.leg, None, here)

    def _go_back(self, here: LatLon, now_s: float) -> None:
        """To where the track was left, when it was left for a while and the vehicle is elsewhere now."""
        left, self._left = self._left, (now_s, here)
        if left is None or now_s - left[0] < PAUSE_S or distance_m(here, left[1]) < BACK_M:
            return
        self.plan = self._again(self.leg, left[1], here)


class Steps:
    """A list of steps, done one after the other."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._at = 0
        self._entered_s: float | None = None

    @property
    def led(self) -> bool:
        """Whether the vehicle has been brought into its guided mode, which from then on only its pilot leaves."""
        return any(step.leads for step in self._steps[: self._at])

    @property
    def text(self) -> str:
        return self._steps[self._at].text

    @property
    def last(self) -> bool:
        """Whether the step in hand is the last."""
        return self._at == len(self._steps) - 1

    def begin(self, now_s: float) -> None:
        """Enter the first step at once: what it asks belongs to the moment in which the operator asked for it."""
        self._entered_s = now_s
        self._steps[0].enter()

    def step(self, now_s: float) -> bool:
        """Go on; returns whether all is done. Raises what a step raises, and ``DeviceError`` at its time limit."""
        doing = self._steps[self._at]
        if self._entered_s is None:
            self._entered_s = now_s
            doing.enter()
        if doing.step(now_s):
            if self.last:
                return True
            self._at, self._entered_s = self._at + 1, None
        elif now_s - self._entered_s > doing.limit_s:
            raise DeviceError(f"{doing.text}: not done within {doing.limit_s:.0f} s; look at the vehicle's messages")
        return False


def climbing(vehicle: VehicleState) -> bool:
    """Whether it takes off by itself, in a mode of its own."""
    return vehicle.climbs_alone and vehicle.mode == "TAKEOFF"


class _Undisturbed:
    """The modes of a vehicle that takes off by itself: as it was, TAKEOFF, HOLD; any other one is its pilot's.

    Raises ``VehicleRefused`` then, so that it is never pulled out of what the pilot chose.
    """

    def __init__(self, vehicle: Callable[[], VehicleState | None]) -> None:
        self._vehicle = vehicle
        first = vehicle()
        self._mode = first.mode if first is not None else ""
        self._climbed = False

    def check(self) -> None:
        now = self._vehicle()
        if now is None or not now.climbs_alone:
            return
        self._climbed = self._climbed or climbing(now)
        if now.mode not in ({"TAKEOFF", "HOLD"} if self._climbed else {self._mode}):
            raise VehicleRefused(f"The vehicle went to {now.mode} by its pilot or by itself; it is left to them")


def launch(link: Mover, vehicle: Callable[[], VehicleState | None], pose: Callable[[], Telemetry | None],
           height_m: float, guided: Callable[[], bool], actor: str) -> list[Step]:  # fmt: skip
    """The steps from where the vehicle is now to flying in its guided mode at ``height_m``.

    ArduPilot is asked for GUIDED first and takes off in it; PX4 takes off by itself and is asked for OFFBOARD then.
    """
    own = _Undisturbed(vehicle)
    now = vehicle()
    mode = now.guided if now is not None else "GUIDED"

    def armed() -> bool:
        own.check()
        now = vehicle()
        return now is not None and now.armed

    def aloft() -> bool:
        now = vehicle()
        return now is not None and now.in_air is True

    def high() -> bool:
        own.check()
        now, state = pose(), vehicle()
        rising = state is not None and state.climbs_alone and state.mode != "HOLD"
        return aloft() and not rising and now is not None and now.height_m >= 0.95 * height_m - 0.5

    def follow() -> "Future[CommandRecord]":
        own.check()
        return link.set_mode(mode, actor)

    ask = Order(f"Asks for {mode}", ANSWER_S, follow, guided, leads=True)
    if armed() and aloft():
        return [ask]
    up: list[Step] = [] if armed() else [Order("Arms", ANSWER_S, lambda: link.arm(actor), armed)]
    limit_s = ANSWER_S + height_m / CLIMB_MPS
    up.append(Order(f"Takes off to {height_m:.0f} m", limit_s, lambda: link.takeoff(height_m, actor), high))
    return [*up, ask] if now is not None and now.climbs_alone else [ask, *up]

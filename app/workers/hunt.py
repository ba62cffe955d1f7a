"""What each mission state does, ten times a second, and where it leads; functions in the mission worker's thread."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from app.domain.estimate import Estimate
from app.domain.geometry import LatLon, distance_m
from app.domain.mission import MissionState, SearchPlan
from app.domain.radio import Level
from app.domain.replan import rest_allowed
from app.domain.rules import FUTURE_S
from app.domain.safety import Motion, Purpose, SafetyLimits
from app.domain.trigger import Trigger
from app.errors import AppError, Conflict, Refused
from app.safety import SafetyGate
from app.settings import MissionSettings, SearchSettings
from app.workers.autonomy import Legs, Steps, climbing, launch
from app.workers.facts import Facts
from app.workers.helm import Helm, Mover

ADVICE_S = 20.0  # advice older than this is no longer flown: the locator has gone, or cannot follow a fast clock
LATE_FROM = 0.9  # share of the time for homing from which on
LATE = 4.0 / 3.0  # this share of the goal radius is enough
AWAY = 1.25  # share of the goal radius beyond which the estimate counts as moved away


@dataclass(frozen=True, slots=True)
class Next:
    """Where a state leads and why; with ``brake`` the vehicle is stopped, else it is left as it flies."""

    state: MissionState
    reason: str
    actor: str = "station"
    brake: bool = False
    forced: bool = False


@dataclass
class Hunt:
    """One search with its homing, from the operator's start to IDLE."""

    settings: MissionSettings
    limits: SafetyLimits
    facts: Facts
    helm: Helm
    trigger: Trigger
    gate: SafetyGate
    plan: SearchPlan | None = None
    steps: Steps | None = None
    legs: Legs | None = None
    paused: str = ""  # why the legs are not flown on; empty while they are
    activated_s: float | None = None
    activated_by: str = ""
    relaxed: float = 1.0  # share of the goal radius that is enough
    home_on: str = ""  # who allowed homing on detection for this flight; empty when nobody did
    hold: LatLon | None = None
    since_s: float = 0.0  # when the state in hand was entered
    text: str = field(default="No mission; homing is off")

    @property
    def on_legs(self) -> bool:
        return self.steps is not None and self.steps.last

    def take_up(self, plan: SearchPlan, link: Mover, actor: str) -> None:
        """Take up a plan: from where the vehicle is now into the air and along the legs."""
        facts = self.facts
        self.plan, self.legs = plan, Legs(plan, self.helm, lambda: facts.telemetry, self._again)
        up = launch(link, lambda: facts.vehicle, lambda: facts.telemetry, plan.height_m, self.in_guided, actor)
        self.steps = Steps([*up, self.legs])

    def heed(self, limits: SafetyLimits) -> Next | None:
        """When other limits hold from now on, plan what is left of the pattern anew; an end where nothing is left."""
        telemetry, changed, self.limits = self.facts.telemetry, limits is not self.limits, limits
        if not changed or self.legs is None or telemetry is None:
            return None
        try:
            self.legs.replan(telemetry.position)
        except AppError as error:
            return Next(MissionState.IDLE, f"No-fly areas were drawn: {error}", brake=True)
        return None

    def _again(self, leg: int, back_to: LatLon | None, here: LatLon) -> SearchPlan:
        if self.plan is None:
            raise Conflict("No search is planned")
        home = self.facts.vehicle.home if self.facts.vehicle is not None else None
        self.plan = rest_allowed(self.plan, leg, back_to, home, self.limits, here)
        return self.plan

    def hear(self) -> None:
        """Hand what was heard to the trigger."""
        while not self.facts.heard.empty():
            fact = self.facts.heard.get()
            self.trigger.level(fact) if isinstance(fact, Level) else self.trigger.detection(fact)

    def turn_homing_off(self, over_the_beacon: bool) -> None:
        self.activated_s, self.home_on = None, ""
        if over_the_beacon:
            self.trigger.ignore()

    def lift_off(self, now_s: float) -> None:
        """Begin, with ArduPilot by asking for GUIDED, in the very moment the operator asked for the search."""
        if self.steps is not None:
            self.steps.begin(now_s)

    def flies_on(self, now_s: float) -> bool:
        """Whether the vehicle is heard and has not stopped: armed and still in GUIDED, or climbing by itself."""
        vehicle = self.facts.vehicle
        moves = vehicle is not None and vehicle.armed and (vehicle.follows or climbing(vehicle))
        return moves and not self.silent_s(now_s)

    def in_guided(self) -> bool:
        vehicle = self.facts.vehicle
        return vehicle is not None and vehicle.follows and not self.gate.guided_left

    def ours(self) -> bool:
        """Whether the vehicle flies by this station's word: in GUIDED, or in the take-off this hunt asked for."""
        vehicle, steps = self.facts.vehicle, self.steps
        rising = steps is not None and not steps.led and vehicle is not None and climbing(vehicle)
        return rising or self.in_guided()

    def silent_s(self, now_s: float) -> float:
        """Age of the vehicle's last heartbeat when it is older than allowed, else 0."""
        age_s = now_s - self.facts.vehicle.heartbeat_s if self.facts.vehicle is not None else 0.0
        return age_s if age_s > self.limits.heartbeat_s else 0.0

    def activated(self, now_s: float) -> bool:
        return self.activated_s is not None and -FUTURE_S <= now_s - self.activated_s <= self.limits.activation_s

    def homing(self, now_s: float) -> Motion | None:
        """The motion the locator advises, or None while there is no advice of this hunt that is young enough."""
        advice = self.facts.advice
        if advice is None or self.plan is None or now_s - advice.time_s > ADVICE_S:
            return None
        speed_mps = min(advice.speed_mps, self.limits.speed_mps)
        return Motion(Purpose.HOMING, advice.goal, self.homing_height_m(self.plan), speed_mps, advice.heading_deg)

    def homing_height_m(self, plan: SearchPlan) -> float:
        """Nearer to the ground the level says more of the beacon's place; never above the search."""
        return min(plan.height_m, self.settings.homing_height_m)

    def shown(self, state: MissionState, search: SearchSettings, now_s: float) -> Motion:
        """The motion in force; while there is none, or the operator is to activate, the homing that would be."""
        if self.helm.motion is not None and state is not MissionState.DETECTING:
            return self.helm.motion
        height_m = self.plan.height_m if self.plan is not None else search.height_m
        speed_mps = min(search.speed_mps, self.limits.speed_mps)
        return self.homing(now_s) or Motion(Purpose.HOMING, None, height_m, speed_mps)

    def hover(self, now_s: float) -> None:
        if self.plan is not None:
            self.helm.hover(self.plan.height_m, self.plan.speed_mps, now_s)


def taken_away(hunt: Hunt, now_s: float) -> Next | None:
    """The pilot or a failsafe left GUIDED, or the link is gone: the vehicle is left to whoever has it."""
    silent_s, vehicle = hunt.silent_s(now_s), hunt.facts.vehicle
    if silent_s > hunt.settings.link_s:
        return Next(MissionState.IDLE, f"No heartbeat for {silent_s:.0f} s; the vehicle's own failsafe has it")
    led = hunt.steps is not None and hunt.steps.led
    if led and vehicle is not None and not hunt.in_guided():
        return Next(MissionState.IDLE, f"The vehicle was taken out of {vehicle.guided} (now {vehicle.mode})", "pilot")
    return None


def held_up(hunt: Hunt, refused: Refused, now_s: float) -> Next | None:
    """The gate stayed closed: brake and end, but wait while it is the link that is lost."""
    if hunt.silent_s(now_s) > 0.0:
        hunt.text = "Link lost: waits for the vehicle's heartbeat"
        hunt.helm.wait_on()
        return None
    return Next(MissionState.IDLE, f"The safety gate closed: {refused}", brake=True)


def searching(hunt: Hunt, now_s: float) -> Next | None:
    if hunt.steps is None:
        return Next(MissionState.IDLE, "No search is planned")
    radio = hunt.facts.radio
    if hunt.on_legs and hunt.paused:
        hunt.text = hunt.paused
        hunt.hover(now_s)
        return None
    if hunt.on_legs and (radio is None or not radio.connected):
        hunt.text = "The receiver is gone: hovers until it is back"
        hunt.hover(now_s)
        return None
    if hunt.on_legs and hunt.trigger.reason():
        return Next(MissionState.DETECTING, hunt.trigger.reason())
    if hunt.steps.step(now_s):
        return Next(MissionState.IDLE, "The search pattern is flown to its end; the vehicle holds where it is")
    hunt.text = hunt.steps.text
    return None


def detecting(hunt: Hunt, now_s: float) -> Next | None:
    """Hovers where the signal was found until homing is activated; without advice it then flies on to hear more."""
    gone = hunt.trigger.lost_for_s(now_s)
    if gone is not None:
        return Next(MissionState.SEARCHING, f"Signal lost for {gone:.0f} s; the search goes on")
    if now_s - hunt.since_s > hunt.settings.detecting_s:
        text = f"Homing was not begun within {hunt.settings.detecting_s:.0f} s of the detection"
        return Next(MissionState.IDLE, text, brake=True)
    if hunt.home_on and hunt.activated_s is None:
        hunt.activated_s, hunt.activated_by = now_s, f"{hunt.home_on}, who allowed homing on detection"
    motion = hunt.homing(now_s)
    if not hunt.activated(now_s):
        hunt.text = f"Signal found ({hunt.trigger.reason()}): hovers and waits for homing to be activated"
    elif motion is None:
        hunt.text = "Homing is activated: flies on with the pattern until the readings say where to go"
        if hunt.steps is not None and hunt.steps.step(now_s):
            return Next(MissionState.IDLE, "The pattern is flown to its end and the readings do not say where to go")
        return None
    elif hunt.gate.report(motion).open:
        return Next(MissionState.HOMING, f"Homing activated by {hunt.activated_by}")
    else:
        hunt.text = "Homing is activated: hovers until the safety gate opens"
    hunt.hover(now_s)
    return None


def homing(hunt: Hunt, now_s: float) -> Next | None:
    gone = hunt.trigger.lost_for_s(now_s)
    if gone is not None:
        return Next(MissionState.SEARCHING, f"Signal lost for {gone:.0f} s; the search goes on")
    homed_s = now_s - hunt.since_s
    if homed_s > hunt.settings.homing_s:
        return Next(MissionState.IDLE, f"Not found within {hunt.settings.homing_s:.0f} s of homing", brake=True)
    hunt.relaxed = LATE if homed_s > LATE_FROM * hunt.settings.homing_s else 1.0
    estimate = hunt.facts.estimate
    if estimate is not None and _over(hunt, estimate, hunt.relaxed) and estimate.time_s >= hunt.since_s:
        hunt.hold = estimate.mode
        return Next(MissionState.HOLDING, f"Over the beacon: 90 % within {estimate.radius_90_m:.0f} m")
    motion = hunt.homing(now_s)
    if hunt.relaxed > 1.0 and motion is not None and estimate is not None and _known(hunt, estimate, hunt.relaxed):
        nearer = replace(motion, goal=estimate.mode)
        motion = nearer if hunt.gate.report(nearer).open else motion
    if motion is None:
        hunt.text = "No advice where to fly: hovers"
        hunt.hover(now_s)
        return None
    against = hunt.helm.fly(motion, now_s)
    advice = hunt.facts.advice
    hunt.text = f"Homing held up: {'; '.join(against)}" if against or advice is None else advice.text
    return None


def holding(hunt: Hunt, now_s: float) -> Next | None:
    estimate = hunt.facts.estimate
    if estimate is not None and not _over(hunt, estimate, AWAY * hunt.relaxed):
        return Next(MissionState.HOMING, "The estimate moved away")
    if hunt.plan is not None:
        speed_mps = min(hunt.plan.speed_mps, hunt.limits.speed_mps)
        hunt.helm.fly(Motion(Purpose.HOMING, hunt.hold, hunt.homing_height_m(hunt.plan), speed_mps), now_s)
    radius = f", 90 % within {estimate.radius_90_m:.0f} m" if estimate is not None else ""
    hunt.text = f"Holds over the beacon{radius}; resume to search on, or stop"
    return None


def _over(hunt: Hunt, estimate: Estimate, slack: float) -> bool:
    """Whether the beacon is known within the goal radius and the vehicle is within it of the beacon."""
    telemetry = hunt.facts.telemetry
    if telemetry is None or not _known(hunt, estimate, slack):
        return False
    return distance_m(telemetry.position, estimate.mode) <= hunt.settings.goal_radius_m * slack


def _known(hunt: Hunt, estimate: Estimate, slack: float) -> bool:
    return estimate.enough and estimate.radius_90_m <= hunt.settings.goal_radius_m * slack


ACTIVE: dict[MissionState, Callable[[Hunt, float], Next | None]] = {
    MissionState.SEARCHING: searching,
    MissionState.DETECTING: detecting,
    MissionState.HOMING: homing,
    MissionState.HOLDING: holding,
}

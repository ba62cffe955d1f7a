"""Owns the mission's state: search, detection, homing, holding, emergency; a thread of its own, ten steps a second."""

from concurrent.futures import wait
from dataclasses import replace

from app.bus import Bus
from app.clock import Clock
from app.domain.flying import Air
from app.domain.geometry import LatLon
from app.domain.mission import MissionState, MissionStatus, SearchPlan
from app.domain.patterns import Area, lay_out
from app.domain.preflight import preflight
from app.domain.radio import Target
from app.domain.replan import keep_allowed
from app.domain.rules import NO_HOME
from app.domain.safety import GateInputs, Motion, SafetyLimits
from app.domain.trigger import Trigger
from app.errors import AppError, Conflict, OutOfRange, Refused
from app.safety import SafetyGate
from app.settings import MissionSettings, SearchSettings
from app.worker import Worker
from app.workers.facts import Facts
from app.workers.helm import Helm, Mover
from app.workers.hunt import ACTIVE, Hunt, Next, held_up, taken_away
from app.workers.logbook import Logbook

PERIOD_S = 0.1
CLOSE_S = 2.0  # true time the end waits for the vehicle to confirm that it brakes
SHORTEST_REASON = 3  # letters with which an emergency may be reset
_S = MissionState


def plan_for(
    settings: SearchSettings,
    origin: LatLon,
    limits: SafetyLimits,
    home: LatLon | None = None,
    start: LatLon | None = None,
) -> SearchPlan:
    """The pattern the settings ask for, centred on ``origin``, as far as fence and no-fly areas allow.

    ``start`` is where the vehicle is; home when it is not known. Raises ``OutOfRange``.
    """
    heading_deg = settings.wind_from_deg if settings.into_wind else settings.heading_deg
    area = Area(origin, settings.width_m, settings.length_m, heading_deg, settings.outline, settings.line)
    plan = lay_out(
        settings.pattern,
        area,
        settings.spacing_m,
        settings.height_m,
        settings.speed_mps,
        settings.sweep_width_m,
        Air(settings.wind_mps, settings.wind_from_deg, settings.airspeed_mps),
    )
    kept = keep_allowed(plan, home, limits, start)
    return replace(kept, battery_percent=100.0 * kept.time_s / limits.endurance_s)


def _begun(plan: SearchPlan) -> str:
    left_out = f", {plan.left_out_m2 / plan.area_m2:.0%} of the area left out" if plan.left_out_m2 > 0.0 else ""
    return f"Search started: {plan.pattern}, {len(plan.waypoints)} waypoints{left_out}"


def _ready_plan(
    settings: SearchSettings, origin: LatLon | None, inputs: GateInputs, target: Target | None, limits: SafetyLimits
) -> SearchPlan:
    """The plan round ``origin`` or home, once preflight has passed. Raises ``Refused`` and ``OutOfRange``."""
    home = inputs.vehicle.home if inputs.vehicle is not None else None
    place = origin or home
    if place is None:
        raise Refused((NO_HOME,))
    plan = plan_for(settings, place, limits, home, inputs.telemetry.position if inputs.telemetry is not None else None)
    reasons = preflight(inputs, target, plan, limits)
    if reasons:
        raise Refused(reasons)
    return plan


def _check_forced(before: MissionState, after: MissionState, reason: str, on_legs: bool) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise OutOfRange("Give the reason for which the state is forced")
    if before in ACTIVE and after in ACTIVE and not on_legs:
        raise Conflict("The vehicle is not on its pattern yet; wait until it is up, or stop")


class MissionWorker(Worker):
    """The only one that changes the mission's state and that steers for it.

    The methods from ``start_search`` to ``stop_mission`` are for its own thread: services hand them to ``ask``.
    """

    def __init__(
        self,
        settings: MissionSettings,
        search: SearchSettings,
        limits: SafetyLimits,
        link: Mover,
        gate: SafetyGate,
        clock: Clock,
        bus: Bus,
    ) -> None:
        super().__init__("mission", clock, bus.fault)
        self.clock = clock
        self._settings, self._search, self.limits = settings, search, limits
        self._link, self._gate, self._bus = link, gate, bus
        self.facts = Facts(bus)
        bus.limits.subscribe(lambda drawn: setattr(self, "limits", drawn))
        self._helm = Helm(link, gate, settings.closed_s)
        self._home_on = ""  # outlives no flight: cleared with the hunt
        self._hunt = self._new_hunt()
        self.book = Logbook(self._hunt, clock, bus)

    def shown_motion(self) -> Motion:
        """What the gate is shown for."""
        return self._hunt.shown(self.book.state, self._search, self._clock.now_s())

    @property
    def plan(self) -> SearchPlan | None:
        """The plan of the search in hand."""
        return self._hunt.plan

    def open(self) -> None:
        self._show()

    def step(self) -> None:
        self._listen()
        if self.book.state in ACTIVE:
            self._act(self._clock.now_s())
        self._gate.set_mission(self.book.state, self._hunt.activated_s)
        self._bus.gate.publish(self._gate.report(self.shown_motion()))
        self.book.show(self._hunt)
        self.rest(PERIOD_S)

    def close(self) -> None:
        """The station ends or this worker failed: a vehicle in the mission's hands is stopped, not left flying."""
        ours = self._hunt.ours()
        if self.book.state in ACTIVE:
            self._go(Next(_S.IDLE, "The mission worker ended"))
            if ours:
                wait((self._link.brake("station"),), CLOSE_S)
        self._home_on = self._hunt.home_on = ""

    def start_search(self, settings: SearchSettings | None, origin: LatLon | None, actor: str) -> MissionStatus:
        """From IDLE into a search round ``origin`` (None: home). Raises ``Refused`` with what preflight found."""
        if self.book.state is not _S.IDLE:
            raise Conflict(f"The mission is {self.book.state}; a search starts from IDLE")
        target = self.facts.targets.selected
        plan = _ready_plan(settings or self._search, origin, self._gate.inputs(), target, self.limits)
        self._hunt = self._new_hunt()
        self._hunt.take_up(plan, self._link, actor)
        self._hunt.trigger.watch(target)
        self._go(Next(_S.SEARCHING, _begun(plan), actor))
        self._hunt.lift_off(self._clock.now_s())
        return self._show()

    def pause(self, actor: str) -> MissionStatus:
        """Hover in the search until ``resume``."""
        if self.book.state is not _S.SEARCHING:
            raise Conflict(f"The mission is {self.book.state}; only a search can be paused")
        self._hunt.paused = f"Paused by {actor}: hovers where the search was left"
        return self._show()

    def resume(self, actor: str) -> MissionStatus:
        """Go on with the search: after a pause, or leaving the beacon that was found."""
        if self.book.state is _S.SEARCHING and self._hunt.paused:
            self._hunt.paused = ""
            return self._show()
        if self.book.state is not _S.HOLDING:
            raise Conflict(f"The mission is {self.book.state}; there is no paused search to resume")
        self._turn_homing_off()
        return self._go(Next(_S.SEARCHING, "The operator continues the search", actor))

    def activate(self, actor: str) -> MissionStatus:
        """Activate homing; the second of the operator's two steps."""
        if self.book.state not in ACTIVE:
            raise Conflict(f"The mission is {self.book.state}; homing is activated while a search is flown")
        self._hunt.activated_s, self._hunt.activated_by = self._clock.now_s(), actor
        self._hunt.trigger.heed()
        self._gate.set_mission(self.book.state, self._hunt.activated_s)
        return self._show()

    def disable(self, actor: str) -> MissionStatus:
        """Homing off at once; a vehicle that was homing hovers, its search paused."""
        self._turn_homing_off()
        self._gate.set_mission(self.book.state, None)
        if self.book.state in {_S.HOMING, _S.HOLDING}:
            self._helm.stop()
            self._hunt.paused = f"Homing disabled by {actor}: hovers; resume to search on, or stop"
            return self._go(Next(_S.SEARCHING, "Homing disabled", actor))
        return self._show()

    def allow_home_on_detection(self, allowed: bool, actor: str) -> MissionStatus:
        """Let homing begin by itself on a detection, for this flight or, given in IDLE, the next."""
        if self.book.state is _S.EMERGENCY:
            raise Conflict("The emergency stop is latched; reset it with a reason")
        self._home_on = self._hunt.home_on = actor if allowed else ""
        return self._show()

    def emergency_stop(self, actor: str) -> MissionStatus:
        """Latch: no motion from now on, and the vehicle brakes."""
        self._helm.stop()
        self._gate.set_mission(_S.EMERGENCY, None)
        self._link.brake(actor)
        if self.book.state is _S.EMERGENCY:
            return self._show()
        return self._go(Next(_S.EMERGENCY, "Emergency stop", actor))

    def reset(self, reason: str, actor: str) -> MissionStatus:
        """Out of EMERGENCY, with a reason, once the vehicle has confirmed that it left GUIDED (or is not heard)."""
        if self.book.state is not _S.EMERGENCY:
            raise Conflict(f"The mission is {self.book.state}; there is no emergency stop to reset")
        if len(reason.strip()) < SHORTEST_REASON:
            raise OutOfRange("Give the reason for which the emergency stop is reset")
        if self._hunt.flies_on(self._clock.now_s()):
            raise Conflict("The stop is not confirmed, it is still in GUIDED or OFFBOARD; wait, or fly by hand")
        return self._go(Next(_S.IDLE, f"Emergency reset: {reason.strip()}", actor))

    def force(self, state: MissionState, reason: str, actor: str) -> MissionStatus:
        """Into another state, against the table and recorded as forced; what it flies the gate judges as ever."""
        _check_forced(self.book.state, state, reason, self._hunt.on_legs)
        return self._go(Next(state, f"Forced: {reason.strip()}", actor, brake=state is _S.IDLE, forced=True))

    def stop_mission(self, actor: str) -> MissionStatus:
        """To IDLE, the vehicle brakes; in IDLE it ends a goto as well."""
        if self.book.state is _S.EMERGENCY:
            raise Conflict("The emergency stop is latched; reset it with a reason")
        if self.book.state is not _S.IDLE:
            return self._go(Next(_S.IDLE, "Stopped by the operator", actor, brake=True))
        self._halt(actor, brake=self._hunt.in_guided())
        return self.book.status

    def _listen(self) -> None:
        """Hear what came in; another target selected begins the search for it, other limits a new plan of the rest."""
        if (step := self._hunt.heed(self.limits)) is not None:
            self._go(step)
        trigger, target = self._hunt.trigger, self.facts.targets.selected
        if trigger.target != target:
            trigger.watch(target)
            if self.book.state in ACTIVE and self.book.state is not _S.SEARCHING:
                self._go(Next(_S.SEARCHING, "Another target was selected", "operator"))
        self._hunt.hear()

    def _act(self, now_s: float) -> None:
        """One step of the state in hand, with the ends and errors that are common to all."""
        step = taken_away(self._hunt, now_s)
        if step is None:
            try:
                step = ACTIVE[self.book.state](self._hunt, now_s)
            except Refused as refused:
                step = held_up(self._hunt, refused, now_s)
            except AppError as error:
                step = Next(_S.IDLE, str(error), brake=True)
        if step is not None:
            self._go(step)

    def _turn_homing_off(self) -> None:
        self._home_on = ""
        self._hunt.turn_homing_off(self.book.state in {_S.HOMING, _S.HOLDING})

    def _halt(self, actor: str, brake: bool) -> None:
        self._helm.stop()
        if brake and (self.facts.vehicle is None or self.facts.vehicle.armed):
            self._link.brake(actor)

    def _go(self, step: Next) -> MissionStatus:
        """Take one step of the state machine, and do what every change of state brings."""
        now_s = self._clock.now_s()
        self.book.go(step, now_s)
        if step.state is _S.IDLE:
            self._gate.set_mission(_S.IDLE, None)
            brakes = self._hunt.ours() or step.actor != "station"  # which leaves a vehicle that its pilot took
            self._halt(step.actor, step.brake and brakes)
        if step.state is _S.SEARCHING:
            self._hunt.trigger.rest()
        if step.state not in ACTIVE:
            self._home_on = ""
            self._hunt = self._new_hunt()
            self._hunt.text = step.reason
        self._hunt.since_s = now_s
        self._gate.set_mission(step.state, self._hunt.activated_s)
        return self._show()

    def _show(self) -> MissionStatus:
        return self.book.show(self._hunt, force=True)

    def _new_hunt(self) -> Hunt:
        settings = self._settings
        trigger = Trigger(settings.trigger_db, settings.drop_db, settings.debounce_s, settings.loss_s)
        trigger.watch(self.facts.targets.selected)
        return Hunt(settings, self.limits, self.facts, self._helm, trigger, self._gate, home_on=self._home_on)

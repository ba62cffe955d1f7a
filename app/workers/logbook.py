"""The mission's state and all that is told of it; written in the mission worker's thread, read from any."""

import logging
from dataclasses import replace

from app.bus import Bus
from app.clock import Clock
from app.domain.mission import MissionState, MissionStatus, SearchPlan, StateMachine, Transition
from app.workers.hunt import Hunt, Next

log = logging.getLogger(__name__)
STATUS_S = 1.0
HISTORY = 1000


class Logbook:
    """Takes the steps of the one state machine and publishes them."""

    def __init__(self, hunt: Hunt, clock: Clock, bus: Bus) -> None:
        self._clock = clock
        self._bus = bus
        self._machine = StateMachine()
        self._next_s = 0.0
        self.history: tuple[Transition, ...] = ()  # the newest 1000, oldest first
        self.status = self._status(hunt)
        self._plan: SearchPlan | None = None  # that was told last

    @property
    def state(self) -> MissionState:
        return self._machine.state

    def go(self, step: Next, now_s: float) -> None:
        """Take one step. Raises ``Conflict`` when the table of transitions does not have it."""
        transition = self._machine.go(step.state, now_s, step.reason, step.actor, step.forced)
        log.info("mission %s -> %s: %s (%s)", transition.before, transition.after, step.reason, step.actor)
        self.history = (*self.history[1 - HISTORY :], transition)
        self._bus.transition.publish(transition)

    def show(self, hunt: Hunt, force: bool = False) -> MissionStatus:
        """Publish the status when it changed, when a second has gone, or when told to."""
        if hunt.plan is not None and hunt.plan is not self._plan:
            self._plan = hunt.plan
            self._bus.plan.publish(hunt.plan)
        status = self._status(hunt)
        changed = replace(status, time_s=self.status.time_s) != self.status
        if force or changed or status.time_s >= self._next_s:
            self.status, self._next_s = status, status.time_s + STATUS_S
            self._bus.mission.publish(status)
        return self.status

    def _status(self, hunt: Hunt) -> MissionStatus:
        now_s = self._clock.now_s()
        return MissionStatus(
            time_s=now_s,
            state=self._machine.state,
            since_s=self._machine.since_s,
            text=hunt.text,
            target_id=hunt.facts.targets.selected_id,
            activated=hunt.activated(now_s),
            home_on_detection=bool(hunt.home_on),
            leg=hunt.legs.leg if hunt.legs is not None else 0,
            legs=len(hunt.plan.waypoints) if hunt.plan is not None else 0,
            paused=bool(hunt.paused),
            goal=hunt.helm.motion.goal if hunt.helm.motion is not None else None,
        )

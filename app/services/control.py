"""Who commands the vehicle: one lease for every face of the station; any thread."""

import threading
import time
from collections.abc import Callable

from app.bus import Bus
from app.clock import Clock
from app.domain.control import Control
from app.domain.mission import Transition
from app.domain.vehicle import CommandRecord, Outcome

# commands that need no vehicle: whoever may, may give them, whoever has control
WITHOUT_VEHICLE = frozenset({
    "control", "start_flight", "end_flight", "start_recording", "stop_recording", "save_recording", "delete_recording",
    "set_store_aside",
})  # fmt: skip


class ControlService:
    """Remote clients need control to command the vehicle; it comes with the first command while nobody has it.

    The operator in the ``seat``, the station's own window, always commands: a command from there takes control over,
    and everybody sees it. Stopping needs no control. A lease runs on the wall's clock, ``wall_s``, however fast a
    simulation goes.
    """

    def __init__(self, bus: Bus, clock: Clock, seat: str, wall_s: Callable[[], float] = time.time) -> None:
        self._bus = bus
        self._clock = clock
        self._seat = seat
        self._wall_s = wall_s
        self._lock = threading.Lock()
        self._control = Control()
        bus.command.subscribe(self._note_command)
        bus.transition.subscribe(self._note_transition)

    def control(self) -> Control:
        """Who has it now."""
        with self._lock:
            control = self._control
        return control if control.held_at(self._wall_s()) else Control()

    def commanding(self, actor: str) -> Control:
        """To be called before a command by a remote ``actor``. Raises ``Conflict`` when another has control."""
        return self._become(lambda control, now_s: control.commanded(actor, now_s))

    def ask(self, actor: str) -> Control:
        """Ask the holder for control; given at once when nobody has it."""
        return self._become(lambda control, now_s: control.asked(actor, now_s))

    def take(self, actor: str) -> Control:
        """Take control over from whoever has it: recorded, and shown to them."""
        return self._become(lambda control, now_s: control.taken(actor, now_s), actor)

    def give(self, actor: str) -> Control:
        """Give control to whoever asked. Raises ``Conflict`` when ``actor`` has none or nobody asked."""
        return self._become(lambda control, now_s: control.given(actor, now_s), actor)

    def let_go(self, actor: str) -> Control:
        """Have no control any more. Raises ``Conflict`` when another has it."""
        return self._become(lambda control, now_s: control.let_go(actor, now_s), actor)

    def _become(self, change: Callable[[Control, float], Control], recorded: str = "") -> Control:
        now_s = self._wall_s()
        with self._lock:
            before, self._control = self._control, change(self._control, now_s)
            after = self._control
        if (before.held_at(now_s), before.asked_by) != (after.holder, after.asked_by):
            if recorded or after.holder != before.held_at(now_s):
                self._record(recorded or after.holder, after)
            self._bus.control.publish(after)
        return after

    def _record(self, actor: str, after: Control) -> None:
        said = f"{after.holder} {after.how}" if after.holder else "nobody"
        self._bus.command.publish(CommandRecord(self._clock.now_s(), actor, "control", said, Outcome.ACCEPTED))

    def _note_command(self, record: CommandRecord) -> None:
        if record.actor == self._seat and record.verb not in WITHOUT_VEHICLE and record.outcome is Outcome.ASKED:
            self.take(self._seat)

    def _note_transition(self, transition: Transition) -> None:
        if transition.actor == self._seat:
            self.take(self._seat)

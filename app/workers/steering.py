"""Position targets for the vehicle, each let through by the safety gate; the link worker's thread."""

from collections.abc import Callable
from typing import Protocol

from app.clock import Clock
from app.domain.safety import GateReport, Motion, Purpose
from app.domain.vehicle import CommandRecord, Outcome, Telemetry
from app.errors import Conflict, Refused
from app.vehicle.frames import Message
from app.vehicle.orders import speed
from app.vehicle.picture import Picture
from app.vehicle.setpoints import place, stay, towards
from app.vehicle.talk import Peer, Talk
from app.workers.talks import MODE_SLOT, Order, Talks

SETPOINT_S = 0.5
STREAM_S = 0.1  # for an autopilot that leaves its guided mode when fewer than two a second come
SPEED_SLOT = "speed"


class Gate(Protocol):
    """What the link needs of the safety gate."""

    def require(self, motion: Motion) -> None:
        """Let the motion through, or raise ``Refused`` with the reasons."""
        ...

    def report(self, motion: Motion) -> GateReport:
        """Every rule's answer for this motion now."""
        ...

    def guided_asked(self) -> None:
        """An operator's order asks for GUIDED."""
        ...


class Steering:
    """The motion in force and its setpoints.

    It ends when the vehicle leaves GUIDED, and from then on, and from each order to stop, return or land, nothing
    steers until the next order for GUIDED (``release``). A vehicle that needs a stream of targets is told to stay
    where it is while there is no motion to follow: a stop, which the gate need not let through.
    """

    def __init__(
        self,
        gate: Gate,
        talks: Talks,
        clock: Clock,
        send: Callable[[Message], None],
        publish: Callable[[CommandRecord], None],
        stop: Callable[[str], None],
    ) -> None:
        """``stop`` has the vehicle braked; it is called with the reason when the gate closes on a flight to a place."""
        self._gate, self._talks, self._clock = gate, talks, clock
        self._send, self._publish, self._stop = send, publish, stop
        self._motion: Motion | None = None
        self._actor = "station"
        self._held = ""
        self._told = ""  # what was told last: one of the outcomes, or why steering was denied
        self._next_s = 0.0
        self._speed_mps: float | None = None  # what the vehicle acknowledged
        self._asked = False  # this station asked for the guided mode, and it was not left since
        self._spot: Telemetry | None = None  # where a vehicle without a motion stays

    @property
    def steers(self) -> bool:
        """Whether a motion is in force."""
        return self._motion is not None

    def steer(self, motion: Motion | None, actor: str, mode: str, guided: str) -> None:
        """Put a motion in force, or none.

        Raises ``Conflict`` while an order against steering holds or the vehicle is not in its guided mode.
        """
        before, self._motion = self._motion, None
        if motion is None:
            self._told = ""
            return
        why = self._held or (f"The vehicle is in {mode}, not in {guided}" if mode != guided else "")
        if why:
            self._tell(motion, Outcome.REFUSED, why, why)
            raise Conflict(why)
        if before is None or before.purpose is not motion.purpose:
            self._told, self._next_s = "", 0.0
        self._motion, self._actor = motion, actor

    def hold(self, why: str) -> None:
        """End the motion and let none begin until ``release``."""
        self._motion = None
        self._asked, self._held = False, why
        self._talks.end(SPEED_SLOT, Conflict(why))

    def release(self) -> None:
        """An operator's order asks for GUIDED."""
        self._held, self._told, self._asked, self._spot = "", "", True, None

    def mode_seen(self, before: str, now: str, guided: str) -> None:
        """The heartbeat told the mode; leaving the guided one ends steering at once."""
        if before == guided and now != guided:
            self.hold(f"The vehicle left {guided} for {now}; ask for {guided} to steer it again")
        if before != guided:
            self._speed_mps = None  # each time GUIDED is entered the autopilot begins with its own speed

    def tick(self, picture: Picture, peer: Peer) -> None:
        """Send the next setpoint when it is due, when the mode is right, and when the gate lets it through."""
        now_s, table = self._clock.now_s(), picture.table
        if now_s < self._next_s or not picture.state.connected:
            return
        entered = picture.state.mode == table.guided
        self._asked &= entered or self._talks.runs(MODE_SLOT)
        motion = self._motion if entered else None
        if motion is not None and motion.goal is not None and self._lets_through(motion):
            self._next_s = now_s + (STREAM_S if table.streams else SETPOINT_S)
            self._follow(motion, picture, peer)
        elif table.streams and self._asked:
            self._next_s = now_s + STREAM_S
            message, self._spot = stay(peer, picture.telemetry, self._spot, picture.state.in_air is False)
            self._send(message)

    def _lets_through(self, motion: Motion) -> bool:
        try:
            self._gate.require(motion)
        except Refused as refusal:
            self._refused(motion, refusal)
            return False
        return True

    def _follow(self, motion: Motion, picture: Picture, peer: Peer) -> None:
        self._spot = None
        if picture.table.streams:
            if picture.telemetry is None or motion.goal is None:
                return
            self._send(towards(peer, motion, picture.telemetry))
        else:
            if self._speed_mps is None or abs(self._speed_mps - motion.speed_mps) > 0.05:
                self._set_speed(peer, motion.speed_mps)
            if self._speed_mps is None or motion.goal is None:
                return
            self._send(place(peer, motion.goal, motion.height_m, motion.heading_deg))
        self._tell(motion, Outcome.ACCEPTED, "", Outcome.ACCEPTED)

    def _set_speed(self, peer: Peer, speed_mps: float) -> None:
        if not self._talks.runs(SPEED_SLOT):
            order = Order(SPEED_SLOT, silence_s=SETPOINT_S)
            self._talks.begin(order, self._speed_talk(peer, speed_mps))

    def _speed_talk(self, peer: Peer, speed_mps: float) -> Talk[None]:
        yield from speed(peer, speed_mps)
        self._speed_mps = speed_mps

    def _refused(self, motion: Motion, refusal: Refused) -> None:
        flying = self._told == Outcome.ACCEPTED
        self._tell(motion, Outcome.REFUSED, str(refusal), Outcome.REFUSED)
        if flying and motion.purpose is Purpose.GOTO:  # no mission watches over it: it must not fly on to its goal
            self._stop(str(refusal))

    def _tell(self, motion: Motion, outcome: Outcome, detail: str, key: str) -> None:
        """Publish a record when ``key`` has changed: not for each of the setpoints."""
        if key == self._told:
            return
        self._told = key
        arguments = f"{motion.height_m:.0f} m, {motion.speed_mps:.1f} m/s"
        if motion.goal is not None:
            arguments = f"{motion.goal.lat_deg:.6f} {motion.goal.lon_deg:.6f}, {arguments}"
        now_s, verb = self._clock.now_s(), f"steer ({motion.purpose})"
        self._publish(CommandRecord(now_s, self._actor, verb, arguments, outcome, detail))

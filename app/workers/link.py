"""The link to the vehicle: telemetry in, commands and setpoints out; runs in a thread of its own."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bus import Bus
from app.clock import Clock
from app.domain.fault import Fault
from app.domain.geometry import LatLon
from app.domain.safety import Motion
from app.domain.vehicle import CommandRecord, LinkState, VehicleState
from app.errors import AppError, NotConnected, OutOfRange, StoreError
from app.ports import Wire
from app.settings import VehicleSettings
from app.vehicle.companion import RECEIVER
from app.vehicle.frames import Frame
from app.vehicle.picture import READ
from app.vehicle.streams import UNANSWERING
from app.vehicle.talk import Peer, Talk
from app.vehicle.timesync import RoundTrip
from app.worker import Worker
from app.workers.announcer import Announcer
from app.workers.commander import Commander
from app.workers.connection import Arrival
from app.workers.earpiece import Earpiece
from app.workers.fleet import Fleet
from app.workers.forwarding import Forwarding
from app.workers.links import make_links, no_key
from app.workers.player import Player
from app.workers.selection import Selection
from app.workers.steering import Gate, Steering
from app.workers.talks import Order, Talks

ResultT = TypeVar("ResultT")
OpenWire = Callable[[str], Wire]
KeyOf = Callable[[str], str]  # the signing key kept for a link, by its address

READ_S = 0.02  # longest wait for bytes; shorter when the clock is fast, so that its time-outs stay sharp
SHORTEST_READ_S = 0.003
BEAT_S = 1.0
TIMESYNC = mavlink.MAVLINK_MSG_ID_TIMESYNC
UNREAD = UNANSWERING - READ  # recorded, counted and passed on as they are, and of no other concern here


class LinkWorker(Worker):
    """Owns the wire and everything said on it.

    What is asked of it comes back in a future: a CommandRecord once the vehicle has done it, else ``Refused`` (the
    gate), ``VehicleRefused`` (the vehicle, in its own words), ``DeviceError`` (no answer), ``NotConnected``, or
    ``Conflict`` (another order took its place). Each step of a command is published on ``bus.command``.
    """

    def __init__(
        self, settings: VehicleSettings, open_wire: OpenWire, gate: Gate, clock: Clock, bus: Bus, kept: KeyOf = no_key
    ) -> None:
        super().__init__("link", clock, bus.fault)
        self._settings, self._bus = settings, bus
        self._forwarding = Forwarding(settings.forward, open_wire, self._teller("forwarding"))
        self._links = make_links(settings, open_wire, clock, self._teller, self._forwarding.spread, kept)
        self._connection = self._links.main
        self._fleet = Fleet(settings.system_id, bus, self._teller("vehicle"))
        send, publish = self._links.send, bus.command.publish
        self.player = Player(self._connection, self.ask, self._fleet.forget)
        self._talks = Talks(clock, send, gate.require, publish)
        self._steering = Steering(gate, self._talks, clock, send, publish, self._brake_unasked)
        self.selection = Selection(self._fleet, self._talks, self._steering, self.ask)
        self._commander = Commander(self._links, self._fleet, self._talks, self._steering, gate, settings.system_id)
        self._announcer = Announcer(bus, clock.now_s())
        self._earpiece = Earpiece(bus)
        self._round_trip = RoundTrip()
        self._beat_s = 0.0
        self._begun = False

    @property
    def vehicles(self) -> tuple[VehicleState, ...]:
        """Every vehicle heard on this link, the first heard first."""
        return self.selection.states

    def connect(self, url: str) -> "Future[LinkState]":
        """Leave the present link and open this one; an empty address leaves it closed."""
        return self.ask(lambda: self._connect(url))

    def record_to(self, path: Path | None) -> "Future[None]":
        """Record every frame received and sent to this .tlog from now on; None ends it."""
        return self.ask(lambda: self._links.record_to(path))

    def arm(self, actor: str) -> "Future[CommandRecord]":
        return self._answered(lambda answer: self._commander.arm(True, actor, answer))

    def disarm(self, actor: str) -> "Future[CommandRecord]":
        return self._answered(lambda answer: self._commander.arm(False, actor, answer))

    def takeoff(self, height_m: float, actor: str) -> "Future[CommandRecord]":
        """Rise to ``height_m`` above home where the vehicle stands; it must be armed and in its guided mode."""
        return self._answered(lambda answer: self._commander.takeoff(height_m, actor, answer))

    def set_mode(self, mode: str, actor: str) -> "Future[CommandRecord]":
        """Change the mode; done when the heartbeat shows it."""
        return self._answered(lambda answer: self._commander.set_mode(mode, actor, answer))

    def rtl(self, actor: str) -> "Future[CommandRecord]":
        return self._answered(lambda answer: self._commander.insist("rtl", ("RTL",), actor, answer))

    def land(self, actor: str) -> "Future[CommandRecord]":
        return self._answered(lambda answer: self._commander.insist("land", ("LAND", "QLAND"), actor, answer))

    def brake(self, actor: str) -> "Future[CommandRecord]":
        """Stop the vehicle where it is: BRAKE, else LOITER, else HOLD, said again until the heartbeat shows it."""
        return self._answered(lambda answer: self._commander.insist("brake", None, actor, answer))

    def goto(self, goal: LatLon, height_m: float | None, actor: str) -> "Future[CommandRecord]":
        """Fly to a place, in its guided mode, as the gate allows; ``height_m`` None keeps the present height."""
        speed_mps = self._settings.goto_mps
        return self._answered(lambda answer: self._commander.goto(goal, height_m, speed_mps, actor, answer))

    def steer(self, motion: Motion | None) -> None:
        """Put a motion in force, or end steering (None); the gate is asked before each of its setpoints."""
        self.ask(lambda: self._commander.steer(motion, "station"))

    def converse(
        self, talk: "Callable[[Peer], Talk[ResultT]]", slot: str, verb: str = "", arguments: str = "", actor: str = ""
    ) -> "Future[ResultT]":
        """Play a conversation with the active vehicle, such as a mission upload; one of each ``slot`` at a time.

        With a ``verb`` it is recorded as a command is. Raises ``Conflict`` while another one runs.
        """
        order = Order(slot, verb, arguments, actor, own_result=True)
        return self._answered(lambda answer: self._commander.converse(talk, order, answer))

    def step(self) -> None:
        if not self._begun:
            self._begun = True
            self._first_connect()
        if not self._links.is_open:
            self.rest(READ_S * self._clock.rate)
        for arrival in self._links.read(max(READ_S / self._clock.rate, SHORTEST_READ_S)):
            self._hear(arrival)
        self._fleet.moved(self._links.moved())
        for raw in self._forwarding.gather(self._steering.steers, (one.vehicle_id for one in self._fleet.states)):
            self._links.relay(raw)
        now_s = self._clock.now_s()
        self._fleet.tick(now_s, self._connection.patience)
        picture = self._fleet.active
        if picture is not None and not self._connection.recorded:
            if self._fleet.wants_introduction(now_s):
                self._commander.introduce(picture, self._settings.telemetry_hz)
            self._steering.tick(picture, self._commander.peer(picture))
        self._talks.tick()
        self._announce(now_s)

    def close(self) -> None:
        self._talks.end_all(NotConnected("The link has ended"))
        self._steering.hold("The link was closed; ask for the guided mode to steer again")
        self._links.close()
        self._forwarding.close()
        self._begun = False

    def _first_connect(self) -> None:
        url = self._connection.url or self._settings.link
        try:
            self._connection.use(url)
        except (OutOfRange, StoreError) as error:
            self._connection.give_up(url, str(error))
        except AppError:
            return  # told where it was raised, and tried again

    def _connect(self, url: str) -> LinkState:
        self._talks.end_all(NotConnected("The link was changed"))
        self._steering.hold("The link was changed; ask for the guided mode to steer again")
        self._begun = True
        try:
            self._connection.use(url)
        finally:
            self._links.forget()
            self._fleet.forget()
            self._round_trip = RoundTrip()
            self._publish_link()
        return self._connection.state(connected=False)

    def _hear(self, arrival: Arrival) -> None:
        fleet, talks, time_s = self._fleet, self._talks, arrival.time_s
        for frame in arrival.frames:
            if frame.number in UNREAD:
                continue
            before = fleet.active
            mode, guided = (before.state.mode, before.table.guided) if before is not None else ("", "GUIDED")
            fleet.hear(frame, time_s)
            picture = fleet.active
            if picture is None or frame.system != picture.state.vehicle_id:
                continue
            if frame.number == TIMESYNC:
                self._time(frame, time_s)
            if frame.number in RECEIVER:
                self._earpiece.hear(frame, time_s)
            if picture.state.mode != mode:
                self._steering.mode_seen(mode, picture.state.mode, guided)
            talks.hear(frame)

    def _time(self, frame: Frame, time_s: float) -> None:
        answer = self._round_trip.hear(frame, time_s)
        if answer is not None and not self._connection.recorded:
            self._links.send(answer)

    def _brake_unasked(self, why: str) -> None:
        """The gate closed on a flight to a place: stop; the reason was told as the flight's refusal."""
        del why
        self.brake("station")

    def _answered(self, begin: "Callable[[Future[ResultT]], None]") -> "Future[ResultT]":
        """Have ``begin`` called in the worker with the answer it will settle; what hinders that is the answer."""
        answer: Future[ResultT] = Future()

        def failed(asked: "Future[None]") -> None:
            error = NotConnected("The link has ended") if asked.cancelled() else asked.exception()
            if error is not None and not answer.done():
                answer.set_exception(error)

        self.ask(lambda: begin(answer)).add_done_callback(failed)
        return answer

    def _announce(self, now_s: float) -> None:
        beat = now_s - self._beat_s >= BEAT_S
        for message in self._announcer.texts() + (self._announcer.beats(now_s) if beat else []):
            self._links.send(message)
        if beat:
            self._beat_s = now_s
            if self._fleet.active is not None and not self._connection.recorded:
                self._links.send(self._round_trip.ask(self._clock.now_s()))
            self._publish_link()

    def _publish_link(self) -> None:
        picture = self._fleet.active
        now_s, round_trip = self._clock.now_s(), self._round_trip
        connected = picture is not None and picture.state.connected
        system = picture.state.vehicle_id if picture is not None else None
        state = self._links.state(system, connected, round_trip.latency_ms(now_s), round_trip.jitter_ms(now_s))
        self._bus.link.publish(state)

    def _teller(self, source: str) -> Callable[[str, bool], None]:
        """A call that publishes trouble of one kind: its text, and whether it is its end."""
        count = 0

        def tell(text: str, ended: bool) -> None:
            nonlocal count
            count += not ended
            self._bus.fault.publish(Fault(self._clock.now_s(), source, text, ended, max(count, 1)))

        return tell

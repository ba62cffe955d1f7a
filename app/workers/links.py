"""All wires to the vehicles: each vehicle is heard and told over the better one; the link worker's thread."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from app.clock import Clock
from app.domain.vehicle import LinkState
from app.errors import AppError
from app.ports import Wire
from app.settings import VehicleSettings
from app.vehicle.frames import Frame, FrameReader, FrameWriter, Message
from app.vehicle.signing import LINK, Signing
from app.workers.connection import Arrival, Connection
from app.workers.tlogfile import LinkLog
from app.workers.trust import Trust

SILENT_S = 1.5  # nothing over the wire in use for so long while another one brings something: it is changed
WORSE_PERCENT = 20.0  # more of the frames lost than on the other one
KEPT_S = 10.0  # for so long after a change loss alone changes nothing
FRESH_S = 3.0
Sender = tuple[int, int]  # system, component
Teller = Callable[[str], Callable[[str, bool], None]]


class Links:
    """The first connection is the one that can be changed at run time; the others stay beside it.

    What a vehicle says over a second wire is dropped as a duplicate, but counts for that wire's quality. While the
    first one plays a recording, the others are not read.
    """

    def __init__(self, connections: Sequence[Connection], clock: Clock, log: LinkLog) -> None:
        self.main, self._others = connections[0], tuple(connections[1:])
        self._clock, self._log = clock, log
        self._ways: dict[Sender, Connection] = {}
        self._heard: dict[Sender, dict[Connection, float]] = {}
        self._changed_s: dict[Sender, float] = {}
        self._moved: set[int] = set()
        if self._others:
            for one in connections:
                one.sieve = self._sieve(one)

    @property
    def is_open(self) -> bool:
        return any(one.is_open for one in self._all())

    def read(self, timeout_s: float) -> list[Arrival]:
        """What has arrived over any wire, each vehicle's by one of them; waits for the first wire only."""
        found = self.main.read(timeout_s)
        if not self.main.recorded:
            for one in self._others:
                found += one.read(0.0)
        return found

    def moved(self) -> set[int]:
        """Systems whose wire was changed since the last call: what they were asked for there is to be asked again."""
        moved, self._moved = self._moved, set()
        return moved

    def send(self, message: Message) -> None:
        """Over the wire of the vehicle it is for; what is for nobody in particular over all."""
        taken = False
        for one in self._ways_to(message):
            taken |= one.send(message, once=not taken)

    def relay(self, raw: bytes) -> None:
        """Send another station's frame as it is, in the same way."""
        for frame in FrameReader().feed(raw):
            taken = False
            for one in self._ways_to(frame.message):
                taken |= one.relay(raw, once=not taken)

    def forget(self) -> None:
        """Other vehicles may be there now."""
        for known in (self._ways, self._heard, self._changed_s, self._moved):
            known.clear()

    def close(self) -> None:
        """Let every wire go, and end the recording."""
        for one in (self.main, *self._others):
            one.close()
        self._log.record_to(None)

    def record_to(self, path: Path | None) -> None:
        """Record every frame from now on to a .tlog, or to none. Raises ``StoreError``."""
        self._log.record_to(path)

    def state(
        self, system: int | None, connected: bool, latency_ms: float | None, jitter_ms: float | None
    ) -> LinkState:
        """The link in figures: the wire that carries this vehicle, the others in ``others``."""
        carrier = self._way_of(system or 0) or self.main
        state = carrier.state(connected, latency_ms, jitter_ms)
        if not self._others:
            return state
        others = tuple(one.state(self._fresh(one, system)) for one in self._all() if one is not carrier)
        return replace(state, others=others)

    def _all(self) -> tuple[Connection, ...]:
        return (self.main,) if self.main.recorded else (self.main, *self._others)

    def _sieve(self, one: Connection) -> Callable[[list[Frame]], list[Frame]]:
        def sieve(frames: list[Frame]) -> list[Frame]:
            now_s = self._clock.now_s()
            carried = {sender: self._carries(one, sender, now_s) for sender in {_sender(frame) for frame in frames}}
            return [frame for frame in frames if carried[_sender(frame)]]

        return sieve

    def _carries(self, one: Connection, sender: Sender, now_s: float) -> bool:
        """Whether what this sender says is taken from this wire, which may become so now."""
        self._heard.setdefault(sender, {})[one] = now_s
        way = self._ways.setdefault(sender, one)
        if way is not one and self._is_better(one, way, sender, now_s):
            self._ways[sender], self._changed_s[sender] = one, now_s
            self._moved.add(sender[0])
        return self._ways[sender] is one

    def _is_better(self, one: Connection, way: Connection, sender: Sender, now_s: float) -> bool:
        if now_s - self._heard[sender][way] >= SILENT_S:
            return True
        worse = way.quality.lost_percent(now_s) - one.quality.lost_percent(now_s) > WORSE_PERCENT
        return worse and now_s - self._changed_s.get(sender, -KEPT_S) >= KEPT_S

    def _ways_to(self, message: Message) -> tuple[Connection, ...]:
        way = self._way_of(getattr(message, "target_system", 0), getattr(message, "target_component", 0))
        return (way,) if way is not None else self._all()

    def _way_of(self, system: int, component: int = 0) -> Connection | None:
        exact = self._ways.get((system, component))
        if exact is not None or not system:
            return exact
        return next((way for (other, _), way in self._ways.items() if other == system), None)

    def _fresh(self, one: Connection, system: int | None) -> bool:
        now_s = self._clock.now_s()
        return any(
            now_s - heard.get(one, -FRESH_S) <= FRESH_S
            for (other, _), heard in self._heard.items()
            if system is None or other == system
        )


def no_key(link: str) -> str:
    """No link has a key of its own."""
    del link
    return ""


def make_links(
    settings: VehicleSettings,
    open_wire: Callable[[str], Wire],
    clock: Clock,
    teller: Teller,
    spread: Callable[[list[bytes]], None],
    kept_key: Callable[[str], str] = no_key,
) -> Links:
    """The wires that the settings ask for; each signs for itself, since each is heard with a delay of its own.

    ``kept_key`` gives the signing key kept for a link, by its address; the settings' own comes before it.
    """
    log = LinkLog(teller("link"))
    given = settings.signing_key.get_secret_value()

    def connection(number: int) -> tuple[Connection, Trust]:
        trust = Trust(
            lambda url: given or kept_key(url),
            lambda key: Signing(key, clock.now_s, settings.allow_unsigned, LINK + number),
            teller("signing"),
        )
        writer = FrameWriter(settings.system_id)
        return Connection(open_wire, writer, clock, teller("link"), spread, trust, log), trust

    others = []
    for number, url in enumerate(settings.links, start=1):
        other, trust = connection(number)
        other.url = url  # opened at the first reading
        try:
            open_wire(url)
            trust.use(url)
        except AppError as error:
            other.give_up(url, str(error))
        others.append(other)
    return Links([connection(0)[0], *others], clock, log)


def _sender(frame: Frame) -> Sender:
    return frame.system, frame.component

"""The link worker's wire: opened, read, written, recorded, and opened again when it broke; the link worker's thread."""

import math
import time
from collections.abc import Callable
from typing import NamedTuple

from app.clock import Clock
from app.domain.vehicle import LinkState, Playback
from app.errors import AppError, NotConnected
from app.ports import EndOfRecording, Playable, Wire, WireBytes
from app.vehicle.frames import Frame, FrameReader, FrameWriter, Message
from app.vehicle.quality import LinkQuality
from app.workers.retry import Retry
from app.workers.tlogfile import LinkLog
from app.workers.trust import Trust

FIRST_RETRY_S, LONGEST_RETRY_S = 0.5, 8.0  # true time: a device comes back no sooner for a fast simulation
BUDGET_S = 0.03  # true time spent on what is waiting, before the rest of a step has its turn
AHEAD_S, BEHIND_S = 0.1, 2.0  # a recording's stamps against now: more is a cut in it; behind in true time


class Arrival(NamedTuple):
    """Frames that came together."""

    time_s: float
    frames: list[Frame]


class Connection:
    """One wire at a time. Trouble is told once when it begins and once when it has ended.

    Frames of a recording are stamped with their recorded times, shifted so that the first one is now. The shift is
    taken anew where the recorded time jumps, so stamps keep the recording's own spacing and stay near the clock.
    """

    def __init__(
        self,
        open_wire: Callable[[str], Wire],
        writer: FrameWriter,
        clock: Clock,
        tell: Callable[[str, bool], None],
        spread: Callable[[list[bytes]], None],
        trust: Trust,
        log: LinkLog,
    ) -> None:
        """``spread`` is given all frames heard and sent, but for those relayed, and ``log`` those as well."""
        self.url = ""
        self.problem = ""
        self.recorded = False  # what is heard comes from a recording: nobody there answers
        self.patience = 1.0  # how much longer than usual a silence may be: a recording can be played slowly
        self._open_wire, self._writer, self._clock, self._tell = open_wire, writer, clock, tell
        self._spread, self._trust = spread, trust
        self._wire: Wire | None = None
        self._reader = FrameReader()
        self.quality = LinkQuality()
        self._log = log
        self.sieve: Callable[[list[Frame]], list[Frame]] | None = None  # leaves out what came over another wire too
        self._shift_s = 0.0
        self._retry = Retry(FIRST_RETRY_S, LONGEST_RETRY_S, tell)

    @property
    def is_open(self) -> bool:
        return self._wire is not None

    def use(self, url: str) -> None:
        """Leave the present wire and open this one; an empty address leaves it closed.

        Raises ``OutOfRange`` for an address that is none, and ``StoreError`` for one whose signing key cannot be read
        (the present wire then stays), and what opening raises; it is tried again until another address is given.
        """
        wire = self._open_wire(url) if url else None
        self._trust.use(url)
        self.close()
        self.url, self.problem, self.recorded, self.patience = url, "", False, 1.0
        self._retry.restart()
        if wire is not None:
            self._open(wire)

    def give_up(self, url: str, why: str) -> None:
        """An address that is none: say so, and wait for another."""
        self.url, self.problem = url, why
        self._retry.never()
        self._tell(why, False)

    def close(self) -> None:
        """Let the wire go."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def read(self, timeout_s: float) -> list[Arrival]:
        """Everything that has arrived, waiting at most ``timeout_s`` of true time for the first bytes."""
        if self._wire is None and not self._reopened():
            return []
        found: list[Arrival] = []
        heard: list[Frame] = []
        until_s = time.monotonic() + timeout_s + BUDGET_S
        while time.monotonic() < until_s and (came := self._take(timeout_s)) is not None:
            stamp_s, frames = self._stamp(came), self._reader.feed(came.data)
            if self._trust.signs and not self.recorded:
                frames = [frame for frame in frames if self._trust.believes(frame)]
            heard += frames
            if self.sieve is not None and not self.recorded:
                frames = self.sieve(frames)
            if frames:
                found.append(Arrival(stamp_s, frames))
                self._pass_on([frame.raw for frame in frames])
            timeout_s = 0.0
        if heard:
            self.quality.add(self._clock.now_s(), heard)
            if self.is_open:  # else it ended or broke behind them
                self._mended()
        return found

    def playback(self) -> Playback | None:
        """Where the replay is; None when the wire is no recording."""
        deck = _playable(self._wire)
        return deck.playback() if deck is not None else None

    def play(self, speed: float, at_s: float | None) -> Playback:
        """Play a recording at this speed, from ``at_s`` or from where it is. Raises ``NotConnected``."""
        deck = _playable(self._wire)
        if deck is None:
            raise NotConnected(self.problem or "The link is no recording: connect tlog:FILE to play one.")
        deck.play(speed, at_s)
        self.patience = 1.0 / min(speed, 1.0) if speed else math.inf
        return deck.playback()

    def send(self, message: Message, once: bool = True) -> bool:
        """Send one message; a wire that breaks is told of and opened again, the message is lost.

        Without ``once`` another wire has taken it already: it is neither recorded nor passed on again.
        """
        raw = self._writer.pack(message)
        taken = self.relay(raw, once)
        if taken and once:
            self._spread([raw])
        return taken

    def relay(self, raw: bytes, once: bool = True) -> bool:
        """Send a frame as it is; returns whether the wire took it."""
        if self._wire is None:
            return False
        raw = self._trust.signed(raw)
        try:
            self._wire.write(raw)
        except AppError as error:
            self._broke(str(error))
            return False
        if once:
            self._log.write(self._clock.now_s(), [raw])
        return True

    def state(self, connected: bool, latency_ms: float | None = None, jitter_ms: float | None = None) -> LinkState:
        """The link in figures; ``connected``: a vehicle's heartbeat is fresh."""
        now_s, quality = self._clock.now_s(), self.quality
        waiting = "No vehicle's address is set. Connect one, for example udpin:0.0.0.0:14550."
        if self.url:
            waiting = f"No heartbeat on {self.url}. Is the vehicle on, and does it send to this address?"
        radio_dbm, remote_dbm = quality.radio_dbm(now_s)
        return LinkState(
            time_s=now_s,
            url=self.url,
            connected=connected and self.is_open,
            received_per_s=quality.received_per_s(now_s),
            lost_percent=quality.lost_percent(now_s),
            bad_frames=self._reader.bad,
            problem=self.problem or ("" if connected else self._trust.problem or waiting),
            bytes_per_s=quality.bytes_per_s(now_s),
            rates_hz=quality.rates_hz(now_s),
            latency_ms=latency_ms,
            jitter_ms=jitter_ms,
            radio_dbm=radio_dbm,
            radio_remote_dbm=remote_dbm,
            signed=self._trust.signs,
            refused_frames=self._trust.refused,
        )

    def _take(self, timeout_s: float) -> WireBytes | None:
        if self._wire is None:
            return None
        try:
            return self._wire.read(timeout_s)
        except EndOfRecording:
            self.close()
            self.problem = "The recording has been played to its end. Connect again to play it once more."
            self._retry.never()
        except AppError as error:
            self._broke(str(error))
        return None

    def _pass_on(self, raws: list[bytes]) -> None:
        """To the flight's .tlog and to other ground stations."""
        self._log.write(self._clock.now_s(), raws)
        self._spread(raws)

    def _stamp(self, came: WireBytes) -> float:
        now_s = self._clock.now_s()
        if came.time_s is None:
            return now_s
        behind_s = now_s - came.time_s - self._shift_s
        if not self.recorded or not -AHEAD_S <= behind_s <= BEHIND_S * self._clock.rate:
            self.recorded, self._shift_s = True, now_s - came.time_s
        return came.time_s + self._shift_s

    def _open(self, wire: Wire) -> None:
        try:
            wire.open()
        except AppError as error:
            wire.close()
            self._broke(str(error))
            raise
        self._wire, self._reader, self.quality = wire, FrameReader(), LinkQuality()
        if not self._retry.troubled:
            self.problem = ""

    def _reopened(self) -> bool:
        if not self.url or not self._retry.is_due:
            return False
        try:
            self._open(self._open_wire(self.url))
        except AppError:
            return False  # told and counted where it was raised
        return True

    def _broke(self, why: str) -> None:
        self.close()
        self.problem = why
        self._retry.broke(why)

    def _mended(self) -> None:
        """Frames arrive."""
        self.problem = ""
        self._retry.mended(f"The link {self.url} works again")


def _playable(wire: object) -> Playable | None:
    return wire if isinstance(wire, Playable) else None

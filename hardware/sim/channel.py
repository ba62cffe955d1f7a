"""One station's MAVLink connection to the simulated vehicle: frames and streams; the world's thread."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pymavlink.dialects.v20.ardupilotmega as mavlink

from app.vehicle.signing import EPOCH_S, TICKS, key_of
from hardware.sim import telemetry
from hardware.sim.line import Line
from hardware.sim.world import World

# MAV_DATA_STREAM -> messages, as ArduCopter groups them
STREAMS: dict[int, tuple[int, ...]] = {
    1: (27, 116),  # RAW_SENSORS: not simulated, so nothing is sent for them
    2: (1, 24, 42, 62, 125, 162),  # EXTENDED_STATUS
    3: (65,),  # RC_CHANNELS
    6: (33, 32),  # POSITION
    10: (30,),  # EXTRA1
    11: (74,),  # EXTRA2
    12: (2, 147, 193, 241),  # EXTRA3
}
_HEARTBEAT, _HOME_POSITION = 0, 242
# message: interval of what PX4 sends a ground station unasked
_PX4_UNASKED = {0: 1.0, 1: 1.0, 24: 1.0, 30: 0.1, 33: 0.2, 74: 0.25, 147: 2.0, 230: 1.0, 242: 2.0, 245: 1.0}
_CROWDED_S = 0.2  # of frames waiting for the line: streams wait, as they do on ArduPilot when its buffer is full
_SLOWED = 4  # streams are so many times as slow while parameters are sent, as ArduPilot's are
_KEPT = 50  # frames of which the oldest is sent once more as a replay


@dataclass(slots=True)
class Transfer:
    """A mission upload under way."""

    kind: int
    count: int
    station: tuple[int, int]
    items: list[Any] = field(default_factory=list)
    asked_s: float = 0.0
    tries: int = 0


class Channel:
    """Bytes from a station in, bytes to it out. Loss and delay of the radio link happen here."""

    def __init__(self, world: World, random: np.random.Generator) -> None:
        self.world = world
        self.upload: Transfer | None = None
        self.parameters_due: deque[int] = deque()
        self.station_heard_s: float | None = None
        self._random = random
        self._codec = mavlink.MAVLink(None, srcSystem=1, srcComponent=1)
        self._codec.robust_parsing = True
        self._secret = ""
        self._sent: deque[bytes] = deque(maxlen=_KEPT)
        self._out: deque[tuple[float, bytes]] = deque()
        self._in: deque[tuple[float, Any]] = deque()
        self._line_out, self._line_in = Line(world.config.baud), Line(world.config.baud)
        self._boots = world.boots
        self._once: deque[int] = deque()
        self._due: dict[int, list[float]] = {}  # message -> [interval, next time], seconds
        self._forget()

    def receive(self, data: bytes) -> None:
        """Take bytes as they came; junk is dropped, and what is not signed when it should be."""
        self._sign()
        for message in self._codec.parse_buffer(data) or ():
            if message.get_type() == "BAD_DATA":
                continue
            come_s = self._line_in.carry(len(message.get_msgbuf()), self.world.time_s)
            if message.get_srcSystem() == 1 or self._lost():
                continue
            if getattr(message, "target_system", 1) in {0, 1}:
                self._in.append((come_s + self.world.latency_s, message))

    def messages(self) -> list[Any]:
        """Messages that have arrived by now."""
        come = []
        while self._in and self._in[0][0] <= self.world.time_s:
            come.append(self._in.popleft()[1])
        return [] if self._silent else come

    def send(self, message: Any) -> None:
        """Queue a message to this station."""
        self._sign()
        frame = bytes(message.pack(self._codec))
        self._codec.seq = (self._codec.seq + 1) % 256
        if self._silent:
            return
        due_s = self._line_out.carry(len(frame), self.world.time_s) + self.world.latency_s
        if not self._lost():
            self._out.append((due_s, self._damaged(frame)))
            self._sent.append(frame)
            if self._happens(self.world.replays):
                self._out.append((due_s, self._sent[0]))

    def frames(self) -> list[bytes]:
        """Frames that are to leave by now."""
        leave = []
        while self._out and self._out[0][0] <= self.world.time_s:
            leave.append(self._out.popleft()[1])
        return leave

    @property
    def behind_s(self) -> float:
        """How long what waits to be sent will take."""
        return self._line_out.behind_s(self.world.time_s)

    def tick(self) -> None:
        """Send what the streams owe at this step."""
        if self._boots != self.world.boots:
            self._boots = self.world.boots
            self._forget()
        now_s = self.world.time_s
        while self._once:
            self._tell(self._once.popleft())
        for number, due in self._due.items():
            if due[1] <= now_s + 1e-9 and (number == _HEARTBEAT or self.behind_s < _CROWDED_S):
                slowed = _SLOWED if self.parameters_due and number != _HEARTBEAT else 1
                due[1] = max(due[1] + due[0] * slowed, now_s)
                self._tell(number)

    def _tell(self, number: int) -> None:
        if number != _HOME_POSITION or self.world.pilot.home_set:
            self.send(telemetry.BUILDERS[number](self.world))

    def once(self, number: int) -> None:
        """Send a message after the answers of this step, as ArduPilot's deferred messages."""
        self._once.append(number)

    def every(self, number: int, interval_s: float) -> bool:
        """Send a message at an interval; 0 or less: not at all. Returns whether such a message is simulated."""
        if number not in telemetry.told(self.world):
            return False
        if interval_s <= 0.0:
            self._due.pop(number, None)
        else:
            self._due[number] = [max(interval_s, 0.02), self.world.time_s]
        return True

    def interval_s(self, number: int) -> float | None:
        """The interval in force; None when the message is not sent."""
        due = self._due.get(number)
        return due[0] if due else None

    def stream(self, number: int, rate_hz: float) -> None:
        """REQUEST_DATA_STREAM; 0 means all streams, a rate of 0 stops."""
        for group in STREAMS if number == 0 else (number,):
            for message in STREAMS.get(group, ()):
                self.every(message, 1.0 / rate_hz if rate_hz > 0.0 else 0.0)

    @property
    def _silent(self) -> bool:
        return self.world.time_s < self.world.silent_until_s

    def _sign(self) -> None:
        """By pymavlink's own signing, both ways, so that the station's is tried against another's."""
        signing, secret = self._codec.signing, self.world.signing_key
        if secret != self._secret:
            self._secret = secret
            signing.secret_key = key_of(secret) if secret else None
            signing.sign_outgoing = bool(secret)
        signing.timestamp = max(signing.timestamp, int((self.world.utc_s - EPOCH_S) * TICKS))

    def _lost(self) -> bool:
        return self._happens(self.world.packet_loss)

    def _happens(self, share: float) -> bool:
        return share > 0.0 and self._random.random() < share

    def _damaged(self, frame: bytes) -> bytes:
        """Now and then cut, or with a byte that is another."""
        if not self._happens(self.world.corruption):
            return frame
        place = int(self._random.integers(len(frame)))
        flipped = frame[:place] + bytes([frame[place] ^ int(self._random.integers(1, 256))]) + frame[place + 1 :]
        return frame[:place] if self._happens(0.3) else flipped

    def _forget(self) -> None:
        unasked = {_HEARTBEAT: 1.0} if self.world.pilot.asked_streams else _PX4_UNASKED
        self._due = {number: [interval_s, self.world.time_s] for number, interval_s in unasked.items()}
        self.upload = None
        self.parameters_due.clear()

"""How good the link is: messages a second and the share lost, from sequence numbers; pure, owned by one thread."""

from collections import Counter, deque
from collections.abc import Sequence
from typing import NamedTuple

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.frames import Frame

WINDOW_S = 5.0
FAR = 128  # a sequence number this far ahead is an old frame or another sender, not a gap
RADIO_FRESH_S = 5.0
_RADIOS = {mavlink.MAVLINK_MSG_ID_RADIO_STATUS, mavlink.MAVLINK_MSG_ID_RADIO}
_UNKNOWN = 255


class _Step(NamedTuple):
    time_s: float
    received: int
    lost: int
    size: int  # bytes of the frames received
    kinds: Counter[int]


class LinkQuality:
    """Counts over the last seconds. Each sender (system, component) numbers its own frames modulo 256."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, int], int] = {}
        self._steps: deque[_Step] = deque()
        self._radio: tuple[float, float | None, float | None] | None = None

    def add(self, time_s: float, frames: Sequence[Frame]) -> int:
        """Enter what one step brought; returns how many were missing between them."""
        kinds, lost = Counter([frame.number for frame in frames]), self._missing(frames)
        self._steps.append(_Step(time_s, len(frames), lost, sum([len(frame.raw) for frame in frames]), kinds))
        if not _RADIOS.isdisjoint(kinds):
            self._note_radio(time_s, next(frame for frame in reversed(frames) if frame.number in _RADIOS))
        self._forget(time_s)
        return lost

    def received_per_s(self, time_s: float) -> float:
        self._forget(time_s)
        return sum(step.received for step in self._steps) / WINDOW_S

    def bytes_per_s(self, time_s: float) -> float:
        self._forget(time_s)
        return sum(step.size for step in self._steps) / WINDOW_S

    def lost_percent(self, time_s: float) -> float:
        self._forget(time_s)
        received, lost = sum(step.received for step in self._steps), sum(step.lost for step in self._steps)
        return 100.0 * lost / (received + lost) if received + lost else 0.0

    def rates_hz(self, time_s: float) -> dict[str, float]:
        """Messages a second by their name."""
        self._forget(time_s)
        total: Counter[int] = Counter()
        for step in self._steps:
            total.update(step.kinds)
        return {str(mavlink.mavlink_map[number].msgname): many / WINDOW_S for number, many in sorted(total.items())}

    def radio_dbm(self, time_s: float) -> tuple[float | None, float | None]:
        """RSSI of the telemetry radio here and at the vehicle, dBm; None where no radio tells it."""
        if self._radio is None or time_s - self._radio[0] > RADIO_FRESH_S:
            return None, None
        return self._radio[1], self._radio[2]

    def _missing(self, frames: Sequence[Frame]) -> int:
        last, missing = self._last, 0
        for frame in frames:
            sender, number = (frame.system, frame.component), frame.sequence
            gap = (number - last.get(sender, number - 1) - 1) & 0xFF
            if gap < FAR:  # else repeated or late
                last[sender] = number
                missing += gap
        return missing

    def _note_radio(self, time_s: float, frame: Frame) -> None:
        _, _, here, there, *_ = frame.values()
        self._radio = (time_s, _dbm(here), _dbm(there))

    def _forget(self, time_s: float) -> None:
        while self._steps and self._steps[0].time_s < time_s - WINDOW_S:
            self._steps.popleft()


def _dbm(told: int) -> float | None:
    """SiK radios tell 1.9 (dBm + 127), https://ardupilot.org/copter/docs/common-3dr-radio-advanced-configuration.html."""
    return told / 1.9 - 127.0 if told != _UNKNOWN else None

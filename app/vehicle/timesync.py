"""How long a message takes to the vehicle and back, by TIMESYNC; pure, owned by one thread."""

from collections import deque
from itertools import pairwise

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.frames import Frame, Message

KEPT = 10  # round trips of which the figures are
OLDEST_S = 15.0  # an older one says nothing of now
WAITING_S = 10.0  # an answer that comes later is taken for none


class RoundTrip:
    """Asks, and knows its own questions again: what was not asked, or was answered already, is no answer."""

    def __init__(self) -> None:
        self._asked: dict[int, float] = {}  # our stamp, ns -> time, s
        self._took: deque[tuple[float, float]] = deque(maxlen=KEPT)  # when it came, how long it took, s

    def ask(self, now_s: float) -> Message:
        """The question to send now."""
        self._asked = {stamp: asked_s for stamp, asked_s in self._asked.items() if now_s - asked_s < WAITING_S}
        stamp_ns = int(now_s * 1e9)
        self._asked[stamp_ns] = now_s
        return mavlink.MAVLink_timesync_message(0, stamp_ns)

    def hear(self, frame: Frame, time_s: float) -> Message | None:
        """Take a TIMESYNC that came at ``time_s``; returns the answer when it was a question."""
        there_ns, stamp_ns = frame.values()
        if there_ns == 0:
            return mavlink.MAVLink_timesync_message(int(time_s * 1e9), stamp_ns)
        asked_s = self._asked.pop(stamp_ns, None)
        if asked_s is not None and time_s >= asked_s:
            self._took.append((time_s, time_s - asked_s))
        return None

    def latency_ms(self, now_s: float) -> float | None:
        """There and back, the median of the last ones; None when none came of late."""
        took = sorted(self._fresh(now_s))
        return 1e3 * took[len(took) // 2] if took else None

    def jitter_ms(self, now_s: float) -> float | None:
        """Mean change from one to the next; None with fewer than two."""
        took = self._fresh(now_s)
        steps = [abs(after - before) for before, after in pairwise(took)]
        return 1e3 * sum(steps) / len(steps) if steps else None

    def _fresh(self, now_s: float) -> list[float]:
        return [took_s for came_s, took_s in self._took if now_s - came_s <= OLDEST_S]

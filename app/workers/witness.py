"""What was heard and where the vehicle was in the last seconds, for recordings that begin in the past; any thread."""

from collections import deque
from collections.abc import Callable, Iterator

from app.bus import Bus
from app.domain.radio import Detection, RadioState
from app.domain.vehicle import Telemetry
from app.exchange.sigmf import Origin
from app.version import version
from app.workers.backlog import Backlog

KEPT_POSES_S = 60.0
KEPT_DETECTIONS = 1000
MOST_WAITING = 10_000


class Witness:
    """Facts are put in by any thread and taken out by the one that records."""

    def __init__(self, bus: Bus) -> None:
        self._radio: RadioState | None = None  # of the receiver that sent what is on the tape
        self._waiting = Backlog[Detection | Telemetry](MOST_WAITING)
        self._poses: deque[Telemetry] = deque()
        self._detections: deque[Detection] = deque(maxlen=KEPT_DETECTIONS)
        self._ends: list[Callable[[], None]] = [
            bus.detection.subscribe(self._waiting.put),
            bus.telemetry.subscribe(self._waiting.put),
            bus.radio.subscribe(self._note_radio),
        ]

    def close(self) -> None:
        for end in self._ends:
            end()

    def news(self, now_s: float) -> Iterator[Detection | Telemetry]:
        """What has come since the last call, oldest first; a recording begun meanwhile knows what was given so far."""
        for fact in self._waiting.take():
            if isinstance(fact, Detection):
                self._detections.append(fact)
            else:
                self._poses.append(fact)
            yield fact
        while self._poses and self._poses[0].time_s < now_s - KEPT_POSES_S:
            self._poses.popleft()

    def poses(self, since_s: float) -> deque[Telemetry]:
        return deque(pose for pose in self._poses if pose.time_s >= since_s)

    def detections(self, since_s: float) -> deque[Detection]:
        """Those that had not ended at ``since_s``."""
        return deque(one for one in self._detections if one.time_s + one.duration_s >= since_s)

    def origin(self, cause: str) -> Origin:
        """What a recording that begins now comes from; its samples may be of a receiver that has gone since."""
        radio = self._radio
        if radio is None:
            return Origin(version(), "", False, cause)
        return Origin(version(), radio.device, radio.simulated, cause, radio.antenna)

    def _note_radio(self, state: RadioState) -> None:
        if state.connected:
            self._radio = state

"""A recorded flight in place of a vehicle: frames of a .tlog at the pace they came; used by one thread."""

import threading
from bisect import bisect_left
from pathlib import Path

from app.clock import Clock
from app.domain.vehicle import Playback
from app.errors import BadFile, NotConnected
from app.ports import EndOfRecording, WireBytes
from app.vehicle.tlog import entries

_SEARCHED = 65_536
LONGEST_PAUSE_S = 10.0  # a longer gap, or one backwards, is taken for a cut in the recording and not waited for
HALTED_S = 3600.0


class TlogWire:
    """Plays a tlog once. Each ``WireBytes`` is one entry with its recorded time; what is written is dropped.

    At another speed than 1 the times keep the pace at which they are played: from the place where the speed was
    changed they go on at the recording's spacing divided by the speed.
    """

    def __init__(self, path: str, clock: Clock) -> None:
        self._path = Path(path)
        self._clock = clock
        self._never = threading.Event()
        self._frames: list[tuple[float, bytes]] = []
        self._places_s: list[float] = []  # of each frame after the first, cuts left out
        self._next = 0
        self._speed = 1.0
        self._from_s = 0.0  # the clock when play began here,
        self._place_s = 0.0  # where that was,
        self._recorded_s = 0.0  # the recorded time there,
        self._told_s = 0.0  # and the time told for it

    def open(self) -> None:
        """Read the file. Raises ``BadFile``."""
        try:
            data = self._path.read_bytes()
        except OSError as error:
            raise BadFile(f"The recording {self._path} cannot be read: {error.strerror}.") from error
        if next(entries(data[:_SEARCHED]), None) is None:
            raise BadFile(f"{self._path} is no tlog: there is no MAVLink frame with its time near its beginning.")
        self._frames, self._places_s = list(entries(data)), []
        place_s = before_s = self._frames[0][0]
        for time_s, _ in self._frames:
            gap_s, before_s = time_s - before_s, time_s
            place_s += gap_s if 0.0 <= gap_s <= LONGEST_PAUSE_S else 0.0
            self._places_s.append(place_s - self._frames[0][0])
        self._next, self._speed = 0, 1.0
        self._from_s, self._place_s = self._clock.now_s(), 0.0
        self._recorded_s = self._told_s = self._frames[0][0]

    def read(self, timeout_s: float) -> WireBytes | None:
        if self._next >= len(self._frames):
            raise EndOfRecording
        wait_s = self._wait_s()
        if wait_s > 0.0:
            self._never.wait(min(wait_s, timeout_s))
            if wait_s > timeout_s:
                return None
        time_s, data = self._frames[self._next]
        self._next += 1
        return WireBytes(data, self._told_at(time_s))

    def playback(self) -> Playback:
        if not self._frames:
            raise NotConnected("The recording has been played to its end. Connect again to play it once more.")
        return Playback(self._frames[0][0], self._now_at_s(), self._places_s[-1], self._speed)

    def play(self, speed: float, at_s: float | None) -> None:
        here_s = self._now_at_s()
        told_s = self._told_at(self._frames[min(self._next, len(self._frames) - 1)][0])
        if at_s is not None:
            here_s = min(max(at_s, 0.0), self._places_s[-1])
            self._next = bisect_left(self._places_s, here_s)
        self._from_s, self._place_s, self._told_s = self._clock.now_s(), here_s, told_s
        self._recorded_s = self._frames[min(self._next, len(self._frames) - 1)][0]
        self._speed = speed

    def write(self, data: bytes) -> None:
        """A recording hears nobody."""

    def close(self) -> None:
        self._frames, self._places_s, self._next = [], [], 0

    def _wait_s(self) -> float:
        """Until the next frame is due, true seconds."""
        if self._speed <= 0.0:
            return HALTED_S
        due_s = self._from_s + (self._places_s[self._next] - self._place_s) / self._speed
        return (due_s - self._clock.now_s()) / self._clock.rate

    def _now_at_s(self) -> float:
        """Where play is, no further than the frame that is due."""
        place_s = self._place_s + (self._clock.now_s() - self._from_s) * self._speed
        return min(place_s, self._places_s[min(self._next, len(self._places_s) - 1)])

    def _told_at(self, recorded_s: float) -> float:
        return self._told_s + (recorded_s - self._recorded_s) / (self._speed or 1.0)

"""A recorded flight in place of a vehicle: frames of a .tlog at the pace they came; used by one thread."""

import threading
from collections.abc import Iterator
from pathlib import Path

from app.clock import Clock
from app.errors import BadFile
from app.ports import EndOfRecording, WireBytes
from app.vehicle.tlog import entries

_SEARCHED = 65_536
LONGEST_PAUSE_S = 10.0  # a longer gap, or one backwards, is taken for a cut in the recording and not waited for


class TlogWire:
    """Plays a tlog once. Each ``WireBytes`` is one entry with its recorded time; what is written is dropped."""

    def __init__(self, path: str, clock: Clock) -> None:
        self._path = Path(path)
        self._clock = clock
        self._never = threading.Event()
        self._entries: Iterator[tuple[float, bytes]] = iter(())
        self._next: tuple[float, bytes] | None = None
        self._due_s = 0.0

    def open(self) -> None:
        """Read the file. Raises ``BadFile``."""
        try:
            data = self._path.read_bytes()
        except OSError as error:
            raise BadFile(f"The recording {self._path} cannot be read: {error.strerror}.") from error
        if next(entries(data[:_SEARCHED]), None) is None:
            raise BadFile(f"{self._path} is no tlog: there is no MAVLink frame with its time near its beginning.")
        self._entries = entries(data)
        self._next = next(self._entries)
        self._due_s = self._clock.now_s()

    def read(self, timeout_s: float) -> WireBytes | None:
        if self._next is None:
            raise EndOfRecording
        wait_s = (self._due_s - self._clock.now_s()) / self._clock.rate  # true time
        if wait_s > 0.0:
            self._never.wait(min(wait_s, timeout_s))
            if wait_s > timeout_s:
                return None
        time_s, data = self._next
        self._next = next(self._entries, None)
        if self._next is not None:
            gap_s = self._next[0] - time_s
            self._due_s += gap_s if 0.0 <= gap_s <= LONGEST_PAUSE_S else 0.0
        return WireBytes(data, time_s)

    def write(self, data: bytes) -> None:
        """A recording hears nobody."""

    def close(self) -> None:
        self._entries, self._next = iter(()), None

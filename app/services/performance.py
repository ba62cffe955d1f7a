"""How fast the station does its work, as it happened: start, requests, levels, the window's frames; any thread."""

import threading
import time
from collections import deque
from dataclasses import dataclass

import numpy as np
import psutil

from app.bus import Bus
from app.clock import Clock
from app.domain.radio import Level, RadioState

KEPT = 1000  # the last of each kind: what the percentiles are of


@dataclass(frozen=True, slots=True)
class Spread:
    """Times of one kind: how many since the start and their sum, and percentiles of the last 1000."""

    count: int
    errors: int  # of the count
    total_s: float
    p50_s: float | None  # None: there was none
    p95_s: float | None
    p99_s: float | None
    longest_s: float | None


@dataclass(frozen=True, slots=True)
class RequestFigures:
    """One operation of the API."""

    method: str
    path: str  # as described, with names for what varies
    times: Spread


@dataclass(frozen=True, slots=True)
class HostFigures:
    """The computer and this program on it."""

    cores: int
    cpu_percent: float  # of all cores, since the last time it was asked
    memory_bytes: int
    memory_free_bytes: int
    temperature_c: float | None  # the hottest; None: the computer tells none
    program_cpu_percent: float  # 100: one core
    program_memory_bytes: int
    program_threads: int


class Times:
    """Collects times of one kind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_s: deque[float] = deque(maxlen=KEPT)
        self._count, self._errors, self._total_s = 0, 0, 0.0

    def note(self, seconds: float, failed: bool = False) -> None:
        with self._lock:
            self._last_s.append(seconds)
            self._count += 1
            self._errors += failed
            self._total_s += seconds

    def spread(self) -> Spread:
        with self._lock:
            last_s = np.array(self._last_s)
            counted = self._count, self._errors, self._total_s
        if not last_s.size:
            return Spread(*counted, None, None, None, None)
        return Spread(*counted, *(float(value) for value in np.percentile(last_s, (50.0, 95.0, 99.0, 100.0))))


class PerformanceService:
    """Listens and counts; nothing here asks another part of the station anything."""

    def __init__(self, clock: Clock, bus: Bus) -> None:
        self._clock = clock
        self._requests: dict[tuple[str, str], Times] = {}
        self._levels, self._frames = Times(), Times()
        self._frame_s: float | None = None
        self._program = psutil.Process()
        self._start_up_s: float | None = None
        self.lost_samples = 0  # since the receiver was opened
        bus.level.subscribe(self._note_level)
        bus.radio.subscribe(self._note_radio)

    @property
    def start_up_s(self) -> float | None:
        """From the start of the process until the station could be used; None: not yet."""
        return self._start_up_s

    def usable(self) -> None:
        """To be called when the API answers or the window is shown; the first time counts."""
        if self._start_up_s is None:
            self._start_up_s = time.time() - self._program.create_time()

    def note_request(self, method: str, path: str, seconds: float, failed: bool) -> None:
        """One answered request; ``path`` as described."""
        times = self._requests.get((method, path))
        if times is None:
            times = self._requests.setdefault((method, path), Times())
        times.note(seconds, failed)

    def note_frame(self) -> None:
        """The window shows another frame of the waterfall."""
        now_s, before_s = time.perf_counter(), self._frame_s
        self._frame_s = now_s
        if before_s is not None:
            self._frames.note(now_s - before_s)

    def requests(self) -> list[RequestFigures]:
        """Each operation that was asked for since the start, by path."""
        asked = sorted(self._requests.items(), key=lambda one: (one[0][1], one[0][0]))
        return [RequestFigures(method, path, times.spread()) for (method, path), times in asked]

    def levels(self) -> Spread:
        """From the last sample of a level until the level was told, true seconds."""
        return self._levels.spread()

    def frames(self) -> Spread:
        """Between two frames of the window's waterfall; none without a window."""
        return self._frames.spread()

    def host(self) -> HostFigures:
        memory, program = psutil.virtual_memory(), self._program
        with program.oneshot():
            return HostFigures(
                cores=psutil.cpu_count() or 1,
                cpu_percent=psutil.cpu_percent(),
                memory_bytes=memory.total,
                memory_free_bytes=memory.available,
                temperature_c=_hottest(),
                program_cpu_percent=program.cpu_percent(),
                program_memory_bytes=program.memory_info().rss,
                program_threads=program.num_threads(),
            )

    def _note_level(self, level: Level) -> None:
        late_s = self._clock.now_s() - level.time_s - level.duration_s / 2.0
        self._levels.note(late_s / self._clock.rate)

    def _note_radio(self, state: RadioState) -> None:
        self.lost_samples = state.lost_samples


def _hottest() -> float | None:
    if not hasattr(psutil, "sensors_temperatures"):
        return None  # Windows tells none
    return max((one.current for group in psutil.sensors_temperatures().values() for one in group), default=None)

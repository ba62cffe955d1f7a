"""The radio's verbs and its newest facts, for the window, the API and the command line; any thread."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from app.bus import Bus
from app.domain.listening import Listening
from app.domain.radio import (
    Detection,
    FrontEnd,
    Level,
    RadioState,
    SpectrumSetup,
    SpectrumSnapshot,
    TargetReport,
    Targets,
)
from app.domain.sarsat406.message import Decoded
from app.errors import OutOfRange
from app.ports import FoundReceiver
from app.ring import SpectrumRing
from app.workers.receiver import ReceiverWorker

KEPT_DETECTIONS = 1000  # and as many decoded bursts


class RadioService:
    """Snapshots for late joiners, and commands that the receiver worker carries out between two blocks."""

    LOWEST_HZ, HIGHEST_HZ = 100e3, 6e9
    LOWEST_DB, HIGHEST_DB = -10.0, 100.0
    MOST_PPM = 200
    LEAST_BINS, MOST_BINS, MOST_AVERAGING = 256, 65_536, 1000

    def __init__(
        self,
        worker: ReceiverWorker,
        ring: SpectrumRing,
        bus: Bus,
        find_receivers: Callable[[], tuple[FoundReceiver, ...]] = tuple,
    ) -> None:
        self.ring = ring
        self._find_receivers = find_receivers
        self._worker = worker
        self._lock = threading.Lock()
        self._levels: dict[str, Level] = {}
        self._detections: deque[Detection] = deque(maxlen=KEPT_DETECTIONS)
        self._decoded: deque[Decoded] = deque(maxlen=KEPT_DETECTIONS)
        self._listening: dict[str, Listening] = {}
        self._reports: dict[str, TargetReport] = {}
        self._publish_report = bus.report.publish
        bus.level.subscribe(self._keep_level)
        bus.detection.subscribe(self._keep_detection)
        bus.decoded.subscribe(self._keep_decoded)
        bus.targets.subscribe(self._follow)

    def state(self) -> RadioState:
        return self._worker.state

    def levels(self) -> dict[str, Level]:
        """The newest level of each target, by its id."""
        with self._lock:
            return dict(self._levels)

    def detections(self) -> tuple[Detection, ...]:
        """The last 1000, oldest first."""
        with self._lock:
            return tuple(self._detections)

    def decoded(self) -> tuple[Decoded, ...]:
        """What the last 1000 bursts of 406 MHz beacons said, oldest first."""
        with self._lock:
            return tuple(self._decoded)

    def reports(self) -> dict[str, TargetReport]:
        """What was heard last of each target, and when, by its id."""
        with self._lock:
            return dict(self._reports)

    def tune(self, centre_hz: float, actor: str) -> "Future[RadioState]":
        """Set the centre by hand. Raises ``OutOfRange``; the future also ``NotConnected`` and ``DeviceError``."""
        del actor  # a receiver does nothing that must be accounted for
        if not self.LOWEST_HZ <= centre_hz <= self.HIGHEST_HZ:
            raise OutOfRange(f"{centre_hz / 1e6:.3f} MHz is outside {self.LOWEST_HZ / 1e6:g} ... 6000 MHz")
        return self._worker.ask(lambda: self._worker.tune(centre_hz))

    def set_gain(self, gain_db: float | None, actor: str) -> "Future[RadioState]":
        """Set the gain to the nearest step, or leave it to the station with None. Raises as ``tune``."""
        del actor
        if gain_db is not None and not self.LOWEST_DB <= gain_db <= self.HIGHEST_DB:
            raise OutOfRange(f"A gain of {gain_db:g} dB is outside {self.LOWEST_DB:g} ... {self.HIGHEST_DB:g} dB")
        return self._worker.ask(lambda: self._worker.set_gain(gain_db))

    def set_front_end(self, front_end: FrontEnd, actor: str) -> "Future[RadioState]":
        """Set the receiver's switches and the station's corrections.

        Raises ``OutOfRange``; the future too, for a switch the receiver does not have, and as ``tune``.
        """
        del actor
        if abs(front_end.ppm) > self.MOST_PPM:
            raise OutOfRange(f"A correction of {front_end.ppm} ppm is outside {-self.MOST_PPM} ... {self.MOST_PPM} ppm")
        return self._worker.ask(lambda: self._worker.set_front_end(front_end))

    def set_spectrum(self, setup: SpectrumSetup, actor: str) -> "Future[RadioState]":
        """Bins, window and averaging from now on. Raises ``OutOfRange``."""
        del actor
        if not (self.LEAST_BINS <= setup.bins <= self.MOST_BINS and setup.bins.bit_count() == 1):
            raise OutOfRange(f"{setup.bins} bins: a power of two from {self.LEAST_BINS} to {self.MOST_BINS} is needed")
        if not 1 <= setup.averaging <= self.MOST_AVERAGING:
            raise OutOfRange(f"An average of {setup.averaging} rows is outside 1 ... {self.MOST_AVERAGING}")
        return self._worker.ask(lambda: self._worker.set_spectrum(setup))

    def release_hold(self, actor: str) -> "Future[RadioState]":
        """Hold peaks and lowest levels anew."""
        del actor

        def release() -> RadioState:
            self._worker.display.release()
            return self._worker.state

        return self._worker.ask(release)

    def spectrum(self) -> "Future[SpectrumSnapshot]":
        """Average, held peaks and lowest levels, and noise floor per bin; the future raises ``NotConnected``."""
        return self._worker.ask(self._worker.snapshot)

    def devices(self) -> "Future[tuple[FoundReceiver, ...]]":
        """What is plugged into the station's computer. The libraries take up to some seconds to look."""
        pool = ThreadPoolExecutor(1, "find receivers")
        answer = pool.submit(self._find_receivers)
        pool.shutdown(wait=False)
        return answer

    def connect(self, source: str, actor: str) -> "Future[RadioState]":
        """Use another receiver: rtl_tcp://host:port, rtlsdr:0, file:PATH; empty: none.

        The future raises ``OutOfRange`` for what is no address and ``NotConnected``, ``DeviceError`` or ``BadFile``
        when it cannot be opened; the worker then goes on trying by itself.
        """
        del actor
        return self._worker.ask(lambda: self._worker.connect(source))

    def _keep_level(self, level: Level) -> None:
        with self._lock:
            self._levels[level.target_id] = level
            listening = self._listening.get(level.target_id)
            report = listening.level(level) if listening is not None else None
            if report is not None:
                self._reports[level.target_id] = report
        if report is not None:
            self._publish_report(report)

    def _follow(self, targets: Targets) -> None:
        kept = {target.id: target for target in targets.all}
        with self._lock:
            self._levels = {name: level for name, level in self._levels.items() if name in kept}
            self._reports = {name: report for name, report in self._reports.items() if name in kept}
            before = self._listening
            self._listening = {
                name: before[name] if name in before and before[name].target == target else Listening(target)
                for name, target in kept.items()
            }

    def _keep_detection(self, detection: Detection) -> None:
        with self._lock:
            self._detections.append(detection)
            if listening := self._listening.get(detection.target_id):
                listening.detection(detection)

    def _keep_decoded(self, fact: Decoded) -> None:
        with self._lock:
            self._decoded.append(fact)

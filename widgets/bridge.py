"""The one bridge from the station's threads to Qt: facts in, signals out, answers of services watched; GUI thread."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.bus import Bus, Topic
from app.domain import access
from app.domain.safety import GateReport, Purpose
from app.domain.vehicle import CommandRecord, Outcome, Telemetry
from app.errors import AppError, NotConnected, Refused, VehicleRefused

log = logging.getLogger(__name__)
ResultT = TypeVar("ResultT")
Told = Callable[[str], None] | None

OPERATOR = access.OPERATOR  # who acts through the window, as commands and transitions name them
PERIOD_MS = 40  # when no waterfall is painted
MOST_WAITING = 20_000  # facts, should the GUI thread be busy for long; about a minute of the busiest topic

# topics whose facts go to Qt one by one, and those that go as a tuple of all since the last tick
SINGLE = (
    "radio", "report", "audio", "targets", "vehicle", "message", "link", "command", "estimate",
    "advice", "bearing", "mission", "transition", "plan", "project", "flight", "fault", "control", "recording", "job",
)  # fmt: skip
BATCHED = ("level", "reading", "detection")


class Severity(StrEnum):
    DONE = "done"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the operator is told in the message bar; ``reasons`` are listed below the title."""

    severity: Severity
    title: str
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class _Waiting:
    """Facts handed over by the station's threads since the last tick."""

    telemetry: Telemetry | None = None
    gate: dict[Purpose, GateReport] = field(default_factory=dict)
    batches: dict[str, list[Any]] = field(default_factory=dict)
    facts: list[tuple[str, Any]] = field(default_factory=list)


class Bridge(QObject):
    """Born in the GUI thread. Subscribers only put a fact into a list; ``deliver`` gives the lists to Qt.

    It does so after each frame of the waterfall, so that facts have the time until the next; else at 25 Hz.

    ``telemetry`` and ``gate`` carry the newest only, ``levels``, ``readings`` and ``detections`` a tuple of all since
    the last tick, the rest one fact a signal in the order of arrival. Connect only methods of QObjects.
    """

    radio = Signal(object)
    report = Signal(object)
    audio = Signal(object)
    targets = Signal(object)
    telemetry = Signal(object)
    vehicle = Signal(object)
    message = Signal(object)
    link = Signal(object)
    command = Signal(object)
    estimate = Signal(object)
    advice = Signal(object)
    bearing = Signal(object)
    mission = Signal(object)
    transition = Signal(object)
    gate = Signal(object)
    plan = Signal(object)
    project = Signal(object)
    flight = Signal(object)
    fault = Signal(object)
    control = Signal(object)
    recording = Signal(object)
    job = Signal(object)
    levels = Signal(object)
    readings = Signal(object)
    detections = Signal(object)
    notice = Signal(object)

    def __init__(self, bus: Bus, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self._lock = threading.Lock()
        self._waiting = _Waiting()
        self._closed = False
        self._background = ThreadPoolExecutor(1, "window")
        self._unsubscribe = [self._subscribe(bus, name) for name in SINGLE]
        self._unsubscribe += [self._collect(bus, name) for name in BATCHED]
        self._unsubscribe += [bus.telemetry.subscribe(self._put_telemetry), bus.gate.subscribe(self._put_gate)]
        self._timer = QTimer(self, interval=PERIOD_MS)
        self._timer.timeout.connect(self.deliver)
        self._timer.start()

    def watch(
        self,
        future: "Future[ResultT]",
        what: str,
        then: Callable[[ResultT], None] | None = None,
        failed: Told = None,
    ) -> None:
        """Call ``then`` with the future's result in the GUI thread, or show its error. Returns at once.

        ``what`` names the order, such as "Start the search". With ``failed`` the error's text goes there instead of
        into the message bar.
        """
        future.add_done_callback(lambda done: self._hand_over(done, what, then, failed))

    def work(
        self, job: Callable[[], ResultT], what: str, then: Callable[[ResultT], None] | None = None, failed: Told = None
    ) -> None:
        """Run a slow question, such as one to the store, outside the GUI thread and watch its answer."""
        if not self._closed:
            self.watch(self._background.submit(job), what, then, failed)

    def tell(self, title: str, *reasons: str) -> None:
        """Say that something was done."""
        self.notice.emit(Notice(Severity.DONE, title, reasons))

    def attempt(self, job: Callable[[], ResultT], what: str) -> ResultT | None:
        """Do what answers at once; an ``AppError`` is shown and gives None."""
        try:
            return job()
        except AppError as error:
            self._show(error, what, None)
            return None

    def order(
        self,
        ask: "Callable[[], Future[ResultT]]",
        what: str,
        then: Callable[[ResultT], None] | None = None,
        failed: Told = None,
    ) -> None:
        """Give an order to a service and watch it; also shows an error raised before there is a future."""
        try:
            future = ask()
        except AppError as error:
            self._show(error, what, failed)
            return
        self.watch(future, what, then, failed)

    def close(self) -> None:
        """Take nothing more from the station; answers still to come are dropped."""
        self._closed = True
        self._timer.stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self._background.shutdown(wait=True, cancel_futures=True)

    @Slot()
    def deliver(self) -> None:
        """Give Qt what has come since the last tick."""
        if self._closed:
            return
        self._timer.start()
        with self._lock:
            waiting, self._waiting = self._waiting, _Waiting()
        for name, fact in waiting.facts:
            getattr(self, name).emit(fact)
        if waiting.telemetry is not None:
            self.telemetry.emit(waiting.telemetry)
        for report in waiting.gate.values():
            self.gate.emit(report)
        for name, batch in waiting.batches.items():
            getattr(self, f"{name}s").emit(tuple(batch))

    def _subscribe(self, bus: Bus, name: str) -> Callable[[], None]:
        def put(fact: object) -> None:
            with self._lock:
                if len(self._waiting.facts) < MOST_WAITING:
                    self._waiting.facts.append((name, fact))

        topic: Topic[Any] = getattr(bus, name)
        return topic.subscribe(put)

    def _collect(self, bus: Bus, name: str) -> Callable[[], None]:
        def put(fact: object) -> None:
            with self._lock:
                batch = self._waiting.batches.setdefault(name, [])
                if len(batch) < MOST_WAITING:
                    batch.append(fact)

        topic: Topic[Any] = getattr(bus, name)
        return topic.subscribe(put)

    def _put_telemetry(self, fact: Telemetry) -> None:
        with self._lock:
            self._waiting.telemetry = fact

    def _put_gate(self, report: GateReport) -> None:
        with self._lock:
            self._waiting.gate[report.purpose] = report

    def _hand_over(
        self,
        done: "Future[Any]",
        what: str,
        then: Callable[[Any], None] | None,
        failed: Told,
    ) -> None:
        """In the thread that answered: have the GUI thread's loop look at it."""
        if not self._closed:
            with suppress(RuntimeError):  # the loop closed between the question and here: nobody is left to tell
                self._loop.call_soon_threadsafe(self._settle, done, what, then, failed)

    def _settle(
        self,
        done: "Future[Any]",
        what: str,
        then: Callable[[Any], None] | None,
        failed: Told,
    ) -> None:
        if self._closed:
            return
        if done.cancelled():
            self._show(NotConnected("Cancelled: the station ended it before it began"), what, failed)
        elif (error := done.exception()) is not None:
            self._show(error, what, failed)
        elif isinstance(record := done.result(), CommandRecord) and record.outcome in {Outcome.REFUSED, Outcome.FAILED}:
            self._show(VehicleRefused(record.detail or str(record.outcome)), what, failed)
        elif then is not None:
            then(done.result())

    def _show(self, error: BaseException, what: str, failed: Told) -> None:
        """In the message bar, or where the one who asked wants it."""
        notice = _notice_of(error, what)
        if failed is not None:
            failed("\n".join(notice.reasons))
        else:
            self.notice.emit(notice)


def _notice_of(error: BaseException, what: str) -> Notice:
    """What the operator is told of an error; what is no ``AppError`` is a bug."""
    if isinstance(error, Refused):
        return Notice(Severity.ERROR, f"{what}: the safety gate says no", error.reasons)
    if isinstance(error, AppError):
        return Notice(Severity.ERROR, what, (str(error),))
    log.error("%s failed", what, exc_info=error)
    reason = f"{type(error).__name__}: {error}. The log has it whole."
    return Notice(Severity.ERROR, f"{what}: a fault in the program", (reason,))

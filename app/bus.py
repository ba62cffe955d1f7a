"""Every fact of the station, one typed topic each: the map of the program; published from any thread."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from app.domain.audio import AudioState
from app.domain.bearing import Bearing
from app.domain.control import Control
from app.domain.estimate import Advice, Estimate
from app.domain.fault import Fault
from app.domain.job import Job
from app.domain.log import LogLine
from app.domain.mission import MissionStatus, SearchPlan, Transition
from app.domain.project import Flight, Project
from app.domain.radio import Detection, Level, RadioState, Reading, TargetReport, Targets
from app.domain.recording import Recording, RecordingState
from app.domain.safety import GateReport, SafetyLimits
from app.domain.sarsat406.message import Decoded
from app.domain.vehicle import CommandRecord, LinkState, Telemetry, VehicleMessage, VehicleState

log = logging.getLogger(__name__)
FactT = TypeVar("FactT")


class Topic(Generic[FactT]):
    """Hands each published fact to every subscriber, in the publisher's thread.

    Subscribers only hand over and return. One that raises is logged and does not disturb the others.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._subscribers: tuple[Callable[[FactT], None], ...] = ()

    def subscribe(self, subscriber: Callable[[FactT], None]) -> Callable[[], None]:
        """Add a subscriber; returns the call that takes it away again."""
        with self._lock:
            self._subscribers = (*self._subscribers, subscriber)

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers = tuple(one for one in self._subscribers if one != subscriber)

        return unsubscribe

    def publish(self, fact: FactT) -> None:
        for subscriber in self._subscribers:
            try:
                subscriber(fact)
            except Exception:
                log.exception("a subscriber of %s failed", self.name)


class Bus:
    """The topics. Who publishes is named beside each."""

    def __init__(self) -> None:
        self.radio = Topic[RadioState]("radio")  # receiver worker
        self.level = Topic[Level]("level")  # receiver worker
        self.detection = Topic[Detection]("detection")  # receiver worker
        self.decoded = Topic[Decoded]("decoded")  # receiver worker, contents of a burst
        self.report = Topic[TargetReport]("report")  # radio service, each 10 s and target
        self.audio = Topic[AudioState]("audio")  # receiver worker, on each change
        self.targets = Topic[Targets]("targets")  # target service, on each change
        self.telemetry = Topic[Telemetry]("telemetry")  # link worker
        self.vehicle = Topic[VehicleState]("vehicle")  # link worker
        self.message = Topic[VehicleMessage]("message")  # link worker
        self.link = Topic[LinkState]("link")  # link worker
        self.command = Topic[CommandRecord]("command")  # link worker, at each step of a command
        self.reading = Topic[Reading]("reading")  # locator worker
        self.bearing = Topic[Bearing]("bearing")  # bearing worker
        self.estimate = Topic[Estimate]("estimate")  # locator worker
        self.advice = Topic[Advice]("advice")  # locator worker, while homing
        self.mission = Topic[MissionStatus]("mission")  # mission worker
        self.transition = Topic[Transition]("transition")  # mission worker
        self.control = Topic[Control]("control")  # control service, on each change
        self.gate = Topic[GateReport]("gate")  # mission worker, 10 Hz
        self.limits = Topic[SafetyLimits]("limits")  # safety gate, when no-fly areas are drawn
        self.plan = Topic[SearchPlan]("plan")  # mission worker, on each new plan
        self.project = Topic[Project]("project")  # project service, the project in use
        self.flight = Topic[Flight]("flight")  # recorder worker, at start and end
        self.recording = Topic[RecordingState]("recording")  # sample recorder, on each change and once a second
        self.recorded = Topic[Recording]("recorded")  # sample recorder, at the start and end of each recording
        self.job = Topic[Job]("job")  # job worker, on each change and some times a second while it runs
        self.fault = Topic[Fault]("fault")  # any worker
        self.log = Topic[LogLine]("log")  # whoever logs

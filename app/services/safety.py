"""The safety gate's list and the emergency stop; any thread."""

import logging
from concurrent.futures import Future

from app.domain.geometry import LatLon
from app.domain.mission import MissionStatus
from app.domain.safety import GateReport
from app.safety import SafetyGate
from app.workers.mission import MissionWorker

log = logging.getLogger(__name__)
Area = tuple[LatLon, ...]


class SafetyService:
    def __init__(self, worker: MissionWorker, gate: SafetyGate) -> None:
        self._worker = worker
        self._gate = gate

    def gate(self) -> GateReport:
        """Every rule's answer now, for the motion in force or the homing that would be."""
        return self._gate.report(self._worker.shown_motion())

    def no_fly(self) -> tuple[Area, ...]:
        """The areas never to be entered, as they hold now."""
        return self._gate.limits.no_fly

    def draw_no_fly(self, areas: tuple[Area, ...], actor: str) -> tuple[Area, ...]:
        """These and no others from now on, also in flight: the gate holds them at once, what is left of a search is
        planned round them in the mission's next step. They last until the program ends. Raises ``OutOfRange``."""
        log.info("%d no-fly areas drawn (%s)", len(areas), actor)
        return self._gate.draw_no_fly(areas).no_fly

    def emergency_stop(self, actor: str) -> "Future[MissionStatus]":
        """Latch: setpoints end in the worker's next step at the latest and the vehicle brakes until it confirms."""
        return self._worker.ask(lambda: self._worker.emergency_stop(actor))

    def reset(self, reason: str, actor: str) -> "Future[MissionStatus]":
        """Out of EMERGENCY to IDLE. Raises ``OutOfRange`` without a reason, ``Conflict`` while the cause stands."""
        return self._worker.ask(lambda: self._worker.reset(reason, actor))

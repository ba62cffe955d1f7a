"""The safety gate's list and the emergency stop; any thread."""

from concurrent.futures import Future

from app.domain.mission import MissionStatus
from app.domain.safety import GateReport
from app.safety import SafetyGate
from app.workers.mission import MissionWorker


class SafetyService:
    def __init__(self, worker: MissionWorker, gate: SafetyGate) -> None:
        self._worker = worker
        self._gate = gate

    def gate(self) -> GateReport:
        """Every rule's answer now, for the motion in force or the homing that would be."""
        return self._gate.report(self._worker.shown_motion())

    def emergency_stop(self, actor: str) -> "Future[MissionStatus]":
        """Latch: setpoints end in the worker's next step at the latest and the vehicle brakes until it confirms."""
        return self._worker.ask(lambda: self._worker.emergency_stop(actor))

    def reset(self, reason: str, actor: str) -> "Future[MissionStatus]":
        """Out of EMERGENCY to IDLE. Raises ``OutOfRange`` without a reason, ``Conflict`` while the cause stands."""
        return self._worker.ask(lambda: self._worker.reset(reason, actor))

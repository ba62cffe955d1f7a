"""The mission's state and how it got there; any thread."""

from concurrent.futures import Future

from app.domain.mission import MissionState, MissionStatus, Transition
from app.workers.mission import MissionWorker


class MissionService:
    def __init__(self, worker: MissionWorker) -> None:
        self._worker = worker

    def status(self) -> MissionStatus:
        return self._worker.book.status

    def history(self) -> tuple[Transition, ...]:
        """The last 1000 transitions since the program started, oldest first."""
        return self._worker.book.history

    def force(self, state: MissionState, reason: str, actor: str) -> "Future[MissionStatus]":
        """Into another state of the flight, or IDLE, with a reason; recorded as forced, and the gate stays in force.

        Raises ``Conflict`` in IDLE and EMERGENCY, which it cannot leave, and ``OutOfRange`` without a reason.
        """
        return self._worker.ask(lambda: self._worker.force(state, reason, actor))

    def stop(self, actor: str) -> "Future[MissionStatus]":
        """To IDLE; the vehicle brakes and holds. Raises ``Conflict`` in EMERGENCY, which only a reset leaves."""
        return self._worker.ask(lambda: self._worker.stop_mission(actor))

"""Jobs of a project: asked for, listed, followed, cancelled, repeated, their files handed over; any thread."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

from app.bus import Bus
from app.domain.job import Job, JobKind, JobState
from app.domain.vehicle import CommandRecord, Outcome
from app.errors import Conflict, NotFound
from app.services.job_kinds import JobKinds
from app.store import Store
from app.workers.jobs import JobWorker
from app.workers.recorder import RecorderWorker

MOST_LISTED = 500


class JobService:
    """A job is only found under its own project.

    Every method raises ``StoreError`` (by the future where there is one) while the store is in trouble, and
    ``NotFound``.
    """

    def __init__(self, store: Store, recorder: RecorderWorker, worker: JobWorker, kinds: JobKinds, bus: Bus) -> None:
        self._store, self._recorder, self._worker, self._kinds, self._bus = store, recorder, worker, kinds, bus

    def create(
        self, project_id: int, kind: JobKind, arguments: dict[str, Any], actor: str, local: bool = False
    ) -> "Future[Job]":
        """Have it done; it waits for its turn. ``OutOfRange`` names the argument at fault.

        Only who sits at the station (``local``) names files outside its data folder.
        """
        known = self._kinds.checked(kind, arguments, local)
        if self._store.of(project_id).project().deleted_s is not None:
            raise Conflict("This project is deleted: restore it first.")
        job = Job(0, project_id, kind, known, actor, JobState.WAITING, 0.0, "Waits", self._recorder.now_s())
        self._record(actor, "start_job", kind.value)
        return self._recorder.ask(lambda: self._add(job))

    def repeat(self, project_id: int, job_id: int, actor: str) -> "Future[Job]":
        """Another job with the same arguments."""
        job = self.job(project_id, job_id)
        return self.create(project_id, job.kind, job.arguments, actor, local=True)

    def jobs(
        self,
        project_id: int,
        kind: JobKind | None = None,
        state: JobState | None = None,
        before_id: int | None = None,
        limit: int = 100,
    ) -> list[Job]:
        """Newest first; ``before_id`` asks for the page after the one that ended with it."""
        live = self._worker.live()
        found = self._store.of(project_id).jobs(kind, state, before_id, min(limit, MOST_LISTED))
        return [job if job.ended else live.get(job.id, job) for job in found]

    def job(self, project_id: int, job_id: int) -> Job:
        found = self._store.of(project_id).job(job_id)
        return found if found.ended else self._worker.live().get(job_id, found)

    def running(self) -> tuple[Job, ...]:
        """Those of all projects that wait or run."""
        return tuple(self._worker.live().values())

    def cancel(self, project_id: int, job_id: int, actor: str) -> "Future[Job]":
        """End it, whatever it is doing; nothing of it stays behind. ``Conflict`` when it has ended."""
        self._store.of(project_id).job(job_id)
        self._record(actor, "cancel_job", str(job_id))
        return self._worker.cancel(job_id)

    def file(self, project_id: int, job_id: int) -> Path:
        """The file that it made. ``NotFound`` when it made none, or it is gone."""
        name = (self.job(project_id, job_id).result or {}).get("file")
        path = self._kinds.folder / str(name)
        if not name or not path.is_file():
            raise NotFound(f"Job {job_id} has no file (any more).")
        return path

    def place_for(self, name: str) -> Path:
        """Where a file that is brought for a job is to be written. ``OutOfRange`` for a name that is none."""
        return self._kinds.place_for(name)

    def _add(self, job: Job) -> Job:
        added = self._store.writer.jobs.add(job)
        self._worker.put(added)
        return added

    def _record(self, actor: str, verb: str, arguments: str) -> None:
        self._bus.command.publish(CommandRecord(self._recorder.now_s(), actor, verb, arguments, Outcome.ASKED))

"""Keeps jobs in the store, and takes up those that waited when the program ended; any thread."""

import logging
from concurrent.futures import Future
from dataclasses import replace

from app.bus import Bus
from app.domain.fault import Fault
from app.domain.job import Job, JobState
from app.domain.project import Project
from app.store import Store
from app.workers.jobs import JobWorker
from app.workers.recorder import RecorderWorker

log = logging.getLogger(__name__)
STORED_S = 10.0
LEFT = "The program ended meanwhile: repeat it."


class JobKeeper:
    """Made before the recorder starts, which publishes the project in use. Progress is told, not stored.

    What could not be saved is saved when the recorder works again.
    """

    def __init__(self, store: Store, recorder: RecorderWorker, worker: JobWorker, bus: Bus) -> None:
        self._store, self._recorder, self._worker, self._jobs = store, recorder, worker, bus.job
        self._known: dict[int, JobState] = {}  # of those under way
        self._unsaved: dict[int, Job] = {}
        self._begun = False
        bus.project.subscribe(self._note_project)
        bus.job.subscribe(self._note)
        bus.fault.subscribe(self._save_again)

    def _note_project(self, _: Project) -> None:
        first, self._begun = not self._begun, True
        if first:
            self._recorder.ask(self._take_up)

    def _take_up(self) -> None:
        """In the recorder's thread, once: what ran was cut short and says so; what waited is done now."""
        for job in self._store.writer.jobs.left_open():
            if job.id in self._known:
                continue
            self._known[job.id] = job.state
            if job.state is JobState.WAITING:
                self._worker.put(job)
                continue
            state = JobState.INTERRUPTED
            ended = replace(job, state=state, ended_s=self._recorder.now_s(), text=LEFT, error=LEFT)
            self._known[job.id] = state
            self._store.writer.jobs.save(ended)
            self._jobs.publish(ended)

    def _note(self, job: Job) -> None:
        if self._known.get(job.id) is job.state:
            return
        self._known[job.id] = job.state
        answer = self._save(job)
        if job.state is JobState.INTERRUPTED:  # the station is ending: the recorder ends after this thread
            answer.exception(STORED_S)

    def _save(self, job: Job) -> "Future[None]":
        self._unsaved[job.id] = job
        answer = self._recorder.ask(lambda: self._write(job))
        answer.add_done_callback(_complain)
        return answer

    def _write(self, job: Job) -> None:
        self._store.writer.jobs.save(job)
        if self._unsaved.get(job.id) is job:
            del self._unsaved[job.id]

    def _save_again(self, fault: Fault) -> None:
        if fault.source == self._recorder.name and fault.ended:
            for job in list(self._unsaved.values()):
                self._save(job)


def _complain(answer: "Future[None]") -> None:
    if not answer.cancelled() and (error := answer.exception()) is not None:
        log.error("a job was not kept in the store: %s", error)

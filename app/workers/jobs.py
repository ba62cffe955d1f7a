"""Has jobs done in the processes of a pool, tells how far they are, cancels them; a thread of its own."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

from app.bus import Bus
from app.clock import Clock
from app.domain.job import Job, JobState
from app.errors import AppError, Conflict
from app.worker import Worker
from app.workers.pool import Event, Failure, Pool, Step, Work

log = logging.getLogger(__name__)
WAIT_S = 0.1
TELL_EVERY_S = 0.25
IDLE_S = 1.0
FINISHING = 0.99  # of the progress, when every piece is done and its outcome is written


def _nothing() -> None:
    """What most jobs leave behind when they are cut short."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a job is done: ``pieces`` in processes, then ``finish`` with their results in their order.

    ``finish`` is given an event that is set when the job is cancelled meanwhile; its answer is the job's result.
    ``clean`` takes away what a job that was cut short may have left. With ``cluster`` the pieces may run elsewhere.
    """

    pieces: tuple[Work, ...]
    finish: Callable[[list[Any], threading.Event], "Future[dict[str, Any]]"]
    cluster: bool = False
    clean: Callable[[], None] = _nothing


@dataclass(slots=True, eq=False)
class _Run:
    job: Job
    plan: Plan
    pool: Pool
    waiting: deque[int]  # pieces
    shares: list[float]
    results: list[Any]
    tasks: dict[int, int] = field(default_factory=dict)  # number in the pool -> piece
    halt: threading.Event = field(default_factory=threading.Event)
    answer: "Future[dict[str, Any]] | None" = None
    told_s: float = 0.0


class JobWorker(Worker):
    """Each change of a job is published on the bus; who keeps jobs listens there."""

    def __init__(
        self, prepare: Callable[[Job], Plan], local: Pool, cluster: Pool | None, clock: Clock, bus: Bus
    ) -> None:
        super().__init__("jobs", clock, bus.fault)
        self._prepare = prepare
        self._local, self._cluster = local, cluster
        self._jobs = bus.job
        self._waiting: deque[Job] = deque()
        self._runs: dict[int, _Run] = {}
        self._number = 0
        self._live: dict[int, Job] = {}

    def live(self) -> dict[int, Job]:
        """Those that wait or run, by number; any thread."""
        return dict(self._live)

    def put(self, job: Job) -> None:
        """Have it done after those that wait already; any thread."""
        self.ask(lambda: self._put(job))

    def cancel(self, job_id: int) -> "Future[Job]":
        """End it, whatever it is doing. ``Conflict`` when it has ended; any thread."""
        return self.ask(lambda: self._cancel(job_id))

    def step(self) -> None:
        self._begin()
        busy = [pool for pool in (self._local, self._cluster) if any(one.pool is pool for one in self._runs.values())]
        for pool in busy:
            if pool is not None:
                for event in pool.poll(WAIT_S / len(busy)):
                    self._take(event)
        for run in [one for one in self._runs.values() if one.answer is not None and one.answer.done()]:
            self._answered(run)
        if not busy:
            self.rest(IDLE_S * self._clock.rate)

    def close(self) -> None:
        for run in list(self._runs.values()):
            self._cut(run)
            self._over(run, JobState.INTERRUPTED, "The station ended meanwhile: repeat it.")
        for pool in (self._local, self._cluster):
            if pool is not None:
                pool.close()

    def _put(self, job: Job) -> None:
        self._waiting.append(job)
        self._publish(job)

    def _begin(self) -> None:
        """As many pieces as there is room for; a job that cannot begin does not keep the others."""
        for run in list(self._runs.values()):
            self._fill(run)
        while self._waiting and self._local.free() > 0 and not any(run.waiting for run in self._runs.values()):
            self._open(self._waiting.popleft())

    def _open(self, job: Job) -> None:
        job = replace(job, state=JobState.RUNNING, started_s=self._clock.now_s(), text="Begins")
        self._publish(job)
        try:
            plan = self._prepare(job)
        except AppError as error:
            self._end(job, JobState.FAILED, error=str(error))
            return
        count = len(plan.pieces)
        pool = self._cluster if plan.cluster and self._cluster is not None else self._local
        run = _Run(job, plan, pool, deque(range(count)), [0.0] * count, [None] * count)
        self._runs[job.id] = run
        self._fill(run)

    def _fill(self, run: _Run) -> None:
        try:
            while run.waiting and run.pool.free() > 0:
                self._number += 1
                run.tasks[self._number] = run.waiting[0]
                run.pool.start(self._number, run.plan.pieces[run.waiting[0]])
                run.waiting.popleft()
        except AppError as error:
            self._cut(run)
            self._over(run, JobState.FAILED, str(error))
            return
        if not run.waiting and not run.tasks and run.answer is None:
            self._finish(run)

    def _take(self, event: Event) -> None:
        run = next((one for one in self._runs.values() if event.number in one.tasks), None)
        if run is None:
            return
        piece = run.tasks[event.number]
        if isinstance(event, Step):
            run.shares[piece] = event.share
            self._tell_progress(run, event.text)
            return
        del run.tasks[event.number]
        if isinstance(event, Failure):
            if event.trace:
                log.error("job %s failed: %s", run.job.id, event.trace)
            self._cut(run)
            self._over(run, JobState.FAILED, event.text)
            return
        run.shares[piece], run.results[piece] = 1.0, event.value
        self._tell_progress(run, run.job.text)
        self._fill(run)

    def _finish(self, run: _Run) -> None:
        try:
            run.answer = run.plan.finish(run.results, run.halt)
        except AppError as error:
            self._over(run, JobState.FAILED, str(error))

    def _answered(self, run: _Run) -> None:
        answer = run.answer
        if answer is None:
            return
        if answer.cancelled():
            self._over(run, JobState.CANCELLED, "")
            return
        try:
            result = answer.result()
        except AppError as error:
            cancelled = run.halt.is_set()
            self._over(run, JobState.CANCELLED if cancelled else JobState.FAILED, "" if cancelled else str(error))
            return
        del self._runs[run.job.id]
        self._end(replace(run.job, progress=1.0, result=result), JobState.DONE, text=str(result.get("text", "Done")))

    def _cancel(self, job_id: int) -> Job:
        if (job := next((one for one in self._waiting if one.id == job_id), None)) is not None:
            self._waiting.remove(job)
            return self._end(job, JobState.CANCELLED, text="Cancelled before it began")
        run = self._runs.get(job_id)
        if run is None:
            raise Conflict(f"Job {job_id} has ended.")
        run.halt.set()
        if run.answer is not None:
            return replace(run.job, text="Cancelling")  # what is being written is taken back by who writes it
        self._cut(run)
        return self._over(run, JobState.CANCELLED, "")

    def _cut(self, run: _Run) -> None:
        for number in run.tasks:
            run.pool.cancel(number)
        run.tasks.clear()
        run.waiting.clear()
        run.halt.set()

    def _over(self, run: _Run, state: JobState, error: str) -> Job:
        self._runs.pop(run.job.id, None)
        run.plan.clean()
        text = f"Cancelled at {run.job.progress:.0%}" if state is JobState.CANCELLED else ""
        return self._end(run.job, state, text=text, error=error)

    def _end(self, job: Job, state: JobState, text: str = "", error: str = "") -> Job:
        ended = replace(job, state=state, ended_s=self._clock.now_s(), text=text or error, error=error)
        self._publish(ended)
        return ended

    def _tell_progress(self, run: _Run, text: str) -> None:
        progress = FINISHING * sum(run.shares) / len(run.shares)
        run.job = replace(run.job, progress=progress, text=text)
        self._live = self._live | {run.job.id: run.job}
        if time.monotonic() >= run.told_s:
            run.told_s = time.monotonic() + TELL_EVERY_S
            self._jobs.publish(run.job)

    def _publish(self, job: Job) -> None:
        rest = {number: one for number, one in self._live.items() if number != job.id}
        self._live = rest if job.ended else rest | {job.id: job}
        self._jobs.publish(job)

"""Jobs on a pool: their states as they are told, cancelling, failing, ending with the station."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.job import Job, JobKind, JobState
from app.errors import BadFile, Conflict, NotFound
from app.workers.jobs import JobWorker, Plan
from app.workers.pool import LocalPool
from tests.unit.workers import work
from tests.unit.workers.waiting import until


class Desk:
    """A job worker and what it tells; ``plans`` are by the job's number."""

    def __init__(self) -> None:
        self.bus, self.plans = Bus(), dict[int, Plan]()
        self.told: list[Job] = []
        self.bus.job.subscribe(self.told.append)
        self.worker = JobWorker(self.prepare, LocalPool(1), None, Clock(), self.bus)

    def prepare(self, job: Job) -> Plan:
        if job.id not in self.plans:
            raise NotFound("There is no flight 9.")
        return self.plans[job.id]

    def put(self, number: int) -> None:
        self.worker.put(Job(number, 1, JobKind.EXPORT, {}, "ada", JobState.WAITING, 0.0, "", 1.0))

    def states(self, number: int) -> list[JobState]:
        found: list[JobState] = []
        for job in self.told:
            if job.id == number and (not found or found[-1] is not job.state):
                found.append(job.state)
        return found

    def ended(self, number: int) -> Job:
        until(lambda: any(job.id == number and job.ended for job in list(self.told)))
        return next(job for job in self.told if job.id == number and job.ended)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    made.worker.start()
    yield made
    made.worker.stop()


def summed(results: list[Any], _: threading.Event) -> "Future[dict[str, Any]]":
    answer: Future[dict[str, Any]] = Future()
    answer.set_result({"text": "summed", "sum": sum(results)})
    return answer


def test_the_pieces_of_a_job_become_its_result(desk: Desk) -> None:
    desk.plans[1] = Plan(tuple(partial(work.double, number) for number in range(4)), summed)
    desk.put(1)
    job = desk.ended(1)
    assert (job.state, job.result, job.progress, job.text) == (
        JobState.DONE,
        {"text": "summed", "sum": 12},
        1.0,
        "summed",
    )
    assert desk.states(1) == [JobState.WAITING, JobState.RUNNING, JobState.DONE]
    progress = [one.progress for one in desk.told]
    assert progress == sorted(progress)
    assert desk.worker.live() == {}


def test_what_fails_says_why_and_takes_away_what_it_left(desk: Desk) -> None:
    left = threading.Event()
    desk.plans[1] = Plan((partial(work.double, 1), work.refuse), summed, clean=left.set)

    def too_late(_: list[Any], __: threading.Event) -> "Future[dict[str, Any]]":
        raise BadFile("It has gone.")

    desk.plans[3] = Plan((partial(work.double, 1),), too_late)
    for number in (1, 2, 3):
        desk.put(number)
    errors = [desk.ended(number).error for number in (1, 2, 3)]
    assert errors == ["The file is torn: bring another.", "There is no flight 9.", "It has gone."]
    assert {desk.ended(number).state for number in (1, 2, 3)} == {JobState.FAILED}
    assert left.is_set()


def test_a_job_is_cancelled_while_it_waits_and_while_it_runs(desk: Desk, tmp_path: Path) -> None:
    begun, left = tmp_path / "begun", threading.Event()
    desk.plans[1] = Plan((partial(work.forever, begun),), summed, clean=left.set)
    desk.plans[2] = Plan((partial(work.double, 2),), summed)
    for number in (1, 2):
        desk.put(number)
    until(lambda: begun.exists() and begun.read_text() != "")
    assert desk.worker.cancel(2).result(10).state is JobState.CANCELLED
    assert desk.worker.cancel(1).result(10).state is JobState.CANCELLED
    assert not psutil.pid_exists(int(begun.read_text()))
    assert left.is_set()
    assert desk.states(2) == [JobState.WAITING, JobState.CANCELLED]
    with pytest.raises(Conflict, match="has ended"):
        desk.worker.cancel(1).result(10)
    desk.put(2)  # the next one is done as if nothing had been
    until(lambda: desk.states(2)[-1] is JobState.DONE)


def test_what_is_being_written_is_taken_back_by_who_writes_it(desk: Desk) -> None:
    writing = threading.Event()

    def finish(_: list[Any], halt: threading.Event) -> "Future[dict[str, Any]]":
        answer: Future[dict[str, Any]] = Future()

        def write() -> None:
            writing.set()
            halt.wait(60.0)
            answer.set_exception(Conflict("Undone."))

        thread = threading.Thread(target=write)
        thread.start()
        answer.add_done_callback(lambda _: None)
        return answer

    desk.plans[1] = Plan((partial(work.double, 1),), finish)
    desk.put(1)
    until(writing.is_set)
    assert desk.worker.cancel(1).result(10).text == "Cancelling"
    assert desk.ended(1).state is JobState.CANCELLED


def test_a_station_that_ends_says_so_of_what_ran(tmp_path: Path) -> None:
    desk, begun = Desk(), tmp_path / "begun"
    desk.worker.start()
    desk.plans[1] = Plan((partial(work.forever, begun),), summed)
    desk.put(1)
    until(lambda: begun.exists() and begun.read_text() != "")
    desk.worker.stop()
    assert desk.ended(1).state is JobState.INTERRUPTED
    assert not psutil.pid_exists(int(begun.read_text()))

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context

import pytest

from app.bus import Topic
from app.clock import Clock
from app.domain.fault import Fault
from app.errors import NotConnected
from app.logbook import CORRELATION
from app.worker import Worker


class Scripted(Worker):
    """Does what the test says in ``open`` and ``step``."""

    def __init__(self, on_open: Callable[[], None], on_step: Callable[[], None]) -> None:
        self.faults: list[Fault] = []
        self.told = threading.Event()
        topic = Topic[Fault]("fault")
        topic.subscribe(self._hear)
        super().__init__("scripted", Clock(), topic)
        self._on_open, self._on_step = on_open, on_step
        self.closed = 0

    def _hear(self, fault: Fault) -> None:
        self.faults.append(fault)
        self.told.set()

    def open(self) -> None:
        self._on_open()

    def step(self) -> None:
        self._on_step()
        self.rest(0.01)

    def close(self) -> None:
        self.closed += 1


@contextmanager
def running(worker: Scripted) -> Iterator[Scripted]:
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def nothing() -> None:
    return


def test_what_is_asked_is_done_in_the_workers_thread() -> None:
    with running(Scripted(nothing, nothing)) as worker:
        assert worker.ask(threading.current_thread).result(5.0).name == "scripted"


def test_what_is_done_belongs_to_the_request_that_asked() -> None:
    with running(Scripted(nothing, nothing)) as worker:
        asking = copy_context()
        asking.run(CORRELATION.set, "mine-1")
        assert asking.run(worker.ask, CORRELATION.get).result(5.0) == "mine-1"
        assert worker.ask(CORRELATION.get).result(5.0) == ""


def test_an_error_comes_back_by_the_future_and_the_worker_goes_on() -> None:
    def fail() -> None:
        raise NotConnected("no")

    with running(Scripted(nothing, nothing)) as worker:
        with pytest.raises(NotConnected):
            worker.ask(fail).result(5.0)
        assert worker.ask(lambda: 3).result(5.0) == 3
    assert worker.faults == []
    assert worker.closed == 1


def test_a_cancelled_request_is_left_out() -> None:
    entered, leave = threading.Event(), threading.Event()
    done: list[str] = []

    def block() -> None:
        entered.set()
        leave.wait(5.0)

    with running(Scripted(nothing, nothing)) as worker:
        worker.ask(block)
        assert entered.wait(5.0)
        gone = worker.ask(lambda: done.append("gone"))
        assert gone.cancel()
        leave.set()
        worker.ask(lambda: done.append("kept")).result(5.0)
    assert done == ["kept"]


def test_trouble_and_its_end_are_told_and_requests_are_answered_meanwhile() -> None:
    tries = iter([NotConnected("no device: plug it in"), None])
    opened = threading.Event()

    def unplugged_once() -> None:
        error = next(tries, None)
        if error is not None:
            raise error
        opened.set()

    with running(Scripted(unplugged_once, nothing)) as worker:
        assert worker.told.wait(5.0)
        assert worker.ask(lambda: "still here").result(5.0) == "still here"
        assert opened.wait(5.0)
        worker.ask(nothing).result(5.0)
        worker.told.clear()
        while len(worker.faults) < 2:
            worker.told.wait(5.0)
    assert [fault.ended for fault in worker.faults] == [False, True]
    assert "plug it in" in worker.faults[0].text


def test_a_bug_is_told_as_one() -> None:
    def bug() -> None:
        raise ZeroDivisionError("1/0")

    with running(Scripted(nothing, bug)) as worker:
        assert worker.told.wait(5.0)
    assert "ZeroDivisionError" in worker.faults[0].text


def test_asking_a_stopped_worker_fails_at_once() -> None:
    with running(Scripted(nothing, nothing)) as worker:
        pass
    with pytest.raises(NotConnected):
        worker.ask(nothing).result(1.0)

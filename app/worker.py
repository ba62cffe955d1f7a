"""A thread with an inbox and an end: the loop every worker of the station runs in."""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

from app.bus import Topic
from app.clock import Clock
from app.domain.fault import Fault
from app.errors import AppError, NotConnected

log = logging.getLogger(__name__)
ResultT = TypeVar("ResultT")

FIRST_BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 8.0


class Worker:
    """A thread that owns a device or a state and does one step after the other.

    A subclass writes ``open``, ``step`` and ``close``. ``step`` must come back within some 100 ms, so that what was
    asked is done soon and ``stop`` is quick. What is raised in ``open`` or ``step`` is published as a ``Fault``, the
    worker closes, waits (0.5 s, doubled up to 8 s while it keeps failing) and opens again; the end of the trouble is
    published too.
    """

    def __init__(self, name: str, clock: Clock, faults: Topic[Fault]) -> None:
        self.name = name
        self._clock = clock
        self._faults = faults
        self._ending = threading.Event()
        self._wake = threading.Event()
        self._inbox: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._failures = 0
        self._in_trouble = False

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End the loop and wait for it; what is still in the inbox is cancelled."""
        self._ending.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                log.error("worker %s did not end within %.0f s", self.name, timeout_s)
        while not self._inbox.empty():
            self._inbox.get()[1].cancel()

    def ask(self, work: Callable[[], ResultT]) -> "Future[ResultT]":
        """Have ``work`` done in the worker's thread between two steps; the answer or error comes by the future."""
        answer: Future[ResultT] = Future()
        if self._ending.is_set():
            answer.set_exception(NotConnected(f"The {self.name} has ended"))
            return answer
        self._inbox.put((partial(copy_context().run, work), answer))  # what it logs belongs to who asked
        self._wake.set()
        return answer

    def open(self) -> None:
        """Take the device; raises ``AppError`` when it is not there."""

    def step(self) -> None:
        """Do one piece of work, at most some 100 ms of it."""
        raise NotImplementedError

    def close(self) -> None:
        """Let the device go; called after every ``open``, also a failed one."""

    def rest(self, seconds: float) -> None:
        """Wait in ``step`` until something is asked, the end comes, or the time has gone."""
        self._clock.wait(self._wake, seconds)
        self._wake.clear()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self.open()
                self._work()
            except AppError as error:
                self._tell(str(error))
            except Exception as error:
                log.exception("worker %s failed", self.name)
                self._tell(f"Fault in the program ({type(error).__name__}: {error}); the {self.name} starts again")
            finally:
                self._close()
            self._back_off()
        self._do_asked()

    def _work(self) -> None:
        while not self._ending.is_set():
            self._do_asked()
            self.step()
            if self._in_trouble:
                self._in_trouble, self._failures = False, 0
                self._faults.publish(Fault(self._clock.now_s(), self.name, f"The {self.name} works again", ended=True))

    def _close(self) -> None:
        try:
            self.close()
        except Exception:
            log.exception("worker %s failed while closing", self.name)

    def _tell(self, text: str) -> None:
        self._failures += 1
        self._in_trouble = True
        self._faults.publish(Fault(self._clock.now_s(), self.name, text, count=self._failures))

    def _back_off(self) -> None:
        """Wait before the next try, in true time: a device comes back no sooner for a fast simulation."""
        wait_s = min(FIRST_BACKOFF_S * 2.0 ** max(self._failures - 1, 0), LONGEST_BACKOFF_S)
        step_s = 0.05
        for _ in range(round(wait_s / step_s)):
            if self._ending.wait(step_s):
                return
            self._do_asked()

    def _do_asked(self) -> None:
        while not self._inbox.empty():
            work, answer = self._inbox.get()
            if not answer.set_running_or_notify_cancel():
                continue  # whoever asked has gone, for example a closed HTTP connection
            try:
                answer.set_result(work())
            except Exception as error:
                answer.set_exception(error)

"""Processes that do work one piece at a time, so that nobody waits for it; asked by the one thread that owns the pool.

A piece is a picklable call that is given ``tell``; it runs in a process of its own interpreter (spawn: alike on Windows
and Linux) at low priority. Cancelling ends the process: whatever the piece is doing, it stops.
"""

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

import psutil

from app.errors import AppError

Tell = Callable[[float, str], None]  # how far, 0 ... 1, and what is done now
Work = Callable[[Tell], Any]
TELL_EVERY_S = 0.1
KILL_S = 2.0
NICE = 5
PIECES = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Step:
    """A piece has got further."""

    number: int
    share: float
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    number: int
    value: Any


@dataclass(frozen=True, slots=True)
class Failure:
    """``text`` is for the operator; ``trace`` is of a fault in the program, empty for an ``AppError``."""

    number: int
    text: str
    trace: str = ""


Event = Step | Result | Failure


class Pool(Protocol):
    """Where pieces run."""

    def free(self) -> int:
        """How many more pieces it would begin at once. Raises ``NotConnected`` when it cannot be reached."""

    def start(self, number: int, work: Work) -> None:
        """Begin a piece; its events carry ``number``. Raises ``NotConnected`` when the pool cannot be reached."""

    def cancel(self, number: int) -> None:
        """End a piece; nothing more is heard of it."""

    def poll(self, wait_s: float) -> list[Event]:
        """What has happened; waits up to ``wait_s`` for something."""

    def close(self) -> None:
        """End everything; may be called twice."""


@dataclass(slots=True)
class _Seat:
    """A process and the piece it does; None: it waits for one."""

    process: BaseProcess
    connection: "Connection[Any, Any]"
    number: int | None = None


class LocalPool:
    """Processes of this computer, begun when they are needed and kept for the next piece."""

    def __init__(self, processes: int) -> None:
        self._most = processes
        self._seats: list[_Seat] = []

    def free(self) -> int:
        return self._most - sum(seat.number is not None for seat in self._seats)

    def start(self, number: int, work: Work) -> None:
        idle = [seat for seat in self._seats if seat.number is None]
        live = next((seat for seat in idle if seat.process.is_alive()), None)
        for dead in idle:
            if dead is not live and not dead.process.is_alive():
                self._end(dead)
        seat = live or self._begin()
        seat.number = number
        seat.connection.send(work)

    def cancel(self, number: int) -> None:
        for seat in [one for one in self._seats if one.number == number]:
            self._end(seat)

    def poll(self, wait_s: float) -> list[Event]:
        busy = {seat.connection: seat for seat in self._seats if seat.number is not None}
        if not busy:
            return []
        events: list[Event] = []
        for ready in wait(list(busy), wait_s):
            events += self._heard(busy[ready])  # type: ignore[index]
        return events

    def close(self) -> None:
        for seat in list(self._seats):
            self._end(seat)

    def _begin(self) -> _Seat:
        ours, theirs = PIECES.Pipe()
        process = PIECES.Process(target=serve, args=(theirs,), name="kestrel job", daemon=True)
        process.start()
        theirs.close()
        seat = _Seat(process, ours)
        self._seats.append(seat)
        return seat

    def _heard(self, seat: _Seat) -> list[Event]:
        """Everything that its process has said."""
        events: list[Event] = []
        number = seat.number if seat.number is not None else -1
        try:
            while seat.number is not None and seat.connection.poll():
                kind, *said = seat.connection.recv()
                if kind is not Step:
                    seat.number = None
                events.append(kind(number, *said))
        except (EOFError, OSError):
            self._end(seat)
            code = seat.process.exitcode
            how = f"killed by signal {-code}" if code is not None and code < 0 else f"exit code {code}"
            events.append(Failure(number, f"Its process ended ({how}): not enough memory? Start it again."))
        return events

    def _end(self, seat: _Seat) -> None:
        self._seats.remove(seat)
        seat.process.terminate()
        seat.process.join(KILL_S)
        if seat.process.is_alive():
            seat.process.kill()
            seat.process.join()
        seat.connection.close()


def serve(connection: "Connection[Any, Any]") -> None:
    """What a process of the pool does until nobody asks any more; its main thread."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the station, which ends us
    _give_way()
    threading.Thread(target=_leave_with_station, name="leaving", daemon=True).start()
    while True:
        try:
            work = connection.recv()
        except (EOFError, OSError):
            return
        connection.send(answer_of(work, telling(lambda share, text: connection.send((Step, share, text)))))


def answer_of(work: Work, tell: Tell) -> tuple[Any, ...]:
    """The kind of the last event of a piece, and its fields."""
    try:
        return Result, work(tell)
    except AppError as error:
        return Failure, str(error)
    except Exception as error:
        return Failure, f"Fault in the program ({type(error).__name__}: {error})", traceback.format_exc()


def telling(say: Tell) -> Tell:
    """``say``, at most some times a second."""
    due_s = 0.0

    def tell(share: float, text: str) -> None:
        nonlocal due_s
        if (now_s := time.monotonic()) >= due_s:
            due_s = now_s + TELL_EVERY_S
            say(min(max(share, 0.0), 1.0), text)

    return tell


def _leave_with_station() -> None:
    """A station that is killed cannot end its processes: they end by themselves, whatever they are doing."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _give_way() -> None:
    """The window, the receiver and the link come first."""
    below_normal = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", None)  # on Windows
    psutil.Process().nice(NICE if below_normal is None else below_normal)


def run_all(pool: Pool, pieces: Sequence[Work], tell: Tell) -> list[Any]:
    """The results of all pieces, in their order, for who waits. Raises ``AppError`` with the first failure."""
    results: dict[int, Any] = {}
    shares = [0.0] * len(pieces)
    begun = 0
    while len(results) < len(pieces):
        while begun < len(pieces) and pool.free() > 0:
            pool.start(begun, pieces[begun])
            begun += 1
        for event in pool.poll(0.2):
            if isinstance(event, Failure):
                raise AppError(event.text + event.trace)
            shares[event.number] = event.share if isinstance(event, Step) else 1.0
            if isinstance(event, Result):
                results[event.number] = event.value
            tell(sum(shares) / len(pieces), event.text if isinstance(event, Step) else "")
    return [results[number] for number in range(len(pieces))]

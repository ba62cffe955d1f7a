"""Pieces of work on a Dask cluster, the optional extra ``dask``; asked by the one thread that owns the pool.

The cluster's workers need this Kestrel installed and see the files under the same paths. A worker that dies does not
cost a piece: the scheduler gives it to another. A piece that is cancelled stops at its next word.
"""

import importlib
import queue
import time
from functools import partial
from typing import Any

from app.errors import AppError, NotConnected
from app.workers.pool import Event, Failure, Step, Work, answer_of, telling

CONNECT_S = 5.0
LOOK_S = 1.0  # how often a piece looks whether it was cancelled
SPARE = 2  # pieces that wait on the cluster beside those that run


def _library() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError as error:
        raise NotConnected(
            "jobs.scheduler names a Dask cluster, but Dask is not installed: pip install kestrel-gcs[dask], or empty "
            "that setting."
        ) from error


class Withdrawn(AppError):
    """A piece that nobody waits for any more."""


class DaskPool:
    """Connects when the first piece is to begin."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: Any = None
        self._topic = f"kestrel-{time.time_ns():x}"
        self._futures: dict[int, Any] = {}
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def free(self) -> int:
        workers = self._connected().scheduler_info(n_workers=-1)["workers"].values()
        return int(sum(one["nthreads"] for one in workers)) + SPARE - len(self._futures)

    def start(self, number: int, work: Work) -> None:
        client = self._connected()
        future = client.submit(run_piece, work, number, self._topic, pure=False, key=f"{self._topic}-{number}")
        self._futures[number] = future
        future.add_done_callback(partial(self._ended, number))

    def cancel(self, number: int) -> None:
        future = self._futures.pop(number, None)
        if future is not None:
            _library().Event(f"{self._topic}-{number}", client=self._client).set()
            future.cancel()

    def poll(self, wait_s: float) -> list[Event]:
        events: list[Event] = []
        try:
            event = self._events.get(timeout=wait_s)
            while True:
                if event.number in self._futures:
                    events.append(event)
                    if not isinstance(event, Step):
                        del self._futures[event.number]
                event = self._events.get_nowait()
        except queue.Empty:
            return events

    def close(self) -> None:
        for number in list(self._futures):
            self.cancel(number)
        client, self._client = self._client, None
        if client is not None:
            client.close(CONNECT_S)

    def _connected(self) -> Any:
        """Raises ``NotConnected`` when no scheduler answers."""
        if self._client is not None and self._client.status == "running":
            return self._client
        library = _library()
        try:
            self._client = library.Client(self._address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise NotConnected(
                f"No Dask scheduler answers at {self._address} ({error}). Start it, or empty jobs.scheduler."
            ) from error
        self._client.subscribe_topic(self._topic, self._told)
        return self._client

    def _told(self, event: tuple[float, Any]) -> None:
        """In the client's own thread."""
        number, share, text = event[1]
        self._events.put(Step(number, share, text))

    def _ended(self, number: int, future: Any) -> None:
        """In the client's own thread."""
        if future.status == "finished":
            kind, *said = future.result()
            self._events.put(kind(number, *said))
        else:
            why = future.exception() if future.status == "error" else "the scheduler is gone"
            self._events.put(
                Failure(number, f"The cluster gave it up: {why}. Look at its workers, and start it again.")
            )


def run_piece(work: Work, number: int, topic: str) -> tuple[Any, ...]:
    """What a worker of the cluster does."""
    library = _library()
    worker, client = library.get_worker(), library.get_client()
    withdrawn = library.Event(f"{topic}-{number}", client=client)
    look_s = 0.0

    def say(share: float, text: str) -> None:
        nonlocal look_s
        worker.log_event(topic, (number, share, text))
        if (now_s := time.monotonic()) >= look_s:
            look_s = now_s + LOOK_S
            if withdrawn.is_set():
                raise Withdrawn("Cancelled.")

    return answer_of(work, telling(say))

"""A program for the test that kills it: the real recorder, fed until the end; says what was published and committed.

Lines: ``p N`` after fact N was published, ``c N T`` after a transaction with facts up to N - 1 was committed at T.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from app.bus import Bus
from app.clock import Clock
from app.ring import SpectrumRing
from app.store import Fact, Store, Writer
from app.workers.recorder import RecorderWorker
from tests.unit.store import samples


def say(*words: object) -> None:
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


def main() -> None:
    fly(Path(sys.argv[1]), say, 0.002)


def fly(directory: Path, say: Callable[..., None], every_s: float) -> None:
    """Publish a fact every so often until somebody kills this process."""
    write, total = Writer.write, 0

    def write_and_say(self: Writer, flight_id: int, facts: Iterable[Fact]) -> int:
        nonlocal total
        facts = list(facts)
        unfit = write(self, flight_id, facts)
        total += len(facts)
        say("c", total, time.monotonic())
        return unfit

    Writer.write = write_and_say  # type: ignore[method-assign]
    bus, clock = Bus(), Clock()
    recorder = RecorderWorker(Store(directory), SpectrumRing(256), clock, bus)
    recorder.start()
    recorder.begin("").result(30.0)
    number = 0
    while True:
        bus.telemetry.publish(samples.telemetry(clock.now_s(), lat_deg=float(number)))
        number += 1
        say("p", number, time.monotonic())
        time.sleep(every_s)


def tell(directory: Path, connection: "Connection[Any, Any]") -> None:
    """``fly`` in a process of ``multiprocessing``."""
    lock = threading.Lock()

    def send(*words: object) -> None:
        with lock:
            connection.send(words)

    fly(directory, send, 0.001)


if __name__ == "__main__":
    main()

"""Pieces of work for the tests of pools: they run in other processes, which find them here."""

import os
import threading
import time
from pathlib import Path

from app.errors import BadFile
from app.workers.pool import Tell


def double(number: int, tell: Tell) -> int:
    tell(0.5, f"doubling {number}")
    return 2 * number


def refuse(tell: Tell) -> None:
    raise BadFile("The file is torn: bring another.")


def fail(tell: Tell) -> None:
    raise RuntimeError("a bug")


def die(tell: Tell) -> None:
    os._exit(3)


def forever(begun: Path, tell: Tell) -> None:
    """Says its process in a file and never ends; deaf to everything but a signal."""
    begun.write_text(str(os.getpid()))
    threading.Event().wait()


def forever_telling(begun: Path, tell: Tell) -> None:
    begun.write_text(str(os.getpid()))
    while True:
        tell(0.1, "still at it")
        time.sleep(0.02)


def slowly(begun: Path, steps: int, tell: Tell) -> int:
    """Some seconds of work; says in a file which process does it."""
    with begun.open("a") as file:
        file.write(f"{os.getpid()}\n")
    for step in range(steps):
        tell(step / steps, "works")
        time.sleep(0.05)
    return os.getpid()

"""kill -9 in flight: what was committed is whole, little is lost, and the next start opens cleanly."""

import itertools
import multiprocessing
import os
import random
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.store import Store
from app.workers.recorder import WRITE_EVERY_S
from tests.unit.store import flying

ROOT = Path(__file__).parents[3]
SEED = 20
KILLS = 100


def fly_and_kill(directory: Path, facts: int) -> list[list[str]]:
    """Run the station until it has published that many facts, kill it; returns the lines it said."""
    command = [sys.executable, "-m", "tests.unit.store.flying", str(directory)]
    lines: list[list[str]] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        guard = threading.Timer(120.0, process.kill)
        guard.start()
        for line in process.stdout:
            lines.append(line.split())
            if lines[-1][0] == "p" and int(lines[-1][1]) == facts:
                process.kill()  # SIGKILL, TerminateProcess on Windows: no handler runs
        guard.cancel()
        guard.join()
    return [line for line in lines if len(line) == 3]


@pytest.mark.parametrize("facts", random.Random(SEED).sample(range(100, 1200), 4))
def test_killed_in_flight(tmp_path: Path, facts: int) -> None:
    said = fly_and_kill(tmp_path, facts)
    published = {int(number): float(time_s) for kind, number, time_s in said if kind == "p"}
    committed = [(int(number), float(time_s)) for kind, number, time_s in said if kind == "c"]

    connection = sqlite3.connect(tmp_path / "kestrel.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()

    store = Store(tmp_path)
    store.open()
    (flight,) = store.of(store.current().id).flights()
    rows = store.of(flight.project_id).rows("telemetry", flight.id).as_dicts()
    store.close()
    assert [row["lat_deg"] for row in rows] == [float(number) for number in range(len(rows))]
    assert len(rows) >= max((number for number, _ in committed), default=0)
    assert (flight.clean, flight.ended_s) == (False, max([flight.started_s, *(row["time_s"] for row in rows)]))

    # the last 250 ms and the batch before them, which may have been on its way; a machine that let the publisher wait
    # let the recorder wait too
    pause_s = max(after - before for before, after in itertools.pairwise(sorted(published.values())))
    lost_s = max(published.values()) - published[max(len(rows), 1)]
    assert lost_s <= 2.0 * WRITE_EVERY_S + 4.0 * pause_s


def killed_after(directory: Path, facts: int) -> tuple[int, int]:
    """Have a process record into the store until that many facts are published, and kill it; what it said last.

    On POSIX it is forked from a server that has imported everything, which takes some milliseconds.
    """
    context: Any = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
    if os.name != "nt":
        context.set_forkserver_preload([flying.__name__])
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=flying.tell, args=(directory, theirs), daemon=True)
    process.start()
    theirs.close()
    committed = published = 0
    while published < facts:
        assert ours.poll(120.0)
        kind, number, _ = ours.recv()
        committed, published = (number, published) if kind == "c" else (committed, number)
    process.kill()
    process.join()
    try:
        while True:
            kind, number, _ = ours.recv()
            committed = number if kind == "c" else committed
    except (EOFError, OSError):
        ours.close()
    return committed, published


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_a_hundred_times_on_one_store(tmp_path: Path) -> None:
    """Every flight of every killed program is there with all that was committed, and the file is sound each time."""
    draw = random.Random(SEED)
    least: list[int] = []
    for number in range(KILLS):
        committed, _ = killed_after(tmp_path, draw.randrange(1, 700))
        least.append(committed)
        with closing(sqlite3.connect(tmp_path / "kestrel.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], number
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == [], number
    store = Store(tmp_path)
    store.open()
    of = store.of(store.current().id)
    flights = sorted(of.flights(), key=lambda flight: flight.id)
    assert len(flights) == KILLS
    for flight, committed in zip(flights, least, strict=True):
        found = [row[0] for row in of.rows("telemetry", flight.id, only=("lat_deg",)).values]
        assert found == [float(fact) for fact in range(len(found))]
        assert len(found) >= committed
        assert (flight.clean, flight.ended_s is not None) == (False, True)
    store.close()

"""kill -9 in flight: what was committed is whole, little is lost, and the next start opens cleanly."""

import itertools
import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.store import Store
from app.workers.recorder import WRITE_EVERY_S

ROOT = Path(__file__).parents[3]
SEED = 20


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

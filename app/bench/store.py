"""How fast facts go into the store and come out of it, beside sqlite3 by itself; the main thread."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from app.bench.figures import Figure
from app.domain.radio import Level, Reading
from app.domain.vehicle import Telemetry
from app.store import Fact, Store
from app.store.facts import KINDS
from app.store.models import FACTS

LEAST_ROWS_PER_S = 200_000.0
MOST_TIMES_SLOWER = 3.0
LONGEST_READ_S = 2.5  # for a million rows
BATCH = 10_000  # facts in a transaction, where the recorder is catching up
MILLION = 1_000_000
PLACE = ("time_s", "lat_deg", "lon_deg", "height_m")


def run(quick: bool) -> list[Figure]:
    """With ``quick`` a tenth of the rows: shorter and noisier."""
    return measure(MILLION // 10 if quick else MILLION)


def measure(count: int) -> list[Figure]:
    """Write telemetry and readings as the recorder does, then read as much telemetry of a flight.

    The peer writes the same rows, made before, with the same tables, indexes and transactions by the driver's own
    ``executemany``: what our writer adds is the making of the rows and SQLAlchemy. Each is the best of three, in turn.
    """
    facts = _facts(count // 2)
    with tempfile.TemporaryDirectory() as folder:
        turns = [
            (_write(Path(folder) / f"ours{turn}", facts), _write_raw(Path(folder) / f"raw{turn}", facts))
            for turn in range(3)
        ]
        reads = _read(Path(folder) / "read", count)
    ours, raw = (max(rates) for rates in zip(*turns, strict=True))
    slower = raw / ours
    whole_s, raw_whole_s, track_s, raw_track_s = (seconds * MILLION / count for seconds in reads)
    return [
        Figure("rows written", ours, "rows/s", f">= {LEAST_ROWS_PER_S:.0f}", ours >= LEAST_ROWS_PER_S, "sqlite3", raw),
        Figure("slower than sqlite3", slower, "times", f"<= {MOST_TIMES_SLOWER:g}", slower <= MOST_TIMES_SLOWER),
        _reading_figure("1 000 000 rows read", whole_s, raw_whole_s),
        _reading_figure("1 000 000 positions read (4 columns)", track_s, raw_track_s),
    ]


def _reading_figure(name: str, ours_s: float, raw_s: float) -> Figure:
    return Figure(name, ours_s, "s", f"<= {LONGEST_READ_S:g}", ours_s <= LONGEST_READ_S, "sqlite3", raw_s)


def _facts(pairs: int) -> list[Fact]:
    """Telemetry and readings in turn, ten a second of each."""
    facts: list[Fact] = []
    for number in range(pairs):
        time_s = 1.7e9 + number * 0.1
        facts.append(_telemetry(number))
        level = Level(time_s, 0.1, "t1", 433.92e6, -60.0, -80.0, -75.0, 15.0, heard=True, overload=False)
        facts.append(Reading(level, 47.0, 8.0, 40.0, 90.0, 0.5, -0.5))
    return facts


def _telemetry(number: int) -> Telemetry:
    north_deg = 47.0 + number * 1e-7
    return Telemetry(1.7e9 + number * 0.1, 1, north_deg, 8.0, 500.0, 40.0, 0.5, -0.5, 90.0, 4.0, 1.0, 0.0)


def _opened(directory: Path) -> tuple[Store, int]:
    store = Store(directory)
    store.open()
    return store, store.writer.begin_flight(store.current().id, "Bench", True, 1.7e9).id


def _write(directory: Path, facts: list[Fact]) -> float:
    """Rows a second through the writer."""
    store, flight_id = _opened(directory)
    writer = store.writer
    start_s = time.perf_counter()
    for first in range(0, len(facts), BATCH):
        writer.write(flight_id, facts[first : first + BATCH])
    rate = len(facts) / (time.perf_counter() - start_s)
    store.close()
    return rate


def _write_raw(directory: Path, facts: list[Fact]) -> float:
    """Rows a second by ``executemany``, of rows that are there already."""
    store, flight_id = _opened(directory)
    store.close()
    batches = []
    for first in range(0, len(facts), BATCH):
        part = facts[first : first + BATCH]
        for kind in (Telemetry, Reading):
            rows = [(flight_id, *KINDS[kind].row(fact)) for fact in part if isinstance(fact, kind)]
            columns = KINDS[kind].columns
            marks = ", ".join("?" * len(columns))
            sql = f"INSERT INTO {KINDS[kind].table.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
            batches.append((sql, rows))
    connection = sqlite3.connect(store.path, isolation_level=None)
    for pragma in ("synchronous = NORMAL", "foreign_keys = ON", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}")
    start_s = time.perf_counter()
    for number, (sql, rows) in enumerate(batches):
        if number % 2 == 0:
            connection.execute("BEGIN IMMEDIATE")
        connection.executemany(sql, rows)
        if number % 2 == 1:
            connection.execute("COMMIT")
    rate = len(facts) / (time.perf_counter() - start_s)
    connection.close()
    return rate


def _read(directory: Path, count: int) -> tuple[float, float, float, float]:
    """Seconds to read that many rows of telemetry, whole and as places: by the queries, then by sqlite3 alone.

    Each is the best of three, taken in turn.
    """
    store, flight_id = _opened(directory)
    for first in range(0, count, BATCH):
        store.writer.write(flight_id, [_telemetry(number) for number in range(first, min(first + BATCH, count))])
    of = store.of(store.current().id)
    connection = sqlite3.connect(store.path)
    names = [column.name for column in FACTS["telemetry"].columns if column.name not in {"id", "flight_id"}]

    def raw(columns: Sequence[str]) -> int:
        query = f"SELECT {', '.join(columns)} FROM telemetry WHERE flight_id = ? ORDER BY time_s, id"  # noqa: S608
        return len(connection.execute(query, (flight_id,)).fetchall())

    reads: tuple[Callable[[], int], ...] = (
        lambda: len(of.rows("telemetry", flight_id).values),
        lambda: raw(names),
        lambda: len(of.rows("telemetry", flight_id, only=PLACE).values),
        lambda: raw(PLACE),
    )
    turns = [[_timed_read(read, count) for read in reads] for _ in range(3)]
    connection.close()
    store.close()
    whole_s, raw_whole_s, track_s, raw_track_s = (min(times) for times in zip(*turns, strict=True))
    return whole_s, raw_whole_s, track_s, raw_track_s


def _timed_read(read: Callable[[], int], count: int) -> float:
    start_s = time.perf_counter()
    found = read()
    taken_s = time.perf_counter() - start_s
    if found != count:
        raise RuntimeError(f"{found} rows read of {count} written")
    return taken_s

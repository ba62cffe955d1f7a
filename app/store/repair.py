"""What can still be read of a damaged SQLite store, into a new one beside it; the command line's thread."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table

from app.errors import StoreError
from app.store import schema
from app.store.models import FLIGHT, PROJECT, Base
from app.store.sqlite import make_engine

BATCH = 1000
MOST_MISSED = 100_000  # ids in a row that may be unreadable before the rest is given up: some 3000 broken pages


@dataclass(frozen=True, slots=True)
class Salvaged:
    kept: int  # rows
    gaps: int  # places at which rows could not be read
    adopted: int  # flights whose own row was lost, under a new name


def salvage(path: Path, copy: Path) -> Salvaged:
    """Write a new store with every row that can be read, read row by row where a page is broken.

    Raises ``StoreError`` when not even the list of tables can be read; nothing of ``path`` is changed.
    """
    engine = make_engine(copy, 2.0, writing=True)
    schema.bring_to(engine, "head")
    engine.dispose()
    kept = gaps = 0
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as sink:
        for table in Base.metadata.sorted_tables:
            found = _copy_table(source, sink, table)
            kept, gaps = kept + found[0], gaps + found[1]
        adopted = _adopt(sink)
        sink.commit()
    return Salvaged(kept, gaps, adopted)


def _copy_table(source: sqlite3.Connection, sink: sqlite3.Connection, table: Table) -> tuple[int, int]:
    """Rows kept and gaps met, by ascending rowid."""
    try:
        there = {row[1] for row in source.execute(f"PRAGMA table_info({table.name})")}
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"Nothing can be read of the store ({error}). Put back a backup, or have it set aside."
        ) from error
    columns = [column.name for column in table.columns if column.name in there]
    if not columns:
        return 0, 0
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    ask = f"SELECT rowid, {names} FROM {table.name} WHERE rowid > ? ORDER BY rowid LIMIT ?"  # noqa: S608 - our names
    add = f"INSERT OR IGNORE INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608
    last = kept = gaps = 0
    missed, size = 0, BATCH
    while missed <= MOST_MISSED:
        try:
            rows = source.execute(ask, (last, size)).fetchall()
        except sqlite3.DatabaseError:
            if size > 1:
                size = 1
                continue
            gaps, last, missed = gaps + (missed == 0), last + 1, missed + 1
            continue
        if not rows:
            break
        sink.executemany(add, [row[1:] for row in rows])
        kept, last, missed, size = kept + len(rows), rows[-1][0], 0, min(2 * size, BATCH)
    return kept, gaps


def _adopt(sink: sqlite3.Connection) -> int:
    """Rows whose flight or project was lost get one, so that they can be found."""
    children = [table.name for table in Base.metadata.sorted_tables if "flight_id" in table.c]
    projects = [table.name for table in Base.metadata.sorted_tables if "project_id" in table.c]
    for name in projects:
        sink.execute(
            f"INSERT INTO {PROJECT.name} (id, name, notes, created_s, in_use, selected_target_id) "  # noqa: S608
            f"SELECT DISTINCT project_id, 'Recovered', '', 0, 0, '' FROM {name} "
            f"WHERE project_id NOT IN (SELECT id FROM {PROJECT.name})"
        )
    adopted = 0
    for name in children:
        missing = f"SELECT DISTINCT flight_id FROM {name} WHERE flight_id NOT IN (SELECT id FROM {FLIGHT.name})"  # noqa: S608
        for (flight_id,) in sink.execute(missing).fetchall():
            _add_flight(sink, flight_id)
            adopted += 1
    return adopted


def _add_flight(sink: sqlite3.Connection, flight_id: int) -> None:
    first = sink.execute(f"SELECT min(id) FROM {PROJECT.name}").fetchone()[0]  # noqa: S608
    if first is None:
        first = 1
        sink.execute(
            f"INSERT INTO {PROJECT.name} (id, name, notes, created_s, in_use, selected_target_id) "  # noqa: S608
            "VALUES (1, 'Recovered', '', 0, 0, '')"
        )
    sink.execute(
        f"INSERT INTO {FLIGHT.name} (id, project_id, name, notes, simulated, started_s, ended_s, clean) "  # noqa: S608
        "VALUES (?, ?, ?, 'its own row could not be read', 0, 0, 0, 0)",
        (flight_id, first, f"Recovered flight {flight_id}"),
    )

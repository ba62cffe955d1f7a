"""A whole project out of the store and into another, table by table, whatever the kind of database; any thread."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Float, Integer, LargeBinary, Table, insert, select

from app.domain.job import ENDED
from app.domain.rows import Kind, Sheet
from app.errors import BadFile, NotFound
from app.store.database import Database
from app.store.jobs import JOB
from app.store.models import FLIGHT, PROJECT, RECORDING, Base

PIECE = 10_000  # rows
TYPES = ((Boolean, Kind.FLAG), (Integer, Kind.INTEGER), (Float, Kind.NUMBER), (LargeBinary, Kind.BYTES))
TABLES: dict[str, Table] = {table.name: table for table in Base.metadata.sorted_tables}
OWN_KEYS = frozenset({"project", "flight"})  # others name them


def kinds(table: Table) -> dict[str, Kind]:
    """What each column holds. The keys of rows that nobody names stay behind: they mean nothing elsewhere."""
    named = table.name in OWN_KEYS or "project_id" in table.primary_key.columns
    return {column.name: _kind(column) for column in table.columns if named or column.name != "id"}


def _kind(column: Column[Any]) -> Kind:
    return next((kind for sort, kind in TYPES if isinstance(column.type, sort)), Kind.TEXT)


def sheets_of(connection: Connection, project_id: int) -> Iterator[Sheet]:
    """Every table of the project, parents first; the pieces are read as they are asked for, in one transaction.

    Raises ``NotFound``.
    """
    if connection.execute(select(PROJECT.c.id).where(PROJECT.c.id == project_id)).first() is None:
        raise NotFound(f"There is no project {project_id}.")
    for table in TABLES.values():
        columns = kinds(table)
        yield Sheet(table.name, columns, _pieces(connection, table, list(columns), project_id))


def _pieces(
    connection: Connection, table: Table, columns: list[str], project_id: int
) -> Iterator[list[tuple[Any, ...]]]:
    query = select(*(table.c[name] for name in columns)).order_by(*table.primary_key.columns)
    if table is PROJECT:
        query = query.where(PROJECT.c.id == project_id)
    elif "project_id" in table.c:
        query = query.where(table.c.project_id == project_id)
        if table is JOB:
            query = query.where(JOB.c.state.in_(ENDED))  # one under way, such as this one, goes on here
    else:
        query = query.join(FLIGHT, FLIGHT.c.id == table.c.flight_id).where(FLIGHT.c.project_id == project_id)
    texts = [at for at, name in enumerate(columns) if isinstance(table.c[name].type, JSON)]
    for rows in connection.execution_options(yield_per=PIECE).execute(query).partitions():
        yield [_plain(tuple(row), texts) for row in rows]


def _plain(row: tuple[Any, ...], texts: list[int]) -> tuple[Any, ...]:
    if not texts:
        return row
    return tuple(json.dumps(value) if at in texts else value for at, value in enumerate(row))


class Adoption:
    """Takes the sheets of one project, parents first, giving its rows keys of this store; in one transaction."""

    def __init__(self, connection: Connection, database: Database, name: str) -> None:
        self._connection = connection
        self._database = database
        self._name = name  # of the project; empty: its own
        self._flights: dict[int, int] = {}
        self.project_id = 0
        self.left_out = 0  # recordings whose name is taken

    def take(self, sheets: Iterable[Sheet]) -> None:
        """Raises ``BadFile`` for what does not fit together; then the transaction must be undone."""
        for sheet in sheets:
            table = TABLES.get(sheet.name)
            if table is None or not set(sheet.columns) <= set(kinds(table)):
                raise BadFile(f"The bundle's table {sheet.name!r} is not known here: it is of a newer Kestrel. Update.")
            missing = {c for c in set(kinds(table)) - set(sheet.columns) if not table.c[c].nullable}
            if missing:
                raise BadFile(f"The bundle's table {sheet.name!r} lacks {', '.join(sorted(missing))}.")
            for piece in sheet.pieces:
                self._take(table, list(sheet.columns), piece)
        if not self.project_id:
            raise BadFile("The bundle holds no project.")

    def _take(self, table: Table, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
        if table in (PROJECT, FLIGHT):
            for row in rows:
                self._add(table, dict(zip(columns, row, strict=True)))
            return
        for name, change in (("project_id", self._mine), ("flight_id", self._flight)):
            if name in columns:
                at = columns.index(name)
                rows = [(*row[:at], change(row[at]), *row[at + 1 :]) for row in rows]
        if table is RECORDING:
            rows = self._not_known(rows, columns.index("name"))
        if rows:
            self._database.insert(self._connection, table.name, columns, rows)

    def _add(self, table: Table, values: dict[str, Any]) -> None:
        old = values.pop("id")
        if table is PROJECT:
            if self.project_id:
                raise BadFile("The bundle holds more than one project.")
            values |= {"in_use": False, "name": self._name or values["name"], "deleted_s": None}
        else:
            values["project_id"] = self._mine(values["project_id"])
        key = self._connection.execute(insert(table).values(values)).inserted_primary_key
        new = int(key[0]) if key else 0
        if table is PROJECT:
            self.project_id = new
        elif old in self._flights:
            raise BadFile(f"The bundle holds flight {old} twice.")
        else:
            self._flights[old] = new

    def _mine(self, _: int) -> int:
        return self.project_id

    def _flight(self, old: int | None) -> int | None:
        if old is None:
            return None
        if old not in self._flights:
            raise BadFile(f"The bundle has rows of a flight {old} that it does not hold.")
        return self._flights[old]

    def _not_known(self, rows: list[tuple[Any, ...]], at: int) -> list[tuple[Any, ...]]:
        """A recording's name is that of its files: one that is here already keeps its own row."""
        taken = set(self._connection.execute(select(RECORDING.c.name)).scalars())
        fresh = [row for row in rows if row[at] not in taken]
        self.left_out += len(rows) - len(fresh)
        return fresh

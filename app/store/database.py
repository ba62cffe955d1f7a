"""What the store asks of the kind of database it lies in, SQLite or PostgreSQL; a protocol, any thread."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite

Release = Callable[[], None]
IN_USE = "Another Kestrel is using {place}. Close it, or start with another folder (--data)."


class Database(Protocol):
    """Where a store lies; ``place`` names it in words, without a password."""

    place: str
    path: Path  # the SQLite file; beside it lie copies and recordings, whatever the kind

    def there(self) -> bool:
        """Whether there may be a store to read."""

    def told(self) -> AbstractContextManager[None]:
        """Turn what the database says into a ``StoreError`` that says what to do; a bug of ours stays one."""

    def make_engine(self, writing: bool) -> Engine:
        """The writing engine has one connection; the reading one cannot write, and sees one state in a transaction."""

    def insert(
        self, connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        """Insert rows of plain values as fast as the driver can; JSON is text, NaN becomes NULL."""

    def take_hold(self) -> Release:
        """Keep other stations off: they would end our flights as left open. Gone with the process, however it ends."""

    def size_bytes(self, engine: Engine | None) -> int:
        """Of everything stored; 0 when there is nothing."""

    def backup(self, engine: Engine, copy: Path) -> None:
        """Write a consistent copy as a SQLite store, also beside a running station."""

    def check(self, engine: Engine, thorough: bool) -> None:
        """Look through the whole. Raises ``StoreError`` when there is damage."""

    def set_aside(self, stamp: str) -> Path | None:
        """Keep what there is under another name; returns it, None when there was nothing. Nobody is connected."""


def upsert(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the database's own dialect."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)

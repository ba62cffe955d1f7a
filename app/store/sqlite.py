"""A store in a SQLite file: connections, rows in, copies, checks, its errors in the operator's words; any thread."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from app.errors import StoreError
from app.store.database import IN_USE, Release


def _plain(number: np.generic) -> float:
    """A NumPy scalar as Python's own: SQLite takes no other."""
    plain: float = number.item()
    return plain


def _same(nothing: None) -> None:
    return nothing


_NUMBERS: tuple[type[np.generic], ...] = (np.float32, np.int32, np.int64, np.bool_)
for _number in _NUMBERS:
    sqlite3.register_adapter(_number, _plain)
# what has no adapter is searched for one at each value, which takes longer than to call these
sqlite3.register_adapter(bool, int)
sqlite3.register_adapter(type(None), _same)

ROWS_A_STATEMENT = 100  # times 19 columns is far below SQLite's limit of 32766 values

FILE = "kestrel.db"
HOLD_FILE = "kestrel.lock"
FULL = "The disk with the store {path} is full: make room. Recording goes on by itself when there is some."
READ_ONLY = (
    "The store {path} cannot be written: the folder or the file is read-only or not yours. "
    "Change its permissions, or start with another folder (--data)."
)
LOCKED = (
    "The store {path} is locked by another program. Close the other Kestrel or database tool, "
    "or start with another folder (--data)."
)
DAMAGED = (
    "The store {path} is damaged ({words}). Nothing was changed. Put back a copy, save what can be read "
    "(kestrel db repair), or have it set aside (it is kept under another name) to begin with an empty one."
)
DISK_ERROR = "The disk with the store {path} reports an error ({words}). Make room, or check the disk."

TEXTS = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: READ_ONLY,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_IOERR: DISK_ERROR,
}


def insert_rows(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of plain values: many in one statement, which takes half the time of one statement for each."""
    whole = len(rows) - len(rows) % ROWS_A_STATEMENT
    statement = _insert(table, tuple(columns), ROWS_A_STATEMENT)
    for first in range(0, whole, ROWS_A_STATEMENT):
        values = tuple(chain.from_iterable(rows[first : first + ROWS_A_STATEMENT]))
        connection.exec_driver_sql(statement, values)
    if whole < len(rows):
        connection.exec_driver_sql(_insert(table, tuple(columns), 1), list(rows[whole:]))


@cache
def _insert(table: str, columns: tuple[str, ...], rows: int) -> str:
    values = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([values] * rows)}"  # noqa: S608 - our names


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the disk did to SQLite into a ``StoreError`` that says what to do; a bug of ours stays one."""
    try:
        yield
    except DBAPIError as error:
        if (text := _text(path, error.orig)) is None:
            raise
        raise StoreError(text) from error
    except sqlite3.Error as error:
        if (text := _text(path, error)) is None:
            raise
        raise StoreError(text) from error


def _text(path: Path, error: BaseException | None) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or (text := TEXTS.get(code & 0xFF)) is None:
        return None
    return text.format(path=path, words=error)


def make_engine(path: Path, busy_s: float, writing: bool) -> Engine:
    """An engine for the file, WAL and NORMAL, foreign keys held.

    The writing engine has one connection and takes the write lock as it begins; the reading one cannot write at all.
    A reader sees one state of the database from the first to the last row of its transaction.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": busy_s, "check_same_thread": False},
        pool_size=1 if writing else 4,
        max_overflow=0 if writing else 16,
    )

    def connected(connection: Any, record: Any) -> None:
        del record
        connection.isolation_level = None  # SQLAlchemy begins; the driver would begin too late for DDL
        for pragma in (
            f"query_only = {'OFF' if writing else 'ON'}",
            *(("journal_mode = WAL",) if writing else ()),
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "cache_size = -16000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begin)
    return engine


class SqliteDatabase:
    """The file of a store and what is done to it as a whole; see ``Database``."""

    def __init__(self, directory: Path, busy_s: float) -> None:
        self.path = directory / FILE
        self.place = str(self.path)
        self._busy_s = busy_s

    def there(self) -> bool:
        return self.path.exists()

    def told(self) -> AbstractContextManager[None]:
        return told(self.path)

    def make_engine(self, writing: bool) -> Engine:
        return make_engine(self.path, self._busy_s, writing)

    def insert(
        self, connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        insert_rows(connection, table, columns, rows)

    def take_hold(self) -> Release:
        hold = sqlite3.connect(
            self.path.with_name(HOLD_FILE), timeout=0.0, isolation_level=None, check_same_thread=False
        )
        try:
            hold.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            hold.close()
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise StoreError(IN_USE.format(place=self.path.parent)) from error
            raise
        return hold.close

    def size_bytes(self, engine: Engine | None) -> int:
        del engine
        files = (self.path, self.path.with_name(f"{FILE}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def backup(self, engine: Engine, copy: Path) -> None:
        with engine.connect() as connection, closing(sqlite3.connect(copy)) as target:
            source = connection.connection.driver_connection
            if not isinstance(source, sqlite3.Connection):
                raise TypeError(f"{type(source).__name__} is no SQLite connection")
            source.backup(target)

    def check(self, engine: Engine, thorough: bool) -> None:
        pragma = "integrity_check" if thorough else "quick_check"
        with engine.connect() as connection:
            words = connection.exec_driver_sql(f"PRAGMA {pragma}(1)").scalar_one()
        if words != "ok":
            raise StoreError(DAMAGED.format(path=self.path, words=words))

    def set_aside(self, stamp: str) -> Path | None:
        if not self.path.exists():
            return None
        aside = self.path.with_name(f"{self.path.stem}.set-aside.{stamp}{self.path.suffix}")
        for ending in ("-wal", "-shm", ""):
            file = self.path.with_name(self.path.name + ending)
            if file.exists():
                try:
                    file.rename(aside.with_name(aside.name + ending))
                except OSError as error:
                    raise StoreError(f"{file} cannot be renamed: {error.strerror}. Close what uses it.") from error
        return aside

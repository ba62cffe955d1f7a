"""The store of a station: a folder with the database, opened by one station at a time; any thread."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from app.domain.project import Project
from app.domain.rows import Sheet
from app.errors import StoreError
from app.settings import StoreSettings
from app.store import purge, queries, schema
from app.store.database import Database, Release
from app.store.postgres import PostgresDatabase
from app.store.queries import ProjectQueries
from app.store.repair import Salvaged, salvage
from app.store.sheets import sheets_of
from app.store.slow import SlowQueries
from app.store.sqlite import SqliteDatabase, told
from app.store.writer import Writer


class Store:
    """The database and its connections: a SQLite file in the folder or, where ``url`` names one, PostgreSQL.

    Making one touches nothing; ``open`` raises ``StoreError`` when the store cannot be used and may be tried again.
    Until it is open every query raises the ``StoreError`` that ``open`` met last. With ``recording`` False the
    database of a running station can be read beside it: nothing is made, brought forward or written.
    """

    def __init__(
        self, directory: Path, recording: bool = True, busy_s: float = 2.0, url: str = "", slow_s: float = 1.0
    ) -> None:
        self.directory = directory
        self.database = database_at(directory, url, busy_s)
        self.slow = SlowQueries(slow_s)
        self.problem = "The store is not open yet."  # why it cannot be used; empty when it can
        self._recording = recording
        self._opening = threading.Lock()
        self._release: Release | None = None
        self._writing: Engine | None = None
        self._reading: Engine | None = None

    def open(self) -> None:
        """Make what is missing, bring the database forward, end flights of a killed program; nothing when open."""
        with self._opening:
            if self._reading is not None:
                return
            try:
                self._open()
            except StoreError as error:
                self._close()
                self.problem = str(error)
                raise
            except BaseException:
                self._close()
                raise
            self.problem = ""

    def close(self) -> None:
        with self._opening:
            self._close()
            self.problem = "The store is closed."

    @property
    def place(self) -> str:
        """Where it lies, in words."""
        return self.database.place

    @property
    def path(self) -> Path:
        """The SQLite file."""
        return self.database.path

    @property
    def writer(self) -> Writer:
        if self._writing is None:
            raise StoreError(self.problem or "The store was opened for reading only.")
        return Writer(self._writing, self.database)

    def of(self, project_id: int) -> ProjectQueries:
        """The rows of one project."""
        return ProjectQueries(self._engine(), self.database, project_id)

    def projects(self, deleted: bool = False) -> list[Project]:
        return queries.all_projects(self._engine(), self.database, deleted)

    def current(self) -> Project:
        """The project in use."""
        if (project := queries.project_in_use(self._engine(), self.database)) is None:
            raise StoreError("No project is in use: open one.")
        return project

    def size_bytes(self) -> int:
        """Of the database with its write-ahead log; 0 when there is none."""
        with self.database.told():
            return self.database.size_bytes(self._reading)

    def backup(self, copy: Path) -> None:
        """Write a consistent copy as a SQLite store, also beside a running station.

        Raises ``StoreError`` when the file is there already or cannot be written.
        """
        if copy.exists():
            raise StoreError(f"{copy} is there already: nothing is overwritten. Name another file.")
        with told(copy), self.database.told():
            self.database.backup(self._engine(), copy)

    def check(self) -> None:
        """Look through every page and index. Raises ``StoreError`` when there is damage."""
        with self.database.told():
            self.database.check(self._engine(), thorough=True)

    @contextmanager
    def sheets(self, project_id: int) -> Iterator[Iterator[Sheet]]:
        """Every table of a project, as one state of the store; read while the context lasts."""
        with self.database.told(), self._engine().connect() as connection:
            yield sheets_of(connection, project_id)

    def counts(self) -> dict[str, int]:
        """Rows in each table, of all projects together."""
        with self.database.told(), self._engine().connect() as connection:
            return purge.counts(connection)

    def repair(self) -> tuple[Path, Salvaged]:
        """Begin a new file with all that can be read; returns where the old one is kept, and what was saved.

        Raises ``StoreError`` when the store is in use, lies in PostgreSQL, or when nothing can be read.
        """
        if not isinstance(self.database, SqliteDatabase):
            raise StoreError(f"{self.place} is repaired on its server: restore a backup there.")
        self.close()
        with self.database.told():
            release = self.database.take_hold()
            try:
                return self._repair(self.database)
            finally:
                release()

    def _repair(self, database: SqliteDatabase) -> tuple[Path, Salvaged]:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        copy = self.path.with_name(f"{self.path.stem}.repaired.{stamp}{self.path.suffix}")
        try:
            saved = salvage(self.path, copy)
        except BaseException:
            copy.unlink(missing_ok=True)
            raise
        aside = database.set_aside(stamp)
        if aside is None:
            raise StoreError(f"There is no store at {self.place}. Name its folder (--data).")
        copy.rename(self.path)
        return aside, saved

    def set_aside(self) -> Path | None:
        """Keep the database under another name and begin an empty one; returns that name, None when there was none.

        Only ever on the operator's word. Raises ``StoreError``.
        """
        self.close()
        with self.database.told():
            aside = self.database.set_aside(time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
        self.open()
        return aside

    def _engine(self) -> Engine:
        if self._reading is None:
            raise StoreError(self.problem)
        return self._reading

    def _open(self) -> None:
        if not self._recording:
            self._open_to_read()
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder {self.path.parent} cannot be made: {error.strerror}. Start with another (--data)."
            ) from error
        with self.database.told():
            self._release = self.database.take_hold()
            self._writing = self.slow.watch(self.database.make_engine(writing=True))
            schema.upgrade(self._writing, self.database)
            writer = Writer(self._writing, self.database)
            if writer.left_open():
                self.database.check(self._writing, thorough=False)  # a program was killed
                writer.close_left_open()
            writer.first_project(time.time())
            self._reading = self.slow.watch(self.database.make_engine(writing=False))

    def _open_to_read(self) -> None:
        if not self.database.there():
            raise StoreError(f"There is no store at {self.place}. Name its folder (--data).")
        self._reading = self.slow.watch(self.database.make_engine(writing=False))
        with self.database.told():
            if not schema.check(self._reading, self.database):
                raise StoreError(f"The store {self.place} is of an older Kestrel: start the station once on it.")

    def _close(self) -> None:
        for engine in (self._reading, self._writing):
            if engine is not None:
                engine.dispose()
        if self._release is not None:
            self._release()
        self._reading = self._writing = self._release = None


def database_at(directory: Path, url: str = "", busy_s: float = 2.0) -> Database:
    """The kind of database that the settings name. Raises ``StoreError`` for an address that is none."""
    return PostgresDatabase(directory, url, busy_s) if url else SqliteDatabase(directory, busy_s)


def make_store(settings: StoreSettings, recording: bool = True) -> Store:
    """The store of the settings, not yet open: a station that is to run on without one leaves that to the recorder."""
    url = settings.url.get_secret_value()
    return Store(settings.directory, recording, url=url, slow_s=settings.slow_query_s)


def open_store(settings: StoreSettings, recording: bool = True) -> Store:
    """Open the store of the settings. Raises ``StoreError`` that says what to do."""
    store = make_store(settings, recording)
    store.open()
    return store

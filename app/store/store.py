"""The store of a station: a folder with the database, opened by one station at a time; any thread."""

import sqlite3
import threading
import time
from pathlib import Path

from sqlalchemy import Engine

from app.domain.project import Project
from app.errors import StoreError
from app.settings import StoreSettings
from app.store import queries, schema
from app.store.engine import DAMAGED, make_engine, told
from app.store.queries import ProjectQueries
from app.store.writer import Writer

FILE = "kestrel.db"
HOLD_FILE = "kestrel.lock"


class Store:
    """The database file and its connections.

    Making one touches nothing; ``open`` raises ``StoreError`` when the store cannot be used and may be tried again.
    Until it is open every query raises the ``StoreError`` that ``open`` met last. With ``recording`` False the
    database of a running station can be read beside it: nothing is made, brought forward or written.
    """

    def __init__(self, directory: Path, recording: bool = True, busy_s: float = 2.0) -> None:
        self.path = directory / FILE
        self.problem = "The store is not open yet."  # why it cannot be used; empty when it can
        self._recording = recording
        self._busy_s = busy_s
        self._opening = threading.Lock()
        self._hold: sqlite3.Connection | None = None
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
    def writer(self) -> Writer:
        if self._writing is None:
            raise StoreError(self.problem or "The store was opened for reading only.")
        return Writer(self._writing, self.path)

    def of(self, project_id: int) -> ProjectQueries:
        """The rows of one project."""
        return ProjectQueries(self._engine(), self.path, project_id)

    def projects(self, deleted: bool = False) -> list[Project]:
        return queries.all_projects(self._engine(), self.path, deleted)

    def current(self) -> Project:
        """The project in use."""
        if (project := queries.project_in_use(self._engine(), self.path)) is None:
            raise StoreError("No project is in use: open one.")
        return project

    def size_bytes(self) -> int:
        """Of the database with its write-ahead log; 0 when there is none."""
        files = (self.path, self.path.with_name(f"{FILE}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def backup(self, copy: Path) -> None:
        """Write a consistent copy, also beside a running station.

        Raises ``StoreError`` when the file is there already or cannot be written.
        """
        if copy.exists():
            raise StoreError(f"{copy} is there already: nothing is overwritten. Name another file.")
        with told(copy):
            schema.write_copy(self._engine(), copy)

    def check(self) -> None:
        """Look through every page and index. Raises ``StoreError`` when there is damage."""
        with told(self.path), self._engine().connect() as connection:
            words = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        if words != "ok":
            raise StoreError(DAMAGED.format(path=self.path, words=words))

    def set_aside(self) -> Path | None:
        """Keep the database under another name and begin an empty one; returns that name, None when there was none.

        Only ever on the operator's word. Raises ``StoreError``.
        """
        self.close()
        aside = None
        if self.path.exists():
            stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
            aside = self.path.with_name(f"{self.path.stem}.set-aside.{stamp}{self.path.suffix}")
            self._move(aside)
        self.open()
        return aside

    def _move(self, aside: Path) -> None:
        for ending in ("-wal", "-shm", ""):
            file = self.path.with_name(self.path.name + ending)
            if file.exists():
                try:
                    file.rename(aside.with_name(aside.name + ending))
                except OSError as error:
                    raise StoreError(f"{file} cannot be renamed: {error.strerror}. Close what uses it.") from error

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
        with told(self.path):
            self._take_hold()
            self._writing = make_engine(self.path, self._busy_s, writing=True)
            schema.upgrade(self._writing, self.path)
            writer = Writer(self._writing, self.path)
            if writer.left_open():
                self._check(self._writing)
                writer.close_left_open()
            writer.first_project(time.time())
            self._reading = make_engine(self.path, self._busy_s, writing=False)

    def _open_to_read(self) -> None:
        if not self.path.exists():
            raise StoreError(f"There is no store at {self.path}. Name its folder (--data).")
        self._reading = make_engine(self.path, self._busy_s, writing=False)
        with told(self.path):
            if not schema.check(self._reading, self.path):
                raise StoreError(f"The store {self.path} is of an older Kestrel: start the station once on it.")

    def _take_hold(self) -> None:
        """Keep other stations off: they would end our flights as left open. Gone with the process, however it ends."""
        hold = sqlite3.connect(
            self.path.with_name(HOLD_FILE), timeout=0.0, isolation_level=None, check_same_thread=False
        )
        self._hold = hold
        try:
            hold.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise StoreError(
                    f"Another Kestrel is using {self.path.parent}. Close it, or start with another folder (--data)."
                ) from error
            raise

    def _check(self, engine: Engine) -> None:
        """Look through the whole file, after a program was killed."""
        with engine.connect() as connection:
            words = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if words != "ok":
            raise StoreError(DAMAGED.format(path=self.path, words=words))

    def _close(self) -> None:
        for engine in (self._reading, self._writing):
            if engine is not None:
                engine.dispose()
        if self._hold is not None:
            self._hold.close()
        self._reading = self._writing = self._hold = None


def open_store(settings: StoreSettings, recording: bool = True) -> Store:
    """Open the store of the settings. Raises ``StoreError`` that says what to do.

    A station that is to run on without a store makes a ``Store`` and leaves the opening, and trying again, to the
    recorder.
    """
    store = Store(settings.directory, recording)
    store.open()
    return store

"""The store as a whole: its figures, backups, checks, and removing for good what was deleted long ago; any thread."""

import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from app.bus import Bus
from app.domain.project import Project
from app.domain.vehicle import CommandRecord, Outcome
from app.errors import StoreError
from app.exchange.sigmf import data_path, meta_path
from app.store import SlowQuery, Store
from app.workers.recorder import RecorderWorker

BACKUPS = "backups"
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class StoreStatistics:
    place: str  # without a password
    size_bytes: int
    rows: dict[str, int]  # by table, of all projects
    queries: int  # since start
    slow: tuple[SlowQuery, ...]  # the last of them, oldest first


class UpkeepService:
    """Raises ``StoreError`` (by the future where there is one) while the store is in trouble."""

    def __init__(
        self, store: Store, recorder: RecorderWorker, recordings: Path, keep_deleted_days: float, bus: Bus
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._recordings = recordings
        self._keep_s = keep_deleted_days * DAY_S
        self._bus = bus

    def statistics(self) -> StoreStatistics:
        store = self._store
        return StoreStatistics(store.place, store.size_bytes(), store.counts(), store.slow.queries, store.slow.kept())

    def check(self) -> None:
        """Look through the whole store; takes its time. ``StoreError`` says what is damaged."""
        self._store.check()

    def backup(self, actor: str) -> Path:
        """A consistent copy into the folder ``backups`` beside the store, while it is used."""
        self._record(actor, "backup_store", "")
        copy = backup_place(self._store.directory)
        self._store.backup(copy)
        return copy

    def purgeable(self) -> list[Project]:
        """The projects that were deleted longer ago than the settings keep them: what ``purge`` would remove."""
        return due(self._store, self._recorder.now_s(), self._keep_s)

    def purge(self, actor: str) -> "Future[list[Project]]":
        """Remove those projects for good, with their flights and the files of their recordings; they are the answer."""
        self._record(actor, "purge", ", ".join(project.name for project in self.purgeable()))
        return self._recorder.ask(lambda: purge(self._store, self._recordings, self._recorder.now_s(), self._keep_s))

    def _record(self, actor: str, verb: str, arguments: str) -> None:
        self._bus.command.publish(CommandRecord(self._recorder.now_s(), actor, verb, arguments, Outcome.ASKED))


def folder_made(folder: Path) -> Path:
    """The folder, made where it is not there. Raises ``StoreError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder} cannot be made: {error.strerror}. Make room, or change its rights.") from error
    return folder


def backup_place(directory: Path) -> Path:
    """Where the next copy goes: into the folder ``backups`` beside the store. Raises ``StoreError``."""
    return folder_made(directory / BACKUPS) / f"kestrel.{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.db"


def due(store: Store, now_s: float, keep_s: float) -> list[Project]:
    """The projects deleted more than ``keep_s`` ago."""
    every = store.projects(deleted=True)
    return [project for project in every if project.deleted_s is not None and project.deleted_s <= now_s - keep_s]


def purge(store: Store, recordings: Path, now_s: float, keep_s: float) -> list[Project]:
    """Remove them; the files of their recordings first, so that a purge cut short is done by the next.

    Raises ``StoreError``.
    """
    gone = due(store, now_s, keep_s)
    for project in gone:
        for name in store.of(project.id).recording_names():
            _remove_files(recordings / name)
        store.writer.remove_project(project.id)
    return gone


def _remove_files(stem: Path) -> None:
    for path in (data_path(stem), meta_path(stem)):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{path} cannot be deleted: {error.strerror}. Close what uses it.") from error

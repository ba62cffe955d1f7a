"""What jobs do with the store and with files, in processes of their own; they import no more than they need."""

import os
from contextlib import closing
from pathlib import Path

from app.errors import StoreError
from app.exchange.flightlogs import FlightLog, read_log
from app.services.bundles import export_project
from app.services.flights import export
from app.settings import StoreSettings
from app.store import open_store
from app.workers.pool import Tell


def export_to(settings: StoreSettings, project_id: int, flight_id: int, form: str, path: Path, tell: Tell) -> str:
    """Write a flight there; returns what the file should be called."""
    tell(0.0, "Reads the flight")
    with closing(open_store(settings, recording=False)) as store:
        name, content = export(store, project_id, flight_id, form)
    tell(0.9, f"Writes {len(content)} bytes")
    _write(path, content)
    return name


def bundle_to(settings: StoreSettings, project_id: int, path: Path, tell: Tell) -> dict[str, int]:
    tell(0.0, "Writes the tables")
    with closing(open_store(settings, recording=False)) as store:
        return export_project(store, project_id, path)


def back_up_to(settings: StoreSettings, copy: Path, tell: Tell) -> None:
    tell(0.0, "Copies the store")
    with closing(open_store(settings, recording=False)) as store:
        store.backup(copy)


def log_of(path: Path, tell: Tell) -> FlightLog:
    tell(0.0, f"Reads {path.name}")
    return read_log(path)


def _write(path: Path, content: bytes) -> None:
    try:
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}. Make room.") from error

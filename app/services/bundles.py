"""Projects as bundles: out of a store into one file, and into another store without loss; the caller's thread."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.domain.project import Project
from app.domain.rows import Sheet
from app.errors import Conflict
from app.exchange.bundle import read_bundle, write_bundle
from app.store import Store
from app.workers.pool import Tell


def export_project(store: Store, project_id: int, path: Path) -> dict[str, int]:
    """Write the project's bundle; returns the rows of each table. Samples of recordings are files of their own.

    Raises ``NotFound``, ``StoreError``, and ``BadFile`` when the file is there or cannot be written.
    """
    with store.sheets(project_id) as sheets:
        return {part.name: part.rows for part in write_bundle(path, sheets)}


def import_project(
    store: Store, path: Path, name: str = "", halt: threading.Event | None = None
) -> tuple[Project, dict[str, Any]]:
    """Add the bundle's project to the store, all or nothing; returns it and what was left out.

    Raises ``BadFile`` when the bundle is not sound, ``StoreError``, and ``Conflict`` once ``halt`` is set; then the
    store is as it was.
    """
    sheets = read_bundle(path)
    project, left_out = store.writer.adopt_project(sheets if halt is None else _until(sheets, halt), name)
    return project, {"recordings_left_out": left_out}


def check_bundle(path: Path, tell: Tell) -> int:
    """Read all of it, with its checksums, and keep nothing; returns the rows. Raises ``BadFile``."""
    rows = 0
    for sheet in read_bundle(path):
        for piece in sheet.pieces:
            rows += len(piece)
            tell(0.0, f"{sheet.name}: {rows} rows are sound")
    return rows


def _until(sheets: Iterable[Sheet], halt: threading.Event) -> Iterator[Sheet]:
    """The sheets; raises ``Conflict`` once ``halt`` is set."""

    def pieces(sheet: Sheet) -> Iterator[list[tuple[Any, ...]]]:
        for piece in sheet.pieces:
            if halt.is_set():
                raise Conflict("The import was cancelled. Nothing was imported.")
            yield piece

    for sheet in sheets:
        yield replace(sheet, pieces=pieces(sheet))

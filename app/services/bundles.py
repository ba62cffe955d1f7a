"""Projects as bundles: out of a store into one file, and into another store without loss; the caller's thread."""

from pathlib import Path
from typing import Any

from app.domain.project import Project
from app.exchange.bundle import read_bundle, write_bundle
from app.store import Store


def export_project(store: Store, project_id: int, path: Path) -> dict[str, int]:
    """Write the project's bundle; returns the rows of each table. Samples of recordings are files of their own.

    Raises ``NotFound``, ``StoreError``, and ``BadFile`` when the file is there or cannot be written.
    """
    with store.sheets(project_id) as sheets:
        return {part.name: part.rows for part in write_bundle(path, sheets)}


def import_project(store: Store, path: Path, name: str = "") -> tuple[Project, dict[str, Any]]:
    """Add the bundle's project to the store, all or nothing; returns it and what was left out.

    Raises ``BadFile`` when the bundle is not sound and ``StoreError``; then the store is as it was.
    """
    project, left_out = store.writer.adopt_project(read_bundle(path), name)
    return project, {"recordings_left_out": left_out}

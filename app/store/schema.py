"""The database's version: brought forward step by step, with a copy of the file before; the opener's thread."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from app.errors import StoreError

STEPS = Path(__file__).parent / "migrations"


def version_of(engine: Engine) -> str | None:
    """The database's version; None when it has none yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check(engine: Engine, path: Path, steps: Path = STEPS) -> bool:
    """Whether the database is of this version.

    Raises ``StoreError`` when it was made by a newer Kestrel or by something else.
    """
    script = ScriptDirectory(str(steps))
    version = version_of(engine)
    if version is None and inspect(engine).get_table_names():
        raise StoreError(f"{path} is a database, but not one of Kestrel. Start with another folder (--data).")
    if version is not None and version not in {step.revision for step in script.walk_revisions()}:
        raise StoreError(
            f"The store {path} was made by a newer Kestrel (its version is {version!r}). "
            "Update this one, or start with another folder (--data). Nothing was changed."
        )
    return version == script.get_current_head()


def upgrade(engine: Engine, path: Path, steps: Path = STEPS) -> Path | None:
    """Bring the database to this version, all steps in one transaction; returns the copy made before, if any.

    A database that is there is copied beside itself first; when that fails nothing is changed. Raises ``StoreError``.
    """
    if check(engine, path, steps):
        return None
    copy = _copy(engine, path)
    config = Config()
    config.set_main_option("script_location", str(steps).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return copy


def _copy(engine: Engine, path: Path) -> Path | None:
    version = version_of(engine)
    if version is None:
        return None
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    copy = path.with_name(f"{path.stem}.version-{version}.{stamp}{path.suffix}")
    write_copy(engine, copy)
    return copy


def write_copy(engine: Engine, copy: Path) -> None:
    """Write a consistent copy of the database, its write-ahead log included, to a file that is not there yet."""
    with engine.connect() as connection, closing(sqlite3.connect(copy)) as target:
        source = connection.connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise TypeError(f"{type(source).__name__} is no SQLite connection")
        source.backup(target)

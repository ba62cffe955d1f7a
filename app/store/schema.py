"""The database's version: brought forward step by step, with a copy of the file before; the opener's thread."""

import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from app.errors import StoreError
from app.store.database import Database

STEPS = Path(__file__).parent / "migrations"


def version_of(engine: Engine) -> str | None:
    """The database's version; None when it has none yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check(engine: Engine, database: Database, steps: Path = STEPS) -> bool:
    """Whether the database is of this version.

    Raises ``StoreError`` when it was made by a newer Kestrel or by something else.
    """
    script = ScriptDirectory(str(steps))
    version = version_of(engine)
    if version is None and inspect(engine).get_table_names():
        raise StoreError(f"{database.place} is a database, but not one of Kestrel. Start with another folder (--data).")
    if version is not None and version not in {step.revision for step in script.walk_revisions()}:
        raise StoreError(
            f"The store {database.place} was made by a newer Kestrel (its version is {version!r}). "
            "Update this one, or start with another folder (--data). Nothing was changed."
        )
    return version == script.get_current_head()


def upgrade(engine: Engine, database: Database, steps: Path = STEPS) -> Path | None:
    """Bring the database to this version, all steps in one transaction; returns the copy made before, if any.

    A database that is there is copied beside itself first; when that fails nothing is changed. Raises ``StoreError``.
    """
    if check(engine, database, steps):
        return None
    copy = _copy(engine, database)
    bring_to(engine, "head", steps)
    return copy


def bring_to(engine: Engine, version: str, steps: Path = STEPS) -> None:
    """Make the tables of a version, all steps from the present one in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(steps).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def _copy(engine: Engine, database: Database) -> Path | None:
    version = version_of(engine)
    if version is None:
        return None
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    copy = database.path.with_name(f"{database.path.stem}.version-{version}.{stamp}{database.path.suffix}")
    database.backup(engine, copy)
    return copy

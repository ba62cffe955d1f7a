"""Versions of the database: brought forward with a copy before, refused when newer, never dropped."""

import ast
import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.errors import StoreError
from app.store import Store, schema
from app.store.models import Base
from app.store.sqlite import SqliteDatabase, make_engine

NEXT_STEP = '''"""A step for the test."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.add_column("flight", sa.Column("pilot", sa.String(), nullable=True))
    {more}
'''


def _head() -> str | None:
    return ScriptDirectory(str(schema.STEPS)).get_current_head()


def made(directory: Path) -> Path:
    store = Store(directory)
    store.open()
    store.writer.begin_flight(store.current().id, "Old", False, 1.0)
    store.close()
    return store.path


def steps_with_one_more(directory: Path, more: str = "") -> Path:
    steps = directory / "steps 100%"
    shutil.copytree(schema.STEPS, steps, ignore=shutil.ignore_patterns("__pycache__"))
    (steps / "versions" / "r9999_next.py").write_text(NEXT_STEP.format(more=more, head=_head()))
    return steps


def columns(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    found = {row[1] for row in connection.execute("PRAGMA table_info(flight)")}
    connection.close()
    return found


def test_the_steps_make_what_the_models_say(tmp_path: Path) -> None:
    made(tmp_path)
    engine = make_engine(tmp_path / "kestrel.db", 1.0, writing=False)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        indexes = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'")}
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM reading WHERE flight_id = 1 AND time_s > 5 ORDER BY time_s"
        ).all()
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
    assert "ix_reading_flight_time" in indexes
    assert "ix_reading_flight_time" in str(plan)
    assert pragmas == ["wal", 1]


def test_an_older_database_is_copied_before_it_is_brought_forward(tmp_path: Path) -> None:
    path = made(tmp_path / "store")
    steps = steps_with_one_more(tmp_path)
    engine = make_engine(path, 1.0, writing=True)
    copy = schema.upgrade(engine, SqliteDatabase(path.parent, 1.0), steps)
    assert copy is not None
    assert schema.upgrade(engine, SqliteDatabase(path.parent, 1.0), steps) is None
    engine.dispose()
    assert ("pilot" in columns(path), "pilot" in columns(copy)) == (True, False)
    connection = sqlite3.connect(copy)
    assert connection.execute("SELECT name FROM flight").fetchall() == [("Old",)]
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    store = Store(path.parent)
    with pytest.raises(StoreError, match="newer Kestrel"):
        store.open()
    assert "pilot" in columns(path)


def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = made(tmp_path / "store")
    steps = steps_with_one_more(tmp_path, more='raise ValueError("half way")')
    engine = make_engine(path, 1.0, writing=True)
    with pytest.raises(ValueError, match="half way"):
        schema.upgrade(engine, SqliteDatabase(path.parent, 1.0), steps)
    engine.dispose()
    assert "pilot" not in columns(path)
    store = Store(path.parent)
    store.open()
    assert [flight.name for flight in store.of(1).flights()] == ["Old"]
    store.close()


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "kestrel.db")
    connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="not one of Kestrel"):
        Store(tmp_path).open()
    reader = Store(tmp_path, recording=False)
    with pytest.raises(StoreError, match="not one of Kestrel"):
        reader.open()


def test_no_step_drops_anything_or_goes_back() -> None:
    for step in (schema.STEPS / "versions").glob("r*.py"):
        tree = ast.parse(step.read_text(encoding="utf-8"))
        called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not {name for name in called if name.startswith(("drop", "execute", "batch"))}
        assert "downgrade" not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

"""What the disk does to a store: each trouble is said with what to do, and nothing stored is lost."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.errors import StoreError
from app.store import Store
from tests.unit.store import samples

NOBODY = 65534


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, who may write anywhere."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Outside pytest's own folder, which only its owner may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777)
    shutil.rmtree(folder)


def filled(directory: Path, rows: int) -> Path:
    """A store that was closed cleanly, with that many rows in one flight."""
    store = Store(directory)
    store.open()
    flight = store.writer.begin_flight(store.current().id, "", False, 0.0)
    store.writer.write(flight.id, [samples.telemetry(float(number)) for number in range(rows)])
    store.writer.change_flight(flight.id, ended_s=float(rows))
    store.close()
    return store.path


def refused(directory: Path, busy_s: float = 0.05) -> str:
    store = Store(directory, busy_s=busy_s)
    with pytest.raises(StoreError) as caught:
        store.open()
    assert store.problem == str(caught.value)
    with pytest.raises(StoreError):
        store.projects()
    return store.problem


@pytest.mark.skipif(os.name == "nt", reason="folders have no such permission on Windows")
def test_a_read_only_folder(folder: Path) -> None:
    folder.chmod(0o555)
    with as_nobody():
        assert "cannot be written" in refused(folder)
        assert "cannot be made" in refused(folder / "below")
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="folders have no such permission on Windows")
def test_a_read_only_file(folder: Path) -> None:
    path = filled(folder, 10)
    before = path.read_bytes()
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    with as_nobody():
        assert "cannot be written" in refused(folder)
    assert path.read_bytes() == before


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    assert "cannot be made" in refused(tmp_path / "store")


def test_a_file_that_is_no_database_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "kestrel.db"
    path.write_bytes(bytes(range(256)) * 64)
    assert "damaged" in refused(tmp_path)
    assert "set aside" in refused(tmp_path)
    assert path.read_bytes() == bytes(range(256)) * 64


def test_a_database_with_broken_tables_is_damaged_and_set_aside_only_when_asked(tmp_path: Path) -> None:
    path = filled(tmp_path, 100)
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xa5" * 3996  # the schema itself; the header still says SQLite
    path.write_bytes(content)
    assert "damaged" in refused(tmp_path)
    store = Store(tmp_path)
    aside = store.set_aside()
    assert aside is not None
    assert aside.read_bytes() == bytes(content)
    assert store.projects()[0].name == "First project"
    store.close()


def test_a_broken_page_is_said_when_it_is_read(tmp_path: Path) -> None:
    path = filled(tmp_path, 5000)
    content = bytearray(path.read_bytes())
    half = len(content) // 2 // 4096 * 4096
    content[half : half + 40960] = b"\xff" * 40960
    path.write_bytes(content)
    store = Store(tmp_path)
    store.open()
    project, flight = store.current(), store.of(store.current().id).flights()[0]
    with pytest.raises(StoreError, match="damaged"):
        store.of(project.id).rows("telemetry", flight.id)
    store.close()


def test_a_damage_is_looked_for_after_a_program_was_killed(tmp_path: Path) -> None:
    path = filled(tmp_path, 5000)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE flight SET ended_s = NULL")
    connection.close()
    content = bytearray(path.read_bytes())
    half = len(content) // 2 // 4096 * 4096
    content[half : half + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    assert "damaged" in refused(tmp_path)
    assert "damaged" in refused(tmp_path)


def test_a_locked_file(tmp_path: Path) -> None:
    path = filled(tmp_path, 10)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert "locked by another program" in refused(tmp_path)
    other.execute("ROLLBACK")
    other.close()
    store = Store(tmp_path)
    store.open()
    store.close()


def test_a_full_disk_while_writing_leaves_all_or_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.open()
    flight = store.writer.begin_flight(store.current().id, "", False, 0.0)
    store.writer.write(flight.id, [samples.telemetry(0.0)])
    engine = store._writing
    assert engine is not None
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(StoreError, match=r"is full: make room"):
        store.writer.write(flight.id, [samples.telemetry(float(number)) for number in range(5000)])
    assert store.of(flight.project_id).counts(flight.id)["telemetry"] == 1
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    store.writer.write(flight.id, [samples.telemetry(1.0)])
    store.close()


@pytest.mark.skipif(os.name == "nt", reason="no limit on file sizes there")
def test_a_disk_that_ends_is_said_and_what_was_stored_stays(tmp_path: Path) -> None:
    """A limit on the file's size stands for a disk without room: the write itself fails."""
    import resource

    filled(tmp_path, 100)
    store = Store(tmp_path)
    store.open()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    flight = store.writer.begin_flight(store.current().id, "", False, 0.0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(StoreError, match="disk"):
            store.writer.write(flight.id, [samples.telemetry(float(number)) for number in range(20_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert store.writer.write(flight.id, [samples.telemetry(1.0)]) == 0
    assert [store.of(1).counts(one.id)["telemetry"] for one in store.of(1).flights()] == [1, 100]
    store.close()

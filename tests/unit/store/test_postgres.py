"""What only a server does: it is away, lets nobody in, has gone and come back; each is said with what to do."""

from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from app.errors import StoreError
from app.store import Store
from app.store.models import Base
from tests.unit.store import samples


def refused(directory: Path, url: str) -> str:
    store = Store(directory, url=url)
    with pytest.raises(StoreError) as caught:
        store.open()
    assert "secret" not in str(caught.value)
    assert store.problem == str(caught.value)
    return store.problem


def test_addresses_that_lead_nowhere(tmp_path: Path, postgres: str) -> None:
    assert "does not answer" in refused(tmp_path, f"postgresql://me:secret@/none?host={tmp_path}")
    assert "does not answer" in refused(tmp_path, "postgresql://me:secret@127.0.0.1:1/none")
    assert "none" in refused(tmp_path, postgres.replace("/test", "/none"))
    for wrong in ("mysql://me:secret@127.0.0.1/x", "no address"):
        with pytest.raises(StoreError, match=r"store\.url"):
            Store(tmp_path, url=wrong)


def test_the_steps_make_what_the_models_say_there_too(tmp_path: Path, postgres: str) -> None:
    store = Store(tmp_path, url=postgres)
    store.open()
    with store._engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    store.close()


def test_a_connection_that_the_server_closed_is_made_again(tmp_path: Path, postgres: str) -> None:
    store = Store(tmp_path, url=postgres)
    store.open()
    flight = store.writer.begin_flight(store.current().id, "", False, 0.0)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s"
    with psycopg.connect(postgres) as connection:
        connection.execute(others, (connection.info.dbname,))
    assert store.writer.write(flight.id, [samples.telemetry(1.0)]) == 0
    assert store.of(flight.project_id).counts(flight.id)["telemetry"] == 1
    store.close()


def test_a_text_with_a_nul_costs_no_row(tmp_path: Path, postgres: str) -> None:
    store = Store(tmp_path, url=postgres)
    store.open()
    flight = store.writer.begin_flight(store.current().id, "", False, 0.0)
    message = samples.message(1.0)
    assert store.writer.write(flight.id, [type(message)(1.0, 1, 6, "a\0b")]) == 0
    assert store.of(flight.project_id).rows("message", flight.id, only=("text",)).values == [("a\ufffdb",)]
    store.close()

"""What is done to a store as a whole: removed for good, counted, mended, watched; on both kinds where both can."""

import itertools
import logging
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.domain.radio import BeaconKind, Target, Targets
from app.domain.recording import Cause, Recording
from app.domain.waterfall import Stretch
from app.errors import NotFound, StoreError
from app.store import ProjectQueries, Store
from app.store.models import FACTS, Base
from tests.unit.store import samples
from tests.unit.store.conftest import Place

NAMES = (f"recording-{number}" for number in itertools.count())


OF_PROJECT: dict[str, Callable[[ProjectQueries], int]] = {
    "recording": lambda of: len(of.recordings()) + len(of.recording_names()),
    "target": lambda of: len(of.targets().all),
    "job": lambda of: len(of.jobs()),
}


def fill(store: Store, project_id: int) -> int:
    """Rows in every table, under one project; returns the flight."""
    flight = store.writer.begin_flight(project_id, "Filled", False, 100.0)
    store.writer.write(flight.id, samples.one_of_each(101.0).values())
    store.writer.save_targets(project_id, Targets((Target("t1", "Fox", BeaconKind.PULSED, 150.1e6),), "t1"))
    stretch = Stretch(np.array([101.0]), 434e6, 240e3, np.array([0]), np.zeros((1, 64), np.float32))
    store.writer.write_waterfall(flight.id, [stretch])
    made = (100.0, 110.0, 240e3, 434e6, "cu8", 10, 20, 0, 1, 0)
    recording = Recording(next(NAMES), Cause.ASKED, *made, simulated=False, complete=True)
    store.writer.save_recording(project_id, flight.id, recording)
    store.writer.jobs.add(samples.job(project_id))
    return flight.id


def seen(of: ProjectQueries, table: str, flight_id: int) -> int:
    """Rows of a table that a project gives away of a flight; 0 too when it says that there is no such flight."""
    try:
        if table == "waterfall":
            return len(of.waterfall(flight_id))
        if table == "flight":
            return int(of.flight(flight_id).id == flight_id)
        if table in OF_PROJECT:
            return OF_PROJECT[table](of)
        return of.counts(flight_id)[table] + len(of.rows(table, flight_id).values)
    except NotFound:
        return 0


@pytest.mark.parametrize("table", sorted(set(Base.metadata.tables) - {"project"}))
def test_no_table_is_read_through_another_project(store: Store, table: str) -> None:
    mine, other = store.current(), store.writer.create_project("Other", "", 50.0)
    flight_id = fill(store, mine.id)
    assert seen(store.of(mine.id), table, flight_id) >= 1
    assert seen(store.of(other.id), table, flight_id) == 0
    (recording,) = store.of(mine.id).recordings()
    with pytest.raises(NotFound):
        store.of(other.id).recording(recording.id)
    (job,) = store.of(mine.id).jobs()
    with pytest.raises(NotFound):
        store.of(other.id).job(job.id)


def test_only_a_deleted_project_is_removed_and_nothing_of_another(store: Store) -> None:
    mine, other = store.current(), store.writer.create_project("Other", "", 50.0)
    kept, gone = fill(store, mine.id), fill(store, other.id)
    before = store.counts()
    assert store.writer.remove_project(other.id) == 0
    assert store.writer.remove_project(mine.id) == 0
    assert store.counts() == before
    store.writer.change_project(other.id, deleted_s=60.0)
    assert store.writer.remove_project(other.id) == 6 + len(
        FACTS
    )  # and project, target, flight, recording, waterfall, job
    assert store.counts() == {name: count // 2 for name, count in before.items()}
    assert store.of(mine.id).counts(kept) == dict.fromkeys(FACTS, 1)
    with pytest.raises(NotFound):
        store.of(other.id).counts(gone)
    store.check()


def test_slow_queries_are_logged_without_their_values(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(place.directory, url=place.url, slow_s=0.0)
    with caplog.at_level(logging.WARNING, "app.store.slow"):
        store.open()
        store.writer.create_project("secret name", "", 1.0)
    store.close()
    assert store.slow.queries > 0
    assert any("INSERT INTO project" in one.statement for one in store.slow.kept())
    assert "slow query" in caplog.text
    assert "secret name" not in caplog.text + str(store.slow.kept())
    fast = Store(place.directory, url=place.url, slow_s=math.inf)
    fast.open()
    fast.close()
    assert fast.slow.kept() == ()


def test_a_broken_store_is_mended_with_all_that_can_be_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.open()
    flight = store.writer.begin_flight(store.current().id, "Long", False, 0.0)
    store.writer.write(flight.id, [samples.telemetry(float(number)) for number in range(5000)])
    store.writer.write(flight.id, [samples.message(float(number)) for number in range(500)])
    store.close()
    content = bytearray(store.path.read_bytes())
    half = len(content) // 2 // 4096 * 4096
    content[half : half + 2 * 4096] = b"\xff" * 8192
    store.path.write_bytes(content)
    with pytest.raises(StoreError, match="db repair"):
        store.open()
    aside, saved = store.repair()
    assert aside.read_bytes() == bytes(content)
    store.open()
    store.check()
    counts = store.of(flight.project_id).counts(flight.id)
    assert counts["telemetry"] + counts["message"] >= 5500 - 200  # two pages hold some 80 rows
    assert saved.kept >= 5300
    rows = store.of(flight.project_id).rows("telemetry", flight.id, only=("time_s", "lat_deg")).values
    assert {lat_deg for _, lat_deg in rows} == {47.0}
    store.close()


def test_what_cannot_be_mended_is_said_and_left_alone(tmp_path: Path, place: Place) -> None:
    path = tmp_path / "other" / "kestrel.db"
    path.parent.mkdir()
    path.write_bytes(b"nothing of a store" * 1000)
    with pytest.raises(StoreError, match="Nothing can be read"):
        Store(path.parent).repair()
    assert path.read_bytes() == b"nothing of a store" * 1000
    assert [file.name for file in path.parent.iterdir() if "repaired" in file.name] == []
    if place.url:
        with pytest.raises(StoreError, match="on its server"):
            place.store().repair()
        return
    running = place.store()
    running.open()
    with pytest.raises(StoreError, match="Another Kestrel"):
        place.store().repair()
    running.close()

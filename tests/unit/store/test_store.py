"""The store as a whole: opened, written, read; one project never sees another's rows."""

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from app.domain.radio import BeaconKind, Target, Targets
from app.domain.recording import Cause, Recording
from app.domain.waterfall import Stretch
from app.errors import NotFound, StoreError
from app.settings import StoreSettings
from app.store import Fact, Store, open_store
from app.store.models import FACTS, PROJECT
from tests.unit.store import samples
from tests.unit.store.conftest import Place

RECORDING = Recording(
    "a-recording", Cause.ASKED, 1.0, None, 240e3, 434e6, "cu8", 0, 0, 0, 1, 0, simulated=False, complete=False
)


def test_a_new_store_has_a_project_in_use(store: Store) -> None:
    assert store.current() == store.projects()[0]
    assert store.problem == ""
    assert store.size_bytes() > 0


def test_every_fact_comes_back_as_it_was(store: Store) -> None:
    flight = store.writer.begin_flight(store.current().id, "", False, 100.0)
    facts = samples.one_of_each(101.0)
    assert facts.keys() == FACTS.keys()
    assert store.writer.write(flight.id, facts.values()) == 0
    of = store.of(flight.project_id)
    assert of.counts(flight.id) == dict.fromkeys(FACTS, 1)
    row = {name: of.rows(name, flight.id).as_dicts()[0] for name in FACTS}
    for name in ("telemetry", "detection", "transition", "command", "message", "fault"):
        assert row[name] == dataclasses.asdict(facts[name])
    reading = dataclasses.asdict(samples.reading(101.0))
    assert row["reading"] == reading.pop("level") | reading
    bearing = dataclasses.asdict(samples.bearing(101.0))
    assert row["bearing"] == bearing | {"slices": list(bearing["slices"])}
    estimate = samples.estimate(101.0)
    assert row["estimate"]["region_90"] == [[[at.lat_deg, at.lon_deg] for at in ring] for ring in estimate.region_90]
    assert (row["estimate"]["mode_lat_deg"], row["estimate"]["radius_90_m"]) == (47.0011, 18.0)
    assert row["gate"]["verdicts"] == [{"rule": "gps", "passed": True, "text": "HDOP 0.8"}]
    assert row["gate"]["open"] is True


@pytest.mark.parametrize("table", FACTS)
def test_a_project_never_sees_another_ones_rows(store: Store, table: str) -> None:
    mine, other = store.current(), store.writer.create_project("Other", "", 50.0)
    flight = store.writer.begin_flight(mine.id, "", False, 100.0)
    store.writer.write(flight.id, samples.one_of_each(101.0).values())
    assert len(store.of(mine.id).rows(table, flight.id).values) == 1
    with pytest.raises(NotFound):
        store.of(other.id).rows(table, flight.id)
    with pytest.raises(NotFound):
        store.of(other.id).counts(flight.id)
    with pytest.raises(NotFound):
        store.of(other.id).flight(flight.id)
    assert store.of(other.id).flights() == []


def test_targets_belong_to_their_project_and_are_kept_when_gone(store: Store) -> None:
    one = Target("a", "Fox", BeaconKind.PULSED, 150.1e6)
    two = Target("b", "Ship", BeaconKind.SARSAT1, 406.025e6, period_s=50.0)
    other = store.writer.create_project("Other", "", 50.0)
    store.writer.save_targets(store.current().id, Targets((one, two), "b"))
    assert store.of(store.current().id).targets() == Targets((one, two), "b")
    assert store.of(other.id).targets() == Targets((), "")
    store.writer.save_targets(store.current().id, Targets((dataclasses.replace(two, name="Boat"),), "b"))
    assert [target.name for target in store.of(store.current().id).targets().all] == ["Boat"]
    store.writer.save_targets(store.current().id, Targets((one, two), "a"))
    assert store.of(store.current().id).targets() == Targets((one, two), "a")


def test_rows_are_asked_for_by_time(store: Store) -> None:
    flight = store.writer.begin_flight(store.current().id, "", False, 0.0)
    store.writer.write(flight.id, [samples.telemetry(float(t)) for t in (3, 1, 2, 4)])
    of = store.of(flight.project_id)

    def times(since_s: float | None, until_s: float | None, limit: int | None = None) -> list[float]:
        return [row["time_s"] for row in of.rows("telemetry", flight.id, since_s, until_s, limit).as_dicts()]

    assert times(None, None) == [1.0, 2.0, 3.0, 4.0]
    assert times(2.0, 3.0) == [2.0, 3.0]
    assert times(None, None, 2) == [1.0, 2.0]


def test_many_rows_go_in_together_and_only_the_columns_wanted_come_out(store: Store) -> None:
    flight = store.writer.begin_flight(store.current().id, "", False, 0.0)
    facts = [samples.telemetry(float(t), lat_deg=t / 10.0) for t in range(257)]  # two statements of a hundred, and some
    assert store.writer.write(flight.id, [*facts, samples.reading(1.0)]) == 0
    of = store.of(flight.project_id)
    assert of.rows("telemetry", flight.id, only=("lat_deg", "time_s")).values == [(t / 10.0, t) for t in range(257)]
    assert of.rows("reading", flight.id, only=("heard",)).values == [(True,)]
    bad = samples.telemetry(math.nan)
    assert store.writer.write(flight.id, [*facts, bad, *facts]) == 1
    assert of.counts(flight.id)["telemetry"] == 3 * 257


def test_numbers_of_any_kind_are_stored_and_one_that_is_none_costs_no_row(store: Store) -> None:
    flight = store.writer.begin_flight(store.current().id, "", False, 0.0)
    of_numpy: dict[str, Any] = {"power_dbfs": np.float32(-3.5), "confirmed": np.True_}
    odd = dataclasses.replace(samples.detection(1.0), snr_db=math.nan, **of_numpy)
    far = dataclasses.replace(samples.estimate(2.0), radius_90_m=math.inf)
    assert store.writer.write(flight.id, [odd, far]) == 0
    row = store.of(flight.project_id).rows("detection", flight.id).as_dicts()[0]
    assert (row["snr_db"], row["power_dbfs"], row["confirmed"]) == (None, -3.5, True)
    (estimate,) = store.of(flight.project_id).rows("estimate", flight.id).as_dicts()
    assert (estimate["radius_90_m"], type(estimate["readings"])) == (math.inf, int)


def test_times_texts_and_sizes_come_back_whole(store: Store) -> None:
    time_s = 1_763_700_000.123_456_7
    flight = store.writer.begin_flight(store.current().id, "Ünï 🛰 '; DROP TABLE flight; --", False, time_s)
    texts = ["", "a\tb\nc\\N", "\\.", "\u202edeb", "x" * 10_000]
    assert store.writer.write(flight.id, [dataclasses.replace(samples.message(time_s), text=one) for one in texts]) == 0
    of = store.of(flight.project_id)
    assert of.flight(flight.id) == flight
    assert of.rows("message", flight.id, only=("time_s", "text")).values == [(time_s, one) for one in texts]
    samples_read = dataclasses.replace(RECORDING, samples=2**40, size_bytes=2**41)
    store.writer.save_recording(flight.project_id, flight.id, samples_read)
    store.writer.save_recording(flight.project_id, None, dataclasses.replace(samples_read, captures=3))
    (stored,) = of.recordings()
    assert (stored.flight_id, stored.recording) == (flight.id, dataclasses.replace(samples_read, captures=3))


def test_a_row_that_cannot_be_stored_does_not_cost_the_others(store: Store) -> None:
    flight = store.writer.begin_flight(store.current().id, "", False, 0.0)
    bad: list[Fact] = [
        samples.telemetry(math.nan),
        dataclasses.replace(samples.message(2.0), text="\ud800"),
        dataclasses.replace(samples.message(2.0), severity=2**70),
    ]
    assert store.writer.write(flight.id, [samples.telemetry(1.0), *bad, samples.message(3.0)]) == 3
    assert store.of(flight.project_id).counts(flight.id)["telemetry"] == 1
    assert store.of(flight.project_id).counts(flight.id)["message"] == 1


def test_flights_left_open_are_ended_at_their_last_row(store: Store) -> None:
    project_id = store.current().id
    done = store.writer.begin_flight(project_id, "done", False, 5.0)
    store.writer.change_flight(done.id, ended_s=9.0)
    flown = store.writer.begin_flight(project_id, "", True, 10.0)
    empty = store.writer.begin_flight(project_id, "", False, 30.0)
    store.writer.write(flown.id, [samples.telemetry(12.0), samples.reading(12.5), samples.fault(11.0)])
    assert [flight.name for flight in store.writer.close_left_open()] == ["Flight 2", "Flight 3"]
    ended = {flight.id: (flight.ended_s, flight.clean) for flight in store.of(project_id).flights()}
    assert ended == {done.id: (9.0, True), flown.id: (12.5, False), empty.id: (30.0, False)}


def test_only_one_station_opens_a_store_and_another_program_may_read_it(store: Store, place: Place) -> None:
    with pytest.raises(StoreError, match="Another Kestrel is using"):
        place.store().open()
    reader = open_store(StoreSettings(directory=place.directory, url=SecretStr(place.url)), recording=False)
    with pytest.raises(DBAPIError), reader._engine().begin() as connection:
        connection.execute(
            insert(PROJECT).values(name="", notes="", created_s=0.0, in_use=False, selected_target_id="")
        )
    assert reader.current() == store.current()
    with pytest.raises(StoreError, match="reading only"):
        _ = reader.writer
    reader.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.projects()
    store.open()
    assert store.current().name == "First project"


def test_a_store_not_yet_opened_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for use in (store.projects, store.current, lambda: store.writer, lambda: store.of(1)):
        with pytest.raises(StoreError, match="not open"):
            use()
    with pytest.raises(StoreError, match="no store at"):
        Store(tmp_path, recording=False).open()


def test_a_copy_of_any_store_opens_as_a_sqlite_one(store: Store, tmp_path: Path) -> None:
    flight = store.writer.begin_flight(store.current().id, "Copied", False, 100.0)
    store.writer.write(flight.id, [*samples.one_of_each(101.0).values(), samples.telemetry(102.0)])
    stretch = Stretch(np.array([101.0]), 434e6, 240e3, np.array([0]), np.zeros((1, 64), np.float32))
    store.writer.write_waterfall(flight.id, [stretch])
    (tmp_path / "copy").mkdir()
    store.backup(tmp_path / "copy" / "kestrel.db")
    store.check()
    with pytest.raises(StoreError, match="already"):
        store.backup(tmp_path / "copy" / "kestrel.db")
    copy = Store(tmp_path / "copy")
    copy.open()
    copy.check()
    mine, theirs = store.of(flight.project_id), copy.of(flight.project_id)
    assert theirs.project() == mine.project()
    ended = dataclasses.replace(flight, ended_s=102.0, clean=False)
    assert theirs.flights() == [ended]
    assert all(theirs.rows(name, flight.id) == mine.rows(name, flight.id) for name in FACTS)
    assert len(theirs.waterfall(flight.id)) == 1
    assert copy.writer.begin_flight(flight.project_id, "", False, 200.0).id > flight.id
    copy.close()


def test_a_store_is_set_aside_whole(store: Store) -> None:
    store.writer.create_project("Old", "", 1.0)
    assert store.set_aside() is not None
    assert [project.name for project in store.projects()] == ["First project"]
    assert store.size_bytes() > 0

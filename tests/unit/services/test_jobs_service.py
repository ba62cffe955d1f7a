"""Each kind of job on a whole station: what it makes, what it refuses, what a restart does with it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.job import Job, JobKind, JobState
from app.errors import AppError, Conflict, NotFound, OutOfRange
from app.services.station import Station
from app.store import Store
from tests.stations import quiet_station
from tests.unit.store import samples
from tests.unit.workers.waiting import until

SEED = 7


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    with quiet_station(tmp_path_factory.mktemp("jobs")) as made:
        yield made


@pytest.fixture(scope="module")
def flight(station: Station) -> tuple[int, int]:
    """A project and a flight in it, with readings along two legs of a beacon at 47.001, 8.001."""
    projects = station.projects
    flight = projects.start_flight("Flown", "ada").result(20)
    noise = np.random.default_rng(SEED)
    for number in range(300):
        east, north = (number, 0) if number < 150 else (150, number - 150)
        apart_m = float(np.hypot(east - 75, north - 110))
        power = -40.0 - 23.0 * np.log10(max(apart_m, 1.0)) + noise.normal(0.0, 2.0)
        level = replace(samples.level(1000.0 + number), power_db=float(power), target_id="t1")
        place = {"lat_deg": 47.0 + north * 9e-6, "lon_deg": 8.0 + east * 1.32e-5}
        station.bus.reading.publish(replace(samples.reading(1000.0 + number), level=level, **place))
    station.bus.telemetry.publish(samples.telemetry(1001.0))
    station.bus.estimate.publish(samples.estimate(1300.0))
    projects.end_flight("ada").result(20)
    return flight.project_id, flight.id


def done(station: Station, project: int, kind: JobKind, **arguments: Any) -> Job:
    job = station.jobs.create(project, kind, arguments, "ada", local=True).result(20)
    assert job.state is JobState.WAITING
    until(lambda: station.jobs.job(project, job.id).ended)
    return station.jobs.job(project, job.id)


def result(job: Job) -> dict[str, Any]:
    assert (job.state, job.error) == (JobState.DONE, "")
    assert job.result is not None
    return job.result


def test_a_flight_is_exported_and_the_file_handed_over(station: Station, flight: tuple[int, int]) -> None:
    project, number = flight
    job = done(station, project, JobKind.EXPORT, flight_id=number, form="kml")
    assert station.jobs.file(project, job.id).read_text().startswith("<?xml")
    assert result(job)["size_bytes"] == station.jobs.file(project, job.id).stat().st_size
    failed = done(station, project, JobKind.EXPORT, flight_id=999)
    assert (failed.state, "no flight 999" in failed.error) == (JobState.FAILED, True)
    with pytest.raises(NotFound, match="no file"):
        station.jobs.file(project, failed.id)
    again = station.jobs.repeat(project, job.id, "bob").result(20)
    until(lambda: station.jobs.job(project, again.id).ended)
    assert (again.arguments, again.actor) == (job.arguments, "bob")
    assert [one.id for one in station.jobs.jobs(project, state=JobState.FAILED)] == [failed.id]


def test_a_project_goes_out_as_a_bundle_and_comes_in_as_another(station: Station, flight: tuple[int, int]) -> None:
    project, _ = flight
    out = done(station, project, JobKind.BUNDLE_OUT)
    path = station.jobs.file(project, out.id)
    made = result(done(station, project, JobKind.BUNDLE_IN, file=path.name, name="Brought"))
    assert station.projects.flights(made["new_project_id"])[0].name == "Flown"
    path.write_bytes(path.read_bytes()[:-300])
    before = station.projects.projects()
    torn = done(station, project, JobKind.BUNDLE_IN, file=str(path))
    assert (torn.state, "no sound bundle" in torn.error) == (JobState.FAILED, True)
    assert station.projects.projects() == before


def test_a_bundle_does_not_come_in_while_a_flight_is_recorded(station: Station, flight: tuple[int, int]) -> None:
    project, _ = flight
    path = station.jobs.file(project, done(station, project, JobKind.BUNDLE_OUT).id)
    station.projects.start_flight("In the air", "ada").result(20)
    refused = done(station, project, JobKind.BUNDLE_IN, file=str(path))
    station.projects.end_flight("ada").result(20)
    assert "end it first" in refused.error


def test_the_store_is_copied_and_the_copy_opens(station: Station, flight: tuple[int, int]) -> None:
    job = done(station, flight[0], JobKind.BACKUP)
    name = result(job)["text"].split()[0]
    copy = station.settings.store.directory / "backups" / name
    assert copy.stat().st_size > 100_000


def test_a_log_that_is_none_is_refused(station: Station, flight: tuple[int, int], tmp_path: Path) -> None:
    (tmp_path / "no.tlog").write_bytes(b"nothing")
    before = station.projects.flights(flight[0])
    assert (
        "neither a .tlog nor a .bin" in done(station, flight[0], JobKind.IMPORT, file=str(tmp_path / "no.tlog")).error
    )
    assert station.projects.flights(flight[0]) == before


def test_a_flight_is_located_anew_with_other_settings(station: Station, flight: tuple[int, int]) -> None:
    project, number = flight
    variants = [{"name": "steep", "locate": {"exponent": 4.0, "exponent_sd": 0.0}}, {"locate": {"sigma_db": 8.0}}]
    truth = [47.0 + 110 * 9e-6, 8.0 + 75 * 1.32e-5]
    found = result(done(station, project, JobKind.REPROCESS, flight_id=number, variants=variants, truth=truth))
    rows = found["places"]["t1"]
    assert [row["variant"] for row in rows] == ["in force", "steep", "sigma_db 8.0"]
    assert {row["readings"] for row in rows} == {300}
    assert rows[0]["enough"], rows[0]["text"]
    assert rows[0]["moved_m"] == 0.0
    assert rows[0]["error_m"] < 30.0
    assert rows[0]["from_flown_m"] > 0.0
    assert len({row["text"] for row in rows}) == 3


def test_recordings_are_listened_through_anew_with_other_settings(station: Station, flight: tuple[int, int]) -> None:
    """Bursts of 50 ms in two recordings, and one file that is none."""
    folder = station.settings.store.directory / "recordings"
    folder.mkdir(exist_ok=True)
    noise = np.random.default_rng(SEED)
    count = 144_000
    on = (np.arange(count) % 48_000 > 24_000) & (np.arange(count) % 48_000 < 26_400)
    tone = np.exp(2j * np.pi * 5_000.0 * np.arange(count) / 48_000.0)
    for name, level in (("a", 0.3), ("b", 0.0)):
        iq = level * tone * on + noise.normal(0, 0.05, count) + 1j * noise.normal(0, 0.05, count)
        stem = folder / f"20261121T120000Z_433000000Hz_48000sps_{name}"
        stem.with_suffix(".cf32").write_bytes(iq.astype(np.complex64).tobytes())
    (folder / "broken.wav").write_bytes(b"RIFF")
    project = flight[0]
    variants = [{"target": {"frequency_hz": 433.005e6, "bandwidth_hz": 2000.0, "kind": "carrier"}}, {"pause_ms": 50}]
    found = result(done(station, project, JobKind.REPROCESS, folder="recordings", variants=variants))
    rows = found["recordings"]
    assert len(rows) == 9
    heard = {(row["recording"][-6:-5], row["variant"]): row for row in rows}
    assert heard["a", "in force"]["detections"] >= 1
    assert heard["a", "in force"]["only_here"] == heard["a", "in force"]["only_in_force"] == 0
    assert heard["b", "in force"]["detections"] == 0
    assert heard["b", "in force"]["unheard"]
    assert {row["problem"] != "" for row in rows if row["recording"] == "broken.wav"} == {True}


@pytest.mark.parametrize(
    ("kind", "arguments", "words"),
    [
        (JobKind.EXPORT, {}, "flight_id"),
        (JobKind.EXPORT, {"flight_id": 1, "form": "doc"}, "form"),
        (JobKind.BACKUP, {"to": "/etc"}, "to"),
        (JobKind.REPROCESS, {}, "either flight_id or folder"),
        (JobKind.REPROCESS, {"flight_id": 1, "truth": [91.0, 0.0]}, "truth"),
        (JobKind.REPROCESS, {"flight_id": 1, "variants": [{"locate": {"exponent": 99}}]}, "exponent"),
        (JobKind.REPROCESS, {"flight_id": 1, "variants": [{"locate": {"colour": 1}}]}, "colour"),
        (JobKind.REPROCESS, {"flight_id": 1, "variants": [{"target": {"name": "x"}}]}, "target.name"),
        (JobKind.REPROCESS, {"folder": "../../etc"}, "data folder"),
        (JobKind.REPROCESS, {"folder": "/etc"}, "data folder"),
        (JobKind.IMPORT, {"file": "/etc/passwd"}, "name"),
        (JobKind.IMPORT, {"file": "../token"}, "name"),
        (JobKind.BUNDLE_IN, {"file": "a\0b"}, "name"),
        (JobKind.BUNDLE_IN, {"file": "x" * 200}, "name"),
        (JobKind.BUNDLE_IN, {"file": "con.kestrel"}, "name"),
        (JobKind.BUNDLE_IN, {"file": "\u202egnp.exe"}, "name"),
    ],
)
def test_arguments_that_cannot_be_are_refused(
    station: Station, flight: tuple[int, int], kind: JobKind, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(OutOfRange, match=words):
        station.jobs.create(flight[0], kind, arguments, "ada")


def test_a_job_is_found_under_its_own_project_only(station: Station, flight: tuple[int, int]) -> None:
    other = station.projects.create("Another").result(20)
    job = done(station, flight[0], JobKind.BACKUP)
    for ask in (station.jobs.job, station.jobs.file):
        with pytest.raises(NotFound):
            ask(other.id, job.id)
    with pytest.raises(NotFound):
        station.jobs.cancel(other.id, job.id, "ada")
    with pytest.raises(Conflict, match="has ended"):
        station.jobs.cancel(flight[0], job.id, "ada").result(20)
    station.projects.delete(other.id).result(20)
    with pytest.raises(AppError, match="deleted"):
        station.jobs.create(other.id, JobKind.BACKUP, {}, "ada")


def test_a_restart_says_what_was_cut_short_and_does_what_waited(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.open()
    mine = store.current().id
    ran = store.writer.jobs.add(samples.job(mine, JobState.RUNNING))
    waited = replace(samples.job(mine, JobState.WAITING), kind=JobKind.BACKUP, arguments={})
    waited = store.writer.jobs.add(waited)
    store.close()
    with quiet_station(tmp_path) as station:
        until(lambda: station.jobs.job(mine, waited.id).state is JobState.DONE)
        cut = station.jobs.job(mine, ran.id)
        assert (cut.state, "repeat it" in cut.error) == (JobState.INTERRUPTED, True)

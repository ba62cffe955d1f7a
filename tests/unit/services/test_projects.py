"""Projects and their flights as the window, the API and the command line see them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.project import Project
from app.domain.vehicle import CommandRecord
from app.errors import Conflict, NotFound, OutOfRange, StoreError
from app.ring import SpectrumRing
from app.services.flights import FORMS
from app.services.projects import ProjectService
from app.store import Store
from app.workers.recorder import RecorderWorker
from tests.unit.store import samples


class Office:
    def __init__(self, directory: Path) -> None:
        self.bus = Bus()
        self.store = Store(directory)
        self.recorder = RecorderWorker(self.store, SpectrumRing(256), Clock(), self.bus)
        self.projects = ProjectService(self.store, self.recorder, self.bus)
        self.told: list[Project] = []
        self.bus.project.subscribe(self.told.append)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    office.store.open()
    office.recorder.start()
    yield office
    office.recorder.stop()


def test_made_renamed_opened_deleted_restored(office: Office) -> None:
    projects = office.projects
    first = projects.current()
    made = projects.create("  Alps ", "north side").result(10.0)
    assert (made.name, made.notes, made.deleted_s) == ("Alps", "north side", None)
    assert projects.rename(made.id, "Jura").result(10.0).notes == "north side"
    assert projects.open(made.id).result(10.0).name == projects.current().name == office.told[-1].name == "Jura"
    with pytest.raises(Conflict, match="in use"):
        projects.delete(made.id).result(10.0)
    assert projects.delete(first.id).result(10.0).deleted_s is not None
    assert [project.name for project in projects.projects()] == ["Jura"]
    assert len(projects.projects(deleted=True)) == 2
    with pytest.raises(Conflict, match="restore"):
        projects.open(first.id)
    assert projects.restore(first.id).result(10.0) == first
    with pytest.raises(OutOfRange):
        projects.create(" ")
    with pytest.raises(NotFound):
        projects.open(99)
    with pytest.raises(NotFound):
        projects.rename(99, "x").result(10.0)
    with pytest.raises(NotFound):
        projects.flights(99)


def test_the_project_in_use_is_in_use_after_a_restart(office: Office, tmp_path: Path) -> None:
    made = office.projects.create("Alps").result(10.0)
    office.projects.open(made.id).result(10.0)
    office.recorder.stop()
    again = Store(tmp_path)
    again.open()
    assert again.current() == made
    again.close()


def test_a_flight_by_hand_with_its_facts(office: Office) -> None:
    projects = office.projects
    commands: list[CommandRecord] = []
    office.bus.command.subscribe(commands.append)
    flight = projects.start_flight("Ridge", "ada").result(10.0)
    assert projects.current_flight() == flight
    for fact in (samples.telemetry(1.0), samples.telemetry(2.0)):
        office.bus.telemetry.publish(fact)
    ended = projects.end_flight("ada").result(10.0)
    assert projects.current_flight() is None
    assert projects.flights(flight.project_id) == [ended]
    assert projects.flight(flight.project_id, flight.id) == ended
    assert [row["time_s"] for row in projects.telemetry(flight.project_id, flight.id, since_s=1.5)] == [2.0]
    assert [row["verb"] for row in projects.commands(flight.project_id, flight.id)] == ["start_flight", "end_flight"]
    assert [(one.actor, one.verb) for one in commands] == [("ada", "start_flight"), ("ada", "end_flight")]
    other = projects.create("Other").result(10.0)
    with pytest.raises(NotFound):
        projects.telemetry(other.id, flight.id)


def test_a_store_in_trouble_is_said_by_every_verb(tmp_path: Path) -> None:
    (tmp_path / "kestrel.db").write_bytes(b"this is not a database, but long enough to be looked at" * 100)
    office = Office(tmp_path)
    office.recorder.start()
    try:
        with pytest.raises(StoreError, match="damaged"):
            office.projects.create("Alps").result(10.0)
        with pytest.raises(StoreError, match="damaged"):
            office.projects.current()
        with pytest.raises(StoreError, match="damaged"):
            office.projects.targets()
        assert office.recorder.set_store_aside().result(10.0) is not None
        assert office.projects.create("Alps").result(10.0).name == "Alps"
    finally:
        office.recorder.stop()


def test_a_flight_is_exported_and_reckoned(office: Office) -> None:
    flight = office.projects.start_flight("Süd/../ridge", "ada").result(10.0)
    office.bus.reading.publish(samples.reading(1.0))
    office.projects.end_flight("ada").result(10.0)
    where = (flight.project_id, flight.id)
    for form, (ending, _) in FORMS.items():
        name, content = office.projects.export(*where, form)
        assert name.startswith("first-project_s-d-ridge_")
        assert name.endswith(f".{ending}")
        assert content
    with pytest.raises(OutOfRange, match="choose csv, geojson, kml, kmz, gpx, parquet, cot"):
        office.projects.export(*where, "pdf")
    with pytest.raises(NotFound):
        office.projects.export(flight.project_id + 1, flight.id, "csv")
    assert office.projects.figures(*where)["readings"] == 1
    with pytest.raises(NotFound):
        office.projects.figures(flight.project_id + 1, flight.id)

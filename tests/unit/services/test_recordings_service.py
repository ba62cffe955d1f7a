"""What is known of recordings in the store, and what one can do with them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.clock import Clock
from app.domain.fault import Fault
from app.domain.recording import Cause, Recording
from app.domain.vehicle import CommandRecord
from app.errors import Conflict, NotConnected, NotFound, OutOfRange, StoreError
from app.ring import SpectrumRing
from app.services.recording_keeper import RecordingKeeper
from app.services.recordings import RecordingService
from app.store import Store
from app.workers.recorder import RecorderWorker
from tests.unit.workers.sampledeck import Deck


class Desk(Deck):
    """Both recorders, and the service over them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.store = Store(folder)
        self.facts = RecorderWorker(self.store, SpectrumRing(256), Clock(), self.bus)
        self.keeper = RecordingKeeper(self.store, self.folder, self.facts, self.bus)
        self.service = RecordingService(self.recorder, self.store, self.facts, self.bus)
        self.commands: list[CommandRecord] = []
        self.bus.command.subscribe(self.commands.append)
        self.facts.start()
        self.recorder.start()
        self.facts.ask(lambda: None).result(10.0)

    def stop(self) -> None:
        self.recorder.stop()
        self.facts.stop()

    @property
    def project(self) -> int:
        return self.store.current().id

    def stored(self) -> list[Recording]:
        self.facts.ask(lambda: None).result(10.0)
        return [one.recording for one in self.service.recordings(self.project)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.stop()


def test_a_recording_is_in_its_project_and_flight_from_its_first_sample(desk: Desk) -> None:
    flight = desk.facts.begin("").result(10.0)
    desk.feed()
    desk.service.start("ada").result(10.0)
    desk.feed(4)
    desk.until(desk.stored)
    (one,) = desk.service.recordings(desk.project)
    assert (one.flight_id, one.recording.ended_s, one.recording.complete) == (flight.id, None, False)
    desk.facts.end().result(10.0)
    with pytest.raises(Conflict, match="being recorded"):
        desk.service.delete(desk.project, one.id, "ada")
    (told,) = desk.service.stop("ada").result(10.0)
    assert desk.stored() == [told]
    assert desk.service.recording(desk.project, one.id).flight_id == flight.id
    assert told.samples == 20_000
    with pytest.raises(NotFound):
        desk.service.recording(desk.project + 1, one.id)
    assert [(one.verb, one.actor) for one in desk.commands] == [("start_recording", "ada"), ("stop_recording", "ada")]


def test_it_can_be_taken_along_and_deleted(desk: Desk) -> None:
    desk.feed(10)
    desk.service.save(0.3, "ada").result(10.0)
    desk.until(lambda: [one for one in desk.stored() if one.complete])
    (one,) = desk.service.recordings(desk.project)
    assert one.recording.cause is Cause.SAVED
    name, length, content = desk.service.archive(desk.project, one.id)
    assert name == f"{one.recording.name}.sigmf"
    assert len(b"".join(content)) == length
    assert desk.service.description(desk.project, one.id)["captures"][0]["core:frequency"] == 433e6
    desk.service.delete(desk.project, one.id, "ada").result(10.0)
    assert desk.stored() == []
    assert list(desk.folder.iterdir()) == []
    with pytest.raises(NotFound):
        desk.service.archive(desk.project, one.id)


def test_what_cannot_be_done_is_said(desk: Desk) -> None:
    for seconds in (0.0, -1.0, 4000.0, float("nan")):
        with pytest.raises(OutOfRange):
            desk.service.save(seconds, "ada")
    with pytest.raises(NotConnected):
        desk.service.save(1.0, "ada").result(10.0)
    with pytest.raises(NotConnected):
        desk.service.start("ada").result(10.0)
    with pytest.raises(Conflict):
        desk.service.stop("ada").result(10.0)


def test_what_a_killed_program_left_is_brought_up_to_date(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.feed()
    desk.service.start("ada").result(10.0)
    desk.feed(4)
    desk.until(desk.stored)
    began = desk.stored()[0]
    (told,) = desk.service.stop("ada").result(10.0)
    desk.facts.ask(lambda: desk.store.writer.save_recording(desk.project, None, began)).result(10.0)
    desk.stop()
    meta = desk.folder / f"{told.name}.sigmf-meta"
    content = json.loads(meta.read_text())
    content["global"]["kestrel:complete"] = False
    meta.write_text(json.dumps(content))
    again = Desk(tmp_path)
    again.until(lambda: again.stored()[0].ended_s is not None)
    (found,) = again.stored()
    again.stop()
    assert (found.samples, found.complete, found.cause) == (told.samples, False, told.cause)
    assert found.ended_s == pytest.approx(told.ended_s)


def test_what_the_store_did_not_take_is_noted_when_it_works_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreError("The disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("app.store.writer.Writer.save_recording", fail)
        desk.feed(3)
        desk.service.save(0.1, "ada").result(10.0)
        desk.until(desk.done)
        assert desk.stored() == []
    desk.bus.fault.publish(Fault(1.0, desk.facts.name, "works again", ended=True))
    desk.until(lambda: [one for one in desk.stored() if one.complete])

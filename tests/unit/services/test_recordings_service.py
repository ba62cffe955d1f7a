"""What is known of recordings in the store, and what one can do with them."""

import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

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
from tests.gui.station import Spy
from tests.unit.workers.sampledeck import Deck


class Desk(Deck):
    """Both recorders, and the service over them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.store = Store(folder)
        self.facts = RecorderWorker(self.store, SpectrumRing(256), Clock(), self.bus)
        self.keeper = RecordingKeeper(self.store, self.folder, self.facts, self.bus)
        self.receiver = Spy()
        self.service = RecordingService(self.recorder, self.store, self.facts, cast(Any, self.receiver), self.bus)
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


def saved(desk: Desk) -> int:
    """The id of a recording of 0.3 s."""
    desk.feed(10)
    desk.service.save(0.3, "ada").result(10.0)
    desk.until(lambda: [one for one in desk.stored() if one.complete])
    return desk.service.recordings(desk.project)[0].id


def test_it_is_looked_through_mended_and_played(desk: Desk) -> None:
    one = saved(desk)
    (found,) = desk.service.found(desk.project)
    assert (found.problems, found.running, found.mendable) == ((), False, False)
    assert desk.service.verify(desk.project, one).result(10.0).problems == ()
    data = desk.folder / f"{found.name}.sigmf-data"
    content = data.read_bytes()
    data.write_bytes(content[:-1])
    for file in desk.folder.iterdir():
        os.utime(file, (1.0, 1.0))  # or it would seem to be written just now
    (found,) = desk.service.found(desk.project)
    assert [problem.text.partition(":")[0] for problem in found.problems] == ["Its last sample is cut off"]
    assert found.mendable
    whole = desk.service.verify(desk.project, one).result(10.0)
    assert not whole.mendable  # the sum is another
    meta = json.loads((desk.folder / f"{found.name}.sigmf-meta").read_text())
    del meta["global"]["core:sha512"]
    (desk.folder / f"{found.name}.sigmf-meta").write_text(json.dumps(meta))
    os.utime(desk.folder / f"{found.name}.sigmf-meta", (1.0, 1.0))
    assert "cut off" in desk.service.repair(desk.project, one, "ada").result(10.0)[0]
    (found,) = desk.service.found(desk.project)
    assert (found.problems, found.stored.recording.samples) == ((), len(content) // 2 - 1)
    assert desk.service.repair(desk.project, one, "ada").result(10.0) == ()
    desk.service.play(desk.project, one, "ada")
    ((work,),) = desk.receiver.asked("ask")
    work()
    assert desk.receiver.asked("connect") == [[f"file:{desk.folder / found.name}.sigmf-meta"]]
    assert [one.verb for one in desk.commands][-1] == "play_recording"


def test_it_is_exported_whole_and_a_place_that_takes_nothing_is_told(desk: Desk, tmp_path: Path) -> None:
    one = saved(desk)
    to = desk.service.export(desk.project, one, tmp_path / "taken.sigmf").result(10.0)
    with tarfile.open(to) as archive:
        assert len(archive.getnames()) == 2
    with pytest.raises(StoreError, match="Choose another place"):
        desk.service.export(desk.project, one, tmp_path / "none" / "taken.sigmf").result(10.0)


def test_what_is_written_is_left_alone(desk: Desk) -> None:
    desk.feed()
    desk.service.start("ada").result(10.0)
    desk.feed(4)
    desk.until(desk.stored)
    desk.until(lambda: [one for one in desk.recorder.running if one.samples == 20_000])
    (found,) = desk.service.found(desk.project)
    assert (found.running, found.problems) == (True, ())
    assert found.stored.recording.samples == 20_000  # as it is now, not as it was when it began
    one = found.stored.id
    with pytest.raises(Conflict, match="being recorded"):
        desk.service.verify(desk.project, one)
    with pytest.raises(Conflict, match="being recorded"):
        desk.service.repair(desk.project, one, "ada")
    with pytest.raises(Conflict, match="being recorded"):
        desk.service.play(desk.project, one, "ada")
    desk.service.stop("ada").result(10.0)

"""Keeps what is known of recordings in the store, under the project in use when each began; any thread."""

import logging
from concurrent.futures import Future
from pathlib import Path

from app.bus import Bus
from app.domain.fault import Fault
from app.domain.project import Project
from app.domain.recording import Recording
from app.exchange.recordings import look
from app.store import Store
from app.workers.recorder import RecorderWorker

log = logging.getLogger(__name__)


class RecordingKeeper:
    """Made before the recorder starts, which publishes the project in use.

    What a killed program left under way is brought up to date from its files then. What could not be saved is saved
    when the recorder works again; the recordings themselves need no store.
    """

    def __init__(self, store: Store, folder: Path, recorder: RecorderWorker, bus: Bus) -> None:
        self._store = store
        self._folder = folder
        self._recorder = recorder
        self._project: Project | None = None
        self._unsaved: dict[str, Recording] = {}
        bus.project.subscribe(self._note_project)
        bus.recorded.subscribe(self._save)
        bus.fault.subscribe(self._save_again)

    def _note_project(self, project: Project) -> None:
        first, self._project = self._project is None, project
        if first:
            self._recorder.ask(self._look_again)

    def _save(self, recording: Recording) -> None:
        self._unsaved[recording.name] = recording
        answer = self._recorder.ask(lambda: self._write(recording))
        answer.add_done_callback(_complain)

    def _save_again(self, fault: Fault) -> None:
        if fault.source == self._recorder.name and fault.ended:
            for recording in list(self._unsaved.values()):
                self._save(recording)

    def _write(self, recording: Recording) -> None:
        project = self._project or self._store.current()
        flight = self._recorder.flight
        self._store.writer.save_recording(project.id, flight.id if flight else None, recording)
        if self._unsaved.get(recording.name) == recording:
            del self._unsaved[recording.name]

    def _look_again(self) -> None:
        """In the recorder's thread, once: recordings that have no end are as long as their files are."""
        for project in self._store.projects():
            for stored in self._store.of(project.id).recordings():
                if stored.recording.ended_s is None and stored.recording.name not in self._unsaved:
                    found = look(self._folder / stored.recording.name).recording
                    if found is not None:
                        self._store.writer.save_recording(project.id, stored.flight_id, found)


def _complain(answer: "Future[None]") -> None:
    if not answer.cancelled() and (error := answer.exception()) is not None:
        log.error("a recording was not noted in the store: %s", error)

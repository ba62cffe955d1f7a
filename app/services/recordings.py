"""Recordings of samples: started, saved afterwards, listed, taken along, deleted; any thread."""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from app.bus import Bus
from app.domain.recording import Recording, RecordingState, StoredRecording
from app.domain.vehicle import CommandRecord, Outcome
from app.errors import Conflict, OutOfRange, StoreError
from app.exchange.recordings import description_of
from app.exchange.sigmf import data_path, meta_path
from app.exchange.sigmf_archive import archive
from app.store import Store
from app.workers.recorder import RecorderWorker
from app.workers.samplerecorder import SampleRecorderWorker


class RecordingService:
    """The samples lie in files, what is known of them in the store; a recording is only found under its project.

    Every method that reads or writes the store raises ``StoreError`` while it is in trouble, and ``NotFound``.
    """

    LONGEST_S = 3600.0

    def __init__(self, worker: SampleRecorderWorker, store: Store, recorder: RecorderWorker, bus: Bus) -> None:
        self._worker = worker
        self._store = store
        self._recorder = recorder
        self._bus = bus

    def state(self) -> RecordingState:
        return self._worker.state

    def start(self, actor: str) -> "Future[RecordingState]":
        """Record from now on. ``Conflict`` when it is done already, ``NotConnected`` without samples, ``StoreError``
        when there is no room."""
        self._record(actor, "start_recording", "")
        return self._worker.record()

    def stop(self, actor: str) -> "Future[tuple[Recording, ...]]":
        """End every recording under way; they are in the answer. ``Conflict`` when there is none."""
        self._record(actor, "stop_recording", "")
        return self._worker.finish()

    def save(self, seconds: float, actor: str) -> "Future[Recording]":
        """Record what was received in the last seconds, as far as it is still there.

        Raises ``OutOfRange``; the future ``NotConnected`` when nothing was received and ``StoreError``.
        """
        if not 0.0 < seconds <= self.LONGEST_S:
            raise OutOfRange(f"{seconds:g} s cannot be saved: choose up to {self.LONGEST_S:g} s.")
        self._record(actor, "save_recording", f"{seconds:g} s")
        return self._worker.save(seconds)

    def recordings(self, project_id: int) -> list[StoredRecording]:
        """Newest first."""
        return self._store.of(project_id).recordings()

    def recording(self, project_id: int, recording_id: int) -> StoredRecording:
        return self._store.of(project_id).recording(recording_id)

    def description(self, project_id: int, recording_id: int) -> dict[str, Any]:
        """The SigMF description as it stands: captures, annotations, track. Raises ``BadFile`` too."""
        return description_of(self._stem(project_id, recording_id))

    def archive(self, project_id: int, recording_id: int) -> tuple[str, int, Iterator[bytes]]:
        """A file's name, length and content: a SigMF archive. Raises ``BadFile`` too."""
        stem = self._stem(project_id, recording_id)
        return f"{stem.name}.sigmf", *archive(stem)

    def delete(self, project_id: int, recording_id: int, actor: str) -> "Future[None]":
        """Delete the files; what is known of them stays in the store. ``Conflict`` while it is written."""
        stem = self._stem(project_id, recording_id)
        if any(one.name == stem.name for one in self._worker.running):
            raise Conflict(f"{stem.name} is being recorded: stop that first.")
        self._record(actor, "delete_recording", stem.name)
        return self._recorder.ask(lambda: self._delete(stem, recording_id))

    def _stem(self, project_id: int, recording_id: int) -> Path:
        return self._worker.folder / self._store.of(project_id).recording(recording_id).recording.name

    def _delete(self, stem: Path, recording_id: int) -> None:
        try:
            for path in (data_path(stem), meta_path(stem)):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{stem} cannot be deleted: {error.strerror}. Close what uses it.") from error
        self._store.writer.delete_recording(recording_id, self._recorder.now_s())

    def _record(self, actor: str, verb: str, arguments: str) -> None:
        self._bus.command.publish(CommandRecord(self._recorder.now_s(), actor, verb, arguments, Outcome.ASKED))

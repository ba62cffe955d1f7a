"""Recordings of samples: started, saved afterwards, listed, taken along, deleted; any thread."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from app.bus import Bus
from app.domain.radio import RadioState
from app.domain.recording import Recording, RecordingState, StoredRecording
from app.domain.vehicle import CommandRecord, Outcome
from app.errors import Conflict, OutOfRange, StoreError
from app.exchange.recordings import Problem, description_of, look, mendable, repair
from app.exchange.sigmf import data_path, meta_path
from app.exchange.sigmf_archive import archive
from app.store import Store
from app.workers.receiver import ReceiverWorker
from app.workers.recorder import RecorderWorker
from app.workers.samplerecorder import SampleRecorderWorker

ResultT = TypeVar("ResultT")
STORED_S = 10.0  # true time for what was just told to reach the store


@dataclass(frozen=True, slots=True)
class FoundRecording:
    """A recording with what is wrong with its files; nothing is asked of one that is ``running``."""

    stored: StoredRecording
    problems: tuple[Problem, ...] = ()
    running: bool = False

    @property
    def name(self) -> str:
        return self.stored.recording.name

    @property
    def mendable(self) -> bool:
        """Whether ``repair`` can make it sound."""
        return mendable(self.problems)


class RecordingService:
    """The samples lie in files, what is known of them in the store; a recording is only found under its project.

    Every method that reads or writes the store raises ``StoreError`` while it is in trouble, and ``NotFound``.
    """

    LONGEST_S = 3600.0

    def __init__(
        self,
        worker: SampleRecorderWorker,
        store: Store,
        recorder: RecorderWorker,
        receiver: ReceiverWorker,
        bus: Bus,
    ) -> None:
        self._worker, self._store, self._recorder = worker, store, recorder
        self._receiver, self._bus = receiver, bus

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

    def found(self, project_id: int) -> list[FoundRecording]:
        """Newest first, each with what a look at its description and its size shows; up to some ms for each."""
        self._recorder.ask(lambda: None).result(STORED_S)
        return [self._found(stored) for stored in self.recordings(project_id)]

    def verify(self, project_id: int, recording_id: int) -> "Future[FoundRecording]":
        """Read all of it and compare the sum of its samples. ``Conflict`` while it is written."""
        stored = self._ended(project_id, recording_id)
        return _aside(lambda: self._found(stored, whole=True))

    def repair(self, project_id: int, recording_id: int, actor: str) -> "Future[tuple[str, ...]]":
        """Mend its files; what was wrong with them, in words. ``Conflict`` while it is written, ``BadFile``."""
        stored = self._ended(project_id, recording_id)
        self._record(actor, "repair_recording", stored.recording.name)
        return _aside(lambda: self._repair(stored))

    def export(self, project_id: int, recording_id: int, to: Path) -> "Future[Path]":
        """Write a SigMF archive there; returns the file. Raises ``BadFile`` and ``StoreError`` by the future."""
        _, _, content = self.archive(project_id, recording_id)
        return _aside(lambda: _write(to, content))

    def play(self, project_id: int, recording_id: int, actor: str) -> "Future[RadioState]":
        """Leave the receiver in use and play it in its place. ``Conflict`` while it is written."""
        stored = self._ended(project_id, recording_id)
        source = f"file:{meta_path(self._worker.folder / stored.recording.name)}"
        self._record(actor, "play_recording", stored.recording.name)
        return self._receiver.ask(lambda: self._receiver.connect(source))

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
        stem = self._worker.folder / self._ended(project_id, recording_id).recording.name
        self._record(actor, "delete_recording", stem.name)
        return self._recorder.ask(lambda: self._delete(stem, recording_id))

    def _stem(self, project_id: int, recording_id: int) -> Path:
        return self._worker.folder / self._store.of(project_id).recording(recording_id).recording.name

    def _ended(self, project_id: int, recording_id: int) -> StoredRecording:
        stored = self._store.of(project_id).recording(recording_id)
        if self._running(stored):
            raise Conflict(f"{stored.recording.name} is being recorded: stop that first.")
        return stored

    def _running(self, stored: StoredRecording) -> Recording | None:
        return next((one for one in self._worker.running if one.name == stored.recording.name), None)

    def _found(self, stored: StoredRecording, whole: bool = False) -> FoundRecording:
        if running := self._running(stored):
            return FoundRecording(replace(stored, recording=running), running=True)
        return FoundRecording(stored, look(self._worker.folder / stored.recording.name, whole).problems)

    def _repair(self, stored: StoredRecording) -> tuple[str, ...]:
        stem = self._worker.folder / stored.recording.name
        mended, found = repair(stem), look(stem).recording
        if mended and found is not None:
            save = self._store.writer.save_recording
            self._recorder.ask(lambda: save(stored.project_id, stored.flight_id, found)).result(STORED_S)
        return mended

    def _delete(self, stem: Path, recording_id: int) -> None:
        try:
            for path in (data_path(stem), meta_path(stem)):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{stem} cannot be deleted: {error.strerror}. Close what uses it.") from error
        self._store.writer.delete_recording(recording_id, self._recorder.now_s())

    def _record(self, actor: str, verb: str, arguments: str) -> None:
        self._bus.command.publish(CommandRecord(self._recorder.now_s(), actor, verb, arguments, Outcome.ASKED))


def _aside(job: Callable[[], ResultT]) -> "Future[ResultT]":
    """Done in a thread of its own: reading a large recording takes minutes."""
    pool = ThreadPoolExecutor(1, "recording")
    answer = pool.submit(job)
    pool.shutdown(wait=False)
    return answer


def _write(to: Path, content: Iterator[bytes]) -> Path:
    try:
        with to.open("wb") as file:
            file.writelines(content)
    except OSError as error:
        raise StoreError(f"{to} cannot be written: {error.strerror}. Choose another place.") from error
    return to

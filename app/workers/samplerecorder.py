"""Saves samples from the tape to SigMF files: by hand, after the fact, on detection; a thread of its own."""

import time
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from app.bus import Bus
from app.clock import Clock
from app.domain.fault import Fault
from app.domain.radio import Detection
from app.domain.recording import Cause, Recording, RecordingState
from app.dsp.detectors import AGAIN_S
from app.errors import AppError, Conflict, NotConnected, StoreError
from app.settings import RecordingSettings
from app.tape import SampleTape
from app.worker import Worker
from app.workers.disk import Disk
from app.workers.take import Take
from app.workers.witness import Witness

RECORDINGS = "recordings"  # folder beside the store
STEP_S = 0.1  # true time between two looks at the tape
LONGEST_STEP_S = 0.1  # true time for writing in one of them
STATE_S = 1.0
SLACK_S = 5.0  # of samples kept beyond those promised, while the disk is busy
LASTING_S = AGAIN_S + 1.0  # a detection that is told again by then is of a signal that has gone on
LATEST_S = 2.0  # samples older than that: none come


def make_tape(settings: RecordingSettings, clock: Clock) -> SampleTape:
    """A tape that holds what can be saved afterwards, and some seconds for a busy disk."""
    return SampleTape(settings.before_s + SLACK_S * clock.rate, round(settings.memory_mb * 1e6))


class SampleRecorderWorker(Worker):
    """Owns the recordings under way. ``record``, ``save`` and ``finish`` are for any thread."""

    def __init__(self, settings: RecordingSettings, folder: Path, tape: SampleTape, clock: Clock, bus: Bus) -> None:
        super().__init__("sample recorder", clock, bus.fault)
        self.folder = folder
        self._settings, self._tape, self._bus = settings, tape, bus
        self._disk = Disk(folder, settings)
        self._takes: list[Take] = []
        self._kept_mark = 0  # on the tape: until there it is in a file already
        self._witness = Witness(bus)
        self._low = False  # the operator was told that the disk will soon be full
        self._problem = ""
        self._state = RecordingState(clock.now_s(), (), 0.0, 0.0, 0, None, settings.on_detection != "off")

    @property
    def state(self) -> RecordingState:
        """What was published last."""
        return self._state

    @property
    def running(self) -> tuple[Recording, ...]:
        """Those under way now that have samples; any thread."""
        return tuple(take.told for take in list(self._takes) if take.told is not None)

    def record(self) -> "Future[RecordingState]":
        """From now on. ``Conflict`` when it is done already, ``NotConnected`` without samples, ``StoreError``."""
        return self.ask(self._record)

    def save(self, seconds: float) -> "Future[Recording]":
        """What was received in the last ``seconds``. ``NotConnected`` when nothing was, ``StoreError``."""
        return self.ask(lambda: self._save(seconds))

    def finish(self) -> "Future[tuple[Recording, ...]]":
        """End what is being recorded. ``Conflict`` when nothing is."""
        return self.ask(self._finish)

    def step(self) -> None:
        self._listen()
        began_s = time.monotonic()
        for take in list(self._takes):
            while self._carry_on(take) and time.monotonic() - began_s < LONGEST_STEP_S:
                pass
        if self._clock.now_s() - self._state.time_s >= STATE_S:
            self._watch_disk()
            self._tell_state()
        self._wake.wait(STEP_S)
        self._wake.clear()

    def close(self) -> None:
        if not self._ending.is_set():
            return
        self._witness.close()
        self._listen()
        for take in list(self._takes):
            with suppress(AppError):
                self._complete(take)

    def _record(self) -> RecordingState:
        self._listen()
        if any(take.cause is Cause.ASKED and take.until_mark is None for take in self._takes):
            raise Conflict("Samples are being recorded already: stop that first.")
        newest = self._tape.newest
        if newest is None or newest.until_s < self._clock.now_s() - LATEST_S * self._clock.rate:
            raise NotConnected("No samples come, so there is nothing to record: connect a receiver.")
        self._begin(Cause.ASKED, self._tape.mark, self._clock.now_s())
        return self._tell_state()

    def _save(self, seconds: float) -> Recording:
        self._listen()
        newest = self._tape.newest
        if newest is None:
            raise NotConnected("Nothing was received, so there is nothing to save: connect a receiver.")
        since_s = newest.until_s - seconds
        take = self._begin(Cause.SAVED, self._tape.mark_at(since_s), since_s)
        take.until_mark = self._tape.mark
        self._carry_on(take)
        if take.told is None:
            raise StoreError(self._problem or "Nothing was saved.")
        return take.told

    def _finish(self) -> tuple[Recording, ...]:
        if not self._takes:
            raise Conflict("No samples are being recorded.")
        self._listen()
        takes = list(self._takes)
        for take in takes:
            self._complete(take)
        self._tell_state()
        return tuple(take.told for take in takes if take.told is not None)

    def _listen(self) -> None:
        """Take what was heard of detections and of the vehicle since the last step."""
        for fact in self._witness.news(self._clock.now_s()):
            for take in self._takes:
                take.hear(fact)
            if isinstance(fact, Detection):
                self._start_on(fact)

    def _start_on(self, detection: Detection) -> None:
        """A detection starts a recording where that is wanted, or makes one go on; no samples are written twice."""
        wanted = self._settings.on_detection
        if wanted == "off" or (wanted == "targets" and not detection.target_id):
            return
        until_s = detection.time_s + detection.duration_s + max(self._settings.after_s, LASTING_S)
        running = next((take for take in self._takes if take.until_mark is None), None)
        if running is not None:
            running.until_s = None if running.until_s is None else max(running.until_s, until_s)
            return
        since_s = detection.time_s - self._settings.before_s
        try:
            since_mark = max(self._tape.mark_at(since_s), self._kept_mark)
            self._begin(Cause.DETECTION, since_mark, since_s).until_s = until_s
        except AppError as error:
            self._trouble(str(error))

    def _begin(self, cause: Cause, mark: int, since_s: float) -> Take:
        self._disk.demand_room()
        poses, detections = self._witness.poses(since_s - 1.0), self._witness.detections(since_s)
        take = Take(self._disk.folder, self._witness.origin(cause), cause, mark, poses, detections)
        self._takes.append(take)
        self._problem = ""
        return take

    def _carry_on(self, take: Take) -> bool:
        """Write what is there; returns whether there may be more to write at once."""
        try:
            more = take.carry_on(self._tape)
        except StoreError as error:
            self._give_up(take, str(error))
            return False
        self._tell_of(take)
        if not more and take.is_over(self._tape, self._clock.now_s()):
            self._complete(take)
        return more

    def _complete(self, take: Take) -> None:
        """Write all that belongs to it and end it."""
        if take.until_mark is None:
            take.until_mark = self._tape.mark
        try:
            while take.carry_on(self._tape):
                self._tell_of(take)
            take.finish()
        except StoreError as error:
            self._give_up(take, str(error))
            return
        self._takes.remove(take)
        self._kept_mark = self._kept_mark if take.cause is Cause.SAVED else take.until_mark
        self._tell_of(take)

    def _give_up(self, take: Take, text: str) -> None:
        """The disk takes no more: what was written stays readable."""
        take.abandon()
        self._takes.remove(take)
        self._tell_of(take)
        self._trouble(f"The recording was ended: {text}")

    def _tell_of(self, take: Take) -> None:
        news = tuple(take.news())
        for recording in news:
            self._bus.recorded.publish(recording)
        if news:
            self._tell_state()

    def _watch_disk(self) -> None:
        """Warn while there is time, and end what is recorded before the disk is full."""
        if not self._takes:
            self._low = False
            return
        state = self._state
        if self._disk.room_bytes() <= 0:
            for take in list(self._takes):
                self._complete(take)
            self._trouble(f"The recording was ended: {self._disk.full_text()}")
        elif state.seconds_left is not None and state.seconds_left < self._settings.warn_s and not self._low:
            self._low = True
            text = f"The disk takes {state.seconds_left:.0f} s more of this recording: make room, or end it."
            self._bus.fault.publish(Fault(self._clock.now_s(), self.name, text, ended=True))

    def _trouble(self, text: str) -> None:
        self._problem = text
        self._bus.fault.publish(Fault(self._clock.now_s(), self.name, text, ended=True))
        self._tell_state()

    def _tell_state(self) -> RecordingState:
        now_s, newest, room_bytes = self._clock.now_s(), self._tape.newest, self._disk.room_bytes()
        running = self.running
        coming = newest is not None and newest.until_s > now_s - LATEST_S * self._clock.rate
        rate = newest.rate_hz * newest.sample_bytes if newest is not None and coming else 0.0
        self._state = RecordingState(
            time_s=now_s,
            running=running,
            held_s=min(self._tape.held_s, self._settings.before_s),
            rate_bytes_per_s=rate,
            room_bytes=max(room_bytes, 0),
            seconds_left=max(room_bytes, 0) / (rate * max(len(running), 1)) if rate else None,
            automatic=self._settings.on_detection != "off",
            problem=self._problem,
        )
        self._bus.recording.publish(self._state)
        return self._state

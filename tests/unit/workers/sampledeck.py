"""A recorder of samples with a tape that the test writes: shared by the tests of recordings."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from app.bus import Bus
from app.clock import Clock
from app.domain.fault import Fault
from app.domain.radio import BeaconKind, Detection
from app.domain.recording import Recording, RecordingState
from app.domain.vehicle import Telemetry
from app.settings import RecordingSettings
from app.tape import Piece
from app.workers.samplerecorder import SampleRecorderWorker, make_tape

RATE_HZ = 100_000.0
PIECE = 5_000  # samples


class HandClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.time_s = 1_700_000_000.0

    def now_s(self) -> float:
        return self.time_s


class Deck:
    """A recorder, its tape, and a receiver that is the test: each ``feed`` is a piece of noise with its own bytes."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder / "recordings"
        self.settings = RecordingSettings(**({"least_free_gb": 0.05} | settings))
        self.clock, self.bus = HandClock(), Bus()
        self.tape = make_tape(self.settings, self.clock)
        self.told: list[Recording] = []
        self.states: list[RecordingState] = []
        self.faults: list[Fault] = []
        self.bus.recorded.subscribe(self.told.append)
        self.bus.recording.subscribe(self.states.append)
        self.bus.fault.subscribe(self.faults.append)
        self.recorder = SampleRecorderWorker(self.settings, self.folder, self.tape, self.clock, self.bus)
        self.random = np.random.default_rng(1)
        self.stream, self.position, self.tuning = self.tape.begin(), 0, (433e6, 20.0)
        self.fed: list[bytes] = []

    def feed(self, count: int = 1, lost: int = 0, rate_hz: float = RATE_HZ, datatype: str = "cu8") -> None:
        for _ in range(count):
            self.position += lost
            self.clock.time_s += (PIECE + lost) / rate_hz
            data = self.random.integers(0, 256, 2 * PIECE, np.uint8).tobytes()
            began_s = self.clock.time_s - PIECE / rate_hz
            self.tape.write(Piece(self.stream, self.position, PIECE, began_s, rate_hz, *self.tuning, datatype, data))
            self.position += PIECE
            self.fed.append(data)

    def reconnect(self, after_s: float) -> None:
        self.stream, self.position = self.tape.begin(), 0
        self.clock.time_s += after_s

    def until(self, condition: Callable[[], object], feeding: int = 0) -> None:
        deadline = time.monotonic() + 20.0
        while not condition():
            self.feed(feeding)
            assert time.monotonic() < deadline, "nothing happened"
            time.sleep(0.005)

    def done(self) -> list[Recording]:
        return [one for one in self.told if one.complete]

    def meta(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / f"{name}.sigmf-meta").read_text())
        return found

    def data(self, name: str) -> bytes:
        return (self.folder / f"{name}.sigmf-data").read_bytes()


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Deck]:
    deck = Deck(folder, **settings)
    deck.recorder.start()
    try:
        yield deck
    finally:
        deck.recorder.stop()


def pose(time_s: float, east: float = 0.0) -> Telemetry:
    return Telemetry(time_s, 1, 47.4, 8.5 + east, 480.0, 40.0, 1.0, 2.0, 90.0, 0.0, 5.0, 0.0)


def detection(time_s: float, duration_s: float = 0.02, target_id: str = "b") -> Detection:
    kind = BeaconKind.PULSED
    return Detection(time_s, duration_s, target_id, kind, 433.01e6, 500.0, -40.0, 20.0, True, "It pulses")


def record_until_killed(folder: Path) -> None:
    """Record noise with a gap each 20 pieces until the process ends; says what has been given to the tape."""
    with running(folder) as deck:
        deck.feed()
        deck.recorder.record().result(10.0)
        while True:
            deck.bus.telemetry.publish(pose(deck.clock.time_s))
            deck.bus.detection.publish(detection(deck.clock.time_s))
            deck.feed(19)
            deck.feed(1, lost=100)
            time.sleep(0.01)
            sys.stdout.write(f"{deck.position}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    record_until_killed(Path(sys.argv[1]))

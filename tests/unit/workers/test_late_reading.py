"""Samples that a busy station reads late keep their time: what waits is not late."""

from pathlib import Path

import numpy as np
import pytest

from app.clock import Clock
from app.domain.radio import BeaconKind, Level, Target
from app.dsp.fourier import Transform
from app.ports import Block, ReceiverInfo
from app.settings import RadioSettings
from app.tape import SampleTape
from app.workers.arrivals import Arrivals
from app.workers.stream import Stream
from app.workers.tuner import Tuning
from hardware.bytering import ByteRing
from hardware.playback import PlaybackOptions, PlaybackReceiver

RATE_HZ, BLOCK = 240_000.0, 24_000
TARGET = Target("b", "Beacon", BeaconKind.CARRIER, 433.95e6)


class SetClock(Clock):
    """Stands where it is put."""

    def __init__(self) -> None:
        super().__init__(8.0)
        self.time_s = 1_000.0

    def now_s(self) -> float:
        return self.time_s


@pytest.mark.parametrize("simulated", [True, False])
def test_levels_read_late_have_the_time_of_their_samples(simulated: bool) -> None:
    clock = SetClock()
    info = ReceiverInfo("x", simulated, 434e6, RATE_HZ, (), slips=simulated)
    stream = Stream(info, Tuning(434e6, 0.0), Transform(1024), 30.0, clock, SampleTape(60.0, 10_000_000))
    stream.follow((TARGET,))
    rng = np.random.default_rng(1)
    levels: list[Level] = []
    for number in range(120):
        late_s = 0.0 if number < 20 else min(0.2 * (number - 20), 12.0)  # the reader is slower than the samples come
        end_s = (number + 1) * BLOCK / RATE_HZ
        clock.time_s = 1_000.0 + end_s + late_s
        iq = (rng.standard_normal(2 * BLOCK, np.float32) * np.float32(0.01)).view(np.complex64)
        block = Block(number * BLOCK, 0, iq, 0.0, memoryview(b""), "cu8", waiting=round(late_s * RATE_HZ))
        levels += [fact for fact in stream.feed(block) if isinstance(fact, Level)]
    assert stream.arrivals.lost == 0
    assert levels[-1].time_s == pytest.approx(1_000.0 + end_s, abs=0.2)
    steps = np.diff([level.time_s for level in levels])
    assert float(np.abs(steps - 0.1).max()) < 0.05


def test_a_ring_counts_what_waits_and_what_was_lost_there() -> None:
    ring = ByteRing(1 << 20)
    for _ in range(8):
        ring.put(min(len(ring.room()), 100_000))
    into = np.zeros(50_000, np.uint8)
    assert ring.take(into, 2, 0.0, 0.1) == 50_000
    assert ring.waiting() == 750_000
    for _ in range(3):
        room = ring.room()  # full: this and what follows is lost
        ring.put(min(len(room), 100_000))
    assert ring.waiting() == 1_050_000


def test_a_recording_read_on_a_busy_computer_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.cu8"
    path.write_bytes(bytes(4096))
    receiver, clock = PlaybackReceiver(PlaybackOptions(path, rate_hz=RATE_HZ), RadioSettings()), SetClock()
    arrivals = Arrivals(receiver.open(), clock)
    receiver.close()
    for number in range(400):
        clock.time_s = 1_000.0 + 1.5 * number  # far behind
        block = Block(number * BLOCK, 0, np.zeros(BLOCK, np.complex64), 0.0, memoryview(b""), "cu8")
        arrivals.count(block)
    assert arrivals.lost == 0

"""The receiver worker with receivers of known samples, and through a real rtl_tcp server."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.fault import Fault
from app.domain.radio import (
    BeaconKind,
    FrontEnd,
    Level,
    RadioState,
    SpectrumSetup,
    Target,
    Targets,
    Window,
)
from app.errors import DeviceError, NotConnected, OutOfRange
from app.ports import Block, EndOfRecording, Receiver, ReceiverInfo, Taken
from app.ring import SpectrumRing
from app.settings import RadioSettings
from app.tape import SampleTape
from app.workers.receiver import ReceiverWorker

RATE_HZ = 240_000.0
TARGET = Target("b", "Beacon", BeaconKind.CARRIER, 433.92e6)
TARGETS = Targets((TARGET,), "b")
Script = list[Block | Exception | None]


class ScriptedReceiver:
    """Gives out blocks, nothing or errors in the order of its script."""

    def __init__(self, script: Script, gains_db: tuple[float, ...] = ()) -> None:
        self.script = script
        self.gains_db = gains_db
        self.tuned: list[float] = []
        self.gains: list[float] = []
        self.closed = 0
        self.began_s = 0.0

    def open(self) -> ReceiverInfo:
        self.began_s = time.monotonic()
        return ReceiverInfo("script", False, 0.0, RATE_HZ, self.gains_db)

    def read(self, timeout_s: float) -> Block | None:
        if not self.script:
            time.sleep(min(timeout_s, 0.01))
            return None
        one = self.script.pop(0)
        if isinstance(one, Exception):
            raise one
        if one is not None:  # in its own time, as a device gives it
            time.sleep(max(self.began_s + (one.first_sample + one.iq.size) / RATE_HZ - time.monotonic(), 0.0))
        return one

    def tune(self, centre_hz: float) -> float:
        self.tuned.append(centre_hz)
        return centre_hz

    def set_gain(self, gain_db: float) -> float:
        self.gains.append(gain_db)
        return gain_db

    def close(self) -> None:
        self.closed += 1


def blocks(count: int, level_db: float = -30.0, first: int = 0, lost_at: int = -1, clipped: float = 0.0) -> Script:
    """Blocks of a carrier on TARGET as it lies with the centre 0.2 of the rate above it, in noise of -50 dBFS."""
    rng = np.random.default_rng(7)
    script: Script = []
    size = 12_000
    for number in range(count):
        lost = 5_000 if number == lost_at else 0
        first += lost
        phase = 2 * np.pi * -0.2 * np.arange(first, first + size)
        iq = 10 ** (level_db / 20) * np.exp(1j * phase)
        iq += 10 ** (-50 / 20) * (rng.standard_normal(size) + 1j * rng.standard_normal(size)) / np.sqrt(2)
        script.append(Block(first, lost, iq.astype(np.complex64), clipped, memoryview(b""), "cu8"))
        first += size
    return script


class Heard:
    """What came over the bus."""

    def __init__(self, bus: Bus) -> None:
        self.levels: list[Level] = []
        self.states: list[RadioState] = []
        self.faults: list[Fault] = []
        self._news: queue.SimpleQueue[None] = queue.SimpleQueue()
        bus.level.subscribe(lambda fact: self._keep(self.levels, fact))
        bus.radio.subscribe(lambda fact: self._keep(self.states, fact))
        bus.fault.subscribe(lambda fact: self._keep(self.faults, fact))

    def _keep(self, facts: list[object] | list[Level] | list[RadioState] | list[Fault], fact: object) -> None:
        facts.append(fact)  # type: ignore[arg-type]
        self._news.put(None)

    def until(self, condition: Callable[[], bool], limit_s: float = 20.0) -> None:
        end = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < end, "it did not happen"
            try:
                self._news.get(timeout=0.05)
            except queue.Empty:
                continue


@contextmanager
def working(
    open_receiver: Callable[[RadioSettings], Receiver], source: str = "script", **settings: float
) -> Iterator[tuple[ReceiverWorker, Heard, SpectrumRing, Bus]]:
    bus = Bus()
    heard = Heard(bus)
    ring = SpectrumRing(1024)
    worker = ReceiverWorker(
        RadioSettings(source=source, bins=1024, **settings),
        open_receiver,
        ring,
        SampleTape(10.0, 10_000_000),
        Clock(),
        bus,
    )
    bus.targets.publish(TARGETS)
    worker.start()
    try:
        yield worker, heard, ring, bus
    finally:
        worker.stop()


def test_levels_and_rows_of_a_carrier() -> None:
    receiver = ScriptedReceiver(blocks(30))
    with working(lambda _: receiver) as (worker, heard, ring, _):
        heard.until(lambda: len(heard.levels) >= 10)
        assert receiver.tuned == [433.92e6 + 48_000.0]
        assert all(level.power_dbfs == pytest.approx(-30.0, abs=0.1) for level in heard.levels)
        assert all(level.target_id == "b" for level in heard.levels)
        times = [level.time_s for level in heard.levels]
        assert np.diff(times) == pytest.approx(0.1, abs=0.01)
        rows = ring.since(0)
        assert len(rows.time_s) >= 20
        assert rows.centre_hz[0] == 433.968e6
        assert float(rows.power_dbfs.max()) == pytest.approx(-30.0, abs=1.5)
        heard.until(lambda: worker.state.samples == 360_000)
        assert worker.state.lost_samples == 0
        assert worker.state.connected
    assert receiver.closed >= 1


def test_a_gap_is_counted_and_marked() -> None:
    with working(lambda _: ScriptedReceiver(blocks(20, lost_at=9))) as (worker, heard, ring, _):
        heard.until(lambda: worker.state.samples == 240_000)
        assert worker.state.lost_samples == 5_000
        rows = ring.since(0)
        assert int(rows.lost_before.sum()) == 5_000
        at = int(rows.lost_before.argmax())
        assert rows.time_s[at] - rows.time_s[at - 1] > 0.04  # time goes on over the gap


def test_clipping_raises_the_overload_flag_and_lowers_the_gain() -> None:
    receiver = ScriptedReceiver(blocks(40, clipped=0.01), (0.0, 10.0, 20.0, 30.0, 40.0))
    with working(lambda _: receiver) as (worker, heard, _, _):
        heard.until(lambda: any(state.overload for state in heard.states))
        heard.until(lambda: receiver.gains[-1] == 0.0)
        assert receiver.gains[:3] == [30.0, 20.0, 10.0]
        heard.until(lambda: worker.state.gain_db == 0.0)
        assert worker.state.auto_gain


def test_a_receiver_that_comes_back_begins_with_the_gain_it_had() -> None:
    gains = (0.0, 10.0, 20.0, 30.0, 40.0)
    first = ScriptedReceiver([*blocks(4, clipped=0.01), DeviceError("unplugged")], gains)
    second = ScriptedReceiver(blocks(10), gains)
    receivers = [first, second]
    with working(lambda _: receivers.pop(0)) as (_, heard, _, _):
        heard.until(lambda: any(fault.ended for fault in heard.faults))
        heard.until(lambda: bool(second.gains))
        assert first.gains[-1] < 30.0
        assert second.gains[0] == first.gains[-1]


def test_a_fixed_gain_stays_and_is_taken_off_the_levels() -> None:
    receiver = ScriptedReceiver(blocks(20, clipped=0.01), (0.0, 10.0, 20.0, 30.0, 40.0))
    with working(lambda _: receiver, gain_db=20.0) as (worker, heard, _, _):
        heard.until(lambda: len(heard.levels) > 4)
        assert receiver.gains == [20.0]
        assert not worker.state.auto_gain
        assert all(level.power_db == pytest.approx(-50.0, abs=0.1) for level in heard.levels)
        assert any(level.overload for level in heard.levels)


def test_a_dead_receiver_is_a_fault_and_is_opened_again() -> None:
    scripts: list[Script] = [[*blocks(4), DeviceError("unplugged")], blocks(30)]
    with working(lambda _: ScriptedReceiver(scripts.pop(0))) as (_, heard, _, _):
        heard.until(lambda: any(fault.ended for fault in heard.faults))
        assert heard.faults[0].text == "unplugged"
        assert any(not state.connected and state.problem == "unplugged" for state in heard.states)
        heard.until(lambda: len(heard.levels) > 5)


def test_without_a_source_it_says_so() -> None:
    with working(lambda _: ScriptedReceiver([]), source="") as (worker, heard, _, _):
        heard.until(lambda: len(heard.states) >= 2)
        assert not worker.state.connected
        assert "No receiver is set up" in worker.state.problem
        assert heard.faults == []
        with pytest.raises(NotConnected):
            worker.ask(lambda: worker.tune(1e8)).result(5.0)
        assert worker.ask(lambda: worker.connect("script")).result(5.0).connected


def test_a_source_that_cannot_be_opened_is_tried_again() -> None:
    tries = threading.Semaphore(0)

    def opener(radio: RadioSettings) -> Receiver:
        tries.release()
        raise NotConnected("nobody there")

    with working(opener, source="") as (worker, _, _, _):
        with pytest.raises(NotConnected, match="nobody there"):
            worker.ask(lambda: worker.connect("somewhere")).result(5.0)
        assert tries.acquire(timeout=5.0)
        assert tries.acquire(timeout=5.0)
        assert worker.state.problem == "nobody there"
        assert worker.state.source == "somewhere"


def test_the_end_of_a_recording_is_no_fault() -> None:
    with working(lambda _: ScriptedReceiver([*blocks(4), EndOfRecording()])) as (worker, heard, _, _):
        heard.until(lambda: "played" in worker.state.problem)
        heard.until(lambda: not worker.state.connected)
        assert heard.faults == []


def test_after_tuning_rows_carry_the_new_centre() -> None:
    receiver = ScriptedReceiver([])
    with working(lambda _: receiver) as (worker, heard, ring, _):
        heard.until(lambda: worker.state.connected)
        state = worker.ask(lambda: worker.tune(434.1e6)).result(5.0)
        assert state.centre_hz == 434.1e6
        receiver.script += blocks(20)
        heard.until(lambda: worker.state.samples > 0)
        heard.until(lambda: ring.mark > 5)
        assert ring.since(0).centre_hz[-1] == 434.1e6
        receiver_tunes = list(receiver.tuned)
        worker._bus.targets.publish(Targets((TARGET, Target("c", "C", BeaconKind.CARRIER, 500e6)), "c"))
        receiver.script += blocks(5, first=240_000)
        heard.until(lambda: not receiver.script)
        assert receiver.tuned == receiver_tunes  # a centre set by hand stays


def test_another_target_moves_the_centre() -> None:
    receiver = ScriptedReceiver(blocks(5))
    with working(lambda _: receiver) as (worker, heard, _, bus):
        heard.until(lambda: worker.state.connected)
        bus.targets.publish(Targets((TARGET, Target("c", "C", BeaconKind.CARRIER, 500e6)), "c"))
        heard.until(lambda: worker.state.centre_hz == 500e6 + 48_000.0)


def test_a_recording_that_cannot_be_tuned_plays_where_it_was_made() -> None:
    class Recording(ScriptedReceiver):
        def open(self) -> ReceiverInfo:
            self.began_s = time.monotonic()
            return ReceiverInfo("file", False, 433.968e6, RATE_HZ, ())

        def tune(self, centre_hz: float) -> float:
            raise OutOfRange("a recording")

    with working(lambda _: Recording(blocks(20))) as (worker, heard, _, _):
        heard.until(lambda: len(heard.levels) > 5)
        assert worker.state.centre_hz == 433.968e6


def test_a_recording_that_was_retuned_is_followed_from_the_very_sample() -> None:
    """The carrier stays at its place in the band, so that after the retune it is another frequency: the target's."""
    here, beside = 433.92e6 + 48_000.0, 433.80e6
    parts = [replace(block, taken=Taken(beside, 10.0)) for block in blocks(10) if isinstance(block, Block)]
    parts += [
        replace(block, taken=Taken(here, 30.0)) for block in blocks(30, first=120_000) if isinstance(block, Block)
    ]
    with working(lambda _: ScriptedReceiver([*parts])) as (worker, heard, ring, _):
        heard.until(lambda: len([level for level in heard.levels if level.heard]) >= 10)
        assert (worker.state.centre_hz, worker.state.gain_db) == (here, 30.0)
        assert all(level.power_db == pytest.approx(-60.0, abs=0.2) for level in heard.levels if level.heard)
        rows = ring.since(0)
        strongest_hz = rows.centre_hz + (np.argmax(rows.power_dbfs, axis=1) - 512) * RATE_HZ / 1024
        assert np.allclose(strongest_hz - rows.centre_hz, -48_000.0, atol=300.0)
        assert set(rows.centre_hz) == {beside, here}


def test_the_spectrum_changes_at_run_time() -> None:
    receiver = ScriptedReceiver(blocks(80))
    with working(lambda _: receiver) as (worker, heard, ring, _):
        heard.until(lambda: ring.mark > 5)
        state = worker.ask(lambda: worker.set_spectrum(SpectrumSetup(4096, Window.FLAT_TOP, 4))).result(10.0)
        assert state.spectrum == SpectrumSetup(4096, Window.FLAT_TOP, 4)
        mark = ring.mark
        heard.until(lambda: ring.mark > mark + 5)
        assert ring.since(0).power_dbfs.shape[1] == 4096
        assert float(ring.since(0).power_dbfs[-1].max()) == pytest.approx(-30.0, abs=0.1)
        seen = worker.ask(worker.snapshot).result(5.0)
        assert seen.peak_dbfs.shape == (4096,)
        assert np.all(seen.peak_dbfs >= seen.lowest_dbfs)
        count = len(heard.levels)
        heard.until(lambda: len(heard.levels) > count + 2)
        assert all(level.power_dbfs == pytest.approx(-30.0, abs=0.1) for level in heard.levels)


def test_a_switch_it_does_not_have_is_refused_and_corrections_are_the_stations() -> None:
    with working(lambda _: ScriptedReceiver(blocks(60))) as (worker, heard, ring, _):
        heard.until(lambda: worker.state.connected and ring.mark > 2)
        with pytest.raises(OutOfRange, match="bias_tee"):
            worker.ask(lambda: worker.set_front_end(FrontEnd(bias_tee=True))).result(5.0)
        state = worker.ask(lambda: worker.set_front_end(FrontEnd(correct_dc=True, correct_iq=True))).result(5.0)
        assert state.front_end.correct_dc
        assert state.switches == ()
        count = len(heard.levels)
        heard.until(lambda: len(heard.levels) > count + 2)
        assert heard.levels[-1].power_dbfs == pytest.approx(-30.0, abs=0.1)


def test_switches_are_set_again_when_the_receiver_comes_back() -> None:
    class Switched(ScriptedReceiver):
        switches = ("bias_tee",)

        def set_front_end(self, front_end: FrontEnd) -> None:
            told.append(front_end)

    told: list[FrontEnd] = []
    scripts: list[Script] = [blocks(10), blocks(10)]
    with working(lambda _: Switched(scripts.pop(0))) as (worker, heard, _, _):
        heard.until(lambda: worker.state.connected)
        worker.ask(lambda: worker.set_front_end(FrontEnd(bias_tee=True))).result(5.0)
        worker.ask(lambda: worker.connect("again")).result(5.0)
        heard.until(lambda: worker.state.connected)
        assert told == [FrontEnd(), FrontEnd(bias_tee=True), FrontEnd(bias_tee=True)]
        assert worker.state.switches == ("bias_tee",)

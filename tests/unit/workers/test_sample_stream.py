"""Changes of gain in one receiver's samples: where they are found, what is thrown away, what stays true."""

import itertools

import numpy as np
import pytest

from app.clock import Clock
from app.domain.radio import BeaconKind, Level, Target, Window
from app.dsp.fourier import Transform
from app.ports import Block, ReceiverInfo
from app.tape import SampleTape
from app.workers.stream import Stream, TimedRow
from app.workers.tuner import Tuning

RATE_HZ = 240_000.0
SIZE = 12_000
TARGET = Target("b", "Beacon", BeaconKind.CARRIER, 433.95e6)
INFO = ReceiverInfo("x", False, 434e6, RATE_HZ, (0.0, 10.0, 20.0))


class SetClock(Clock):
    """Stands where it is put."""

    def __init__(self, rate: float) -> None:
        super().__init__(rate)
        self.time_s = 1000.0

    def now_s(self) -> float:
        return self.time_s


class Receiver:
    """A carrier through a gain that takes hold ``late_s`` of true time after it is set."""

    def __init__(self, speed: float = 8.0, shows: float = 1.0) -> None:
        self.clock = SetClock(speed)
        self.stream = Stream(INFO, Tuning(434e6, 20.0), Transform(1024), 30.0, self.clock, SampleTape(60.0, 10_000_000))
        self.stream.follow((TARGET,))
        self.rng = np.random.default_rng(1)
        self.at = 0
        self.shows = shows
        self.gains = [(0, 0.0)]
        self.levels: list[Level] = []
        self.rows: list[TimedRow] = []

    def run(self, blocks: int, lost_at: int = -1) -> None:
        for number in range(blocks):
            lost = 4_000 if number == lost_at else 0
            self.at += lost
            n = np.arange(self.at, self.at + SIZE)
            iq = 0.03 * np.exp(-2j * np.pi * 50e3 / RATE_HZ * n)
            iq += 0.003 * (self.rng.standard_normal(SIZE) + 1j * self.rng.standard_normal(SIZE))
            for first, change_db in self.gains:
                iq *= np.where(n >= first, 10 ** (self.shows * change_db / 20), 1.0)
            self.at += SIZE
            self.clock.time_s = 1000.0 + self.at / RATE_HZ
            block = Block(self.at - SIZE, lost, iq.astype(np.complex64), 0.0, memoryview(b""), "cu8")
            for fact in self.stream.feed(block):
                if isinstance(fact, Level):
                    self.levels.append(fact)
                elif isinstance(fact, TimedRow):
                    self.rows.append(fact)

    def set_gain(self, gain_db: float, change_db: float, late_s: float) -> None:
        self.gains.append((self.at + round(late_s * self.clock.rate * RATE_HZ), change_db))
        self.stream.retuned(Tuning(434e6, gain_db))

    def silence_s(self) -> float:
        """Longest time without a level."""
        times = [level.time_s for level in self.levels]
        return max(after - before for before, after in itertools.pairwise(times))


@pytest.mark.parametrize("late_s", [0.005, 0.06, 0.2])
def test_only_some_milliseconds_are_thrown_away_where_the_step_shows(late_s: float) -> None:
    radio = Receiver()
    radio.run(60)
    radio.set_gain(10.0, -10.0, late_s)
    radio.run(100)
    assert not radio.stream.changing
    assert radio.silence_s() < 0.6  # of which 0.2 until the noise floor is known; was 2.9
    assert all(level.power_db == pytest.approx(-50.46, abs=0.1) for level in radio.levels)
    assert np.diff([row.row.first for row in radio.rows]).min() > 0


def test_where_it_does_not_show_all_that_may_be_mixed_is_thrown_away() -> None:
    radio = Receiver(shows=0.0)
    radio.run(60)
    radio.set_gain(10.0, -10.0, 0.1)
    radio.run(100)
    assert not radio.stream.changing
    assert 2.0 < radio.silence_s() < 3.5
    assert {round(level.power_db) for level in radio.levels} == {-50, -40}


def test_rows_go_on_while_a_change_is_on_its_way() -> None:
    radio = Receiver(speed=1.0, shows=0.0)
    radio.run(20)
    radio.set_gain(10.0, -10.0, 0.1)
    shown = []
    for _ in range(10):
        before = len(radio.rows)
        radio.run(1)
        shown.append(len(radio.rows) - before)
    assert min(shown) >= 1
    assert max(shown) <= 2
    ends = [timed.row.last for timed in radio.rows]
    assert ends == sorted(set(ends))
    assert max(np.diff(ends)) < 2.0 * RATE_HZ / 30.0


def test_a_spectrum_of_another_size_while_a_change_is_on_its_way() -> None:
    radio = Receiver(speed=1.0, shows=0.0)
    radio.run(20)
    radio.set_gain(10.0, -10.0, 0.1)
    radio.run(2)
    before = len(radio.rows)
    radio.stream.reshape(Transform(512), Window.HANN)
    radio.run(6)
    assert len(radio.rows) >= before + 6
    assert {timed.row.power.size for timed in radio.rows[before:]} == {512}
    ends = [timed.row.last for timed in radio.rows]
    assert ends == sorted(set(ends))


def test_a_gap_and_a_second_change_while_it_is_on_its_way() -> None:
    radio = Receiver()
    radio.run(60)
    radio.set_gain(10.0, -10.0, 0.15)
    radio.run(4)
    radio.set_gain(20.0, 10.0, 0.15)
    radio.run(160, lost_at=3)
    assert not radio.stream.changing
    assert radio.stream.arrivals.lost == 4_000
    assert sum(row.lost_before for row in radio.rows) == 4_000
    assert all(level.power_db == pytest.approx(-50.46, abs=0.1) for level in radio.levels)
    times = [level.time_s for level in radio.levels]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(radio.clock.time_s, abs=0.2)

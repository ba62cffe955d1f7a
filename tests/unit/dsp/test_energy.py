"""Energy outside the targets: bursts of a real capture, signals of known place, and silence in noise."""

import csv
from pathlib import Path

import numpy as np
import pytest

from app.domain.radio import BeaconKind, Detection, Target
from app.dsp.energy import Burst, BurstFinder
from app.dsp.pipeline import Pipeline
from app.settings import RadioSettings
from hardware.receivers import receiver_for
from tests.unit.dsp.signals import noise, tone

RATE_HZ = 240_000.0
TARGET = Target("t", "T", BeaconKind.CARRIER, 433.05e6)


@pytest.mark.shared
def test_every_frame_of_an_adsb_capture_is_in_a_burst(shared_data: Path) -> None:
    receiver = receiver_for(f"file:{shared_data}/adsb/modes1_1090M_2000k.cu8?speed=0", RadioSettings())
    info = receiver.open()
    assert (info.rate_hz, info.centre_hz) == (2e6, 1090e6)
    finder = BurstFinder(info.rate_hz)
    bursts: list[Burst] = []
    samples = 0
    while samples < 356_868:
        block = receiver.read(1.0)
        assert block is not None
        bursts += finder.feed(block.iq, block.first_sample)
        samples += block.iq.size
    receiver.close()
    with (shared_data / "adsb" / "modes1_expected.csv").open() as file:
        frames = [(int(row["sample_index"]), 16 + 8 * len(row["hex"])) for row in csv.DictReader(file)]
    assert len(frames) == 194
    for first, length in frames:
        assert any(burst.first - 64 <= first and burst.last + 64 >= first + length for burst in bursts)
    assert sum(burst.last - burst.first for burst in bursts) < 0.5 * samples


def others(signal_db: float, offset_hz: float, seconds: int, on: slice) -> list[Detection]:
    pipeline = Pipeline(433e6, RATE_HZ, 0.0, 2048, 30.0)
    pipeline.follow((TARGET,), 0)
    found = []
    for second in range(seconds):
        iq = noise(-50.0, 240_000, second)
        iq[on] += tone(offset_hz, signal_db, 240_000)[on]
        for part in np.array_split(iq, 20):
            facts = pipeline.feed(part, overload=False, time_of=lambda sample: sample / RATE_HZ)
            found += [fact for fact in facts if isinstance(fact, Detection) and not fact.target_id]
    return found


def test_noise_alone_is_no_signal() -> None:
    assert others(-200.0, 0.0, 20, slice(0, 0)) == []


def test_a_steady_signal_outside_the_targets_is_told_each_five_seconds() -> None:
    found = others(-60.0, -60_000.0, 8, slice(0, 240_000))
    assert len(found) == 2
    assert found[0].kind is BeaconKind.WIDEBAND
    assert found[0].frequency_hz == pytest.approx(432.94e6, abs=200.0)
    assert found[0].power_dbfs == pytest.approx(-60.0, abs=0.5)


def test_the_target_itself_is_not_told_as_another() -> None:
    assert others(-40.0, 50_000.0, 4, slice(0, 240_000)) == []
    assert others(-30.0, 50_000.0, 4, slice(0, 24_000)) == []


def test_bursts_are_told_together() -> None:
    found = [one for one in others(-35.0, -60_000.0, 4, slice(2_000, 4_400)) if "burst" in one.text]
    assert len(found) == 4
    assert found[0].frequency_hz == pytest.approx(432.94e6, abs=2_000.0)
    assert found[0].duration_s == pytest.approx(0.01, abs=0.001)
    assert found[0].snr_db == pytest.approx(15.0, abs=1.0)

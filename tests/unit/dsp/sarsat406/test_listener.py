"""A 406 MHz target in a stream of blocks, from the simulator's own waveform: once each, at its time, with its place."""

import numpy as np
import pytest

from app.domain.geometry import LatLon
from app.domain.radio import BeaconKind, Detection, Target
from app.domain.sarsat406.message import Decoded
from app.dsp.sarsat406.listener import BurstListener
from hardware.sim.config import Emitter
from hardware.sim.waveforms import waveform
from tests.unit.dsp.sarsat406.bursts406 import in_noise

RATE_HZ = 240_000.0
TARGET = Target("b", "Beacon", BeaconKind.SARSAT1, 433.92e6, period_s=5.0, pulse_s=0.52)
PLACE = LatLon(47.39774, -8.54559)


def hear(position: LatLon | None, seconds: float, block: int, gap_at: int = -1) -> list[Decoded | Detection]:
    emitter = Emitter(PLACE, BeaconKind.SARSAT1, period_s=5.0, encode_position=position is not None)
    wave = waveform(emitter, RATE_HZ, 0.7)
    listener = BurstListener(TARGET, TARGET.frequency_hz + 48_000.0, RATE_HZ)
    listener.reset(0)
    rng = np.random.default_rng(1)
    facts: list[Decoded | Detection] = []
    for number, first in enumerate(range(0, round(seconds * RATE_HZ), block)):
        if number == gap_at:
            listener.reset(first + block)
            continue
        turn = np.exp(-2j * np.pi * 47_850.0 / RATE_HZ * np.arange(first, first + block))  # 150 Hz off
        samples = in_noise(wave.envelope(first, block) * turn, 45.0, rng, RATE_HZ)
        facts += listener.feed(samples, lambda sample: 1000.0 + sample / RATE_HZ)
    return facts


@pytest.mark.parametrize("block", [12_000, 131_072])
def test_each_burst_once_with_its_time_and_place(block: int) -> None:
    facts = hear(PLACE, 9.0, block)
    told = [fact for fact in facts if isinstance(fact, Decoded)]
    assert [fact.time_s for fact in told] == pytest.approx([1000.7, 1005.7], abs=2e-3)
    for fact in told:
        assert fact.target_id == "b"
        assert (fact.country, fact.test, fact.ok) == ("France", True, True)
        assert fact.frequency_hz == pytest.approx(433.92e6 + 150.0, abs=3.0)
        assert fact.lat_deg == pytest.approx(PLACE.lat_deg, abs=2.1 / 3600.0)
        assert fact.lon_deg == pytest.approx(PLACE.lon_deg, abs=2.1 / 3600.0)
    seen = [fact for fact in facts if isinstance(fact, Detection)]
    assert len(seen) == len(told)
    assert all(fact.confirmed and told[0].id_hex in fact.text for fact in seen)
    assert seen[0].power_dbfs == pytest.approx(0.0, abs=0.5)


def test_without_a_receiver_of_its_own_the_beacon_says_no_place() -> None:
    told = [fact for fact in hear(None, 3.0, 24_000) if isinstance(fact, Decoded)]
    assert [fact.position for fact in told] == [None]


def test_a_gap_in_the_burst_loses_it_and_no_more() -> None:
    facts = [fact for fact in hear(PLACE, 9.0, 24_000, gap_at=10) if isinstance(fact, Decoded)]
    assert [fact.time_s for fact in facts] == pytest.approx([1005.7], abs=2e-3)

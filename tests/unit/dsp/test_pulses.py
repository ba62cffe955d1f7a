"""Pulsed tags and long bursts: levels, false alarms, and trains of pulses that keep a period."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.domain.radio import BeaconKind, Detection, Level, Target
from app.dsp.bursts import BurstMeter
from app.dsp.levels import Measured
from app.dsp.pipeline import Pipeline
from app.dsp.power import to_db
from app.dsp.pulses import PulseMeter
from tests.unit.dsp.signals import noise, tone

CHANNEL_HZ = 10_000.0
RATE_HZ = 60_000.0


def keyed(
    signal: NDArray[np.complex64], starts_s: NDArray[np.float64], length_s: float, rate_hz: float
) -> NDArray[np.complex64]:
    """The signal on during each pulse, off between."""
    on = np.zeros(signal.size, np.float32)
    for start in starts_s:
        on[round(start * rate_hz) : round((start + length_s) * rate_hz)] = 1.0
    return np.asarray(signal * on, np.complex64)


def levels_of(meter: PulseMeter | BurstMeter, samples: NDArray[np.complex64], noise_db: float) -> list[Measured]:
    per_hz = 10 ** (noise_db / 10) / CHANNEL_HZ
    return [one for part in np.array_split(samples, 37) for one in meter.feed(part, per_hz)]


@pytest.mark.parametrize(("offset_hz", "period_s"), [(733.3, 1.0), (-1_411.0, 1.013), (0.0, 2.0)])
def test_each_pulse_is_a_level_of_its_own_power(offset_hz: float, period_s: float) -> None:
    samples = noise(-60.0, 200_000) + keyed(
        tone(offset_hz, -35.0, 200_000, CHANNEL_HZ), np.arange(0.4, 19.5, period_s), 0.015, CHANNEL_HZ
    )
    meter = PulseMeter(CHANNEL_HZ, 4_000.0, period_s, 0.015)
    levels = levels_of(meter, samples, -60.0)
    assert len(levels) == pytest.approx(19.6 / period_s, abs=2)
    for level in levels:
        assert level.heard
        assert to_db(level.power) == pytest.approx(-35.0, abs=0.15)
        assert level.offset_hz == pytest.approx(offset_hz, abs=3.0)
        assert to_db(level.noise) == pytest.approx(-60.0 - to_db(150), abs=0.1)
        phase = (level.middle / CHANNEL_HZ - 0.4 - 0.0075) / period_s
        assert phase == pytest.approx(round(phase), abs=0.001)


def test_a_missing_pulse_is_a_level_not_heard() -> None:
    starts = np.array([0.4, 1.4, 2.4, 4.4, 5.4, 6.4])
    samples = noise(-60.0, 80_000) + keyed(tone(500.0, -45.0, 80_000, CHANNEL_HZ), starts, 0.015, CHANNEL_HZ)
    levels = levels_of(PulseMeter(CHANNEL_HZ, 4_000.0, 1.0, 0.015), samples, -60.0)
    assert [level.heard for level in levels][:6] == [True, True, True, False, True, True]
    missed = levels[3]
    assert missed.middle / CHANNEL_HZ == pytest.approx(3.4, abs=0.1)
    assert to_db(missed.power / missed.noise) == pytest.approx(13.0, abs=0.5)  # what would have been heard
    assert missed.snr < 10.0


def test_noise_is_heard_as_a_pulse_as_often_as_stated() -> None:
    pfa, periods = 0.05, 1_000
    meter = PulseMeter(CHANNEL_HZ, 4_000.0, 0.5, 0.015, pfa)
    heard = total = 0
    for seed in range(25):
        for level in meter.feed(noise(0.0, periods // 25 * 5_000, seed), 1.0 / CHANNEL_HZ):
            heard, total = heard + level.heard, total + 1
    assert total > 0.9 * periods
    assert 0.4 * pfa <= heard / total <= 2.0 * pfa


def test_a_burst_is_a_level_of_its_own_power_soon_after_its_end() -> None:
    starts = np.array([3.0, 53.0])
    samples = noise(-50.0, 700_000) + keyed(tone(400.0, -40.0, 700_000, CHANNEL_HZ), starts, 0.44, CHANNEL_HZ)
    meter = BurstMeter(CHANNEL_HZ, 4_000.0, 50.0, 0.44)
    seen: list[tuple[float, Measured]] = []
    for at in range(0, 700_000, 5_000):
        seen += [((at + 5_000) / CHANNEL_HZ, one) for one in meter.feed(samples[at : at + 5_000], 1e-5 / CHANNEL_HZ)]
    assert [level.heard for _, level in seen] == [True, True]
    for (now_s, level), start_s in zip(seen, starts, strict=True):
        assert level.middle / CHANNEL_HZ == pytest.approx(start_s + 0.22, abs=0.02)
        assert to_db(level.power) == pytest.approx(-40.0, abs=0.15)
        assert now_s - start_s < 2.0


def test_no_burst_is_told_each_period() -> None:
    meter = BurstMeter(CHANNEL_HZ, 4_000.0, 5.0, 0.44)
    levels = levels_of(meter, noise(-50.0, 250_000), -50.0)
    assert [level.heard for level in levels] == [False] * len(levels)
    assert len(levels) == 4


def test_noise_is_heard_as_a_burst_no_more_often_than_stated() -> None:
    pfa = 0.05
    heard = 0
    meter = BurstMeter(CHANNEL_HZ, 4_000.0, 5.0, 0.44, pfa)
    for seed in range(100):
        heard += sum(level.heard for level in meter.feed(noise(0.0, 50_000, seed), 1.0 / CHANNEL_HZ))
    assert heard / 100 <= 2.0 * pfa  # below, when the floor is known better than is allowed for


def heard_by_pipeline(target: Target, signal: NDArray[np.complex64], seed: int = 5) -> list[Level | Detection]:
    pipeline = Pipeline(150e6, RATE_HZ, 0.0, 2048, 30.0)
    pipeline.follow((target,), 0)
    facts = []
    rng = np.random.default_rng(seed)
    for at in range(0, signal.size, 15_000):
        part = signal[at : at + 15_000]
        part = part + noise(-50.0, part.size, int(rng.integers(1 << 30)))
        facts += list(pipeline.feed(part, overload=False, time_of=lambda sample: sample / RATE_HZ))
    return [fact for fact in facts if isinstance(fact, Level | Detection)]


TAG = Target("tag", "Fox", BeaconKind.PULSED, 150.015e6)


def test_a_strong_tag_is_told_at_its_own_frequency_and_power() -> None:
    count = int(11 * RATE_HZ)
    signal = keyed(tone(15_500.0, -20.0, count, RATE_HZ), np.arange(0.3, 10.9, 1.0), 0.015, RATE_HZ)
    detection = next(fact for fact in heard_by_pipeline(TAG, signal) if isinstance(fact, Detection))
    assert detection.confirmed
    assert detection.frequency_hz == pytest.approx(150.0155e6, abs=20.0)
    assert detection.power_dbfs == pytest.approx(-20.0, abs=0.5)


def test_weak_pulses_are_confirmed_by_folding_before_each_is_heard() -> None:
    count = int(16 * RATE_HZ)
    level_db = -50.0 - to_db(RATE_HZ * 0.015) + 9.0  # E / N0 of 9 dB
    signal = keyed(tone(15_500.0, level_db, count, RATE_HZ), np.arange(0.3, 15.9, 1.0), 0.015, RATE_HZ)
    facts = heard_by_pipeline(TAG, signal)
    assert any(isinstance(fact, Detection) and fact.confirmed for fact in facts)
    levels = [fact for fact in facts if isinstance(fact, Level)]
    assert sum(level.heard for level in levels) < len(levels) / 2


def test_levels_follow_a_period_that_was_not_known() -> None:
    tag = Target("tag", "Fox", BeaconKind.PULSED, 150.015e6, period_s=0.0)
    count = int(20 * RATE_HZ)
    signal = keyed(tone(15_500.0, -55.0, count, RATE_HZ), np.arange(0.3, 19.9, 1.0), 0.015, RATE_HZ)
    times_s = [fact.time_s for fact in heard_by_pipeline(tag, signal) if isinstance(fact, Level)]
    assert np.diff(times_s)[0] > 1.5
    assert np.diff(times_s)[-4:] == pytest.approx(1.0, abs=0.001)

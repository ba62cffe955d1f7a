"""Power, floor, channel and levels against signals of known power."""

from itertools import pairwise

import numpy as np
import pytest

from app.domain.radio import BeaconKind, Detection, Level, Target
from app.domain.sarsat406.message import Decoded
from app.dsp.channel import Channel
from app.dsp.floor import NoiseFloor
from app.dsp.levels import SliceMeter
from app.dsp.pipeline import Pipeline
from app.dsp.power import band_power, to_db
from app.dsp.spectrum import Row, SpectrumEstimator
from tests.unit.dsp.signals import noise, tone

RATE_HZ = 240_000.0


@pytest.mark.parametrize("offset_hz", [-71_234.5, -30_000.0, 58.6, 12_345.6, 90_000.0])
def test_a_tone_reads_its_power_in_the_spectrum_and_in_a_level(offset_hz: float) -> None:
    centre_hz = 433e6
    target = Target("t", "T", BeaconKind.CARRIER, centre_hz + offset_hz + 500.0)
    pipeline = Pipeline(centre_hz, RATE_HZ, 20.0, 2048, 30.0)
    pipeline.follow((target,), 0)
    iq = tone(offset_hz, -37.0, 200_000) + noise(-60.0, 200_000)
    facts = list(pipeline.feed(iq, overload=False, time_of=lambda sample: sample / RATE_HZ))
    row = next(fact for fact in facts if isinstance(fact, Row))
    place = 1024 + offset_hz / RATE_HZ * 2048
    assert to_db(band_power(row.power, place, 9)) == pytest.approx(-37.0, abs=0.1)
    levels = [fact for fact in facts if isinstance(fact, Level)]
    assert len(levels) >= 3
    for level in levels:
        assert level.heard
        assert level.power_dbfs == pytest.approx(-37.0, abs=0.1)
        assert level.power_db == pytest.approx(-57.0, abs=0.1)
        assert level.frequency_hz == pytest.approx(centre_hz + offset_hz, abs=2.0)
        assert level.noise_dbfs == pytest.approx(-60.0 + to_db(4000.0 / RATE_HZ), abs=0.7)


def test_a_tone_on_a_bin_reads_its_height() -> None:
    (row,) = list(SpectrumEstimator(2048, 4096.0).feed(tone(RATE_HZ / 8, -20.0, 4096)))
    assert to_db(float(row.power.max())) == pytest.approx(-20.0, abs=0.01)
    assert int(row.power.argmax()) == 1024 + 256


def test_rows_cover_every_sample_whatever_the_blocks() -> None:
    iq = noise(-10.0, 100_003)
    whole = list(SpectrumEstimator(1024, 8000.0).feed(iq))
    pieces = SpectrumEstimator(1024, 8000.0)
    rows = [row for part in np.array_split(iq, [5, 700, 1025, 33_333, 80_001]) for row in pieces.feed(part)]
    assert [(row.first, row.last, row.frames) for row in rows] == [(row.first, row.last, row.frames) for row in whole]
    assert all(a.last == b.first for a, b in pairwise(rows))
    assert rows[0].first == 0
    assert len(rows) == 12  # 100003 / 8000, in whole frames
    for a, b in zip(rows, whole, strict=True):
        np.testing.assert_allclose(a.power, b.power, rtol=1e-4)


def test_rows_come_at_most_one_a_frame() -> None:
    rows = list(SpectrumEstimator(2048, 500.0).feed(noise(-10.0, 20_480)))
    assert [row.frames for row in rows] == [1] * 10


def test_a_steady_carrier_does_not_become_its_own_floor() -> None:
    floor = NoiseFloor(2048)
    for second in range(20):
        (row,) = SpectrumEstimator(2048, 2048.0 * 50).feed(
            noise(-50.0, 2048 * 50, second) + tone(48_000.0, -20.0, 2048 * 50)
        )
        floor.feed(row.power, row.frames)
    expected_db = -50.0 - to_db(2048)
    assert to_db(floor.density(1024 + 409.6, 34)) == pytest.approx(expected_db, abs=0.2)
    assert to_db(floor.density(300, 34)) == pytest.approx(expected_db, abs=0.1)


def test_bursts_do_not_raise_the_floor() -> None:
    floor = NoiseFloor(2048)
    for step in range(16):
        burst_db = -20.0 if step % 2 else -50.0  # the whole band, half of the time
        (row,) = SpectrumEstimator(2048, 2048.0 * 50).feed(noise(burst_db, 2048 * 50, step))
        floor.feed(row.power, row.frames)
    assert to_db(floor.density(1024 + 400, 34)) == pytest.approx(-50.0 - to_db(2048), abs=0.7)


@pytest.mark.parametrize("bandwidth_hz", [200.0, 4_000.0, 25_000.0, 200_000.0])
def test_a_channel_is_flat_within_and_deaf_without(bandwidth_hz: float) -> None:
    centre_hz = 10_000.0
    count = 60_000 if bandwidth_hz > 1000 else 240_000
    for inside in (-0.49, -0.2, 0.0, 0.37, 0.49):
        out = Channel(RATE_HZ, centre_hz, bandwidth_hz).feed(tone(centre_hz + inside * bandwidth_hz, 0.0, count))
        assert to_db(float(np.mean(np.abs(out) ** 2))) == pytest.approx(0.0, abs=0.03)
    channel = Channel(RATE_HZ, centre_hz, bandwidth_hz)
    for fold in range(1, min(channel.decimation, 5)):
        image_hz = centre_hz + fold * channel.rate_hz + 0.4 * bandwidth_hz
        out = Channel(RATE_HZ, centre_hz, bandwidth_hz).feed(tone(image_hz, 0.0, count))
        assert to_db(float(np.mean(np.abs(out) ** 2))) < -60.0


def test_a_channel_does_not_see_the_blocks() -> None:
    iq = noise(0.0, 50_021)
    whole = Channel(RATE_HZ, -33_000.0, 4_000.0).feed(iq)
    pieces = Channel(RATE_HZ, -33_000.0, 4_000.0)
    parts = np.concatenate([pieces.feed(part) for part in np.array_split(iq, [3, 10, 250, 7_777, 31_000])])
    np.testing.assert_allclose(parts, whole, atol=1e-5)


@pytest.mark.parametrize("bandwidth_hz", [500.0, 4_000.0])
def test_noise_alone_is_heard_as_often_as_stated(bandwidth_hz: float) -> None:
    rate_hz, slices, pfa = 10_000.0, 4_000, 2e-2
    meter = SliceMeter(rate_hz, bandwidth_hz, pfa)
    heard = 0
    for seed in range(20):
        samples = noise(0.0, slices // 20 * 1000, seed)
        heard += sum(measured.heard for measured in meter.feed(samples, 1.0 / rate_hz))
    assert 0.5 * pfa <= heard / slices <= 2.0 * pfa


def test_what_is_not_heard_is_an_upper_bound() -> None:
    meter = SliceMeter(10_000.0, 4_000.0)
    measured = [one for one in meter.feed(noise(-40.0, 100_000, 3), 1e-4 * 1e-4) if not one.heard]
    assert len(measured) > 90
    assert all(to_db(one.power) > -40 - 4 - 10 for one in measured)
    assert all(one.snr < 0.3 for one in measured)


def test_a_carrier_is_told_once_and_again_after_five_seconds() -> None:
    target = Target("t", "T", BeaconKind.CARRIER, 433.05e6)
    pipeline = Pipeline(433e6, RATE_HZ, 0.0, 2048, 30.0)
    pipeline.follow((target,), 0)
    facts: list[Row | Level | Detection | Decoded] = []
    for second in range(9):
        iq = noise(-50.0, 240_000, second)
        if second >= 2:
            iq += tone(50_000.0, -60.0, 240_000)
        facts += pipeline.feed(iq, overload=False, time_of=lambda sample: sample / RATE_HZ)
    detections = [fact for fact in facts if isinstance(fact, Detection)]
    assert [detection.target_id for detection in detections] == ["t", "t"]
    assert detections[0].time_s == pytest.approx(2.0, abs=0.15)
    assert not detections[0].confirmed
    assert detections[1].confirmed
    assert detections[1].duration_s == pytest.approx(5.3, abs=0.3)
    assert "steady" in detections[1].text

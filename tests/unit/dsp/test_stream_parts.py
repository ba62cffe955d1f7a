"""Sample clock, gain control, passband and byte conversion."""

import numpy as np
import pytest

from app.domain.radio import BeaconKind, Target
from app.dsp.gain import GainControl
from app.dsp.passband import centre_for, in_passband, well_placed
from app.dsp.sampleclock import SampleClock
from app.dsp.samples import clipped_share, from_cu8, from_signed

GAINS = (0.0, 10.0, 20.0, 30.0, 33.0, 40.0)


def test_conversion_reaches_full_scale() -> None:
    raw = np.array([0, 255, 127, 128], np.uint8)
    iq = from_cu8(raw, np.zeros(8, np.complex64))
    np.testing.assert_allclose(iq, [-1 + 1j, -1 / 255 + 1j / 255], atol=1e-6)
    signed = from_signed(np.array([-32768, 32767], np.int16), np.zeros(1, np.complex64))
    np.testing.assert_allclose(signed, [-1 + 1j], atol=1e-4)


def test_clipping_counts_samples_not_parts() -> None:
    raw = np.full(20, 100, np.uint8)
    assert clipped_share(raw) == 0.0
    raw[0] = raw[1] = 255
    raw[5] = 0
    assert clipped_share(raw) == pytest.approx(0.2)


def test_time_follows_the_earliest_arrivals() -> None:
    times = SampleClock(1000.0, 1.0, 50, 100.08)
    for block in range(1, 2000):
        count = 50 * (block + 1)
        late_s = 0.03 + 0.02 * ((block * 7) % 10) / 10
        assert times.arrived(count, 100.0 + count / 1000.0 + late_s) == 0
    assert times.time_s(1000) == pytest.approx(101.03, abs=0.003)
    assert times.sample_at(times.time_s(1234.5)) == pytest.approx(1234.5)


def test_a_slow_crystal_is_followed() -> None:
    times = SampleClock(1000.0, 1.0, 50, 0.05)
    rate = 1000.0 * (1 - 100e-6)
    for block in range(1, 20_000):
        count = 50 * (block + 1)
        assert times.arrived(count, count / rate) == 0
    assert times.time_s(count) == pytest.approx(count / rate, abs=0.01)


def test_samples_lost_unsaid_are_counted() -> None:
    times = SampleClock(1000.0, 1.0, 50, 0.05)
    missing = 0
    for block in range(1, 1000):
        count = 50 * (block + 1)
        lost = 800 if block > 300 else 0  # the sender dropped 0.8 s and says nothing
        missing += times.arrived(count + missing, (count + lost) / 1000.0)
    assert missing == pytest.approx(800, abs=20)
    assert times.time_s(count + missing) == pytest.approx((count + 800) / 1000.0, abs=0.03)


def test_a_short_hold_up_is_no_gap() -> None:
    times = SampleClock(1000.0, 1.0, 50, 0.05)
    for block in range(1, 1000):
        count = 50 * (block + 1)
        hold_s = 3.0 if 300 < block < 400 else 0.0
        assert times.arrived(count, count / 1000.0 + hold_s) == 0


def test_an_anchor_set_too_late_is_put_right_at_once() -> None:
    times = SampleClock(1000.0, 10.0, 50, 0.05)
    for block in range(1, 1000):
        count = 50 * (block + 1)
        held_up_s = 9.0 if block < 500 else 0.0  # 25 s of 10x time, then the sender has caught up
        assert times.arrived(count, count / 1000.0 + held_up_s) == 0
    assert times.time_s(count) <= count / 1000.0 + 1.0


def test_a_simulation_that_slips_is_followed_and_loses_nothing() -> None:
    times = SampleClock(1000.0, 20.0, 50, 0.05, slips=True)
    for block in range(1, 1000):
        count = 50 * (block + 1)
        slip_s = 3.0 if block > 300 else 0.0
        assert times.arrived(count, count / 1000.0 + slip_s) == 0
    assert times.time_s(count) == pytest.approx(count / 1000.0 + 3.0, abs=0.01)


def test_gain_goes_down_at_once_and_up_slowly() -> None:
    control = GainControl(GAINS, 0.0)
    assert control.gain_db == 30.0
    assert control.feed(0.01, 1.0, 0.1) == 20.0
    assert control.feed(0.01, 1.0, 0.2) == 10.0
    quiet = [control.feed(0.0, 0.01, 0.2 + 0.1 * step) for step in range(200)]
    steps = [(round(0.1 * index, 1), gain) for index, gain in enumerate(quiet) if gain is not None]
    assert [gain for _, gain in steps] == [20.0, 30.0, 33.0]
    assert steps[0][0] >= 10.0
    assert control.feed(0.0, 0.4, 60.0) is None  # a step of 3 dB would leave no room


def test_gain_stays_at_its_ends() -> None:
    control = GainControl((0.0,), 0.0)
    assert control.feed(0.5, 1.0, 0.0) is None
    assert control.feed(0.0, 0.0, 100.0) is None


@pytest.mark.parametrize("bandwidth_hz", [500.0, 4_000.0, 60_000.0, 200_000.0])
def test_the_centre_is_placed_so_that_the_target_is_heard(bandwidth_hz: float) -> None:
    target = Target("t", "T", BeaconKind.CARRIER, 433.92e6, bandwidth_hz)
    centre_hz = centre_for(target, 240e3)
    assert well_placed(target, centre_hz, 240e3)
    assert not in_passband(target, centre_hz + 240e3, 240e3)


def test_a_target_on_the_centre_is_not_well_placed() -> None:
    target = Target("t", "T", BeaconKind.CARRIER, 433.92e6)
    assert not well_placed(target, 433.92e6, 240e3)
    assert in_passband(target, 433.92e6, 240e3)

"""The memory bench plays what it says: every kind of beacon through the receiver's worker."""

import numpy as np
import pytest

from app.bench.memory import LOOP_S, OFFSETS_HZ, RATE_HZ, beacons, memory_figures


def test_a_loop_has_every_beacon_at_its_place_and_clips_nothing() -> None:
    raw = beacons(np.random.default_rng(1))
    assert raw.size == 2 * LOOP_S * RATE_HZ
    assert np.count_nonzero((raw == 0) | (raw == 255)) < 1e-3 * raw.size
    samples = (raw.astype(np.float32) - np.float32(127.5)).view(np.complex64)
    power = (np.abs(np.fft.fft(samples.reshape(-1, 14_400), axis=1)) ** 2).max(axis=0)
    floor = float(np.median(power))
    assert all(power[round(hz / 10.0) - 60 : round(hz / 10.0) + 60 or None].max() > 2.0 * floor
               for hz in OFFSETS_HZ.values() if hz)  # fmt: skip


@pytest.mark.slow
def test_what_is_played_is_heard_and_memory_is_read() -> None:
    then, at_end, ratio, kinds, told = memory_figures(30.0, 10.0)
    assert then.value > 0.0
    assert ratio.value == pytest.approx(at_end.value / then.value)
    assert kinds.value >= 4
    assert told.value >= kinds.value

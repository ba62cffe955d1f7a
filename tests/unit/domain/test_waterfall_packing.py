"""A stretch of waterfall packed and unpacked: the same within its steps, and nothing else is taken for one."""

import numpy as np
import pytest

from app.domain.waterfall import STEP_DB, Stretch, pack, unpack

RNG = np.random.default_rng(3)


def stretch(rows: int = 40, bins: int = 1024) -> Stretch:
    power = RNG.normal(-95.0, 1.5, (rows, bins)).astype(np.float32)
    times = np.arange(1.7e9, 1.7e9 + rows / 4, 0.25)
    return Stretch(times, 433e6, 240e3, RNG.integers(0, 3, rows), power)


def test_times_losses_and_levels_come_back() -> None:
    before = stretch()
    packed = pack(before)
    after = unpack(packed, 40, 1024, float(before.time_s[0]), before.centre_hz, before.rate_hz)
    np.testing.assert_allclose(after.time_s, before.time_s, atol=1e-5)
    np.testing.assert_array_equal(after.lost_before, before.lost_before)
    assert np.abs(after.power_dbfs - before.power_dbfs).max() <= STEP_DB / 2.0 + 1e-4
    assert len(packed) < 0.55 * before.power_dbfs.size


def test_levels_beyond_the_scale_and_nan_are_its_ends() -> None:
    power = np.array([[-500.0, 0.0, 12.0, np.nan, np.inf, -np.inf]], np.float32)
    one = Stretch(np.array([5.0]), 1e8, 1e6, np.array([2**40]), power)
    after = unpack(pack(one), 1, 6, 5.0, 1e8, 1e6)
    assert after.power_dbfs.tolist() == [[-127.5, 0.0, 0.0, -127.5, 0.0, -127.5]]
    assert after.lost_before.tolist() == [2**32 - 1]


@pytest.mark.parametrize("content", [b"", b"nonsense", pack(stretch(3, 8)), pack(stretch(40, 1024))[:-9]])
def test_what_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="packed waterfall"):
        unpack(content, 40, 1024, 0.0, 1e8, 1e6)

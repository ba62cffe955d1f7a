"""Kept rows of a flight as lines of pixels: the right line, the highest power, gaps left open."""

import math

import numpy as np
import pytest

from app.domain.waterfall import Stretch
from widgets.flight_lines import lines_of


def stretch(*times_s: float, first: float = -100.0, centre_hz: float = 433e6, lost: int = 0) -> Stretch:
    """Row n is ``first`` + n dBFS in all of its four bins."""
    levels = first + np.arange(len(times_s), dtype=np.float32)[:, None] + np.zeros((1, 4), np.float32)
    return Stretch(np.array(times_s), centre_hz, 4e3, np.full(len(times_s), lost), levels.astype(np.float32))


def levels(stretches: list[Stretch], until_s: float, step_s: float, height: int) -> list[float]:
    found = lines_of(stretches, until_s, step_s, height)
    return [math.nan if line is None else float(line.power_dbfs[0]) for line in found]


def test_each_line_has_the_highest_of_its_time_newest_first() -> None:
    rows = stretch(*np.arange(0.0, 8.0, 0.25))  # 32 rows, -100 ... -69 dBFS
    assert levels([rows], 8.0, 2.0, 4) == [-69.0, -76.0, -84.0, -92.0]
    assert levels([rows], 6.0, 1.0, 3) == [-76.0, -80.0, -84.0]


def test_losses_of_a_line_are_added() -> None:
    found = lines_of([stretch(0.0, 0.25, 0.5, lost=5)], 0.9, 1.0, 1)
    assert [line and line.lost for line in found] == [15]


def test_a_row_that_comes_late_leaves_no_hole_and_silence_does() -> None:
    late = stretch(0.0, 0.25, 0.55, 0.75)
    assert not any(math.isnan(level) for level in levels([late], 0.99, 0.25, 4))
    silent = [stretch(0.0, 0.25), stretch(5.0, 5.25, first=-50.0)]
    shown = levels(silent, 5.49, 0.25, 22)
    assert (shown[0], shown[-1]) == (-49.0, -100.0)
    assert sum(math.isnan(level) for level in shown) >= 16


def test_what_lies_outside_is_left_out() -> None:
    rows = [stretch(0.0, 1.0), stretch(100.0, 101.0)]
    assert lines_of(rows, 50.0, 1.0, 10) == [None] * 10
    assert lines_of([], 50.0, 1.0, 3) == [None] * 3


def test_a_retune_changes_the_place_of_the_bins() -> None:
    newest, oldest = lines_of([stretch(0.0), stretch(1.0, centre_hz=434e6, first=-60.0)], 1.5, 1.0, 2)
    assert newest is not None
    assert oldest is not None
    assert (newest.centre_hz, oldest.centre_hz) == (434e6, 433e6)
    assert newest.level_dbfs(434e6 + 1e3) == pytest.approx(-60.0)
    assert math.isnan(newest.level_dbfs(433e6))
    assert newest.rows.power_dbfs.shape == (1, 4)

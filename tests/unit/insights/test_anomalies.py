"""What stands out of a series, and what does not."""

import numpy as np
import pytest

from app.insights.anomalies import anomalies

SEED = 5


def test_a_spike_is_found_where_it_is_and_noise_is_not() -> None:
    noise = np.random.default_rng(SEED)
    time_s = np.arange(1000.0)
    values = 10.0 + np.sin(time_s / 200.0) + noise.normal(0.0, 0.1, 1000)
    assert len(anomalies("x", time_s, values)) <= 5  # 3.5 robust sigmas: some of a thousand
    values[400:403] += 5.0
    worst = anomalies("x", time_s, values)[0]
    assert (worst.start_s, worst.end_s) == (400.0, 402.0)
    assert worst.value == pytest.approx(15.9, abs=0.5)
    assert worst.usual == pytest.approx(10.9, abs=0.3)


def test_outliers_do_not_hide_each_other() -> None:
    noise = np.random.default_rng(SEED)
    values = noise.normal(0.0, 1.0, 500)
    values[::20] = 1000.0
    assert len([one for one in anomalies("x", np.arange(500.0), values) if one.value == 1000.0]) == 25


def test_a_series_that_says_nothing_has_none() -> None:
    assert anomalies("x", np.arange(100.0), np.ones(100)) == []
    assert anomalies("x", np.arange(5.0), np.arange(5.0)) == []
    assert anomalies("x", np.arange(100.0), np.full(100, np.nan)) == []
    mostly = np.ones(100)
    mostly[50] = 2.0
    assert [one.start_s for one in anomalies("x", np.arange(100.0), mostly)] == [50.0]

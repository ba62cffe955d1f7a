"""Correlations against SciPy and by simulation: how often independent series are called related."""

import numpy as np
import pytest
from scipy import stats

from app.insights.correlation import autocorrelation, corrected, correlations, effective_samples, p_value, strongest

SEED = 11


def red(noise: np.random.Generator, count: int, phi: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A first-order autoregressive series."""
    x = noise.normal(size=count)
    for at in range(1, count):
        x[at] += phi * x[at - 1]
    return x


def test_values_and_p_of_white_series_are_those_of_scipy() -> None:
    noise = np.random.default_rng(SEED)
    x, y = noise.normal(size=(2, 200))
    y += 0.5 * x
    (found,) = correlations({"x": x, "y": y}, 0)
    assert found.pearson == pytest.approx(stats.pearsonr(x, y).statistic)
    assert found.spearman == pytest.approx(stats.spearmanr(x, y).statistic)
    assert p_value(found.pearson, 200.0) == pytest.approx(stats.pearsonr(x, y).pvalue)
    assert p_value(found.spearman, 200.0) == pytest.approx(stats.spearmanr(x, y).pvalue)


def test_the_correction_is_that_of_benjamini_and_hochberg() -> None:
    p = np.random.default_rng(SEED).uniform(size=50).tolist()
    assert corrected(p) == pytest.approx(stats.false_discovery_control(p, method="bh"))
    assert corrected([]) == []


def test_a_lag_is_found_with_its_sign_and_gaps_are_left_out() -> None:
    noise = np.random.default_rng(SEED)
    x = noise.normal(size=400)
    y = np.roll(x, 7) + 0.3 * noise.normal(size=400)  # seven steps after
    y[50:90] = np.nan
    (best,) = strongest(correlations({"x": x, "y": y}, 12))
    assert (best.lag, best.samples, best.spearman_p < 1e-6) == (7, 353, True)
    (back,) = strongest(correlations({"a": y, "b": x}, 12))
    assert back.lag == -7


def test_autocorrelated_series_are_not_called_related_more_often_than_stated() -> None:
    """At a nominal 5 %: with n in place of the effective number 60 % of such pairs would be."""
    noise = np.random.default_rng(SEED)
    corrected_p, naive_p = [], []
    for _ in range(400):
        (one,) = correlations({"x": red(noise, 300, 0.95), "y": red(noise, 300, 0.95)}, 0)
        corrected_p.append(one.pearson_p)
        naive_p.append(p_value(one.pearson, 300.0))
    assert np.mean(np.array(naive_p) < 0.05) > 0.5
    assert np.mean(np.array(corrected_p) < 0.05) <= 0.10


def test_the_effective_number_of_a_known_process() -> None:
    phi, count = 0.8, 20_000
    noise = np.random.default_rng(SEED)
    x, y = red(noise, count, phi), red(noise, count, phi)
    product = autocorrelation(x, 100) * autocorrelation(y, 100)
    assert effective_samples(count, product) == pytest.approx(count * (1 - phi**2) / (1 + phi**2), rel=0.1)


def test_what_says_nothing_gives_no_correlation() -> None:
    short, flat = np.arange(5.0), np.ones(100)
    assert correlations({"a": short, "b": short}, 0) == []
    assert correlations({"a": flat, "b": np.arange(100.0)}, 3) == []
    assert correlations({"a": np.full(100, np.nan), "b": np.arange(100.0)}, 0) == []
    assert correlations({}, 3) == []

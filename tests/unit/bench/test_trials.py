"""Trials in processes: the same count for the same seed, and intervals that hold the truth."""

import numpy as np
import pytest
from scipy.stats import binom

from app.bench.trials import alone, counting, interval, none_figure, pfa_figure


def heads(rng: np.random.Generator, trials: int) -> tuple[int, ...]:
    return int((rng.random(trials) < 0.3).sum()), trials


def test_processes_count_what_one_alone_would() -> None:
    with counting() as count:
        counted = [count(heads, 250, seed, piece=100) for seed in (5, 6)]
    assert counted == [alone(heads, 250, seed, piece=100) for seed in (5, 6)]
    assert counted[0][1] == 250


def test_each_piece_has_random_numbers_of_its_own() -> None:
    pieces = [heads(np.random.default_rng((5, number)), size)[0] for number, size in enumerate((100, 100, 50))]
    assert alone(heads, 250, 5, piece=100) == (sum(pieces), 250)


@pytest.mark.parametrize(("found", "trials"), [(0, 100_000), (3, 50), (100, 10_000), (50, 50)])
def test_an_interval_leaves_out_what_is_unlikely(found: int, trials: int) -> None:
    low, high = interval(found, trials)
    assert low <= found / trials <= high
    if found:
        assert binom.sf(found - 1, trials, low) == pytest.approx(0.025, rel=1e-3)
    if found < trials:
        assert binom.cdf(found, trials, high) == pytest.approx(0.025, rel=1e-3)


def test_too_few_trials_give_no_verdict() -> None:
    assert pfa_figure("f", 0, 100, 1e-3).ok is None
    assert pfa_figure("f", 10, 10_000, 1e-3).ok
    assert pfa_figure("f", 25, 10_000, 1e-3).ok is False
    assert none_figure("f", 0, 10).ok
    assert not none_figure("f", 1, 10).ok

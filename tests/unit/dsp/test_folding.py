import numpy as np
import pytest

from app.dsp.folding import CAP, FEWEST, KEPT, amplitudes_of, near, steps
from app.dsp.periodicity import anywhere
from app.dsp.tails import reaching, surprise

ROWS, BINS = 2_600, 60


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_exponential((ROWS, BINS), np.float32)


def with_train(power: np.ndarray, column: int, first: float, period: float, strength: float) -> np.ndarray:
    rows = np.rint(np.arange(first, ROWS, period)).astype(int)
    for part in (-1, 0, 1):
        power[np.minimum(rows + part, ROWS - 1), column] = strength
    return power


def test_the_most_surprising_fold_is_that_of_all_phases_bins_and_periods() -> None:
    amplitudes = amplitudes_of(noise(1)[:, :6])
    (best, *_) = near(amplitudes, 500.0, 0.002, least=0.0)
    tried = [
        (float(surprise(sum(amplitudes[row, column] for row in rows), rows.size)), column, rows[0])
        for period in steps(499.0, 501.0, ROWS, 2.0)
        for first in range(int(np.ceil(period)))
        for rows in [first + np.rint(np.arange(int((ROWS - 1) / period) + 1) * period).astype(int)]
        for rows in [rows[rows < ROWS]]
        for column in range(6)
    ]
    assert best.surprise == pytest.approx(max(tried)[0], rel=1e-5)
    assert (best.column, best.phase) == max(tried)[1:]


def test_nothing_below_the_least_surprise_is_told_and_alike_folds_once() -> None:
    amplitudes = amplitudes_of(with_train(noise(2), 17, 100.0, 500.4, 9.0))
    folds = near(amplitudes, 500.0, 0.0015, least=14.0)
    assert folds[0].column == 17
    assert abs(folds[0].phase - 100.0) <= 1.0
    assert all(fold.surprise >= 14.0 for fold in folds)
    assert len(folds) <= KEPT
    assert not near(amplitudes_of(noise(2)), 500.0, 0.0015, least=20.0)


def test_one_click_is_no_train_however_loud() -> None:
    power = noise(3)
    power[700:704, :] = 1e6
    amplitudes = amplitudes_of(power)
    assert not near(amplitudes, 500.0, 0.0015, least=40.0)
    assert not anywhere(amplitudes, 130.0, 780.0, least=40.0)


@pytest.mark.parametrize(("period", "strength"), [(140.0, 6.0), (342.7, 8.0), (770.3, 25.0)])
def test_a_period_that_nobody_gave_is_found(period: float, strength: float) -> None:
    amplitudes = amplitudes_of(with_train(noise(4), 30, 55.0, period, strength))
    folds = anywhere(amplitudes, 130.0, 780.0, least=20.0)
    assert folds[0].period == pytest.approx(period, abs=1.0)
    assert folds[0].column == 30


def test_too_short_a_window_has_no_folds() -> None:
    amplitudes = amplitudes_of(noise(5)[:250])
    assert not near(amplitudes, 200.0, 0.0015, least=0.0)
    assert not anywhere(amplitudes, 130.0, 780.0, least=0.0)


def test_above_the_cap_only_order_is_left() -> None:
    quiet, loud, louder = amplitudes_of(np.array([[1.0, 100.0, 1e4]], np.float32))[0]
    assert quiet == 1.0
    assert CAP < loud < louder < CAP * 1.05


@pytest.mark.parametrize("count", [FEWEST, 5, 20])
def test_the_sum_that_reaches_a_surprise_has_it(count: int) -> None:
    assert float(surprise(reaching(20.0, count), count)) == pytest.approx(20.0, abs=0.01)

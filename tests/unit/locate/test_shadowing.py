from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from app.locate.antenna import Attitude
from app.locate.shadowing import NEIGHBOURS, Shadowing, Whitening, candidates, whiten
from app.locate.track import Rows


def _rows(places: NDArray[np.float64]) -> Rows:
    n = len(places)
    level, time_s = Attitude(0.0, 0.0, 0.0), np.arange(n, dtype=np.float64)
    return Rows(
        (level,) * n, time_s, places[:, 0], places[:, 1], np.full(n, 40.0), np.zeros(n), np.zeros(n),
        np.ones(n), np.zeros(n),
    )  # fmt: skip


def test_whitened_rows_are_independent_with_unit_variance() -> None:
    random = np.random.default_rng(1)
    rows = _rows(random.uniform(0.0, 30.0, (NEIGHBOURS, 2)))  # so few that every earlier row is a neighbour
    model = Shadowing(0.2, 15.0)
    distance = np.hypot(rows.east_m[:, None] - rows.east_m, rows.north_m[:, None] - rows.north_m)
    covariance = model.between(distance)
    np.fill_diagonal(covariance, model.own(rows, 4.0))
    whitening = whiten(rows, np.ones(len(rows), np.bool_), 0, model, 4.0)
    matrix = whitening.apply(np.eye(len(rows)))
    assert matrix @ covariance @ matrix.T == pytest.approx(np.eye(len(rows)), abs=1e-9)


def test_rows_whitened_later_are_the_same_as_at_once() -> None:
    rows = _rows(np.random.default_rng(2).uniform(0.0, 60.0, (40, 2)))
    trusted = np.ones(40, np.bool_)
    model = Shadowing(0.1, 10.0)
    at_once = whiten(rows, trusted, 0, model, 4.0)
    part = whiten(rows, trusted, 25, model, 4.0)
    values = np.random.default_rng(3).normal(size=40)
    assert part.apply(values) == pytest.approx(at_once.apply(values)[25:])


def test_independent_readings_are_left_alone() -> None:
    rows = _rows(np.zeros((5, 2)))
    whitening = whiten(rows, np.ones(5, np.bool_), 0, Shadowing(1.0, 0.0), 4.0)
    assert whitening.apply(np.arange(5.0)) == pytest.approx(np.arange(5.0))
    assert len(Whitening.none().followed_by(whitening).scale) == 5


def test_an_outlier_is_nobodys_neighbour() -> None:
    rows = _rows(np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]))
    trusted = np.array([True, False, True])
    whitening = whiten(rows, trusted, 2, Shadowing(0.1, 10.0), 4.0)
    assert 1 not in whitening.neighbour[whitening.share != 0.0]


def test_without_a_correlation_length_all_is_independent() -> None:
    assert candidates(0.0) == (Shadowing(1.0, 0.0),)
    assert candidates(10.0)[0].length_m == 10.0


def test_means_over_track_vary_as_the_model_says() -> None:
    """The field along a line, finely sampled; rows are means over 4 m of it."""
    model, step_m, fine = Shadowing(0.0, 10.0), 4.0, 16
    places = (np.arange(6 * fine) + 0.5) * step_m / fine
    point = np.exp(-np.abs(places[:, None] - places) / model.length_m)
    means = np.kron(np.eye(6), np.full(fine, 1.0 / fine))
    expected = means @ point @ means.T
    rows = replace(_rows(np.column_stack([np.arange(6) * step_m, np.zeros(6)])), span_m=np.full(6, step_m))
    distance = np.abs(rows.east_m[:, None] - rows.east_m)
    assert model.between(distance, step_m) == pytest.approx(expected, rel=1e-3)
    assert model.own(rows, 4.0) == pytest.approx(np.diag(expected), rel=1e-3)


def test_a_mean_over_no_track_is_a_reading() -> None:
    distance = np.array([0.0, 1.0, 30.0])
    assert Shadowing(0.2, 10.0).between(distance, 0.0) == pytest.approx(0.8 * np.exp(-distance / 10.0), rel=1e-2)

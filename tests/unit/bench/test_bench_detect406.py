"""The 406 MHz bench measures what it says; how good the figures are is for the bench to say."""

import numpy as np
import pytest

from app.bench.detect406 import burst_figures, ideal, noise_figures


def test_the_ideal_receiver_is_as_the_codes_say() -> None:
    assert ideal(31.0) == pytest.approx(0.035, abs=0.015)
    assert ideal(30.0) > ideal(31.0) > ideal(32.0)


def test_figures_are_given_beside_the_ideal() -> None:
    rng = np.random.default_rng(1)
    figures = burst_figures(rng, 1) + noise_figures(3)
    assert sum("frame error rate" in figure.name for figure in figures) == 5
    assert sum("identities" in figure.name for figure in figures) == 2
    assert all(figure.value >= 0.0 for figure in figures)

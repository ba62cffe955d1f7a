"""The 406 MHz bench measures what it says; how good the figures are is for the bench to say."""

import numpy as np
import pytest

from app.bench.detect406 import burst_figures, gap_figure, ideal, noise_figures
from app.bench.trials import alone


def test_the_ideal_receiver_is_as_the_codes_say() -> None:
    assert ideal(31.0) == pytest.approx(0.035, abs=0.015)
    assert ideal(30.0) > ideal(31.0) > ideal(32.0)


def test_figures_are_given_beside_the_ideal() -> None:
    figures = burst_figures(1, alone) + noise_figures(3, alone)
    assert sum("frame error rate" in figure.name for figure in figures) == 5
    assert sum("identities" in figure.name for figure in figures) == 2
    assert all(figure.value >= 0.0 for figure in figures if "gap" not in figure.name)


def test_the_gap_to_the_ideal_receiver_is_where_a_tenth_is_lost() -> None:
    levels = np.arange(28.0, 36.0)
    shares = [ideal(level - 1.5) for level in levels]
    assert gap_figure("406", levels.tolist(), shares, ideal).value == pytest.approx(1.5, abs=0.2)

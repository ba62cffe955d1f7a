"""The bench of second-generation bursts measures what it says; how good the figures are is for the bench to say."""

from app.bench.spread406 import burst_figures, ideal, noise_figures
from app.bench.trials import alone


def test_the_ideal_receiver_is_as_the_code_says() -> None:
    assert ideal(26.0) > 0.9
    assert 1e-4 < ideal(29.0) < 0.1
    assert ideal(32.0) < 1e-6


def test_figures_are_given_beside_the_ideal() -> None:
    figures = burst_figures(1, alone) + noise_figures(1, alone)
    assert [figure.limit is not None for figure in figures] == [True] * 6 + [False] * 4
    assert [figure.value for figure in figures if "identities" in figure.name] == [0, 0]

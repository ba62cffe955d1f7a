import pytest

from app.bench.api import measure


@pytest.mark.slow
def test_every_fact_reaches_every_client_and_every_figure_is_there() -> None:
    lost, delay, request = measure(5, clients=3, connections=2)
    assert lost.value == 0
    assert lost.ok
    assert 0.0 < delay.value < 10_000.0
    assert 0.0 < request.value < 10_000.0
    assert {figure.unit for figure in (delay, request)} == {"ms"}

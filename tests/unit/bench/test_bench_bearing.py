import numpy as np
import pytest

from app.bench.bearing import CASES, bound_deg, figures, turns
from app.bench.bearing_peers import pattern_db, tagtracker_deg, uavrt_deg

HEADING = np.array([45.0 * i for i in range(8)])


def test_the_peers_find_what_is_clear() -> None:
    snr = 40.0 + pattern_db(HEADING - 90.0)
    heard = snr >= 9.0
    assert tagtracker_deg(HEADING, snr, heard) == pytest.approx(90.0, abs=3.0)
    assert uavrt_deg(HEADING, snr, heard) == pytest.approx(90.0, abs=3.0)


def test_the_bound_falls_with_the_noise() -> None:
    off = HEADING - 20.0
    assert bound_deg(CASES[1], off) > 1.9 * bound_deg(CASES[0], off)


def test_a_row_of_the_table() -> None:
    found = {figure.name: figure for figure in figures(CASES[0], turns(CASES[0], 12, 1))}
    median = found[f"{CASES[0].name}: median"]
    assert 0.1 < median.value < 3.0
    assert median.limit == pytest.approx(0.73, abs=0.35)
    assert median.value < (median.peer_value or 0.0)

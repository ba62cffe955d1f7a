"""The detection bench gives figures of every detector; how good they are is for the bench to say."""

import numpy as np
import pytest

from app.bench import tags
from app.bench.carriers import energy_bound_db, matched_bound_db, noise_figures, sensitivity
from app.bench.detect import DETECTORS
from app.bench.trials import alone


def test_noise_is_measured_beside_the_stated_probability() -> None:
    level, told = noise_figures(200, alone)
    assert 0.0 <= level.value < 0.01
    assert told.value == 0
    assert level.goal
    assert told.goal


def test_the_bounds_of_a_carrier_are_the_textbook_s() -> None:
    """Gaussian approximation of 400 powers: 3.09 deviations of 1/20 for Pd 0.5 at Pfa 1e-3."""
    assert energy_bound_db(0.5) == pytest.approx(10.0 * np.log10(3.09 / 20.0), abs=0.3)
    assert energy_bound_db(0.9) > energy_bound_db(0.5) > matched_bound_db(0.9) + 7.0
    needed, gap, *_ = sensitivity(30, alone)
    assert needed.limit is not None
    assert gap.value == pytest.approx(needed.value - needed.limit)
    assert 0.0 < gap.value < 4.0


def test_every_detector_is_there_once() -> None:
    assert len(set(DETECTORS)) == len(DETECTORS)


def test_a_loud_tag_is_found_and_read() -> None:
    assert [figure.value for figure in tags.impostors(1, alone)] == pytest.approx([0.0] * 7, abs=1.0)
    found, period, frequency = tags.readouts(4)
    assert found.value >= 0.75
    assert period.value < 5.0
    assert frequency.value < 50.0
    assert tags.look_time(2).value > 0.0

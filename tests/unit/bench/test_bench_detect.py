"""The detection bench gives figures of every detector; how good they are is for the bench to say."""

from app.bench.carriers import level_pfa
from app.bench.detect import DETECTORS


def test_noise_is_measured_beside_the_stated_probability() -> None:
    figure = level_pfa(2_000)
    assert 0.0 <= figure.value < 0.01
    assert figure.goal


def test_every_detector_is_there_once() -> None:
    assert len(set(DETECTORS)) == len(DETECTORS)

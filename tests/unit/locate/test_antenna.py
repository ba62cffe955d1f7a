import numpy as np
import pytest

from app.locate.antenna import DIPOLE_PEAK_DBI, Attitude, antenna_for

LEVEL = Attitude(0.0, 0.0, 0.0)


def _gain(east: float, north: float, up: float, attitude: Attitude = LEVEL) -> float:
    where = np.array([[east], [north]], np.float32)
    return float(antenna_for("dipole").gain_db(where[0], where[1], up, attitude)[0])


def test_omni_hears_alike_everywhere() -> None:
    omni = antenna_for("omni")
    assert not omni.directional
    assert omni.gain_db(np.zeros((1, 3), np.float32), np.zeros((4, 1), np.float32), -30.0, LEVEL).shape == (4, 3)


def test_dipole_is_best_abeam_and_deaf_below() -> None:
    assert _gain(100.0, 0.0, 0.0) == pytest.approx(DIPOLE_PEAK_DBI, abs=1e-3)
    assert _gain(0.0, 0.0, -30.0) == pytest.approx(DIPOLE_PEAK_DBI - 20.0, abs=0.1)


def test_dipole_at_sixty_degrees_from_its_axis() -> None:
    # cos(90 deg * cos 60 deg) / sin 60 deg = 0.8165
    assert _gain(np.sqrt(3.0), 0.0, -1.0) == pytest.approx(2.15 + 20.0 * np.log10(0.8165), abs=0.01)


def test_pitching_the_nose_up_turns_the_null_forward() -> None:
    nose_up = Attitude(0.0, 45.0, 90.0)  # heading east: the lower end of the mast swings east
    assert _gain(50.0, 0.0, -50.0, nose_up) < -15.0
    assert _gain(-50.0, 0.0, -50.0, nose_up) == pytest.approx(DIPOLE_PEAK_DBI, abs=0.01)


def test_rolling_right_turns_the_null_left() -> None:
    right_down = Attitude(45.0, 0.0, 0.0)
    assert _gain(-50.0, 0.0, -50.0, right_down) < -15.0

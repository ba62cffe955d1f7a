import numpy as np
import pytest

from app.domain.antenna import AntennaSetup
from app.locate.antenna import DIPOLE_PEAK_DBI, Attitude, antenna_for

LEVEL = Attitude(0.0, 0.0, 0.0)


def _gain(east: float, north: float, up: float, attitude: Attitude = LEVEL) -> float:
    where = np.array([[east], [north]], np.float32)
    return float(antenna_for(AntennaSetup("dipole")).gain_db(where[0], where[1], up, attitude)[0])


def test_omni_hears_alike_everywhere() -> None:
    omni = antenna_for(AntennaSetup())
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


def _yagi(setup: AntennaSetup, bearing_deg: float, attitude: Attitude = LEVEL, up: float = 0.0) -> float:
    east, north = (np.array([100.0 * f(np.radians(bearing_deg))], np.float32) for f in (np.sin, np.cos))
    return float(antenna_for(setup).gain_db(east, north, up, attitude)[0])


@pytest.mark.parametrize(("kind", "peak", "back"), [("yagi2", 5.62, 9.6), ("yagi3", 9.09, 14.3)])
def test_a_yagi_has_its_gain_ahead_and_its_ratio_behind(kind: str, peak: float, back: float) -> None:
    setup = AntennaSetup(kind)  # type: ignore[arg-type]
    assert _yagi(setup, 0.0) == pytest.approx(peak, abs=0.02)
    assert _yagi(setup, 0.0) - _yagi(setup, 180.0) == pytest.approx(back, abs=0.2)
    assert _yagi(setup, 0.0) - _yagi(setup, 90.0) == pytest.approx(28.0, abs=0.1)  # deaf along its elements


@pytest.mark.parametrize("kind", ["dipole", "yagi2", "yagi3"])
def test_power_over_the_sphere_is_that_of_the_omni(kind: str) -> None:
    """The gain in dBi is right when its mean over all directions is 1; what fills the nulls adds under 1 %."""
    down, turn = np.meshgrid(np.linspace(-0.999, 0.999, 400), np.linspace(0.0, 2.0 * np.pi, 361)[:-1])
    level = np.sqrt(1.0 - down**2)
    axes = (level * np.cos(turn)).astype(np.float32), (level * np.sin(turn)).astype(np.float32), down.astype(np.float32)
    gain = antenna_for(AntennaSetup(kind)).body_gain_db(*axes)  # type: ignore[arg-type]
    assert float((10.0 ** (gain / 10.0)).mean()) == pytest.approx(1.0, abs=0.015)


def test_mounting_and_heading_add() -> None:
    aside = AntennaSetup("yagi2", heading_deg=90.0)
    assert _yagi(aside, 130.0, Attitude(0.0, 0.0, 40.0)) == pytest.approx(5.62, abs=0.02)
    upright = AntennaSetup("yagi2", roll_deg=90.0)
    assert _yagi(upright, 90.0) > _yagi(AntennaSetup("yagi2"), 90.0) + 20.0  # in its other plane it is not deaf


def test_tilt_looks_down_and_a_pitched_nose_makes_up_for_it() -> None:
    tilted = AntennaSetup("yagi3", tilt_deg=-30.0)
    below = -100.0 * np.tan(np.radians(30.0))
    assert _yagi(tilted, 0.0, up=float(below)) == pytest.approx(9.09, abs=0.02)
    assert _yagi(tilted, 0.0, Attitude(0.0, 30.0, 0.0)) == pytest.approx(9.09, abs=0.02)


def test_a_banked_yagi_lifts_its_left_side() -> None:
    right_down = Attitude(90.0, 0.0, 0.0)  # level elements now stand upright
    assert _yagi(AntennaSetup("yagi2"), 90.0, right_down) == pytest.approx(
        _yagi(AntennaSetup("yagi2", roll_deg=90.0), 90.0), abs=0.01
    )

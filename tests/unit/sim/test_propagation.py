import math

import numpy as np
import pytest

from app.domain.antenna import AntennaSetup
from app.domain.geometry import LatLon
from app.locate.antenna import Attitude, antenna_for
from hardware.sim.config import Emitter, SimConfig
from hardware.sim.propagation import (
    HEARD_DB,
    HEARD_HZ,
    NOISE_DBM_HZ,
    Path,
    Shadowing,
    path_loss_db,
)
from hardware.sim.world import Pose

HOME = LatLon(47.0, 8.0)


def path(**changes: object) -> Path:
    kind = changes.pop("antenna", "omni")
    config = SimConfig(sigma_db=0.0, antenna=AntennaSetup(kind), **changes)  # type: ignore[arg-type]
    return Path(Emitter(HOME), 0j, config, np.random.default_rng(1))


def pose(north_m: float, up_m: float = 0.0, roll_deg: float = 0.0, heading_deg: float = 0.0) -> Pose:
    return Pose(complex(north_m, 0.0), up_m, math.radians(roll_deg), 0.0, math.radians(heading_deg))


def test_free_space_to_one_metre() -> None:
    assert path_loss_db(1.0, 433.92e6, 2.2) == pytest.approx(25.19, abs=0.01)


@pytest.mark.parametrize("exponent", [2.0, 2.2, 3.5])
def test_ten_times_the_distance_costs_ten_n_db(exponent: float) -> None:
    loss = [path(exponent=exponent).received_dbm(pose(d)) for d in (30.0, 300.0)]
    assert loss[0] - loss[1] == pytest.approx(10.0 * exponent)


@pytest.mark.parametrize("exponent", [2.0, 3.5])
def test_at_its_range_the_beacon_has_the_snr_it_is_said_to_have(exponent: float) -> None:
    received_dbm = path(exponent=exponent).received_dbm(pose(300.0))
    assert received_dbm - NOISE_DBM_HZ - 10.0 * math.log10(HEARD_HZ) == pytest.approx(HEARD_DB)


def test_distance_is_slant() -> None:
    assert path().received_dbm(pose(30.0, 40.0)) == pytest.approx(path().received_dbm(pose(50.0)))


def test_a_dipole_is_deaf_along_its_mast_and_hears_again_when_the_vehicle_leans() -> None:
    dipole = path(antenna="dipole")
    above, level = dipole.received_dbm(pose(0.0, 50.0)), dipole.received_dbm(pose(50.0))
    assert level - above > 16.0  # the nulls of a mounted antenna are filled, and it is as far away
    assert dipole.received_dbm(pose(0.0, 50.0, roll_deg=20.0)) - above > 5.0
    assert level - path().received_dbm(pose(50.0)) == pytest.approx(2.15, abs=0.01)


def test_a_yagi_looks_where_the_nose_points() -> None:
    yagi = path(antenna="yagi2")
    ahead, astern = yagi.received_dbm(pose(-100.0)), yagi.received_dbm(pose(-100.0, heading_deg=180.0))
    assert ahead - astern == pytest.approx(9.6, abs=0.1)
    assert ahead - path().received_dbm(pose(-100.0)) == pytest.approx(5.62, abs=0.02)


@pytest.mark.parametrize("roll_deg", [0.0, 25.0, -40.0])
@pytest.mark.parametrize("pitch_deg", [0.0, 20.0, -35.0])
@pytest.mark.parametrize("heading_deg", [0.0, 70.0, 200.0])
def test_the_station_expects_what_the_world_does(roll_deg: float, pitch_deg: float, heading_deg: float) -> None:
    """Two ways to turn directions, the world's and the station's, agree in any attitude."""
    setup = AntennaSetup("yagi3", heading_deg=15.0, tilt_deg=-10.0, roll_deg=30.0)
    omni = path()
    yagi = Path(Emitter(HOME), 0j, SimConfig(sigma_db=0.0, antenna=setup), np.random.default_rng(1))
    at = Pose(complex(-120.0, 60.0), 50.0, *(math.radians(angle) for angle in (roll_deg, pitch_deg, heading_deg)))
    attitude = Attitude(roll_deg, pitch_deg, heading_deg)
    expected = antenna_for(setup).gain_db(np.array([-60.0], np.float32), np.array([120.0], np.float32), -50.0, attitude)
    assert yagi.received_dbm(at) - omni.received_dbm(at) == pytest.approx(float(expected[0]), abs=0.02)


def test_shadowing_has_its_deviation_and_correlation() -> None:
    fields = [Shadowing(4.0, 10.0, np.random.default_rng(seed)) for seed in range(1500)]
    here = np.array([field.at(100 + 50j) for field in fields])
    there = np.array([field.at(110 + 50j) for field in fields])
    assert here.std() == pytest.approx(4.0, rel=0.06)
    assert np.corrcoef(here, there)[0, 1] == pytest.approx(math.exp(-1.0), abs=0.06)

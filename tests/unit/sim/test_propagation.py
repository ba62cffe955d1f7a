import math

import numpy as np
import pytest

from app.domain.geometry import LatLon
from hardware.sim.config import Emitter, SimConfig
from hardware.sim.propagation import (
    HEARD_DB,
    HEARD_HZ,
    NOISE_DBM_HZ,
    Path,
    Shadowing,
    antenna_gain_db,
    path_loss_db,
)
from hardware.sim.world import Pose

HOME = LatLon(47.0, 8.0)


def path(**changes: object) -> Path:
    config = SimConfig(sigma_db=0.0, **changes)  # type: ignore[arg-type]
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
    assert level - above > 20.0
    assert dipole.received_dbm(pose(0.0, 50.0, roll_deg=20.0)) - above > 5.0
    assert antenna_gain_db("dipole", 0.0, 0.0) == pytest.approx(2.15)


def test_a_yagi_looks_where_the_nose_points() -> None:
    yagi = path(antenna="yagi")
    ahead, astern = yagi.received_dbm(pose(-100.0)), yagi.received_dbm(pose(-100.0, heading_deg=180.0))
    assert ahead - astern == pytest.approx(15.0)
    assert antenna_gain_db("yagi", 0.0, math.cos(math.radians(30.0))) == pytest.approx(4.0)


def test_shadowing_has_its_deviation_and_correlation() -> None:
    fields = [Shadowing(4.0, 10.0, np.random.default_rng(seed)) for seed in range(1500)]
    here = np.array([field.at(100 + 50j) for field in fields])
    there = np.array([field.at(110 + 50j) for field in fields])
    assert here.std() == pytest.approx(4.0, rel=0.06)
    assert np.corrcoef(here, there)[0, 1] == pytest.approx(math.exp(-1.0), abs=0.06)

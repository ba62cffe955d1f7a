"""The homing bench: the same world for every strategy, the detectors' own sensitivity, and figures that can fail."""

import math
from dataclasses import replace

import numpy as np
import pytest

from app.bench.homing import figures
from app.bench.homingcases import Case, Ear, case
from app.bench.homingworld import FOUND_M, Hunted, Search
from app.domain.antenna import AntennaSetup
from app.domain.mission import MissionState
from app.domain.radio import BeaconKind
from hardware.sim.world import Pose

NEAR = Case(1, BeaconKind.CARRIER, 150.0, 45.0, 2.0, 3.0, 270.0, 400.0, "none")


def test_the_worlds_are_those_of_the_plan_and_the_same_for_the_same_seed() -> None:
    worlds = [case(seed) for seed in range(200)]
    assert worlds == [case(seed) for seed in range(200)]
    assert all(300.0 <= one.start_m <= 1500.0 and 2.0 <= one.sigma_db <= 6.0 for one in worlds)
    assert max(one.wind_mps for one in worlds) <= 8.0
    assert {one.kind for one in worlds} == {BeaconKind.CARRIER, BeaconKind.PULSED}
    assert {one.second for one in worlds} == {"none", "neighbour", "weak"}


@pytest.mark.parametrize("kind", [BeaconKind.CARRIER, BeaconKind.PULSED])
def test_a_beacon_is_12_db_strong_where_the_case_says(kind: BeaconKind) -> None:
    found = []
    for seed in range(40):
        ear = Ear(replace(NEAR, kind=kind, seed=seed), np.random.default_rng(seed), AntennaSetup())
        away = ear.beacon * (1.0 - NEAR.heard_m / abs(ear.beacon))
        level = ear.hear(10.0, Pose(away, 0.0, 0.0, 0.0, 0.0))
        assert level is not None
        found.append(level.snr_db)
    assert float(np.median(found)) == pytest.approx(12.0, abs=1.5)


def test_what_is_far_too_weak_is_not_heard_and_says_what_would_have_been() -> None:
    ear = Ear(NEAR, np.random.default_rng(3), AntennaSetup())
    level = ear.hear(10.0, Pose(complex(500_000.0), 40.0, 0.0, 0.0, 0.0))
    assert level is not None
    assert not level.heard
    assert level.power_db > level.noise_dbfs - 15.0


def test_a_search_is_flown_by_the_stations_own_mission_to_the_beacon() -> None:
    search = Search(NEAR, "informed")
    flown = search.fly()
    assert search.worker.book.state is MissionState.HOLDING, flown.reason
    assert flown.found
    assert flown.error_m <= FOUND_M
    states = [step.after for step in search.steps]
    assert states[:3] == [MissionState.SEARCHING, MissionState.DETECTING, MissionState.HOMING]
    assert abs(search.copter.body.at - search.ear.beacon) < 40.0
    assert 0.0 < flown.detected_s < flown.total_s
    assert flown.length_m > 150.0


def test_figures_fail_where_the_goals_are_missed() -> None:
    good = Hunted(0, "informed", True, 5.0, 20.0, 100.0, 120.0, 700.0, 1000.0, "")
    turning, slow = replace(good, strategy="bearing"), replace(good, strategy="gradient", homing_s=200.0)
    assert all(figure.ok is not False for figure in figures([good, turning, slow]))
    bad = replace(good, found=False, error_m=math.inf, homing_s=190.0, total_s=900.0)
    missed = [figure.name for figure in figures([bad, turning, slow]) if figure.ok is False]
    assert len(missed) == 3
    assert all(figure.ok is None for figure in figures([bad, turning, slow], verdicts=False))

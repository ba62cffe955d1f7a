"""None, one and two emitters told apart, on a field of 400 m flown in lines 50 m apart."""

import math
from dataclasses import replace

import numpy as np
import pytest

from app.bench.worlds import PLANE, Air, World, reading
from app.domain.geometry import EastNorth, distance_m
from app.domain.radio import Reading
from app.locate.antenna import Attitude
from app.locate.emitters import emitters
from app.locate.logged import locate
from app.locate.posterior import Posterior
from app.locate.summary import estimate
from app.settings import LocateSettings

FIRST, SECOND = EastNorth(80.0, 110.0), EastNorth(330.0, 290.0)
AIR = Air(sigma_db=3.0)
PLACES = tuple(
    EastNorth(float(east if lane % 2 == 0 else 400.0 - east), 50.0 * lane)
    for lane in range(9)
    for east in np.arange(0.0, 401.0, 4.0)
)


def flown(beacons: tuple[EastNorth, ...], seed: int = 1) -> list[Reading]:
    """Powers of all beacons added; noise of 3 dB at one level where there is none."""
    worlds = [World(beacon, AIR, seed + number) for number, beacon in enumerate(beacons)]
    random = np.random.default_rng(seed)
    found = []
    for second, place in enumerate(PLACES):
        power = sum(10.0 ** (world.power_db(place, 40.0) / 10.0) for world in worlds)
        power_db = 10.0 * math.log10(power) if worlds else -90.0 + 3.0 * float(random.standard_normal())
        found.append(reading(place, 40.0, power_db, 1000.0 + second))
    return found


def track(readings: list[Reading]) -> Posterior:
    posterior = Posterior(LocateSettings())
    for one in readings:
        posterior.add(one)
    return posterior


@pytest.mark.parametrize("beacons", [(), (FIRST,), (FIRST, SECOND)], ids=["none", "one", "two"])
def test_as_many_as_there_are(beacons: tuple[EastNorth, ...]) -> None:
    for seed in (1, 2, 3):
        found = emitters(track(flown(beacons, 10 * seed)).track.rows(), 0.0, 10.0)
        assert found is not None
        assert len(found.places) == len(beacons)
        for beacon in beacons:
            assert min((EastNorth(*place) - beacon).length_m for place in found.places) < 60.0


def test_few_rows_tell_nothing() -> None:
    assert emitters(track(flown((FIRST,))[:60]).track.rows(), 0.0, 10.0) is None


def test_a_log_of_two_emitters_is_no_fix_and_names_both() -> None:
    located = locate(flown((FIRST, SECOND), 10), LocateSettings())
    assert not located.enough
    assert "Two emitters of this frequency" in located.text


def test_a_log_of_noise_is_no_fix() -> None:
    located = locate(flown((), 10), LocateSettings())
    assert not located.enough
    assert "Fly " in located.text


def test_a_log_of_one_emitter_is_a_fix() -> None:
    assert locate(flown((FIRST,), 10), LocateSettings()).enough


def test_a_second_one_that_is_much_weaker_is_said_beside_the_fix() -> None:
    """Flown past, a beacon 25 dB weaker explains what is heard right over it, and leaves the other's place as it is."""
    strong, weak = World(FIRST, AIR, 3), World(SECOND, replace(AIR, reference_db=AIR.reference_db - 20.0), 4)
    posterior = Posterior(LocateSettings())
    for second, place in enumerate(PLACES):
        power = sum(10.0 ** (world.power_db(place, 15.0) / 10.0) for world in (strong, weak))
        posterior.add(reading(place, 15.0, 10.0 * math.log10(power), 1000.0 + second))
    said = estimate(posterior, "t", 2000.0)
    assert said is not None
    assert said.enough
    assert distance_m(said.mode, PLANE.to_globe(FIRST)) < 30.0
    if said.emitters:
        assert "weaker" in said.text
        assert distance_m(said.emitters[0], PLANE.to_globe(FIRST)) < 60.0


def test_the_live_estimate_names_both() -> None:
    posterior = track(flown((FIRST, SECOND), 10))
    said = estimate(posterior, "t", 2000.0)
    assert said is not None
    assert not said.enough
    assert "Two emitters" in said.text
    for beacon in (FIRST, SECOND):
        assert min(distance_m(place, PLANE.to_globe(beacon)) for place in said.emitters) < 60.0


def test_an_antenna_with_a_direction_is_taken_into_account() -> None:
    """Levels that swing with the heading alone are no second emitter."""
    world, found = World(FIRST, AIR, 7), Posterior(LocateSettings.model_validate({"antenna": "yagi3"}))
    for second, place in enumerate(PLACES):
        heading_deg = 90.0 if second // 101 % 2 == 0 else 270.0
        away = FIRST - place
        east, north = np.array([away.east_m], np.float32), np.array([away.north_m], np.float32)
        gain = float(found.antenna.gain_db(east, north, -40.0, Attitude(0.0, 0.0, heading_deg))[0])
        one = reading(place, 40.0, world.power_db(place, 40.0) + gain, 1000.0 + second)
        found.add(replace(one, heading_deg=heading_deg))
    counted = found.emitters()
    assert counted is not None
    assert len(counted.places) == 1

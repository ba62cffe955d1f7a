"""What is said about a whole log of readings, and what is not said."""

import numpy as np
import pytest

from app.bench.lawnmower import pings
from app.bench.worlds import HOME, PLANE, reading
from app.domain.geometry import EastNorth, LatLon
from app.domain.radio import Reading
from app.locate.logged import locate, score
from app.settings import LocateSettings

TAG = EastNorth(120.0, 90.0)
KNOWN = LocateSettings()


def flown(places: list[EastNorth], sd_db: float = 3.0, seed: int = 1, level_db: float = -60.0) -> list[Reading]:
    random = np.random.default_rng(seed)
    found = []
    for second, place in enumerate(places):
        slant_m = np.hypot((place - TAG).length_m, 30.0)
        power_db = level_db - 22.0 * np.log10(slant_m / 100.0) + sd_db * random.standard_normal()
        found.append(reading(place, 30.0, float(power_db), float(second)))
    return found


@pytest.mark.parametrize("level_db", [-60.0, 30.0, -120.0])
def test_a_lawnmower_finds_it_in_dbm_and_in_relative_db(level_db: float) -> None:
    located = locate(flown(pings(), level_db=level_db), KNOWN)
    assert located.enough
    assert located.found is not None
    said = score(located.found, PLANE.to_globe(TAG))
    assert said.error_m < 3.0 * located.found.radius_90_m
    assert located.found.radius_90_m < 15.0


def test_the_score_knows_the_truth_from_elsewhere() -> None:
    located = locate(flown(pings()), KNOWN)
    assert located.found is not None
    assert score(located.found, located.found.mode).in_50
    far = score(located.found, LatLon(HOME.lat_deg + 0.01, HOME.lon_deg))
    assert not far.in_90
    assert far.error_m == pytest.approx(1_000.0, abs=150.0)


@pytest.mark.parametrize(
    "places",
    [
        [],
        [EastNorth(0.0, 0.0)] * 300,
        [EastNorth(0.1 * i, 0.0) for i in range(300)],
        [EastNorth(30.0 * i, 0.0) for i in range(6)],
    ],
    ids=["none", "one place", "30 m", "few rows"],
)
def test_too_little_is_told_with_what_to_fly(places: list[EastNorth]) -> None:
    located = locate(flown(places), KNOWN)
    assert not located.enough
    assert located.text.startswith("Not enough to say: ")
    assert "Fly " in located.text


@pytest.mark.parametrize("seed", range(4))
def test_powers_that_mean_nothing_give_no_position(seed: int) -> None:
    """Noise of 25 dB, and the same power everywhere: neither falls off from a place."""
    random = np.random.default_rng(seed)
    places = pings()[:: 3 + seed]
    wild = [reading(p, 30.0, float(-70.0 + 25.0 * random.standard_normal()), float(i)) for i, p in enumerate(places)]
    assert not locate(wild, KNOWN).enough
    same = locate([reading(p, 30.0, -70.0, float(i)) for i, p in enumerate(places)], KNOWN)
    assert not same.enough or (same.found is not None and same.found.radius_90_m > 60.0)


def test_the_last_place_counts() -> None:
    """Eight places are just enough for a word about them; none is left in the row under way."""
    located = locate(flown([EastNorth(40.0 * i, 60.0 * (i % 2)) for i in range(8)]), KNOWN)
    assert "places only" not in located.text

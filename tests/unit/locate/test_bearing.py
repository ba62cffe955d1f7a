import math

import numpy as np
import pytest

from app.domain.antenna import AntennaSetup
from app.locate.antenna import Attitude, antenna_for
from app.locate.bearing import FoundBearing, Slice, find_bearing, gain_table, log_probability

YAGI = antenna_for(AntennaSetup("yagi2"))
LEVEL = Attitude(0.0, 0.0, 0.0)


def turned(
    truth_deg: float,
    count: int = 12,
    noise_db: float = 0.5,
    floor_db: float = -60.0,
    seed: int = 1,
    lean_deg: float = 0,
) -> list[Slice]:
    """A turn on the spot, -40 dB on boresight; what is below the floor is missed."""
    random = np.random.default_rng(seed)
    slices = []
    for heading in np.arange(count) * 360.0 / count:
        attitude = Attitude(lean_deg, -lean_deg, float(heading))
        gain = float(gain_table(YAGI, [attitude], np.array([truth_deg]))[0, 0])
        power = -45.0 + gain + noise_db * float(random.standard_normal())
        slices.append(Slice(attitude, max(power, floor_db), power >= floor_db))
    return slices


def off(found: FoundBearing, truth_deg: float) -> float:
    return abs((found.bearing_deg - truth_deg + 180.0) % 360.0 - 180.0)


@pytest.mark.parametrize("truth_deg", [0.0, 37.0, 181.0, 359.5])
def test_finds_where_it_lies(truth_deg: float) -> None:
    found = find_bearing(turned(truth_deg), YAGI)
    assert found.enough
    assert off(found, truth_deg) < 1.5
    assert 0.3 <= found.sigma_deg < 1.5
    assert found.quality > 0.98
    assert not found.ambiguous
    assert 0.0 <= found.bearing_deg < 360.0


def test_sigma_is_true() -> None:
    normalised = []
    for seed in range(60):
        truth_deg = float(np.random.default_rng((seed, 2)).uniform(0.0, 360.0))
        found = find_bearing(turned(truth_deg, 8, 2.0, -62.0, seed), YAGI)
        if found.enough and not found.ambiguous:
            normalised.append(off(found, truth_deg) / found.sigma_deg)
    assert len(normalised) > 50
    assert 0.7 < math.sqrt(np.mean(np.square(normalised))) < 1.4


def test_what_was_missed_is_no_zero() -> None:
    """A level far below the bound of what was missed must not pull the fit, however high the bound."""
    slices = turned(100.0, 16, 1.0, floor_db=-48.0)
    assert sum(one.heard for one in slices) < 10
    assert off(find_bearing(slices, YAGI), 100.0) < 6.0


def test_one_direction_heard_and_all_others_missed_points_there() -> None:
    slices = turned(90.0, 8, 0.1, floor_db=-41.5)
    assert sum(one.heard for one in slices) <= 3
    found = find_bearing(slices, YAGI)
    assert found.enough
    assert off(found, 90.0) < 15.0
    assert found.sigma_deg > 3.0


def test_the_attitude_of_each_slice_counts() -> None:
    found = find_bearing(turned(200.0, 16, 0.5, lean_deg=15.0), YAGI)
    assert off(found, 200.0) < 2.0


def test_mounting_turns_it_back() -> None:
    backward = antenna_for(AntennaSetup("yagi2", heading_deg=180.0))
    assert off(find_bearing(turned(200.0), backward), 20.0) < 1.5


def test_an_antenna_alike_to_front_and_back_is_ambiguous() -> None:
    cut = tuple((float(a), 10.0 * math.log10(0.01 + math.cos(math.radians(a)) ** 2)) for a in range(0, 181, 10))
    antenna = antenna_for(AntennaSetup("table", horizontal_db=cut))
    random = np.random.default_rng(3)
    headings = np.arange(12) * 30.0
    gains = gain_table(antenna, [Attitude(0.0, 0.0, float(h)) for h in headings], np.array([75.0]))[0]
    slices = [
        Slice(Attitude(0.0, 0.0, float(h)), float(g - 50.0 + random.standard_normal()), True)
        for h, g in zip(headings, gains, strict=True)
    ]
    found = find_bearing(slices, antenna)
    assert found.ambiguous
    assert found.other_deg is not None
    assert min(off(found, 75.0), off(found, 255.0)) < 5.0
    assert abs(abs(found.other_deg - found.bearing_deg) - 180.0) < 12.0
    assert "or it lies at" in found.text


NO = float("nan")
LEVELS = [Attitude(0.0, 0.0, 45.0 * i) for i in range(8)]


@pytest.mark.parametrize(
    ("slices", "says"),
    [
        ([], "too few"),
        ([Slice(LEVEL, -50.0, True)], "too few"),
        ([Slice(LEVEL, -50.0 + i, True) for i in range(8)], "Only 0 degrees"),
        ([Slice(Attitude(0.0, 0.0, 10.0 * i), -50.0 + i, True) for i in range(8)], "Only 70 degrees"),
        ([Slice(at, -50.0, True) for at in LEVELS], "same all round"),
        ([Slice(at, -60.0, False) for at in LEVELS], "Nothing was heard"),
        ([Slice(at, NO, True) for at in LEVELS], "8 readings were no numbers"),
        ([Slice(Attitude(0.0, 0.0, NO), -50.0, True) for _ in range(8)], "8 readings were no numbers"),
        ([Slice(Attitude(NO, 0.0, 3.0), math.inf, True) for _ in range(8)], "8 readings were no numbers"),
    ],
)
def test_what_is_not_enough_says_what_to_turn(slices: list[Slice], says: str) -> None:
    found = find_bearing(slices, YAGI)
    assert not found.enough
    assert math.isnan(found.bearing_deg)
    assert found.text.startswith("Not enough to say: ")
    assert says in found.text


def test_an_omni_has_no_bearing() -> None:
    found = find_bearing(turned(90.0), antenna_for(AntennaSetup()))
    assert not found.enough
    assert "alike all round" in found.text


def test_noise_alone_is_not_enough() -> None:
    random = np.random.default_rng(5)
    slices = [Slice(at, -50.0 + 6.0 * float(random.standard_normal()), True) for at in LEVELS]
    found = find_bearing(slices, YAGI)
    assert not found.enough or found.ambiguous or found.sigma_deg > 8.0


def test_some_that_are_no_numbers_are_left_out_and_counted() -> None:
    slices = [*turned(60.0), Slice(Attitude(0.0, 0.0, NO), -50.0, True)]
    found = find_bearing(slices, YAGI)
    assert (found.left_out, found.used) == (1, 12)
    assert off(found, 60.0) < 1.5


def test_the_missed_lower_the_level_smoothly() -> None:
    """Slices missed far above their level say nothing: the same answer as without them."""
    gains = gain_table(YAGI, LEVELS, np.arange(0.0, 360.0, 5.0))
    power, heard = gains[10].copy() - 50.0, np.ones(8, np.bool_)
    without = log_probability(gains[:, :6], power[:6], heard[:6])
    heard[6:], power[6:] = False, 100.0
    assert np.allclose(log_probability(gains, power, heard), without, atol=1e-6)

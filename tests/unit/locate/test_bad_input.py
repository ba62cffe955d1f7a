"""Whatever readings come: a clear answer, never an error and never a confident wrong place."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench.worlds import Air, World, reading
from app.domain.estimate import Estimate
from app.domain.geometry import EastNorth, LatLon, LocalPlane, distance_m
from app.domain.radio import Reading
from app.locate.logged import locate
from app.locate.posterior import Posterior
from app.locate.summary import SHORTEST_TRACK_M, WIDEST_AREA_M2, estimate
from app.settings import LocateSettings

WILD = st.one_of(
    st.floats(-300.0, 300.0), st.sampled_from([math.nan, math.inf, -math.inf, -101.0, 0.0, 1e300, -1e-300, 90.0, 180.0])
)


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    one = reading(EastNorth(0.0, 0.0), 30.0, -80.0, 1000.0)
    level = replace(one.level, time_s=draw(WILD), power_db=draw(WILD), snr_db=draw(WILD), heard=draw(st.booleans()))
    lat_deg, lon_deg, height_m = draw(WILD), draw(WILD), draw(WILD)
    return replace(one, level=level, lat_deg=lat_deg, lon_deg=lon_deg, height_m=height_m, heading_deg=draw(WILD))


def sound(said: Estimate | None) -> None:
    """Finite figures, and a fix only where there was a flight."""
    if said is None:
        return
    places = said.mode.lat_deg, said.mode.lon_deg, said.mean.lat_deg, said.mean.lon_deg
    sizes = said.radius_50_m, said.radius_90_m, said.area_50_m2, said.area_90_m2, said.entropy_bits
    assert all(math.isfinite(value) for value in (*places, *sizes))
    assert np.isfinite(said.grid.probability).all()
    assert said.grid.probability.sum() == pytest.approx(1.0, abs=1e-3)
    assert said.text
    if said.enough:
        assert said.area_50_m2 <= WIDEST_AREA_M2


@settings(max_examples=40)
@given(wild=st.lists(readings(), max_size=25), antenna=st.sampled_from(["omni", "yagi2"]))
def test_anything_is_borne(wild: list[Reading], antenna: str) -> None:
    posterior = Posterior(LocateSettings.model_validate({"antenna": antenna}))
    for number, one in enumerate(wild):
        posterior.add(one)
        if number % 7 == 0:
            sound(estimate(posterior, "t", 1000.0))
    posterior.close()
    sound(estimate(posterior, "t", 1000.0))


def flown(place: LatLon, wild: list[Reading], every: int = 7) -> Estimate:
    """Past a beacon 60 m aside of the way, with something else among the readings."""
    beacon, plane = EastNorth(120.0, 60.0), LocalPlane(place)
    world, posterior = World(beacon, Air(sigma_db=2.0), 5), Posterior(LocateSettings())
    for number in range(120):
        here = EastNorth(3.0 * min(number, 80), 3.0 * max(number - 80, 0))
        at = plane.to_globe(here)
        one = reading(here, 30.0, world.power_db(here, 30.0), 1000.0 + number)
        posterior.add(replace(one, lat_deg=at.lat_deg, lon_deg=at.lon_deg))
        if wild and number % every == every - 1:
            posterior.add(wild[number % len(wild)])
        if number % 20 == 0:
            posterior.update()
    said = estimate(posterior, "t", 1200.0)
    assert said is not None
    sound(said)
    if said.enough:
        assert distance_m(said.mode, plane.to_globe(beacon)) < max(2.0 * said.radius_90_m, 40.0)
    return said


@settings(max_examples=15)
@given(wild=st.lists(readings(), min_size=1, max_size=10))
def test_wild_readings_among_sound_ones_do_not_move_the_fix(wild: list[Reading]) -> None:
    """Unless they are possible: then they may keep it from being one, or widen it."""
    impossible = [one for one in wild if not -200.0 <= one.level.power_db <= 100.0 or not math.isfinite(one.lat_deg)]
    said = flown(LatLon(47.0, 8.0), impossible)
    assert said.enough


@pytest.mark.parametrize(
    "place",
    [LatLon(-17.0, 179.9995), LatLon(-17.0, -180.0), LatLon(0.0, 0.0), LatLon(88.9, 10.0), LatLon(-88.0, 180.0)],
)
def test_every_place_on_earth_that_a_plane_fits_is_one(place: LatLon) -> None:
    said = flown(place, [])
    assert said.enough
    assert -180.0 <= said.mode.lon_deg <= 180.0


def test_at_the_pole_it_says_that_readings_were_refused() -> None:
    posterior = Posterior(LocateSettings())
    assert not posterior.add(replace(reading(EastNorth(0.0, 0.0), 30.0, -80.0, 1.0), lat_deg=89.999))
    assert posterior.refused == 1
    assert estimate(posterior, "t", 1.0) is None


def test_the_other_side_of_the_world_in_between_is_refused_and_counted() -> None:
    there = reading(EastNorth(0.0, 0.0), 30.0, -50.0, 1000.0)
    said = flown(LatLon(47.0, 8.0), [replace(there, lat_deg=-47.0, lon_deg=-172.0)])
    assert said.enough
    assert "refused" in said.text


@pytest.mark.parametrize("spread_m", [0.0, 2.0])
def test_without_movement_it_says_what_to_fly(spread_m: float) -> None:
    random = np.random.default_rng(1)
    posterior = Posterior(LocateSettings())
    for second in range(400):
        place = EastNorth(*(spread_m * random.standard_normal(2)).tolist())
        posterior.add(reading(place, 30.0, -70.0 + float(random.standard_normal()), 1000.0 + second))
    said = estimate(posterior, "t", 1400.0)
    assert said is not None
    assert not said.enough
    assert f"Fly at least {SHORTEST_TRACK_M:.0f} m" in said.text


def test_minus_101_everywhere_is_no_beacon() -> None:
    """What some receivers log for "nothing": one level over a whole flight."""
    lines = [EastNorth(4.0 * (i % 60), 40.0 * (i // 60)) for i in range(360)]
    located = locate([reading(place, 30.0, -101.0, 1000.0 + i) for i, place in enumerate(lines)], LocateSettings())
    assert not located.enough
    assert "Fly " in located.text


def jumped(jump_s: float) -> Estimate:
    beacon, posterior = EastNorth(120.0, 60.0), Posterior(LocateSettings())
    world = World(beacon, Air(sigma_db=2.0), 5)
    for number in range(120):
        here = EastNorth(3.0 * min(number, 80), 3.0 * max(number - 80, 0))
        time_s = 100_000.0 + number + (jump_s if 40 <= number < 80 else 0.0)
        posterior.add(reading(here, 30.0, world.power_db(here, 30.0), time_s))
        if number % 20 == 0:
            sound(estimate(posterior, "t", time_s))
    said = estimate(posterior, "t", 100_200.0)
    assert said is not None
    return said


@pytest.mark.parametrize("jump_s", [-86_400.0, 86_400.0, -5.0])
def test_a_clock_that_jumps_leaves_the_estimate_as_it_is(jump_s: float) -> None:
    said, straight = jumped(jump_s), jumped(0.0)
    assert distance_m(said.mode, straight.mode) < 5.0
    assert said.radius_90_m == pytest.approx(straight.radius_90_m, rel=0.1)

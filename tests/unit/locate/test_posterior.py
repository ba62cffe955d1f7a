"""The posterior against brute force, against truth, and against bad input."""

import dataclasses
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench.worlds import PLANE, Air, World, holds, reading
from app.domain.bearing import Bearing, BearingSource
from app.domain.estimate import Estimate
from app.domain.geometry import EastNorth
from app.domain.radio import Reading
from app.locate.antenna import Attitude
from app.locate.posterior import Posterior
from app.locate.summary import estimate
from app.settings import LocateSettings

LEVEL = Attitude(0.0, 0.0, 0.0)
BEACON = EastNorth(130.0, 90.0)
LAWN = tuple(
    EastNorth(x if lane % 2 == 0 else 200.0 - x, 40.0 * lane) for lane in range(6) for x in np.arange(0.0, 201.0, 4.0)
)


def _said(posterior: Posterior) -> Estimate:
    said = estimate(posterior, "t", 0.0)
    assert said is not None
    return said


def _error_m(posterior: Posterior, beacon: EastNorth = BEACON) -> float:
    return (PLANE.to_plane(_said(posterior).mode) - beacon).length_m


def _flown(posterior: Posterior, air: Air, seed: int = 1, spoil: float = 0.0) -> Posterior:
    """The lawnmower flown with updates under way; every 20th reading is ``spoil`` dB too high."""
    world = World(BEACON, air, seed)
    for i, place in enumerate(LAWN):
        gain = posterior.antenna.gain_db(
            np.array([BEACON.east_m - place.east_m], np.float32),
            np.array([BEACON.north_m - place.north_m], np.float32),
            -40.0,
            LEVEL,
        )
        power_db = world.power_db(place, 40.0) + float(gain[0]) + (spoil if i % 20 == 19 else 0.0)
        posterior.add(reading(place, 40.0, power_db, 1000.0 + i))
        if i % 20 == 0:
            posterior.update()
    return posterior


@pytest.mark.parametrize("antenna", ["omni", "dipole"])
def test_finds_a_beacon_in_clear_air(antenna: str) -> None:
    where = LocateSettings.model_validate({"antenna": antenna, "sigma_db": 0.5})
    posterior = _flown(Posterior(where), Air(sigma_db=0.0, noise_db=0.2))
    assert _error_m(posterior) < 3.0
    assert _said(posterior).radius_90_m < 10.0


def test_the_surface_is_the_marginal_likelihood() -> None:
    """Density ratios of cells agree with integrating level, exponent and variance out by brute force."""
    where = LocateSettings(correlation_m=0.0, sigma_db=3.0)
    random = np.random.default_rng(5)
    places = [EastNorth(float(e), float(n)) for e, n in random.uniform(-150.0, 150.0, (12, 2))]
    powers = random.normal(-80.0, 4.0, 12)
    posterior = Posterior(where)
    for i, (place, power) in enumerate(zip(places, powers, strict=True)):
        posterior.add(reading(place, 40.0, float(power), 1000.0 + 10 * i))
    posterior.add(reading(EastNorth(900.0, 0.0), 40.0, -80.0, 2000.0))  # closes the last row; is itself still open
    posterior.update()
    assert posterior.view is not None
    assert posterior.plane is not None
    surface = posterior.view.surface
    rows = posterior.track.rows()
    cells = [(60, 60), (70, 52), (55, 75)]
    exact = []
    for row, column in cells:
        square = (surface.grid.east_m()[column] - rows.east_m) ** 2 + (surface.grid.north_m()[row] - rows.north_m) ** 2
        exact.append(_brute_force(-5.0 * np.log10((square + 1600.0) / 1e4), rows.power_db, where))
    found = [float(surface.log_density[cell]) for cell in cells]
    assert np.diff(found) == pytest.approx(np.diff(exact), abs=0.4)  # Laplace's method, 12 rows


def _brute_force(path: np.ndarray, power: np.ndarray, where: LocateSettings) -> float:
    exponents = np.linspace(1.2, 4.5, 300)[:, None]
    variances = np.geomspace(0.3, 300.0, 400)[None, :]
    rest = power - exponents * path
    squares = ((rest - rest.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)[:, None]
    n, held = len(power), 6.0
    log_likelihood = -0.5 * (n - 1) * np.log(variances) - 0.5 * squares / variances
    log_prior = -0.5 * ((exponents - where.exponent) / where.exponent_sd) ** 2
    log_prior = log_prior - (0.5 * held + 1.0) * np.log(variances) - 0.5 * held * where.sigma_db**2 / variances
    steps = np.log(variances)  # geometric steps: d(variance) = variance d(log)
    return float(np.log(np.exp(log_likelihood + log_prior + steps).sum()))


def test_outliers_do_not_move_it() -> None:
    clean = _error_m(_flown(Posterior(LocateSettings()), Air(sigma_db=1.0)))
    spoilt = _error_m(_flown(Posterior(LocateSettings()), Air(sigma_db=1.0), spoil=25.0))
    assert spoilt < clean + 12.0


def test_regions_are_true_under_correlated_shadowing() -> None:
    said = [
        _said(_flown(Posterior(LocateSettings(correlation_m=15.0)), Air(correlation_m=15.0), seed))
        for seed in range(24)
    ]
    inside = sum(holds(one, BEACON) for one in said)
    assert inside >= 18  # of 24; 21.6 are expected, 18 or more in 98 % of such trials


def test_nothing_heard_pushes_it_away() -> None:
    world = World(EastNorth(0.0, 300.0), Air(sigma_db=2.0), 3)
    line = [EastNorth(x, 0.0) for x in np.arange(-200.0, 201.0, 4.0)]  # says nothing about north or south
    open_, closed = Posterior(LocateSettings()), Posterior(LocateSettings())
    for i, place in enumerate(line):
        for posterior in (open_, closed):
            posterior.add(reading(place, 40.0, world.power_db(place, 40.0), 1000.0 + i))
    for i in range(12):
        closed.add(reading(EastNorth(-180.0 + 30.0 * i, -320.0), 40.0, -84.0, 2000.0 + i, heard=False))
    south = [_south(posterior) for posterior in (open_, closed)]
    assert south[0] == pytest.approx(0.5, abs=0.1)
    assert south[1] < 0.2


def _south(posterior: Posterior) -> float:
    grid = _said(posterior).grid
    north = grid.south_m + (np.arange(grid.probability.shape[0]) + 0.5) * grid.cell_m
    return float(grid.probability[north < 0.0].sum())


def test_without_readings_there_is_no_estimate() -> None:
    posterior = Posterior(LocateSettings())
    assert estimate(posterior, "t", 0.0) is None
    posterior.add(reading(EastNorth(0.0, 0.0), 40.0, -100.0, 1.0, heard=False))
    assert estimate(posterior, "t", 0.0) is None
    assert posterior.hypotheses(5) is None


def test_hovering_is_not_enough_and_says_what_to_fly() -> None:
    posterior = Posterior(LocateSettings())
    for i in range(200):
        posterior.add(reading(EastNorth(0.0, 0.0), 40.0, -80.0, 1000.0 + i))
    said = _said(posterior)
    assert not said.enough
    assert "Fly at least 40 m" in said.text
    assert said.radius_90_m > 300.0


def test_the_grid_refines_itself_and_finds_the_way_back() -> None:
    posterior = _flown(Posterior(LocateSettings()), Air(sigma_db=1.0))
    assert _said(posterior).grid.cell_m <= 3.0
    elsewhere = World(EastNorth(600.0, 400.0), Air(sigma_db=1.0, reference_db=-40.0), 2)
    for i in range(250):  # what is heard later contradicts: the beacon is far outside the fine grid
        place = EastNorth(450.0 + 4.0 * (i % 50), 300.0 + 50.0 * (i // 50))
        posterior.add(reading(place, 40.0, elsewhere.power_db(place, 40.0), 5000.0 + i))
    assert _error_m(posterior, EastNorth(600.0, 400.0)) < 60.0


def test_flying_far_widens_the_whole() -> None:
    posterior = Posterior(LocateSettings())
    for i in range(300):
        posterior.add(reading(EastNorth(10.0 * i, 0.0), 40.0, -80.0, 1000.0 + i))
        posterior.update()
    assert posterior.view is not None
    assert np.isfinite(posterior.view.mass).all()


def test_a_moved_vehicle_begins_anew_and_one_stray_does_not() -> None:
    posterior = _flown(Posterior(LocateSettings()), Air(sigma_db=1.0))
    far = dataclasses.replace(reading(EastNorth(0.0, 0.0), 40.0, -80.0, 3000.0), lat_deg=-33.0, lon_deg=151.0)
    assert not posterior.add(far)
    assert posterior.add(reading(EastNorth(0.0, 0.0), 40.0, -85.0, 3001.0))
    assert [posterior.add(far) for _ in range(5)] == [False] * 4 + [True]
    assert posterior.track.readings == 1
    assert posterior.refused == 5


@pytest.mark.parametrize(
    "change",
    [{"power_db": math.nan}, {"power_db": math.inf}, {"time_s": math.nan}, {"snr_db": math.nan}, {"power_db": 1e6}],
)
def test_absurd_levels_are_refused(change: dict[str, Any]) -> None:
    posterior = Posterior(LocateSettings())
    good = reading(EastNorth(0.0, 0.0), 40.0, -80.0, 1.0)
    assert not posterior.add(dataclasses.replace(good, level=dataclasses.replace(good.level, **change)))
    assert posterior.refused == 1


@pytest.mark.parametrize("change", [{"lat_deg": 90.0}, {"lat_deg": math.nan}, {"lon_deg": 1e9}, {"height_m": -1e7}])
def test_absurd_places_are_refused(change: dict[str, Any]) -> None:
    posterior = Posterior(LocateSettings())
    assert not posterior.add(dataclasses.replace(reading(EastNorth(0.0, 0.0), 40.0, -80.0, 1.0), **change))
    assert posterior.refused == 1


def test_across_the_antimeridian() -> None:
    posterior = Posterior(LocateSettings())
    for one in _line(lat_deg=-17.0, lon_deg=179.9995):
        posterior.add(one)
    said = _said(posterior)
    assert abs(said.mode.lon_deg) > 179.9
    assert all(-180.0 <= corner.lon_deg <= 180.0 for ring in said.region_90 for corner in ring)


def _line(lat_deg: float, lon_deg: float) -> list[Reading]:
    base = reading(EastNorth(0.0, 0.0), 40.0, -80.0, 1.0)
    return [
        dataclasses.replace(
            base,
            lat_deg=lat_deg,
            lon_deg=(lon_deg + 2e-5 * i + 180.0) % 360.0 - 180.0,
            level=dataclasses.replace(base.level, time_s=1.0 + i, power_db=-80.0 - abs(i - 30) * 0.2),
        )
        for i in range(60)
    ]


any_number = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([-101.0, 0.0, 90.0, -180.0, 180.0, 1e-300])
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(any_number, any_number, any_number, any_number, st.booleans(), st.floats(-3000.0, 3000.0)),
        max_size=30,
    )
)
def test_whatever_comes_the_estimate_stays_sane(
    rows: list[tuple[float, float, float, float, bool, float]],
) -> None:
    posterior = Posterior(LocateSettings())
    for i, (power, height, lat, snr, heard, east) in enumerate(rows):
        good = reading(EastNorth(east, 0.0), height, power, 1000.0 + i, heard)
        level = dataclasses.replace(good.level, snr_db=snr, overload=i % 3 == 0)
        posterior.add(dataclasses.replace(good, level=level, lat_deg=lat if i % 5 == 4 else good.lat_deg))
        posterior.add(reading(EastNorth(east, 10.0 * i), 40.0, -90.0, 1000.0 + i))
    said = estimate(posterior, "t", 0.0)
    if said is not None:
        assert np.isfinite(said.grid.probability).all()
        assert float(said.grid.probability.sum()) == pytest.approx(1.0, abs=1e-3)
        assert 0.0 < said.radius_50_m <= said.radius_90_m
        assert math.isfinite(said.mode.lat_deg + said.mode.lon_deg + said.entropy_bits)


def _told(place: EastNorth, bearing_deg: float, sigma_deg: float = 4.0) -> Bearing:
    at = PLANE.to_globe(place)
    return Bearing(
        1000.0, "t", at.lat_deg, at.lon_deg, bearing_deg, sigma_deg, False, None, 1.0, BearingSource.HAND, "ada", ""
    )


def test_bearings_of_others_narrow_it() -> None:
    """One short leg leaves both of its sides possible; a bearing says which."""
    world, posterior = World(BEACON, Air(sigma_db=2.0), 3), Posterior(LocateSettings())
    first, second = EastNorth(0.0, 300.0), EastNorth(400.0, 0.0)
    for i, x in enumerate(np.arange(0.0, 260.0, 4.0)):
        place = EastNorth(float(x), 0.0)
        posterior.add(reading(place, 40.0, world.power_db(place, 40.0), 1000.0 + i))
    before = _said(posterior)
    assert all(posterior.add_told(_told(place, (BEACON - place).bearing_deg)) for place in (first, second))
    after = _said(posterior)
    assert after.area_90_m2 < 0.5 * before.area_90_m2
    assert _error_m(posterior) < 30.0
    assert not posterior.add_told(_told(BEACON, math.nan))


def test_what_is_told_before_anything_is_heard_waits_for_it() -> None:
    world, early, late = World(BEACON, Air(sigma_db=2.0), 3), Posterior(LocateSettings()), Posterior(LocateSettings())
    place = EastNorth(400.0, 0.0)
    bearing = _told(place, (BEACON - place).bearing_deg)
    assert early.add_told(bearing)
    for i, x in enumerate(np.arange(0.0, 120.0, 4.0)):
        here = EastNorth(float(x), 0.0)
        one = reading(here, 40.0, world.power_db(here, 40.0), 1000.0 + i)
        early.add(one)
        late.add(one)
    assert late.add_told(bearing)
    assert _said(early).area_90_m2 == pytest.approx(_said(late).area_90_m2, rel=0.05)


def test_a_turn_on_the_spot_tells_the_side_by_the_gain_of_each_reading() -> None:
    posterior = Posterior(LocateSettings.model_validate({"antenna": "yagi2", "sigma_db": 2.0}))
    start, random = EastNorth(0.0, 0.0), np.random.default_rng(4)
    away = np.array([BEACON.east_m], np.float32), np.array([BEACON.north_m], np.float32)
    for i in range(72):
        attitude = Attitude(0.0, 0.0, 10.0 * (i // 2))
        gain = float(posterior.antenna.gain_db(*away, -40.0, attitude)[0])
        one = reading(start, 40.0, -60.0 + gain + 0.5 * float(random.standard_normal()), 1000.0 + i)
        posterior.add(replace(one, heading_deg=attitude.heading_deg))
    posterior.close()
    posterior.update()
    assert posterior.view is not None
    grid = posterior.view.surface.grid
    east, north = np.meshgrid(grid.east_m(), grid.north_m())
    off = np.abs((np.degrees(np.arctan2(east, north)) - BEACON.bearing_deg + 180.0) % 360.0 - 180.0)
    assert posterior.view.mass[off < 20.0].sum() > 0.9


def test_silence_behind_a_yagi_says_little() -> None:
    """Not heard with its back to a place: the beacon may still be there."""
    shares = []
    for heading_deg in (0.0, 180.0):
        posterior = Posterior(LocateSettings.model_validate({"antenna": "yagi3", "sigma_db": 2.0}))
        for i in range(12):
            one = reading(EastNorth(-300.0, 10.0 * i), 40.0, -80.0, 1000.0 + i)
            posterior.add(replace(one, heading_deg=90.0))
        for i in range(8):
            silent = reading(EastNorth(0.0, 35.0 * i), 40.0, -82.0, 1100.0 + i, heard=False)
            posterior.add(replace(silent, heading_deg=heading_deg))
        posterior.close()
        posterior.update()
        assert posterior.view is not None
        grid = posterior.view.surface.grid
        east, north = np.meshgrid(grid.east_m(), grid.north_m())
        shares.append(float(posterior.view.mass[(north > 100.0) & (np.abs(east) < 200.0)].sum()))
    assert shares[0] < shares[1]

"""How well and how fast the posterior finds a beacon: lawnmower flights, coverage, closed homings; the main thread.

The lawnmower: 228 x 200 m, lines 20 m apart, 30 m up, a ping every 5 m of which 0.6 (1 - (d / 500 m)^2) are heard, with
independent errors. The peer is RTT with its bug fixed and the exponent free; the limit is the Cramer-Rao bound on RMSE.
"""

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.bench.figures import Figure
from app.bench.worlds import PLANE, Air, World, holds, home_in, reading
from app.domain.geometry import EastNorth
from app.locate.antenna import Attitude, Omni
from app.locate.fit import Sums
from app.locate.grid import Grid
from app.locate.informed import Informed
from app.locate.posterior import Posterior
from app.locate.shadowing import Shadowing, whiten
from app.locate.summary import estimate
from app.locate.track import Rows
from app.settings import LocateSettings, MissionSettings

HEIGHT_M = 30.0
SEEDS, SEEDS_QUICK = 100, 8
FLIGHTS, FLIGHTS_QUICK = 40, 3


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table: truth, goal for the median error, and RTT's median with the exponent free."""

    exponent: float
    sigma_db: float
    tag: EastNorth
    goal_m: float
    peer_m: float

    @property
    def name(self) -> str:
        where = "corner" if self.tag.east_m < 200.0 else "75 m outside"
        return f"n {self.exponent:g}, sigma {self.sigma_db:g} dB, {where}"


CORNER, OUTSIDE = EastNorth(20.0, 30.0), EastNorth(300.0, 100.0)
CASES = (
    Case(2.0, 2.0, CORNER, 3.6, 3.6),
    Case(2.0, 6.0, CORNER, 11.0, 11.9),
    Case(3.0, 2.0, OUTSIDE, 13.0, 14.5),
    Case(2.0, 6.0, OUTSIDE, 33.0, 72.9),
    Case(3.0, 6.0, OUTSIDE, 35.0, 53.4),
)


def run(quick: bool) -> list[Figure]:
    """With ``quick`` few seeds: within a minute, noisier."""
    seeds = SEEDS_QUICK if quick else SEEDS
    found = [figure for case in CASES for figure in lawnmower(case, seeds)]
    return [*found, update_time(), *homing(FLIGHTS_QUICK if quick else FLIGHTS)]


def lawnmower(case: Case, seeds: int) -> list[Figure]:
    """Median and RMSE of the error, and how often the truth lies in the stated 90 % region."""
    flown = [_fly(case, seed) for seed in range(seeds)]
    errors = np.array([error for error, _ in flown])
    inside = 100.0 * sum(held for _, held in flown) / seeds
    bound = cramer_rao_m(case, 0.3)
    median, rmse = float(np.median(errors)), float(np.sqrt((errors**2).mean()))
    return [
        _below(f"{case.name}: median error", median, "m", case.goal_m, peer="RTT, mended", peer_value=case.peer_m),
        Figure(f"{case.name}: RMSE", rmse, "m", limit=bound),
        Figure(f"{case.name}: truth in the 90 % region", inside, "%", "85 - 95", 85.0 <= inside <= 95.0),
    ]


def _below(name: str, value: float, unit: str, goal: float, peer: str = "", peer_value: float | None = None) -> Figure:
    return Figure(name, value, unit, f"<= {goal:g}", value <= goal, peer, peer_value)


def pings() -> list[EastNorth]:
    """Where the lawnmower transmits its pings."""
    lanes = [np.arange(0.0, 229.0, 5.0)[:: 1 if lane % 2 == 0 else -1] for lane in range(11)]
    return [EastNorth(float(east), 20.0 * lane) for lane, line in enumerate(lanes) for east in line]


def _heard(tag: EastNorth, place: EastNorth) -> float:
    return max(0.6 * (1.0 - ((place - tag).length_m / 500.0) ** 2), 0.0)


def _fly(case: Case, seed: int) -> tuple[float, bool]:
    """Error of the mode in metres, and whether the 90 % region holds the tag."""
    random = np.random.default_rng(seed)
    posterior = Posterior(LocateSettings())
    for second, place in enumerate(pings()):
        if random.random() < _heard(case.tag, place):
            slant_m = math.hypot((place - case.tag).length_m, HEIGHT_M)
            error_db = case.sigma_db * float(random.standard_normal())
            power_db = -60.0 - 10.0 * case.exponent * math.log10(slant_m / 100.0) + error_db
            posterior.add(reading(place, HEIGHT_M, power_db, float(second)))
        if second % 20 == 0:
            posterior.update()
    said = estimate(posterior, "t", 0.0)
    if said is None:
        return math.inf, False
    return (PLANE.to_plane(said.mode) - case.tag).length_m, holds(said, case.tag)


def cramer_rao_m(case: Case, exponent_sd: float) -> float:
    """Least RMSE of an unbiased estimate with level and exponent unknown; 0 for no prior on the exponent."""
    places = pings()
    away = np.array([(p.east_m - case.tag.east_m, p.north_m - case.tag.north_m) for p in places])
    square = (away**2).sum(axis=1) + HEIGHT_M**2
    slope = 10.0 * case.exponent / math.log(10.0) * away / square[:, None]
    table = np.column_stack([slope, np.ones(len(places)), -5.0 * np.log10(square)])
    heard = np.array([_heard(case.tag, place) for place in places])
    information: NDArray[np.float64] = (table * heard[:, None]).T @ table / case.sigma_db**2
    if exponent_sd > 0.0:
        information[3, 3] += exponent_sd**-2
    covariance = np.linalg.inv(information)
    return float(np.sqrt(covariance[0, 0] + covariance[1, 1]))


def update_time(side: int = 500, count: int = 40) -> Figure:
    """Time to take one row of a straight track into a grid of 250 000 cells."""
    random = np.random.default_rng(1)
    ones, along = np.ones(count), np.arange(count, dtype=np.float64)
    level = (Attitude(0.0, 0.0, 0.0),) * count
    rows = Rows(
        level, along, 3.0 * along, 0.0 * ones, 40.0 * ones, random.normal(size=count), 0.0 * ones, ones, 3.0 * ones
    )
    sums = Sums(Grid.around(0.0, 0.0, 500.0, side), Omni(), 0.0, 0.0)
    whitening = whiten(rows, np.ones(count, np.bool_), 0, Shadowing(0.1, 10.0), 4.0)
    start_s = time.perf_counter()
    sums.add(rows, whitening, ones)
    took_ms = (time.perf_counter() - start_s) * 1e3 / count
    return Figure(
        f"posterior update per reading, {side} x {side} cells", took_ms, "ms", "<= 0.5", took_ms <= 0.5, limit=0.08
    )


def homing(count: int) -> list[Figure]:
    """Closed homings from 300 - 500 m by the mission's own settings, shadowing of 4 dB alike over 10 m."""
    flights, mission = [], MissionSettings()
    for seed in range(count):
        random = np.random.default_rng(1000 + seed)
        distance_m, bearing = random.uniform(300.0, 500.0), random.uniform(0.0, math.tau)
        start = EastNorth(distance_m * math.sin(bearing), distance_m * math.cos(bearing))
        world = World(EastNorth(0.0, 0.0), Air(), seed)
        at = mission.homing_height_m, mission.homing_s, mission.goal_radius_m
        flights.append(home_in(world, Informed(), Posterior(LocateSettings()), start, *at))
    found = 100.0 * sum(flight.found for flight in flights) / count
    inside = 100.0 * sum(flight.inside_90 for flight in flights) / count
    error_m = float(np.median([flight.error_m for flight in flights]))
    took_s = float(np.median([flight.time_s for flight in flights]))
    return [
        Figure("informed homing: found within 900 s", found, "%", ">= 95", found >= 95.0),
        _below("informed homing: median error", error_m, "m", 15.0),
        Figure("informed homing: median time", took_s, "s"),
        Figure("informed homing: truth in the 90 % region", inside, "%", "85 - 95", 85.0 <= inside <= 95.0),
    ]

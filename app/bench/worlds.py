"""Small radio worlds for benches and tests of the position side: path loss, correlated shadowing, a point vehicle."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.domain.estimate import Estimate
from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.radio import Level, Reading
from app.locate.homing import Situation, Strategy
from app.locate.posterior import Posterior
from app.locate.summary import estimate

HOME = LatLon(47.3977, 8.5456)
PLANE = LocalPlane(HOME)
WAVES = 96


@dataclass(frozen=True, slots=True)
class Air:
    """Between beacon and vehicle; the power at 100 m is unknown to the station."""

    exponent: float = 2.2
    sigma_db: float = 4.0
    correlation_m: float = 10.0
    reference_db: float = -75.0
    noise_db: float = 0.3  # of one reading


class World:
    """A beacon on the ground and what a receiver at a place hears of it.

    Shadowing is a sum of plane waves whose directions and lengths give the covariance exp(-d / correlation).
    """

    def __init__(self, beacon: EastNorth, air: Air, seed: int) -> None:
        self.beacon, self.air = beacon, air
        self.random = np.random.default_rng(seed)
        share = self.random.uniform(0.0, 1.0, WAVES)
        k = np.minimum(np.sqrt(1.0 / (1.0 - share) ** 2 - 1.0) / max(air.correlation_m, 0.1), math.pi)
        course = self.random.uniform(0.0, math.tau, WAVES)
        self._east, self._north = k * np.sin(course), k * np.cos(course)
        self._phase = self.random.uniform(0.0, math.tau, WAVES)

    def power_db(self, place: EastNorth, height_m: float) -> float:
        slant_m = math.hypot((place - self.beacon).length_m, height_m)
        waves = np.cos(self._east * place.east_m + self._north * place.north_m + self._phase).sum()
        shadow_db = self.air.sigma_db * math.sqrt(2.0 / WAVES) * float(waves)
        path_db = 10.0 * self.air.exponent * math.log10(slant_m / 100.0)
        return self.air.reference_db - path_db + shadow_db + self.air.noise_db * float(self.random.standard_normal())


def reading(
    place: EastNorth, height_m: float, power_db: float, time_s: float, heard: bool = True, snr_db: float = 40.0
) -> Reading:
    """A reading of target "t" at a place on ``PLANE``."""
    globe = PLANE.to_globe(place)
    level = Level(time_s, 0.25, "t", 433.92e6, power_db, power_db, power_db - snr_db, snr_db, heard, overload=False)
    return Reading(level, globe.lat_deg, globe.lon_deg, height_m, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Flight:
    """How a homing went."""

    found: bool  # the 90 % radius fell below the goal with the vehicle within it of the mode
    time_s: float
    length_m: float
    error_m: float  # of the mode
    estimate: Estimate
    inside_90: bool  # the truth lies in the stated 90 % region


def home_in(
    world: World,
    strategy: Strategy,
    posterior: Posterior,
    start: EastNorth,
    height_m: float = 40.0,
    limit_s: float = 600.0,
    goal_radius_m: float = 20.0,
    watch: Callable[[float, EastNorth, Estimate], None] | None = None,
) -> Flight:
    """Fly a point at 5 m/s by the strategy, a reading every 0.5 s, until found or out of time."""
    place, time_s, length_m, goal = start, 0.0, 0.0, start + EastNorth(0.0, 100.0)
    while True:
        for _ in range(2):  # readings for each look
            time_s += 0.5
            posterior.add(reading(place, height_m, world.power_db(place, height_m), 1000.0 + time_s))
            way = goal - place
            step_m = min(2.5, way.length_m)
            place = place + way * (step_m / max(way.length_m, 1e-6))
            length_m += step_m
        said, plane = estimate(posterior, "t", 1000.0 + time_s), posterior.plane
        if said is None or plane is None:
            continue
        if watch is not None:
            watch(time_s, place, said)
        mode = PLANE.to_plane(said.mode)
        found = said.enough and max(said.radius_90_m, (mode - place).length_m) <= goal_radius_m
        if found or time_s >= limit_s:
            inside = holds(said, world.beacon)
            return Flight(found, time_s, length_m, (mode - world.beacon).length_m, said, inside)
        here = plane.to_plane(PLANE.to_globe(place))
        leg = strategy.next_leg(posterior, Situation(1000.0 + time_s, here, height_m, 5.0, goal_radius_m))
        if leg is not None:
            goal = PLANE.to_plane(plane.to_globe(leg.goal))


def holds(said: Estimate, beacon: EastNorth, share: float = 0.9) -> bool:
    """Whether the beacon's cell is one of those with the highest density that hold ``share`` of the probability."""
    grid = said.grid
    at = LocalPlane(grid.origin).to_plane(PLANE.to_globe(beacon))
    row, column = (
        math.floor((at.north_m - grid.south_m) / grid.cell_m),
        math.floor((at.east_m - grid.west_m) / grid.cell_m),
    )
    rows, columns = grid.probability.shape
    if not (0 <= row < rows and 0 <= column < columns):
        return False
    denser = grid.probability[grid.probability > grid.probability[row, column]].sum()
    return float(denser) < share

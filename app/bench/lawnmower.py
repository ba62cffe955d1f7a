"""The position table: a lawnmower flown over and beside a tag, Kestrel's posterior and RTT on the same pings.

228 x 200 m, lines 20 m apart, 30 m up, a ping every 5 m of which 0.6 (1 - (d / 500 m)^2) are heard, with independent
errors. One setting, the default one, for all rows. The limit is the Cramer-Rao bound (an RMSE) of the very pings that
were heard; the median of an efficient estimator is about 0.83 of it.
"""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from app.bench.figures import Figure
from app.bench.rtt import EXPONENTS, Variant, rtt
from app.bench.trials import interval, processes
from app.bench.worlds import PLANE, holds, reading
from app.domain.geometry import EastNorth
from app.locate.posterior import Posterior
from app.locate.summary import estimate
from app.settings import LocateSettings

HEIGHT_M = 30.0
REFERENCE_DB = -60.0  # at 100 m
SEEDS, SEEDS_QUICK = 120, 4
EFFICIENT = 1.15
PRIOR_SD = 0.3  # of the exponent, for the second bound of the table


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table: truth, and goals for the median error and its 90th percentile."""

    exponent: float
    sigma_db: float
    tag: EastNorth
    goal_m: float
    goal_p90_m: float | None = None

    @property
    def inside(self) -> bool:
        return self.tag.east_m < 200.0

    @property
    def name(self) -> str:
        return f"n {self.exponent:g}, sigma {self.sigma_db:g} dB, {'corner' if self.inside else '75 m outside'}"


@dataclass(frozen=True, slots=True, eq=False)
class Flown:
    """What one flight found: errors in metres, bounds of its own pings, and whether the regions hold the tag."""

    error_m: float
    peers_m: dict[Variant, float]
    free_m: float
    held_m: float
    in_50: bool
    in_90: bool


CORNER, OUTSIDE = EastNorth(20.0, 30.0), EastNorth(300.0, 100.0)
CASES = (
    Case(2.0, 2.0, CORNER, 3.6),
    Case(2.0, 6.0, CORNER, 11.0),
    Case(3.0, 2.0, OUTSIDE, 13.0),
    Case(2.0, 6.0, OUTSIDE, 33.0),
    Case(3.0, 6.0, OUTSIDE, 35.0, 90.0),
)


def run(quick: bool) -> list[Figure]:
    """With ``quick`` few seeds, in this process; else as many as there are cores."""
    if quick:
        flown = [[fly(case, seed) for seed in range(SEEDS_QUICK)] for case in CASES]
    else:
        with processes() as pool:
            flown = [list(pool.map(partial(fly, case), range(SEEDS), chunksize=10)) for case in CASES]
    found = [figure for case, flights in zip(CASES, flown, strict=True) for figure in figures(case, flights)]
    everyone = [flight for flights in flown for flight in flights]
    return [*found, *_coverage(f"all {len(everyone)} flights", everyone)]


def figures(case: Case, flights: list[Flown]) -> list[Figure]:
    """Errors beside the peers' and the bounds, and how often the truth lies in the stated regions."""
    errors = np.array([flown.error_m for flown in flights])
    median, p90, rmse = float(np.median(errors)), float(np.percentile(errors, 90.0)), _rms(errors)
    free_m, held_m = _rms([flown.free_m for flown in flights]), _rms([flown.held_m for flown in flights])
    peers = {variant: float(np.median([flown.peers_m[variant] for flown in flights])) for variant in EXPONENTS}
    goal = case.goal_m
    shown = [
        Figure(f"{case.name}: median error", median, "m", f"<= {goal:g}", median <= goal, f"RTT {variant}", peer_m)
        for variant, peer_m in peers.items()
    ]
    limit = case.goal_p90_m
    shown.append(
        Figure(f"{case.name}: p90 error", p90, "m", f"<= {limit:g}" if limit else "", p90 <= limit if limit else None)
    )
    ratio = rmse / free_m
    shown += [
        Figure(f"{case.name}: RMSE, bound with a prior on n", rmse, "m", limit=held_m),
        Figure(f"{case.name}: RMSE over its bound, n free", ratio, "", f"<= {EFFICIENT}" if case.inside else "",
               ratio <= EFFICIENT if case.inside else None, limit=1.0),
    ]  # fmt: skip
    return [*shown, *_coverage(case.name, flights)]


def _coverage(name: str, flights: list[Flown]) -> list[Figure]:
    return [
        _share(f"{name}: truth in the 50 % region", [flown.in_50 for flown in flights], (40.0, 60.0)),
        _share(f"{name}: truth in the 90 % region", [flown.in_90 for flown in flights], (85.0, 95.0)),
    ]


def _share(name: str, held: list[bool], goal: tuple[float, float]) -> Figure:
    share = 100.0 * sum(held) / len(held)
    low, high = interval(sum(held), len(held))
    ok = goal[0] <= share <= goal[1]
    return Figure(name, share, "%", f"{goal[0]:g} - {goal[1]:g}", ok, interval=(100.0 * low, 100.0 * high))


def pings() -> list[EastNorth]:
    """Where the tag is heard or not: one ping every 5 m."""
    lanes = [np.arange(0.0, 229.0, 5.0)[:: 1 if lane % 2 == 0 else -1] for lane in range(11)]
    return [EastNorth(float(east), 20.0 * lane) for lane, line in enumerate(lanes) for east in line]


def heard_share(tag: EastNorth, place: EastNorth) -> float:
    return max(0.6 * (1.0 - ((place - tag).length_m / 500.0) ** 2), 0.0)


def fly(case: Case, seed: int) -> Flown:
    """One flight with all estimators."""
    random = np.random.default_rng(seed)
    posterior = Posterior(LocateSettings())
    heard: list[tuple[float, float, float, float]] = []
    for second, place in enumerate(pings()):
        if random.random() < heard_share(case.tag, place):
            slant_m = math.hypot((place - case.tag).length_m, HEIGHT_M)
            error_db = case.sigma_db * float(random.standard_normal())
            power_db = REFERENCE_DB - 10.0 * case.exponent * math.log10(slant_m / 100.0) + error_db
            posterior.add(reading(place, HEIGHT_M, power_db, float(second)))
            heard.append((place.east_m, place.north_m, HEIGHT_M, power_db))
        if second % 20 == 0:
            posterior.update()
    posterior.close()
    table = np.array(heard)
    peers = {variant: _off(rtt(table[:, :3], table[:, 3], variant), case.tag) for variant in EXPONENTS}
    free_m, held_m = (cramer_rao_m(case, table[:, :2], sd) for sd in (0.0, PRIOR_SD))
    said = estimate(posterior, "t", 0.0)
    if said is None:
        return Flown(math.inf, peers, free_m, held_m, in_50=False, in_90=False)
    error_m = _off(PLANE.to_plane(said.mode), case.tag)
    return Flown(error_m, peers, free_m, held_m, in_50=holds(said, case.tag, 0.5), in_90=holds(said, case.tag))


def cramer_rao_m(
    case: Case, places_m: NDArray[np.float64], exponent_sd: float, weight: NDArray[np.float64] | float = 1.0
) -> float:
    """Least RMSE of an unbiased estimate with level and exponent unknown; ``exponent_sd`` 0: no prior on the exponent.

    ``places_m`` (n, 2) are those where a ping was heard, or all of them with ``weight`` (n,), the chance of hearing it.
    """
    away = places_m - np.array([case.tag.east_m, case.tag.north_m])
    square = (away**2).sum(axis=1) + HEIGHT_M**2
    slope = 10.0 * case.exponent / math.log(10.0) * away / square[:, None]
    table = np.column_stack([slope, np.ones(len(places_m)), -5.0 * np.log10(square)])
    chance = np.broadcast_to(weight, len(places_m))
    information: NDArray[np.float64] = (table * chance[:, None]).T @ table / case.sigma_db**2
    if exponent_sd > 0.0:
        information[3, 3] += exponent_sd**-2
    covariance = np.linalg.inv(information)
    return float(np.sqrt(covariance[0, 0] + covariance[1, 1]))


def _off(found: EastNorth | None, tag: EastNorth) -> float:
    return math.inf if found is None else (found - tag).length_m


def _rms(values: NDArray[np.float64] | list[float]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))

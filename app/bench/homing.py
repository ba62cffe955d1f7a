"""Homing over seeded worlds: success, time, path and error of each strategy, against flying the whole pattern.

As many processes as cores; the times are the station's, so the load of the machine changes none of them.
"""

import numpy as np

from app.bench.figures import Figure
from app.bench.homingworld import Hunted, hunt
from app.bench.link import reactions
from app.bench.trials import interval, processes

STRATEGIES = ("gradient", "bearing", "informed")  # bearing with a two-element Yagi, the others with an omni antenna
WORLDS, QUICK_WORLDS = 200, 4
REACTIONS = 8
LEAST_FOUND, MOST_OF_GRADIENT, MOST_OF_PATTERN = 0.95, 0.6, 0.5


def run(quick: bool) -> list[Figure]:
    """Every strategy in the same worlds, and the reaction times on the real link (``quick``: a few worlds only)."""
    flown = figures(fly(range(QUICK_WORLDS if quick else WORLDS)), verdicts=not quick)
    return flown if quick else [*flown, *reactions(REACTIONS, homing=True)]


def fly(seeds: range) -> list[Hunted]:
    """Each strategy in each world, the same on any number of processors."""
    jobs = [(seed, strategy) for seed in seeds for strategy in STRATEGIES]
    with processes() as pool:
        return list(pool.map(hunt, *zip(*jobs, strict=True)))


def figures(flown: list[Hunted], verdicts: bool = True) -> list[Figure]:
    """Medians over all worlds, found or not; a flight that finds nothing has the time until it ended.

    A few worlds say nothing of the goals: they are told without ``verdicts``.
    """
    found = []
    by = {name: [one for one in flown if one.strategy == name] for name in STRATEGIES}
    for name, flights in by.items():
        found += _of_strategy(name, flights)
    informed, gradient = by["informed"], by["gradient"]
    share = float(np.mean([one.found for one in informed]))
    of_gradient = _median([one.homing_s for one in informed]) / _median([one.homing_s for one in gradient])
    of_pattern = _median([one.total_s / one.whole_s for one in informed])
    return [
        *found,
        _judged("informed, found", share, LEAST_FOUND, above=True, verdicts=verdicts),
        _judged("informed, homing time over gradient's", of_gradient, MOST_OF_GRADIENT, verdicts=verdicts),
        _judged("informed, whole time over the whole pattern's", of_pattern, MOST_OF_PATTERN, verdicts=verdicts),
    ]


def _of_strategy(name: str, flights: list[Hunted]) -> list[Figure]:
    found = [one for one in flights if one.found]
    errors = [one.error_m for one in found] or [np.inf]
    count = len(found)
    return [
        Figure(f"{name}, worlds", float(len(flights)), ""),
        Figure(f"{name}, found within 20 m", count / len(flights), "", interval=interval(count, len(flights))),
        Figure(f"{name}, homing time, median", _median([one.homing_s for one in flights]), "s"),
        Figure(f"{name}, homing time, p90", float(np.quantile([one.homing_s for one in flights], 0.9)), "s"),
        Figure(f"{name}, search and homing, median", _median([one.total_s for one in flights]), "s"),
        Figure(f"{name}, path, median", _median([one.length_m for one in flights]), "m"),
        Figure(f"{name}, error where found, median", _median(errors), "m"),
        Figure(f"{name}, error where found, worst", max(errors), "m"),
    ]


def _judged(name: str, value: float, goal: float, *, above: bool = False, verdicts: bool) -> Figure:
    met = value >= goal if above else value <= goal
    return Figure(name, value, "", f"{'>=' if above else '<='} {goal:g}", met if verdicts else None)


def _median(values: list[float]) -> float:
    return float(np.median(values))

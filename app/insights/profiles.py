"""How operators, vehicles and receivers did from flight to flight, and whether that changes; pure, any thread.

The trend is Theil's and Sen's slope with the p-value of Kendall's tau: neither minds an outlier.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import kendalltau, theilslopes

from app.domain.project import Flight
from app.insights.goals import KINDS, Figure

FEWEST = 4  # flights for a trend
DAY_S = 86_400.0
ABOUT = {
    "operator": ("time_to_detect_s", "time_to_find_s", "coverage", "homing_path_ratio", "gate_closures"),
    "vehicle": ("path_length_m", "link_lost_share", "link_lost_s", "gate_closures", "battery_percent_per_km"),
    "receiver": ("overload_share", "lost_samples", "mean_snr_db", "heard_share", "farthest_heard_m"),
}


@dataclass(frozen=True, slots=True)
class Flown:
    """One flight with who flew it, with which vehicles and which receivers, as far as it tells."""

    flight: Flight
    figures: tuple[Figure, ...]
    operators: tuple[str, ...]
    vehicles: tuple[str, ...]
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure over time: a value a flight; ``per_day`` and ``p`` from four flights on."""

    name: str
    title: str
    unit: str
    time_s: tuple[float, ...]
    values: tuple[float, ...]
    median: float
    per_day: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Profile:
    kind: str  # operator, vehicle or receiver
    name: str
    flights: int
    hours: float
    trends: tuple[Trend, ...]


def profiles(flown: Sequence[Flown]) -> list[Profile]:
    """Of everybody and everything that the flights name, the busiest first."""
    found = []
    for kind in ABOUT:
        named = {name for one in flown for name in _names(one, kind)}
        mine = [_profile(kind, name, [one for one in flown if name in _names(one, kind)]) for name in sorted(named)]
        found += sorted(mine, key=lambda one: -one.flights)
    return found


def _names(one: Flown, kind: str) -> tuple[str, ...]:
    return {"operator": one.operators, "vehicle": one.vehicles, "receiver": one.receivers}[kind]


def _profile(kind: str, name: str, flown: Sequence[Flown]) -> Profile:
    lasted_s = sum(one.flight.ended_s - one.flight.started_s for one in flown if one.flight.ended_s is not None)
    trends = [trend for figure in ABOUT[kind] if (trend := _trend(figure, flown)) is not None]
    return Profile(kind, name, len(flown), lasted_s / 3600.0, tuple(trends))


def _trend(name: str, flown: Sequence[Flown]) -> Trend | None:
    pairs = sorted(
        (one.flight.started_s, figure.value)
        for one in flown
        for figure in one.figures
        if figure.name == name and figure.value is not None
    )
    if not pairs:
        return None
    time_s, values = (tuple(column) for column in zip(*pairs, strict=True))
    per_day = p = None
    if len(pairs) >= FEWEST and len(set(time_s)) > 1:
        per_day = float(theilslopes(values, np.array(time_s) / DAY_S).slope)
        p = float(kendalltau(time_s, values).pvalue) if len(set(values)) > 1 else 1.0
    kind = KINDS[name]
    return Trend(name, kind.title, kind.unit, time_s, values, float(np.median(values)), per_day, p)

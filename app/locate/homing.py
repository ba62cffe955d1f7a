"""Where to fly next: the strategies' one interface, and the baseline that climbs the signal; pure, one thread."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app.domain.geometry import EastNorth
from app.locate.posterior import Posterior

REACHED_M = 8.0  # from the goal at which a leg counts as flown
ASIDE_DEG = (0.0, 25.0, -25.0, 50.0, -50.0, 80.0, -80.0, 110.0, -110.0, 140.0, -140.0, 180.0)
NO_WAY = (
    "hovering: every leg from here would leave the geofence or come too near to a no-fly area; "
    "fly the vehicle elsewhere by hand, or search on"
)


def _anywhere(start: EastNorth, goal: EastNorth) -> bool:
    del start, goal
    return True


@dataclass(frozen=True, slots=True)
class Situation:
    """Where the vehicle is on the posterior's plane and what is to be reached."""

    time_s: float
    place: EastNorth
    height_m: float  # above home
    speed_mps: float  # greatest allowed
    goal_radius_m: float  # 90 % radius at which the beacon counts as found
    free: Callable[[EastNorth, EastNorth], bool] = _anywhere  # whether fence and no-fly areas allow a straight way
    drop_db: float = -math.inf  # SNR below which the signal counts as lost
    heading_deg: float = 0.0  # of the vehicle's nose, true
    dwell_s: float = 1.0  # how long a direction is listened to


@dataclass(frozen=True, slots=True)
class Leg:
    """A place to fly to, on the posterior's plane, and why, in words."""

    goal: EastNorth
    speed_mps: float
    text: str
    heading_deg: float | None = None  # true; None: as the autopilot turns by itself


class Strategy(Protocol):
    """Keeps its leg until it is reached or clearly bettered; one object for one homing."""

    name: str

    def next_leg(self, posterior: Posterior, now: Situation) -> Leg | None:
        """The leg in force; None while nothing has been heard."""
        ...


class Gradient:
    """The baseline: a plane fitted to the power of recent places; fly up its slope."""

    name = "gradient"
    RECENT_ROWS = 20
    STEP_M = 60.0
    DOGLEG_DEG = 50.0  # a straight track says nothing about the slope across it

    def __init__(self) -> None:
        self._leg: Leg | None = None
        self._side = 1.0

    def next_leg(self, posterior: Posterior, now: Situation) -> Leg | None:
        leg = self._leg
        if leg is None or (leg.goal - now.place).length_m < REACHED_M or not now.free(now.place, leg.goal):
            wanted = self._climb(posterior, now)
            self._leg = allowed(wanted, now, self._leg) if wanted is not None else None
        return self._leg

    def _climb(self, posterior: Posterior, now: Situation) -> Leg | None:
        rows = posterior.track.rows()
        if len(rows) == 0:
            return None
        recent = slice(-self.RECENT_ROWS, None)
        east, north = rows.east_m[recent], rows.north_m[recent]
        table = np.column_stack([east - east.mean(), north - north.mean()])
        power = rows.power_db[recent] - rows.power_db[recent].mean()
        _, spread, axes = np.linalg.svd(table, full_matrices=False)
        along = EastNorth(float(axes[0][0]), float(axes[0][1]))
        slope_along = float((table @ axes[0]) @ power) / max(float(spread[0]) ** 2, 1.0)
        if spread.size < 2 or spread[1] < 0.2 * spread[0]:
            self._side = -self._side
            course = along.bearing_deg + (0.0 if slope_along >= 0.0 else 180.0) + self._side * self.DOGLEG_DEG
            return Leg(ahead(now.place, course, self.STEP_M), now.speed_mps, "flying a dogleg to find the slope")
        slope = EastNorth(*(float(value) for value in np.linalg.lstsq(table, power, rcond=None)[0]))
        text = f"flying up the slope of the signal, {slope.length_m * 100.0:.1f} dB in 100 m"
        return Leg(ahead(now.place, slope.bearing_deg, self.STEP_M), now.speed_mps, text)


def allowed(wanted: Leg, now: Situation, before: Leg | None) -> Leg:
    """The wanted leg, or the one nearest to its course that fence and no-fly areas allow."""
    way = wanted.goal - now.place
    for length_m in (way.length_m, way.length_m / 2.0):
        for aside_deg in ASIDE_DEG:
            goal = ahead(now.place, way.bearing_deg + aside_deg, length_m)
            if now.free(now.place, goal):
                aside = f", {abs(aside_deg):.0f} deg aside to keep to the allowed area" if aside_deg else ""
                return Leg(goal, wanted.speed_mps, wanted.text + aside)
    return no_way(now, before)


def no_way(now: Situation, before: Leg | None) -> Leg:
    """To stay on one spot, because no leg is allowed."""
    return before if before is not None and before.text == NO_WAY else Leg(now.place, now.speed_mps, NO_WAY)


def ahead(place: EastNorth, course_deg: float, length_m: float) -> EastNorth:
    course = math.radians(course_deg)
    return place + EastNorth(math.sin(course), math.cos(course)) * length_m

"""Homing by bearings: turn on the spot, fit the antenna's pattern, fly that way, and again; pure, one thread.

The readings of each turn are in the posterior as well, each with the antenna's gain, so it narrows as with any
strategy; once it is within the goal the vehicle flies over the most probable place.
"""

import math
from dataclasses import dataclass, replace

from app.domain.geometry import EastNorth, angle_between_deg
from app.locate.antenna import Attitude
from app.locate.bearing import FoundBearing, Slice, find_bearing
from app.locate.homing import REACHED_M, Leg, Situation, ahead, allowed
from app.locate.informed import Informed
from app.locate.posterior import Posterior
from app.locate.regions import mode_and_radii

TURNED_DEG = 8.0
LONGEST_S = 15.0  # for one direction; then the next, though the vehicle did not turn
MISSED_DB = 6.0  # above the noise: what would have been heard in a direction without a reading
SHORTEST_M = 25.0
NO_DIRECTION = "the antenna hears alike all round, no bearing can be taken: "


@dataclass
class _Turn:
    """On the spot, one heading after the other."""

    spot: EastNorth
    headings_deg: tuple[float, ...]
    rows: int  # that were there when it began
    begun_s: float
    at: int = 0
    reached_s: float | None = None
    listened_deg: tuple[float, ...] = ()  # headings that were reached


class Bearings:
    name = "bearing"

    def __init__(self, directions: int = 8, leg_m: float = 150.0) -> None:
        self._directions, self._leg_m = directions, leg_m
        self._ending = Informed()
        self._turn: _Turn | None = None
        self._leg: Leg | None = None

    def next_leg(self, posterior: Posterior, now: Situation) -> Leg | None:
        if posterior.view is None:
            return None
        place, _, radius_m = mode_and_radii(posterior.view.surface.grid, posterior.view.mass)
        if radius_m <= now.goal_radius_m or not posterior.antenna.directional:
            self._turn, leg = None, self._ending.next_leg(posterior, now)
            return leg if leg is None or posterior.antenna.directional else replace(leg, text=NO_DIRECTION + leg.text)
        if self._turn is not None:
            return self._turning(self._turn, posterior, now, EastNorth(*place))
        leg = self._leg
        if leg is None or (leg.goal - now.place).length_m < REACHED_M or not now.free(now.place, leg.goal):
            self._turn = self._begin(posterior, now)
            return self._turning(self._turn, posterior, now, EastNorth(*place))
        return leg

    def _begin(self, posterior: Posterior, now: Situation) -> _Turn:
        step_deg = 360.0 / self._directions
        headings = tuple((now.heading_deg + step_deg * i) % 360.0 for i in range(self._directions))
        return _Turn(now.place, headings, len(posterior.track.rows()), now.time_s)

    def _turning(self, turn: _Turn, posterior: Posterior, now: Situation, mode: EastNorth) -> Leg:
        heading_deg = turn.headings_deg[turn.at]
        if turn.reached_s is None and abs(angle_between_deg(now.heading_deg, heading_deg)) < TURNED_DEG:
            turn.reached_s = now.time_s
        heard = turn.reached_s is not None and now.time_s - turn.reached_s >= now.dwell_s
        if heard or not 0.0 <= now.time_s - turn.begun_s <= LONGEST_S + now.dwell_s:
            turn.listened_deg += (heading_deg,) if heard else ()
            turn.at, turn.reached_s, turn.begun_s = turn.at + 1, None, now.time_s
            if turn.at == len(turn.headings_deg):
                self._turn, self._leg = None, self._towards(turn, posterior, now, mode)
                return self._leg
            heading_deg = turn.headings_deg[turn.at]
        text = f"turning on the spot, listening in direction {turn.at + 1} of {self._directions} for a bearing"
        return Leg(turn.spot, now.speed_mps, text, heading_deg)

    def _towards(self, turn: _Turn, posterior: Posterior, now: Situation, mode: EastNorth) -> Leg:
        """The leg along the bearing, no farther than the most probable place; without one, towards that place."""
        found, way = _fit(turn, posterior), mode - now.place
        bearing_deg, why = way.bearing_deg, f"no bearing ({found.text}); flying towards the most probable place"
        if found.enough:
            bearing_deg = _chosen(found, way.bearing_deg)
            why = f"flying along the bearing of {bearing_deg:.0f} degrees, good to {found.sigma_deg:.0f}"
            why += ", that of its two which the readings favour" if found.ambiguous else ""
        length_m = min(self._leg_m, max(way.length_m, SHORTEST_M))
        return allowed(Leg(ahead(now.place, bearing_deg, length_m), now.speed_mps, why), now, self._leg)


def _chosen(found: FoundBearing, likely_deg: float) -> float:
    other_deg = found.other_deg
    if other_deg is None or not found.ambiguous:
        return found.bearing_deg
    return min((found.bearing_deg, other_deg), key=lambda one: abs(angle_between_deg(one, likely_deg)))


def _fit(turn: _Turn, posterior: Posterior) -> FoundBearing:
    rows = posterior.track.rows()
    first = min(turn.rows, len(rows))  # the track may have been thinned meanwhile
    slices = [
        Slice(attitude, float(power_db), True)
        for attitude, power_db in zip(rows.attitudes[first:], rows.power_db[first:], strict=True)
    ]
    bound_db = (posterior.noise_db if posterior.noise_db is not None else math.nan) + MISSED_DB
    headings = [one.attitude.heading_deg for one in slices]
    step_deg = 360.0 / len(turn.headings_deg)
    missed = [
        Slice(Attitude(0.0, 0.0, heading), bound_db, False)
        for heading in turn.listened_deg
        if all(abs(angle_between_deg(heading, one)) > 0.5 * step_deg for one in headings)
    ]
    return find_bearing([*slices, *missed], posterior.antenna)

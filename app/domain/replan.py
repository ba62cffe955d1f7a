"""A search pattern cut to what fence and no-fly areas leave of it, and flown round them; pure functions, any thread."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np

from app.domain.detours import Closed, Point, Ways, closed_on
from app.domain.flying import flying_time_s
from app.domain.geometry import EastNorth, LatLon, LocalPlane, distance_m
from app.domain.mission import SearchPlan
from app.domain.safety import SafetyLimits
from app.errors import OutOfRange

MOST_M = 2_000_000.0  # of tracks that are looked through


def keep_allowed(
    plan: SearchPlan, home: LatLon | None, limits: SafetyLimits, start: LatLon | None = None
) -> SearchPlan:
    """The plan without what fence and no-fly areas (with the distance kept from them) do not allow, flown round them.

    Figures are those of what is left. ``start`` is where the vehicle comes from, home when it is not given; the way
    from there is part of the plan where it is not straight. A plan that may be flown whole comes back as it is.
    Raises ``OutOfRange`` when nothing is left, or there are too many corners or tracks to look through.
    """
    plane = LocalPlane(plan.waypoints[0])
    points = [_point(plane, place) for place in plan.waypoints]
    closed = closed_on(plane, home, limits)
    begin = start or home
    kept = _kept(points, closed)
    flown, flown_m = _joined(kept, closed, _point(plane, begin) if begin is not None else None)
    if not flown:
        raise OutOfRange(
            "Nothing of the search area can be flown: it lies beyond the geofence, in no-fly areas or behind them. "
            "Choose another area, or mend the fence"
        )
    whole_m = sum(math.dist(a, b) for a, b in pairwise(points))
    if flown == points:
        return plan
    share = flown_m / whole_m if whole_m > 0.0 else 1.0
    length_m = sum(math.dist(a, b) for a, b in pairwise(flown))
    waypoints = tuple(plane.to_globe(EastNorth(*point)) for point in flown)
    return replace(
        plan,
        waypoints=waypoints,
        length_m=length_m,
        time_s=flying_time_s(waypoints, plan.speed_mps, plan.air),
        coverage=plan.coverage * share,
        pod=plan.pod * share,
        left_out_m2=plan.area_m2 * (1.0 - share),
    )


def rest_allowed(
    plan: SearchPlan, leg: int, back_to: LatLon | None, home: LatLon | None, limits: SafetyLimits, here: LatLon
) -> SearchPlan:
    """The plan with all before ``leg`` as it was, and the rest as far as it is allowed now, from ``here``.

    ``back_to`` is where the track was left, to be flown to first. Raises ``OutOfRange`` like ``keep_allowed``.
    """
    done, rest = plan.waypoints[:leg], plan.waypoints[leg:]
    left = replace(plan, waypoints=rest if back_to is None else (back_to, *rest), left_out_m2=0.0)
    new = keep_allowed(left, home, limits, here)
    waypoints = (*done, *new.waypoints)
    share = min(_length_m(rest) / max(plan.length_m, 1.0), 1.0)  # of the pattern that is left
    lost = share * new.left_out_m2 / plan.area_m2
    return replace(
        plan,
        waypoints=waypoints,
        length_m=_length_m(waypoints),
        time_s=flying_time_s(waypoints, plan.speed_mps, plan.air),
        coverage=plan.coverage * (1.0 - lost),
        pod=plan.pod * (1.0 - lost),
        left_out_m2=min(plan.left_out_m2 + lost * plan.area_m2, plan.area_m2),
    )


def _length_m(places: tuple[LatLon, ...]) -> float:
    return sum(distance_m(a, b) for a, b in pairwise(places))


def _kept(points: list[Point], closed: Closed) -> list[tuple[Point, Point]]:
    """The tracks' parts that may be flown, in their order."""
    tracks = list(pairwise(points)) or [(points[0], points[0])]
    drawn = len(closed.inside) > 0 or bool(closed.outside)
    if not drawn and closed.clear(np.array(points)).all():
        return tracks  # a circle holds what lies between
    if sum(math.dist(a, b) for a, b in tracks) > MOST_M:
        raise OutOfRange(
            f"Searches longer than {MOST_M / 1000.0:.0f} km are not planned round fence and no-fly areas; "
            "choose a wider track spacing or a smaller area"
        )
    return [piece for a, b in tracks for piece in closed.pieces(a, b)]


def _joined(kept: list[tuple[Point, Point]], closed: Closed, begin: Point | None) -> tuple[list[Point], float]:
    """The parts one after the other with the ways between, and the parts' length; leaves out what is not reached."""
    ways, flown, flown_m = Ways(closed), list[Point](), 0.0
    at = begin if begin is not None and closed.clear(np.array([begin]))[0] else None
    for first, last in kept:
        way = ways.between(at, first) if at is not None and at != first else []
        if way is None:
            continue
        flown += [*way, first, last]
        flown_m += math.dist(first, last)
        at = last
    return [place for i, place in enumerate(flown) if i == 0 or math.dist(place, flown[i - 1]) > 0.01], flown_m


def _point(plane: LocalPlane, place: LatLon) -> Point:
    there = plane.to_plane(place)
    return there.east_m, there.north_m

"""Bearings on the globe, triangulated, and what they are not enough to say; pure, any thread."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.locate.lenth import Ellipse, Fix, Lines, Method, fix
from app.locate.logged import Score

LEAST_BASE_M = 10.0
LONGEST_PER_DISTANCE = 1.0  # of the 90 % ellipse's half axis, per distance from the places
OUTLIER_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Bearing:
    """A true bearing from a place; ``sigma_deg`` is None where its error is not known."""

    lat_deg: float
    lon_deg: float
    bearing_deg: float
    sigma_deg: float | None


@dataclass(frozen=True, slots=True)
class Triangulated:
    """While not ``enough`` there is no ``position``, and ``text`` says what to do."""

    enough: bool
    text: str
    position: LatLon | None = None
    ellipse_50: Ellipse | None = None
    ellipse_90: Ellipse | None = None
    sigma_deg: float | None = None  # of one bearing, as they agree
    outliers: tuple[int, ...] = ()  # indices of bearings that count less than half

    def score(self, truth: LatLon) -> Score | None:
        """How far the truth is, and whether the ellipses hold it; None while there is no position."""
        if self.position is None or self.ellipse_50 is None or self.ellipse_90 is None:
            return None
        off = LocalPlane(self.position).to_plane(truth)
        return Score(off.length_m, self.ellipse_50.holds(off), self.ellipse_90.holds(off))


def triangulate(bearings: Sequence[Bearing], method: Method) -> Triangulated:
    """Where the bearings meet, by Lenth's estimators, on the plane at the first place."""
    if len(bearings) < 2:
        return _not_enough(f"{len(bearings)} bearings are no crossing. Fly at least 100 m across and take another.")
    plane = LocalPlane(LatLon(bearings[0].lat_deg, bearings[0].lon_deg))
    places = [plane.to_plane(LatLon(one.lat_deg, one.lon_deg)) for one in bearings]
    east, north = np.array([place.east_m for place in places]), np.array([place.north_m for place in places])
    base_m = math.hypot(float(np.ptp(east)), float(np.ptp(north)))
    if base_m < LEAST_BASE_M:
        return _not_enough(
            f"All bearings were taken within {base_m:.0f} m. Fly at least 100 m across and take another."
        )
    sigmas = [one.sigma_deg for one in bearings if one.sigma_deg is not None]
    known = np.array(sigmas) if len(sigmas) == len(bearings) else None
    if known is None and len(bearings) < 3:
        return _not_enough("Two bearings always cross somewhere. Take a third, or tell their error with --sigma.")
    angles = np.array([one.bearing_deg for one in bearings])
    found = fix(Lines.of(east, north, angles, known), method)
    if found is None:
        return _not_enough("The bearings meet nowhere ahead. Take more, from places across their direction.")
    distance_m = float(np.median(np.hypot(east - found.east_m, north - found.north_m)))
    return _verdict(found, plane, distance_m)


def _verdict(found: Fix, plane: LocalPlane, distance_m: float) -> Triangulated:
    half, most = found.ellipse(0.5), found.ellipse(0.9)
    if half is None or most is None:
        return _not_enough("Too few bearings agree with each other. Take more, from places across their direction.")
    if most.major_m > LONGEST_PER_DISTANCE * distance_m:
        return _not_enough(
            f"The bearings cross {distance_m:.0f} m away, give or take {most.major_m:.0f} m (90 %). "
            "Take more, from places across their direction."
        )
    outliers = tuple(np.flatnonzero(found.weight < OUTLIER_WEIGHT).tolist())
    left = f", {len(outliers)} of them outliers" if outliers else ""
    text = f"{found.weight.size} bearings{left}, which agree to {found.sigma_deg:.1f} degrees."
    place = plane.to_globe(EastNorth(found.east_m, found.north_m))
    return Triangulated(True, text, place, half, most, found.sigma_deg, outliers)


def _not_enough(text: str) -> Triangulated:
    return Triangulated(False, f"Not enough to say: {text}")

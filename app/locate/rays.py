"""What others tell, bearings and decoded positions, as evidence on the posterior's grids; pure, any thread."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from app.domain.bearing import Bearing
from app.domain.geometry import EastNorth, LatLon, LocalPlane, on_earth
from app.domain.sarsat406.message import Decoded

Floats = NDArray[np.float32]
STRAY = 0.1  # share of bearings that are wrong altogether: reflections, another emitter
FARTHEST_M = 20_000.0
GNSS_M = 30.0  # error of the place itself, of a beacon under trees or in a valley
OLD = 0.05  # share of positions that are wrong: fixed long ago, or where the beacon was registered


@dataclass(frozen=True, slots=True)
class Ray:
    """A bearing on the posterior's plane."""

    place: EastNorth
    bearings_deg: tuple[float, ...]  # more than one where it is ambiguous
    sigma_deg: float

    def log_density(self, east_m: Floats, north_m: Floats) -> Floats:
        """Log probability of the bearing had the beacon been there, up to a constant; shapes broadcast.

        Normal errors round each of the lobes, alike probable, or, with probability ``STRAY``, any angle.
        """
        east, north = east_m - np.float32(self.place.east_m), north_m - np.float32(self.place.north_m)
        turn = np.degrees(np.arctan2(east, north))
        inverse = np.float32(1.0 / self.sigma_deg)
        lobe = np.float32((1.0 - STRAY) / (len(self.bearings_deg) * math.sqrt(math.tau))) * inverse
        total = np.full(turn.shape, STRAY / 360.0, np.float32)
        for bearing_deg in self.bearings_deg:
            off = ((turn - np.float32(bearing_deg) + 180.0) % 360.0 - 180.0) * inverse
            total += lobe * np.exp(-0.5 * off**2)
        density: Floats = np.log(total)
        return density


def ray_of(bearing: Bearing, plane: LocalPlane) -> Ray | None:
    """None for what is no number, no place, or too far away to matter."""
    numbers = bearing.bearing_deg, bearing.sigma_deg, bearing.other_deg or 0.0
    if not on_earth(bearing.position) or not all(math.isfinite(value) for value in numbers):
        return None
    place = plane.to_plane(bearing.position)
    if place.length_m > FARTHEST_M or bearing.sigma_deg <= 0.0:
        return None
    other = (bearing.other_deg,) if bearing.ambiguous and bearing.other_deg is not None else ()
    return Ray(place, (bearing.bearing_deg, *other), max(bearing.sigma_deg, 0.5))


@dataclass(frozen=True, slots=True)
class Told:
    """A position that the beacon itself sent, on the posterior's plane: anywhere within one step of its code."""

    place: EastNorth
    step_east_m: float
    step_north_m: float

    def log_density(self, east_m: Floats, north_m: Floats) -> Floats:
        """As a ``Ray``'s; the place is right within its step and ``GNSS_M``, or, with probability ``OLD``, anywhere."""
        here = _within(east_m - self.place.east_m, self.step_east_m)
        here = here * _within(north_m - self.place.north_m, self.step_north_m)
        density: Floats = np.log((1.0 - OLD) * here + OLD / (math.pi * FARTHEST_M**2)).astype(np.float32)
        return density


Evidence = Ray | Told


class Hearsay:
    """What others told of one target; what comes before there is a plane waits for it."""

    def __init__(self) -> None:
        self._early: list[Bearing | Decoded] = []
        self._rays: list[Ray] = []
        self._told: Told | None = None  # the newest: a beacon repeats what it knows

    def add(self, fact: Bearing | Decoded, plane: LocalPlane | None) -> bool:
        """False for what is no number, far away, or cannot be believed."""
        if plane is None:
            self._early.append(fact)
            return True
        ray = ray_of(fact, plane) if isinstance(fact, Bearing) else None
        told = told_of(fact, plane) if isinstance(fact, Decoded) else None
        self._rays += [ray] if ray is not None else []
        self._told = told or self._told
        return ray is not None or told is not None

    def begin(self, plane: LocalPlane) -> None:
        """There is a plane now."""
        early, self._early = self._early, []
        for fact in early:
            self.add(fact, plane)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (*self._rays, self._told) if self._told is not None else tuple(self._rays)


def told_of(decoded: Decoded, plane: LocalPlane) -> Told | None:
    """None for a message without a believable position, and for one too far away to be where it is heard."""
    at = decoded.position
    if at is None or not decoded.ok or not on_earth(at) or not math.isfinite(decoded.time_s):
        return None
    place = plane.to_plane(at)
    if place.length_m > FARTHEST_M:
        return None
    step_deg = max(decoded.resolution_deg, 0.0)
    beside = plane.to_plane(LatLon(at.lat_deg, at.lon_deg + 1e-3)) - place
    above = plane.to_plane(LatLon(at.lat_deg + 1e-3, at.lon_deg)) - place
    return Told(place, beside.length_m * 1e3 * step_deg, above.length_m * 1e3 * step_deg)


def _within(off_m: Floats, step_m: float) -> NDArray[np.float64]:
    """Density of a place anywhere within half a step, with a normal error besides, per metre."""
    half_m = max(0.5 * step_m, 1.0)
    off = np.asarray(off_m, np.float64)
    density: NDArray[np.float64] = (ndtr((off + half_m) / GNSS_M) - ndtr((off - half_m) / GNSS_M)) / (2.0 * half_m)
    return density

"""Bearings as evidence on the posterior's grids; pure, any thread."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.bearing import Bearing
from app.domain.geometry import EastNorth, LocalPlane, on_earth

Floats = NDArray[np.float32]
STRAY = 0.1  # share of bearings that are wrong altogether: reflections, another emitter
FARTHEST_M = 20_000.0


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
        turn = np.degrees(np.arctan2(east_m - np.float32(self.place.east_m), north_m - np.float32(self.place.north_m)))
        inverse = np.float32(1.0 / self.sigma_deg)
        lobe = np.float32((1.0 - STRAY) / (len(self.bearings_deg) * self.sigma_deg * math.sqrt(math.tau)))
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

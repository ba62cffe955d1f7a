"""Between positions on the globe and pixels of the map: Mercator; pure, any thread."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.domain.geometry import EQUATOR_RADIUS_M, LatLon

HIGHEST_LAT_DEG = 85.0
WORLD_M = 2.0 * math.pi * EQUATOR_RADIUS_M
FINEST_M, COARSEST_M = 0.02, 90_000.0  # metres per pixel at the equator


@dataclass(frozen=True, slots=True)
class Projection:
    """A spherical Mercator map of ``width`` by ``height`` pixels, ``equator_m`` metres per pixel at the equator.

    Longitudes are taken the short way round from the centre, so a map may lie across the antimeridian.
    """

    centre: LatLon
    equator_m: float
    width: int
    height: int

    @property
    def metres_per_pixel(self) -> float:
        """True scale at the centre."""
        return self.equator_m * math.cos(math.radians(self.centre.lat_deg))

    def pixels(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> NDArray[np.float64]:
        """Pixels (n, 2) right and down from the top left corner; latitudes beyond 85 degrees are drawn there."""
        lat = np.clip(np.asarray(lat_deg, float), -HIGHEST_LAT_DEG, HIGHEST_LAT_DEG)
        lon = np.asarray(lon_deg, float)
        east = np.radians((lon - self.centre.lon_deg + 180.0) % 360.0 - 180.0) * EQUATOR_RADIUS_M
        north = mercator_m(lat) - float(mercator_m(self.centre.lat_deg))
        x, y = self.width / 2.0 + east / self.equator_m, self.height / 2.0 - north / self.equator_m
        return np.stack(np.broadcast_arrays(x, y), axis=-1)

    def pixel(self, position: LatLon) -> tuple[float, float]:
        """As ``pixels``, for one position at a tenth of the cost."""
        lat = min(max(position.lat_deg, -HIGHEST_LAT_DEG), HIGHEST_LAT_DEG)
        turn_deg = (position.lon_deg - self.centre.lon_deg + 180.0) % 360.0 - 180.0
        east, north = math.radians(turn_deg) * EQUATOR_RADIUS_M, _north_m(lat) - _north_m(self.centre.lat_deg)
        return self.width / 2.0 + east / self.equator_m, self.height / 2.0 - north / self.equator_m

    def position(self, x: float, y: float) -> LatLon:
        """What lies under a pixel."""
        east_m = (x - self.width / 2.0) * self.equator_m
        north_m = _north_m(self.centre.lat_deg) - (y - self.height / 2.0) * self.equator_m
        lat = math.degrees(2.0 * math.atan(math.exp(north_m / EQUATOR_RADIUS_M)) - math.pi / 2.0)
        lon = self.centre.lon_deg + math.degrees(east_m / EQUATOR_RADIUS_M)
        return LatLon(lat, (lon + 180.0) % 360.0 - 180.0)

    def moved(self, right: float, down: float) -> "Projection":
        """The map after dragging it by so many pixels."""
        centre = self.position(self.width / 2.0 - right, self.height / 2.0 - down)
        lat = min(max(centre.lat_deg, -HIGHEST_LAT_DEG), HIGHEST_LAT_DEG)
        return replace(self, centre=LatLon(lat, centre.lon_deg))

    def zoomed(self, factor: float, x: float, y: float) -> "Projection":
        """The map with ``factor`` times as many metres per pixel; what is under the pixel stays there."""
        held = self.position(x, y)
        zoomed = replace(self, equator_m=min(max(self.equator_m * factor, FINEST_M), COARSEST_M))
        now_x, now_y = zoomed.pixel(held)
        return zoomed.moved(x - now_x, y - now_y)

    def centred(self, centre: LatLon, metres_across: float | None = None) -> "Projection":
        """The map round ``centre``; with ``metres_across`` so that its shorter side shows that much."""
        if metres_across is None:
            return replace(self, centre=centre)
        pixels = max(min(self.width, self.height), 1)
        equator_m = metres_across / pixels / max(math.cos(math.radians(centre.lat_deg)), 0.05)
        return replace(self, centre=centre, equator_m=min(max(equator_m, FINEST_M), COARSEST_M))


def _north_m(lat_deg: float) -> float:
    return EQUATOR_RADIUS_M * math.log(math.tan(math.pi / 4.0 + math.radians(lat_deg) / 2.0))


def mercator_m(lat_deg: ArrayLike) -> NDArray[np.float64]:
    """Metres north on the Mercator map at the equator's scale (Snyder 1987, eq. 7-2)."""
    half = np.radians(np.asarray(lat_deg, float)) / 2.0
    metres: NDArray[np.float64] = EQUATOR_RADIUS_M * np.log(np.tan(math.pi / 4.0 + half))
    return metres

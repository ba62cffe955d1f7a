"""Positions on the WGS 84 ellipsoid and on a local east-north plane; pure functions, any thread."""

import math
from dataclasses import dataclass

EQUATOR_RADIUS_M = 6_378_137.0  # WGS 84 semi-major axis
ECCENTRICITY_SQUARED = 6.694_379_990_14e-3  # WGS 84


@dataclass(frozen=True, slots=True)
class LatLon:
    """A position in degrees, WGS 84; longitude east positive."""

    lat_deg: float
    lon_deg: float


def on_earth(position: LatLon) -> bool:
    """Whether both degrees are finite and in range."""
    return abs(position.lat_deg) <= 90.0 and abs(position.lon_deg) <= 180.0


@dataclass(frozen=True, slots=True)
class EastNorth:
    """A position on a local plane, metres east and north of its origin."""

    east_m: float
    north_m: float

    def __add__(self, other: "EastNorth") -> "EastNorth":
        return EastNorth(self.east_m + other.east_m, self.north_m + other.north_m)

    def __sub__(self, other: "EastNorth") -> "EastNorth":
        return EastNorth(self.east_m - other.east_m, self.north_m - other.north_m)

    def __mul__(self, factor: float) -> "EastNorth":
        return EastNorth(self.east_m * factor, self.north_m * factor)

    @property
    def length_m(self) -> float:
        return math.hypot(self.east_m, self.north_m)

    @property
    def bearing_deg(self) -> float:
        """Direction of the vector, degrees clockwise from true north, 0 <= bearing < 360."""
        return math.degrees(math.atan2(self.east_m, self.north_m)) % 360.0


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """East-north plane tangent to the ellipsoid at ``origin``; error below 0.1 m within 10 km.

    Uses the meridional and prime-vertical radii of curvature at the origin (Snyder 1987, eq. 4-18 and 4-20).
    Longitude differences are wrapped, so a plane may lie across the antimeridian.
    """

    origin: LatLon

    def _metres_per_degree(self) -> tuple[float, float]:
        latitude = math.radians(self.origin.lat_deg)
        w_squared = 1.0 - ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
        prime_vertical_m = EQUATOR_RADIUS_M / math.sqrt(w_squared)
        meridional_m = EQUATOR_RADIUS_M * (1.0 - ECCENTRICITY_SQUARED) / w_squared**1.5
        east = math.radians(1.0) * prime_vertical_m * max(math.cos(latitude), 1e-9)
        return east, math.radians(1.0) * meridional_m

    def to_plane(self, position: LatLon) -> EastNorth:
        east, north = self._metres_per_degree()
        lon_difference = (position.lon_deg - self.origin.lon_deg + 180.0) % 360.0 - 180.0
        return EastNorth(lon_difference * east, (position.lat_deg - self.origin.lat_deg) * north)

    def to_globe(self, point: EastNorth) -> LatLon:
        east, north = self._metres_per_degree()
        lon = self.origin.lon_deg + point.east_m / east
        return LatLon(self.origin.lat_deg + point.north_m / north, (lon + 180.0) % 360.0 - 180.0)


def distance_m(a: LatLon, b: LatLon) -> float:
    """Horizontal distance in metres on the plane at ``a`` (for distances up to some 10 km)."""
    return LocalPlane(a).to_plane(b).length_m


def bearing_deg(start: LatLon, end: LatLon) -> float:
    """True bearing from ``start`` to ``end``, degrees, 0 <= bearing < 360 (for distances up to some 10 km)."""
    return LocalPlane(start).to_plane(end).bearing_deg


def angle_between_deg(a_deg: float, b_deg: float) -> float:
    """Signed smallest turn from ``b_deg`` to ``a_deg``, -180 <= angle < 180."""
    return (a_deg - b_deg + 180.0) % 360.0 - 180.0


def contains(polygon: tuple[LatLon, ...], position: LatLon) -> bool:
    """Whether ``position`` is inside the simple polygon (even-odd rule on the plane at ``position``)."""
    if len(polygon) < 3:
        return False
    plane = LocalPlane(position)
    corners = [plane.to_plane(corner) for corner in polygon]
    inside = False
    for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
        if (a.north_m > 0.0) != (b.north_m > 0.0):
            crossing = a.east_m - a.north_m * (b.east_m - a.east_m) / (b.north_m - a.north_m)
            if crossing > 0.0:
                inside = not inside
    return inside

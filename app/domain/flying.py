"""How long a way of straight legs takes: speed in wind, and what is lost in turns; pure functions, any thread."""

import math
from dataclasses import dataclass
from itertools import pairwise

from app.domain.geometry import LatLon, LocalPlane
from app.errors import OutOfRange

ACCELERATION_MPS2 = 2.0  # of a multirotor stopping and starting at a corner
LEAST_MPS = 0.5  # over the ground; slower is not making way


@dataclass(frozen=True, slots=True)
class Air:
    """The wind, and how fast the vehicle flies through it at most."""

    wind_mps: float = 0.0
    wind_from_deg: float = 0.0
    airspeed_mps: float = 12.0


def ground_speed_mps(course_deg: float, wanted_mps: float, air: Air) -> float:
    """Speed along a course, what is wanted or the most that the airspeed leaves: the wind triangle.

    Raises ``OutOfRange`` when the wind does not let the vehicle make way.
    """
    turn = math.radians(air.wind_from_deg + 180.0 - course_deg)
    behind, aside = air.wind_mps * math.cos(turn), air.wind_mps * math.sin(turn)
    most = behind + math.sqrt(air.airspeed_mps**2 - aside**2) if abs(aside) <= air.airspeed_mps else -math.inf
    if not most >= LEAST_MPS:
        raise OutOfRange(
            f"In {air.wind_mps:.0f} m/s of wind the vehicle ({air.airspeed_mps:.0f} m/s) makes no way towards "
            f"{course_deg:.0f} deg; wait for less wind"
        )
    return min(wanted_mps, most)


def flying_time_s(places: tuple[LatLon, ...], speed_mps: float, air: Air) -> float:
    """Time for the legs with the turns between them. Raises ``OutOfRange`` in too much wind."""
    plane = LocalPlane(places[0])
    legs = [b - a for a, b in pairwise(plane.to_plane(place) for place in places)]
    speeds = [ground_speed_mps(leg.bearing_deg, speed_mps, air) for leg in legs]
    time_s = sum(leg.length_m / speed for leg, speed in zip(legs, speeds, strict=True))
    for (a, into), (b, out) in pairwise(zip(legs, speeds, strict=True)):
        lengths = max(a.length_m * b.length_m, 1e-9)
        cosine = (a.east_m * b.east_m + a.north_m * b.north_m) / lengths
        drop_mps = min(into, out) * (1.0 - max(cosine, 0.0))
        time_s += drop_mps**2 / (ACCELERATION_MPS2 * min(into, out))
    return time_s

"""Magnetic against true north by the World Magnetic Model; pure, any thread."""

import math
from datetime import UTC, datetime
from functools import cache

from pygeomag import GeoMag, calculate_decimal_year

from app.domain.geometry import LatLon, on_earth
from app.errors import OutOfRange

MODEL, FIRST_YEAR, LAST_YEAR = "wmm/WMM_2025.COF", 2025.0, 2030.0
WEAKEST_NT = 2000.0  # horizontal field below which a compass is not to be trusted (the WMM's blackout zone)


@cache
def _model() -> GeoMag:
    return GeoMag(coefficients_file=MODEL)


def declination_deg(position: LatLon, time_s: float) -> float:
    """How far magnetic north lies east of true north, degrees, at sea level (WMM2025, Chulliat et al.).

    Years outside the model's are taken for its first or last one. Raises ``OutOfRange`` for what is no place, and near
    the magnetic poles, where a compass does not work.
    """
    if not on_earth(position) or not math.isfinite(time_s):
        raise OutOfRange("There is no magnetic declination without a place and a time.")
    try:
        year = calculate_decimal_year(datetime.fromtimestamp(time_s, UTC))
    except (OverflowError, OSError, ValueError) as error:
        raise OutOfRange(f"{time_s} s is no time for which the magnetic declination is known.") from error
    clipped = min(max(float(year), FIRST_YEAR), LAST_YEAR)
    found = _model().calculate(glat=position.lat_deg, glon=position.lon_deg, alt=0.0, time=clipped)
    if found.h < WEAKEST_NT:
        raise OutOfRange("So near to the magnetic pole a compass does not work: tell the bearing against true north.")
    return float(found.d)


def true_bearing_deg(magnetic_deg: float, position: LatLon, time_s: float) -> float:
    """A compass bearing against true north, 0 ... 360. Raises ``OutOfRange`` as ``declination_deg``."""
    return (magnetic_deg + declination_deg(position, time_s)) % 360.0

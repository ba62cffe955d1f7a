"""A turn's readings as slices, and the bearing they give; pure, any thread."""

from collections.abc import Sequence

import numpy as np

from app.domain.bearing import Bearing, BearingSlice, BearingSource
from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.radio import Reading
from app.locate.antenna import Antenna, Attitude
from app.locate.bearing import FoundBearing, Slice, find_bearing

BIN_DEG = 10.0


def slices_of(readings: Sequence[Reading], least_s: float) -> list[Slice]:
    """The mean level in each 10 degrees of heading; overloaded readings are left out.

    A part in which nothing was heard counts as missed only when it was listened to for ``least_s``: a beacon that
    pulses is silent most of the time.
    """
    parts: dict[int, list[Reading]] = {}
    for reading in readings:
        if np.isfinite(reading.heading_deg) and not reading.level.overload:
            parts.setdefault(round(reading.heading_deg % 360.0 / BIN_DEG) % round(360.0 / BIN_DEG), []).append(reading)
    found = (_slice(part, least_s) for _, part in sorted(parts.items()))
    return [one for one in found if one is not None]


def _slice(part: list[Reading], least_s: float) -> Slice | None:
    heard = [one for one in part if one.level.heard]
    if not heard and sum(one.level.duration_s for one in part) < least_s:
        return None
    used = heard or part
    levels = [one.level.power_db for one in used]
    attitude = Attitude(*(_middle([getattr(one, name) for one in used]) for name in ANGLES))
    return Slice(attitude, float(np.mean(levels) if heard else np.min(levels)), bool(heard))


ANGLES = ("roll_deg", "pitch_deg", "heading_deg")


def _middle(angles_deg: list[float]) -> float:
    """Mean of angles that lie near each other."""
    turn = np.exp(1j * np.radians(angles_deg)).mean()
    return float(np.degrees(np.angle(turn)))


def bearing_of(
    readings: Sequence[Reading], antenna: Antenna, least_s: float, target_id: str, actor: str
) -> tuple[FoundBearing, Bearing | None]:
    """What the readings of one turn say; None as the fact while they are not enough."""
    slices = slices_of(readings, least_s)
    found = find_bearing(slices, antenna)
    if not found.enough:
        return found, None
    place = _place(readings)
    shown = tuple(BearingSlice(one.attitude.heading_deg % 360.0, one.power_db, one.heard) for one in slices)
    return found, Bearing(
        time_s=readings[-1].level.time_s,
        target_id=target_id,
        lat_deg=place.lat_deg,
        lon_deg=place.lon_deg,
        bearing_deg=found.bearing_deg,
        sigma_deg=found.sigma_deg,
        ambiguous=found.ambiguous,
        other_deg=found.other_deg,
        quality=found.quality,
        source=BearingSource.ROTATION,
        actor=actor,
        text=found.text,
        slices=shown,
    )


def _place(readings: Sequence[Reading]) -> LatLon:
    """The middle of where they were taken."""
    plane = LocalPlane(LatLon(readings[0].lat_deg, readings[0].lon_deg))
    places = [plane.to_plane(LatLon(one.lat_deg, one.lon_deg)) for one in readings]
    middle = EastNorth(
        float(np.mean([place.east_m for place in places])), float(np.mean([place.north_m for place in places]))
    )
    return plane.to_globe(middle)

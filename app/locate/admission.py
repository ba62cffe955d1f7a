"""Which readings may enter a posterior: absurd ones are refused and counted; pure, one thread."""

import math
from enum import Enum

from app.domain.geometry import LatLon, LocalPlane
from app.domain.radio import Reading
from app.locate.antenna import Attitude
from app.locate.track import Measured

FARTHEST_M = 20_000.0  # from the plane's origin; a vehicle that is farther has been moved, or its position is wrong
STRAYS_TO_MOVE = 5
POLEWARD_DEG = 89.0  # beyond, a plane of east and north is not true
RECEIVER_SD_DB = 0.5
OVERLOAD_SD_DB = 6.0


class Admission(Enum):
    TAKEN = "taken"
    REFUSED = "refused"
    MOVED = "moved"  # the vehicle is elsewhere: begin anew


class Gatekeeper:
    """Judges readings one by one and counts those it refuses."""

    def __init__(self) -> None:
        self.refused = 0
        self._strays = 0

    def judge(self, reading: Reading, plane: LocalPlane | None) -> Admission:
        """Refuse what is no number or no place on earth; several readings in a row far away mean a move."""
        if not _sane(reading):
            self.refused += 1
            return Admission.REFUSED
        if plane is None or plane.to_plane(LatLon(reading.lat_deg, reading.lon_deg)).length_m <= FARTHEST_M:
            self._strays = 0
            return Admission.TAKEN
        self._strays += 1
        if self._strays < STRAYS_TO_MOVE:
            self.refused += 1
            return Admission.REFUSED
        self._strays = 0
        return Admission.MOVED


def measured(reading: Reading, plane: LocalPlane) -> Measured:
    """The reading on the plane, with the receiver's own error from its SNR and overload."""
    level = reading.level
    variance_db2 = RECEIVER_SD_DB**2 + (OVERLOAD_SD_DB**2 if level.overload else 0.0)
    if level.heard:
        variance_db2 += min((10.0 / math.log(10.0)) ** 2 * 10.0 ** (-level.snr_db / 10.0), 100.0)
    return Measured(
        time_s=level.time_s,
        place=plane.to_plane(LatLon(reading.lat_deg, reading.lon_deg)),
        height_m=reading.height_m,
        attitude=Attitude(reading.roll_deg, reading.pitch_deg, reading.heading_deg),
        power_db=level.power_db,
        variance_db2=variance_db2,
    )


def _sane(reading: Reading) -> bool:
    level = reading.level
    numbers = (level.time_s, level.power_db, level.snr_db, reading.height_m)
    angles = (reading.lat_deg, reading.lon_deg, reading.heading_deg, reading.roll_deg, reading.pitch_deg)
    return (
        all(math.isfinite(value) for value in (*numbers, *angles))
        and -200.0 <= level.power_db <= 100.0
        and -60.0 <= level.snr_db <= 150.0
        and abs(reading.lat_deg) <= POLEWARD_DEG
        and abs(reading.lon_deg) <= 360.0
        and -1000.0 <= reading.height_m <= 20_000.0
    )

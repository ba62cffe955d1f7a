"""Bearings of beacons: what was found by turning, told by others or set by hand; values, any thread."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.geometry import LatLon


class BearingSource(StrEnum):
    """Where a bearing comes from."""

    ROTATION = "rotation"  # our own antenna, turned on the spot or flown round a circle
    KRAKENSDR = "krakensdr"
    HAND = "hand"  # set on the map
    OTHER = "other"  # told by another program


@dataclass(frozen=True, slots=True)
class BearingSlice:
    """The level over a part of the turn; while it was missed ``power_db`` is an upper bound."""

    heading_deg: float  # true, of the vehicle's nose
    power_db: float
    heard: bool


@dataclass(frozen=True, slots=True)
class Bearing:
    """Where a target lies from a place, clockwise from true north.

    ``ambiguous`` says that ``other_deg`` may be meant as well; ``sigma_deg`` is the standard deviation round
    ``bearing_deg`` if it is not.
    """

    time_s: float
    target_id: str
    lat_deg: float
    lon_deg: float
    bearing_deg: float
    sigma_deg: float
    ambiguous: bool
    other_deg: float | None
    quality: float  # share of the levels' variance that the antenna's pattern explains, or the sender's confidence, 0-1
    source: BearingSource
    actor: str
    text: str  # what it rests on, in words
    slices: tuple[BearingSlice, ...] = ()
    magnetic_deg: float | None = None  # as it was told, where it was told against magnetic north

    @property
    def position(self) -> LatLon:
        return LatLon(self.lat_deg, self.lon_deg)

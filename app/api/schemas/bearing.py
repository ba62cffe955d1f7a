"""Bearings on the wire."""

from pydantic import Field

from app.api.schemas.base import LatLonIn, Wire
from app.domain.bearing import BearingSource


class BearingSliceOut(Wire):
    """The level over a part of the turn."""

    heading_deg: float = Field(description="Of the vehicle's nose, true", examples=[120.0])
    power_db: float = Field(description="While it was missed: an upper bound", examples=[-71.5])
    heard: bool


class BearingOut(Wire):
    """Where a target lies from a place."""

    time_s: float = Field(examples=[1760000000.0])
    target_id: str = Field(examples=["beacon"])
    lat_deg: float = Field(examples=[47.3977])
    lon_deg: float = Field(examples=[8.5456])
    bearing_deg: float = Field(description="Clockwise from true north", examples=[143.0])
    sigma_deg: float = Field(description="Standard deviation", examples=[3.5])
    ambiguous: bool = Field(description="other_deg may be meant as well")
    other_deg: float | None = Field(examples=[323.0])
    quality: float = Field(description="0 to 1: what the antenna's pattern explains, or the sender's confidence")
    source: BearingSource
    actor: str = Field(examples=["operator"])
    text: str = Field(examples=["Heard in 9 of 12 directions, good to 3.5 degrees"])
    slices: list[BearingSliceOut]
    magnetic_deg: float | None = Field(description="As it was told, against magnetic north", examples=[140.0])


class BearingIn(Wire):
    position: LatLonIn
    bearing_deg: float = Field(ge=-360.0, le=360.0, examples=[143.0])
    sigma_deg: float = Field(10.0, ge=0.1, le=90.0, description="Standard deviation")
    magnetic: bool = Field(False, description="Against magnetic north: turned by the declination there (WMM)")


class TurnIn(Wire):
    directions: int = Field(12, ge=4, le=36, description="In which it is listened")
    radius_m: float = Field(0.0, ge=0.0, le=200.0, description="0: on the spot; else a circle, looking outward")


class LastIn(Wire):
    seconds: float = Field(60.0, ge=1.0, le=600.0)

"""Encoded positions of C/S T.001: coarse places, offsets, and both together; pure, any thread."""

from dataclasses import dataclass

from app.domain.geometry import LatLon, on_earth
from app.domain.sarsat406.bits import Bits
from app.domain.sarsat406.message import Field

OFFSET_STEP_S = 4.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a protocol keeps its position; bit numbers of the standard, ranges with both ends.

    Coarse: sign, whole degrees, ``coarse_minutes`` for each further step. Offset: sign (1: away from zero), minutes,
    steps of 4 s; ``offset_minutes_bits`` 0: the protocol has none.
    """

    lat: tuple[int, int]
    lon: tuple[int, int]
    coarse_minutes: float
    offset_lat: int = 0  # first bit
    offset_minutes_bits: int = 0

    @property
    def offset_length(self) -> int:
        return 1 + self.offset_minutes_bits + 4

    @property
    def offset_lon(self) -> int:
        return self.offset_lat + self.offset_length


STANDARD = Layout((65, 74), (75, 85), 15.0, 113, 5)
NATIONAL = Layout((59, 71), (72, 85), 2.0, 113, 2)
HALF_DEGREE = Layout((67, 75), (76, 85), 30.0, 115, 4)  # RLS and ELT(DT)
USER = Layout((108, 119), (120, 132), 4.0)


def position_of(bits: Bits, layout: Layout, fine: bool) -> tuple[LatLon | None, float]:
    """The position and the step it is given in, degrees; None where the beacon gave none or one that cannot be.

    ``fine`` is whether the offset's bits are there and to be believed.
    """
    step_deg = layout.coarse_minutes / 60.0
    lat = _coarse(bits, layout.lat, layout.coarse_minutes, 90.0)
    lon = _coarse(bits, layout.lon, layout.coarse_minutes, 180.0)
    if lat is None or lon is None:
        return None, step_deg
    if fine and layout.offset_minutes_bits:
        offsets = [_offset(bits, first, layout) for first in (layout.offset_lat, layout.offset_lon)]
        if offsets[0] is not None and offsets[1] is not None:
            lat, lon = (lat[0], lat[1] + offsets[0]), (lon[0], lon[1] + offsets[1])
            step_deg = OFFSET_STEP_S / 3600.0
    place = LatLon(lat[0] * lat[1] + 0.0, lon[0] * lon[1] + 0.0)  # no -0.0
    return (place if on_earth(place) else None), step_deg


def position_fields(bits: Bits, layout: Layout, fine: bool) -> list[Field]:
    """The position's parts as they were sent."""
    fields = []
    for name, part, most_deg in (("latitude", layout.lat, 90.0), ("longitude", layout.lon, 180.0)):
        coarse = _coarse(bits, part, layout.coarse_minutes, most_deg)
        value = "not given" if coarse is None else _degrees(coarse, name)
        fields.append(Field(f"{part[0]}-{part[1]}", name, value))
    if fine and layout.offset_minutes_bits:
        for name, first in (("latitude", layout.offset_lat), ("longitude", layout.offset_lon)):
            offset = _offset(bits, first, layout)
            value = "not given" if offset is None else f"{offset * 3600.0:+.0f} s"
            fields.append(Field(f"{first}-{first + layout.offset_length - 1}", f"{name} offset", value))
    return fields


def _degrees(coarse: tuple[int, float], name: str) -> str:
    sign, degrees = coarse
    letters = "NS" if name == "latitude" else "EW"
    return f"{degrees:.4f}°{letters[sign < 0]}"


def _coarse(bits: Bits, part: tuple[int, int], minutes: float, most_deg: float) -> tuple[int, float] | None:
    """Sign and degrees; None for the default (all ones) and for what is no angle."""
    steps_in_degree = round(60.0 / minutes)
    below = (steps_in_degree - 1).bit_length()
    first, last = part
    whole, steps = bits.number(first + 1, last - below), bits.number(last - below + 1, last)
    if whole == (1 << (last - below - first)) - 1 or steps >= steps_in_degree:
        return None
    degrees = whole + steps * minutes / 60.0
    if degrees > most_deg:
        return None
    return (-1 if bits.is_set(first) else 1), degrees


def _offset(bits: Bits, first: int, layout: Layout) -> float | None:
    """Degrees away from zero, or None for the default and for what is no offset (its steps of 4 s fill a minute)."""
    middle = first + layout.offset_minutes_bits
    minutes, steps = bits.number(first + 1, middle), bits.number(middle + 1, middle + 4)
    if steps * OFFSET_STEP_S >= 60.0:
        return None
    size_deg = minutes / 60.0 + steps * OFFSET_STEP_S / 3600.0
    return size_deg if bits.is_set(first) else -size_deg

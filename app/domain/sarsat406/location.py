"""Location protocols of C/S T.001 (protocol flag 0): who the beacon is, and what goes with its position; any thread."""

from dataclasses import dataclass

from app.domain.sarsat406.bits import Bits, short_baudot
from app.domain.sarsat406.message import Field
from app.domain.sarsat406.places import HALF_DEGREE, NATIONAL, STANDARD, Layout
from app.domain.sarsat406.user import Identity

# protocol code -> how it is identified, kind of beacon, place layout
_CODES: dict[int, tuple[str, str, Layout]] = {
    0b0010: ("MMSI", "EPIRB", STANDARD),
    0b0011: ("24-bit address", "ELT", STANDARD),
    0b0100: ("serial", "ELT", STANDARD),
    0b0101: ("aircraft operator", "ELT", STANDARD),
    0b0110: ("serial", "EPIRB", STANDARD),
    0b0111: ("serial", "PLB", STANDARD),
    0b1000: ("national", "ELT", NATIONAL),
    0b1001: ("DT", "ELT(DT)", HALF_DEGREE),
    0b1010: ("national", "EPIRB", NATIONAL),
    0b1011: ("national", "PLB", NATIONAL),
    0b1100: ("ship security", "SSAS", STANDARD),
    0b1101: ("RLS", "", HALF_DEGREE),
    0b1110: ("test", "test beacon", STANDARD),
    0b1111: ("national test", "test beacon", NATIONAL),
}
_RLS_BEACONS = ("ELT", "EPIRB", "PLB", "test beacon")
_RLS_PROVIDERS = ("spare", "Galileo", "GLONASS", "spare")
_ACTIVATION = ("manual by user", "automatic by the beacon", "automatic by external means", "spare")
_FRESHNESS = ("", "more than 60 s old or not given", "2 to 60 s old", "at most 2 s old")
_ALTITUDES_M = (0, 400, 800, 1200, 1600, 2200, 2800, 3400, 4000, 4800, 5600, 6600, 7600, 8800, 10000)
CANCELLED = "1111110101111111010"  # bits 67-85 of an ELT(DT) that was switched off


@dataclass(frozen=True, slots=True)
class Location:
    """A location protocol: the identity in words, where the position lies, and what identification leaves out."""

    identity: Identity
    layout: Layout | None  # None: a spare protocol
    fine: bool  # whether PDF-2 holds an offset
    flags: tuple[Field, ...]  # of PDF-2


def location_of(bits: Bits, second_field: bool) -> Location:
    """Bits 37-85, and 107-132 where ``second_field`` says that they are there and to be believed."""
    code = bits.number(37, 40)
    if code not in _CODES:
        identity = Identity(
            f"Location: spare protocol {code:04b}", "unknown", (Field("41-85", "data", bits.of(41, 85)),)
        )
        return Location(identity, None, False, ())
    how, beacon, layout = _CODES[code]
    family = {STANDARD: _standard, NATIONAL: _national, HALF_DEGREE: _rls if how == "RLS" else _distress_tracking}
    return family[layout](bits, how, beacon, second_field)


def _source(place: int, bits: Bits) -> Field:
    return Field(str(place), "source of position", "internal" if bits.is_set(place) else "external")


def _homing(place: int, bits: Bits) -> Field:
    return Field(str(place), "121.5 MHz homing", "yes" if bits.is_set(place) else "no")


def _serial(bits: Bits, first: int) -> tuple[Field, ...]:
    """Ten bits of type approval certificate and fourteen of serial number."""
    return (
        Field(f"{first}-{first + 9}", "type approval certificate", str(bits.number(first, first + 9))),
        Field(f"{first + 10}-{first + 23}", "serial number", str(bits.number(first + 10, first + 23))),
    )


def _operator(bits: Bits, first: int) -> tuple[Field, ...]:
    """Three letters in fifteen bits and nine of serial number."""
    return (
        Field(f"{first}-{first + 14}", "aircraft operator", short_baudot(bits.of(first, first + 14))),
        Field(f"{first + 15}-{first + 23}", "serial number", str(bits.number(first + 15, first + 23))),
    )


def _mmsi(bits: Bits, first: int) -> Field:
    """The country code, then six digits."""
    digits = bits.number(first, first + 19)
    value = f"{bits.number(27, 36):03d}{digits:06d}" if digits < 1_000_000 else f"no MMSI ({digits})"
    return Field(f"{first}-{first + 19}", "MMSI", value)


def _standard(bits: Bits, how: str, beacon: str, second_field: bool) -> Location:
    fields: tuple[Field, ...]
    if how in {"MMSI", "ship security"}:
        fields = (_mmsi(bits, 41), Field("61-64", "specific beacon", str(bits.number(61, 64))))
    elif how == "24-bit address":
        fields = (Field("41-64", "aircraft 24-bit address", bits.hex(41, 64)),)
    elif how == "serial":
        fields = _serial(bits, 41)
    elif how == "aircraft operator":
        fields = _operator(bits, 41)
    else:
        fields = (Field("41-64", "identification", bits.hex(41, 64)),)
    identity = Identity(f"Standard location: {beacon}, {how}", beacon, fields, test=how == "test")
    flags = (_source(111, bits), _homing(112, bits)) if second_field else ()
    return Location(identity, STANDARD, second_field, flags)


def _national(bits: Bits, how: str, beacon: str, second_field: bool) -> Location:
    fields = (Field("41-58", "serial number", str(bits.number(41, 58))),)
    identity = Identity(f"National location: {beacon}", beacon, fields, test=how == "national test")
    if not second_field:
        return Location(identity, NATIONAL, False, ())
    fine = bits.is_set(110)
    rest = (
        Field("127-132", "national use", bits.of(127, 132))
        if fine
        else Field("113-132", "national use", bits.of(113, 132))
    )
    return Location(identity, NATIONAL, fine, (_source(111, bits), _homing(112, bits), rest))


def _rls(bits: Bits, how: str, beacon: str, second_field: bool) -> Location:
    del how, beacon  # said by bits of its own
    kind = _RLS_BEACONS[bits.number(41, 42)]
    fields: tuple[Field, ...]
    if bits.number(43, 46) == 0b1111:
        fields = (_mmsi(bits, 47),)
    else:
        certificate, serial = _serial(bits, 43)
        fields = (Field(certificate.bits, "type approval certificate, last three digits", certificate.value), serial)
    identity = Identity(f"RLS location: {kind}", kind, fields, test=kind == "test beacon")
    if not second_field:
        return Location(identity, HALF_DEGREE, False, ())
    names = ("can process RLM type 1", "can process RLM type 2", "RLM type 1 received", "RLM type 2 received")
    flags = [Field(str(place), name, "yes" if bits.is_set(place) else "no") for place, name in enumerate(names, 109)]
    provider = Field("113-114", "return link provider", _RLS_PROVIDERS[bits.number(113, 114)])
    return Location(identity, HALF_DEGREE, True, (_source(107, bits), _homing(108, bits), *flags, provider))


def _distress_tracking(bits: Bits, how: str, beacon: str, second_field: bool) -> Location:
    del how
    kind = bits.number(41, 42)
    fields: tuple[Field, ...] = (Field("43-66", "identification", bits.hex(43, 66)),)
    if kind == 0b00:
        fields = (Field("43-66", "aircraft 24-bit address", bits.hex(43, 66)),)
    elif kind == 0b01:
        fields = _operator(bits, 43)
    elif kind == 0b10:
        fields = _serial(bits, 43)
    test = bits.of(43, 66) in {"0" * 24, "1" * 24}
    identity = Identity("ELT(DT) location", beacon, fields, test=test)
    if bits.of(67, 85) == CANCELLED:
        return Location(identity, HALF_DEGREE, False, (Field("67-85", "cancellation", "the ELT(DT) was switched off"),))
    if not second_field:
        return Location(identity, HALF_DEGREE, False, ())
    freshness = bits.number(113, 114)
    flags = [
        Field("107-108", "activation", _ACTIVATION[bits.number(107, 108)]),
        Field("109-112", "altitude", _altitude(bits.number(109, 112))),
    ]
    if freshness:
        flags.append(Field("113-114", "age of position", _FRESHNESS[freshness]))
    elif bits.of(115, 117) == "000":
        flags.append(Field("118-132", "aircraft operator", short_baudot(bits.of(118, 132))))
    return Location(identity, HALF_DEGREE, freshness != 0, tuple(flags))


def _altitude(code: int) -> str:
    if code == 15:
        return "not given"
    low_m = _ALTITUDES_M[code]
    return f"above {low_m} m" if code == 14 else f"{low_m} to {_ALTITUDES_M[code + 1]} m"

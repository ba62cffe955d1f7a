"""User protocols of C/S T.001 (protocol flag 1): who the beacon is; pure, any thread."""

from dataclasses import dataclass

from app.domain.sarsat406.bits import Bits, baudot
from app.domain.sarsat406.message import Field

AUXILIARY = ("none", "121.5 MHz", "maritime 9 GHz SART", "other")
SERIAL = {
    0b000: ("ELT", "ELT with serial number"),
    0b001: ("ELT", "ELT with aircraft operator and serial number"),
    0b010: ("EPIRB", "float-free EPIRB with serial number"),
    0b011: ("ELT", "ELT with aircraft 24-bit address"),
    0b100: ("EPIRB", "non-float-free EPIRB with serial number"),
    0b110: ("PLB", "PLB with serial number"),
}
NATURE = (
    "unspecified distress",
    "fire or explosion",
    "flooding",
    "collision",
    "grounding",
    "listing, in danger of capsizing",
    "sinking",
    "disabled and adrift",
    "abandoning ship",
)
EMERGENCIES = ("fire", "medical help required", "disabled", "spare")


@dataclass(frozen=True, slots=True)
class Identity:
    """What the identification bits say, in words."""

    protocol: str
    beacon: str
    fields: tuple[Field, ...]
    test: bool = False
    has_place: bool = True  # whether a long message of this protocol holds a position


def user_identity(bits: Bits) -> Identity:
    """Bits 37-85 of a user protocol."""
    return (_orbitography, _aviation, _maritime, _serial, _national, _second_generation, _call_sign, _test)[
        bits.number(37, 39)
    ](bits)


def emergency_fields(bits: Bits, maritime: bool) -> list[Field]:
    """Bits 107-112 of a short message."""
    fields = [
        Field("107", "emergency code", "given" if bits.is_set(107) else "none"),
        Field("108", "activation", "automatic and manual" if bits.is_set(108) else "manual only"),
    ]
    code = bits.number(109, 112)
    if bits.is_set(107) and maritime:
        fields.append(Field("109-112", "nature of distress", NATURE[code] if code < len(NATURE) else f"spare {code}"))
    elif bits.is_set(107):
        said = [name for place, name in enumerate(EMERGENCIES, 109) if bits.is_set(place)]
        fields.append(Field("109-112", "nature of distress", ", ".join(said) or "not said"))
    else:
        fields.append(Field("109-112", "national use", bits.of(109, 112)))
    return fields


def _auxiliary(bits: Bits) -> Field:
    return Field("84-85", "auxiliary radio-locating device", AUXILIARY[bits.number(84, 85)])


def _orbitography(bits: Bits) -> Identity:
    fields = (Field("40-85", "identification", bits.of(40, 85)),)
    return Identity("User: orbitography", "orbitography beacon", fields, test=True, has_place=False)


def _aviation(bits: Bits) -> Identity:
    fields = (
        Field("40-81", "aircraft registration", baudot(bits.of(40, 81))),
        Field("82-83", "ELT number", str(bits.number(82, 83))),
        _auxiliary(bits),
    )
    return Identity("User: aviation", "ELT", fields)


def _maritime(bits: Bits) -> Identity:
    fields = (
        Field("40-75", "MMSI (last six digits) or call sign", baudot(bits.of(40, 75))),
        Field("76-81", "specific beacon", baudot(bits.of(76, 81))),
        _auxiliary(bits),
    )
    return Identity("User: maritime", "EPIRB", fields)


def _call_sign(bits: Bits) -> Identity:
    digits = (bits.number(first, first + 3) for first in (64, 68, 72))
    last = "".join(str(digit) if digit < 10 else " " if digit == 10 else "?" for digit in digits)
    fields = (
        Field("40-75", "radio call sign", (baudot(bits.of(40, 63)) + last).strip()),
        Field("76-81", "specific beacon", baudot(bits.of(76, 81))),
        _auxiliary(bits),
    )
    return Identity("User: radio call sign", "EPIRB", fields)


def _serial(bits: Bits) -> Identity:
    code = bits.number(40, 42)
    beacon, words = SERIAL.get(code, ("unknown", f"spare type {code}"))
    fields: list[Field] = []
    if code == 0b001:
        fields.append(Field("44-61", "aircraft operator", baudot(bits.of(44, 61))))
        fields.append(Field("62-73", "serial number", str(bits.number(62, 73))))
    elif code == 0b011:
        fields.append(Field("44-67", "aircraft 24-bit address", bits.hex(44, 67)))
        fields.append(Field("68-73", "ELT number", str(bits.number(68, 73))))
    else:
        fields.append(Field("44-63", "serial number", str(bits.number(44, 63))))
        fields.append(Field("64-73", "national use", str(bits.number(64, 73))))
    if bits.is_set(43):
        fields.append(Field("74-83", "type approval certificate", str(bits.number(74, 83))))
    else:
        fields.append(Field("74-83", "national use", str(bits.number(74, 83))))
    return Identity(f"User: serial, {words}", beacon, (*fields, _auxiliary(bits)))


def _national(bits: Bits) -> Identity:
    fields = (Field("40-85", "national use", bits.of(40, 85)),)
    return Identity("User: national", "national beacon", fields, has_place=False)


def _second_generation(bits: Bits) -> Identity:
    """Fifteen digits of a 23-digit identification (C/S T.018 table 3.10): its bit n stands at n + 25 here."""
    fields = (
        Field("40-55", "type approval certificate", str(bits.number(40, 55))),
        Field("56-69", "serial number", str(bits.number(56, 69))),
    )
    return Identity(
        "Second generation: first 15 digits of its identification",
        "second-generation beacon",
        fields,
        test=bits.is_set(70),
        has_place=False,
    )


def _test(bits: Bits) -> Identity:
    return Identity("User: test", "test beacon", (Field("40-85", "national use", bits.of(40, 85)),), test=True)

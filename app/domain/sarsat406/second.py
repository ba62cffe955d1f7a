"""Second-generation messages, C/S T.018: from bits to contents; pure, any thread."""

from app.domain.geometry import LatLon, on_earth
from app.domain.radio import BeaconKind
from app.domain.sarsat406.bch import BCH_LONG
from app.domain.sarsat406.bits import Bits, baudot, short_baudot
from app.domain.sarsat406.countries import country_name
from app.domain.sarsat406.message import Check, Field, Message
from app.domain.sarsat406.rotating import rotating_fields

INFORMATION, LENGTH = 202, 250
FRACTION = 1.0 / 32_768.0  # of a degree
_BEACONS = ("ELT", "EPIRB", "PLB", "ELT(DT)", "spare type 4", "spare type 5", "spare type 6", "system beacon")
_NO_AIS = "10101010101010"  # in place of the last digits of an EPIRB-AIS identity


def second_message(text: str, self_test: bool = False) -> Message:
    """The contents of 250 bits, put right as far as the code reaches, or of the 202 information bits alone."""
    if len(text) == INFORMATION:
        return _contents(Bits(text), (), self_test)
    found = BCH_LONG.correct(int(text, 2))
    if found is None:
        return _contents(Bits(text), (Check("BCH(250,202)", False, 0),), self_test)
    word, corrected = found
    return _contents(Bits(f"{word:0{LENGTH}b}"), (Check("BCH(250,202)", True, corrected),), self_test)


def second_identification(text: str) -> Message:
    """The contents of the 92 bits of a 23-digit identification (table 3.10)."""
    country, serial, test, vessel = text[1:11], text[14:44], text[44], text[45:92]
    bits = Bits(serial + country + "00" + test + "0" * 47 + vessel)
    return _message(bits, f"{int(text, 2):023X}", (*_numbers(bits), *_vessel(bits)), "not said", None, (), test == "1")


def _contents(bits: Bits, checks: tuple[Check, ...], self_test: bool) -> Message:
    believed = all(check.ok for check in checks)
    place = _position(bits) if believed else None
    fields = (
        *_numbers(bits),
        Field("41", "homing signal", "yes" if bits.is_set(41) else "no"),
        Field("42", "return link service", "yes" if bits.is_set(42) else "no"),
        *_vessel(bits),
        *rotating_fields(bits),
    )
    beacon = _BEACONS[bits.number(138, 140)]
    return _message(bits, _id_hex(bits), fields, beacon, place, checks, self_test or bits.is_set(43))


def _message(
    bits: Bits,
    id_hex: str,
    fields: tuple[Field, ...],
    beacon: str,
    place: LatLon | None,
    checks: tuple[Check, ...],
    test: bool,
) -> Message:
    code = bits.number(31, 40)
    return Message(
        kind=BeaconKind.SARSAT2,
        id_hex=id_hex,
        country_code=code,
        country=country_name(code),
        protocol="Second generation",
        beacon=beacon,
        test=test,
        fields=fields,
        position=place,
        resolution_deg=FRACTION if place else 0.0,
        checks=checks,
        message_hex=id_hex if bits.last < INFORMATION else f"{int(bits.text, 2):0{(bits.last + 5) // 4}X}",
    )


def _numbers(bits: Bits) -> tuple[Field, ...]:
    return (
        Field("1-16", "type approval certificate", str(bits.number(1, 16))),
        Field("17-30", "serial number", str(bits.number(17, 30))),
    )


def _id_hex(bits: Bits) -> str:
    vessel = bits.of(91, 137)
    if vessel.startswith("100"):  # of an aircraft's address the operator after it does not count
        vessel = vessel[:27] + "0" * 20
    text = "1" + bits.of(31, 40) + "101" + bits.of(1, 30) + bits.of(43, 43) + vessel
    return f"{int(text, 2):023X}"


def _position(bits: Bits) -> LatLon | None:
    """Degrees and their 32768ths; all ones in the degrees stand for none."""
    lat = bits.number(45, 51) + bits.number(52, 66) * FRACTION
    lon = bits.number(68, 75) + bits.number(76, 90) * FRACTION
    place = LatLon(-lat if bits.is_set(44) else lat, -lon if bits.is_set(67) else lon)
    return place if on_earth(place) else None


def _vessel(bits: Bits) -> tuple[Field, ...]:
    """Bits 91-137."""
    decoders = (_unnamed, _maritime, _call_sign, _registration, _address, _operator, _other, _other)
    return decoders[bits.number(91, 93)](bits)


def _unnamed(bits: Bits) -> tuple[Field, ...]:
    del bits
    return ()


def _call_sign(bits: Bits) -> tuple[Field, ...]:
    return (Field("94-135", "radio call sign", baudot(bits.of(94, 135))),)


def _registration(bits: Bits) -> tuple[Field, ...]:
    return (Field("94-135", "aircraft registration", baudot(bits.of(94, 135))),)


def _address(bits: Bits) -> tuple[Field, ...]:
    address = Field("94-117", "aircraft 24-bit address", bits.hex(94, 117))
    if bits.number(118, 132) == 0:
        return (address,)
    return address, Field("118-132", "aircraft operator", short_baudot(bits.of(118, 132)))


def _operator(bits: Bits) -> tuple[Field, ...]:
    return (
        Field("94-108", "aircraft operator", short_baudot(bits.of(94, 108))),
        Field("109-120", "serial number of the operator", str(bits.number(109, 120))),
    )


def _other(bits: Bits) -> tuple[Field, ...]:
    return (Field("94-137", "reserved or spare", bits.of(94, 137)),)


def _maritime(bits: Bits) -> tuple[Field, ...]:
    mmsi = f"{bits.number(94, 123):09d}"
    fields = [Field("94-123", "MMSI", "none" if mmsi.startswith("000") else mmsi)]
    if bits.of(124, 137) != _NO_AIS:
        # 974 and, as C/S T.018 and AMSA's compliance kit have it, two digits of the MMSI before the four sent
        fields.append(Field("124-137", "EPIRB-AIS identity", f"974{mmsi[3:5]}{bits.number(124, 137):04d}"))
    return tuple(fields)

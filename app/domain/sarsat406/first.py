"""First-generation messages, C/S T.001: from bits to contents; pure, any thread."""

from app.domain.geometry import LatLon
from app.domain.radio import BeaconKind
from app.domain.sarsat406.bch import BCH_1, BCH_2, BchCode
from app.domain.sarsat406.bits import Bits
from app.domain.sarsat406.countries import country_name
from app.domain.sarsat406.location import Location, location_of
from app.domain.sarsat406.message import Check, Field, Message
from app.domain.sarsat406.places import HALF_DEGREE, NATIONAL, STANDARD, USER, Layout, position_fields, position_of
from app.domain.sarsat406.user import Identity, emergency_fields, user_identity

SHORT, LONG = 112, 144
SYNC, SELF_TEST = "000101111", "011010000"  # bits 16-24
# what stands for the position in an identification, C/S T.001 section A3.1: first bit, default
_DEFAULTS: dict[Layout, tuple[int, str]] = {
    STANDARD: (65, "011111111101111111111"),
    NATIONAL: (59, "011111110000001111111100000"),
    HALF_DEGREE: (67, "0111111110111111111"),
}


def first_message(text: str, self_test: bool = False) -> Message:
    """The contents of bits 25-112 (88) or 25-144 (120), put right as far as the codes reach.

    Of 120 bits with a short message in them only the first 88 are looked at.
    When BCH-1 fails, nothing of the message can be believed and ``checks`` says so.
    """
    first = _checked("BCH-1", BCH_1, text[:82])
    code, long = first[1], first[1][0] == "1"
    checks, rest = [first[0]], text[82 : SHORT - 24]
    if long and len(text) == LONG - 24:
        check, rest = _checked("BCH-2", BCH_2, text[82:])
        checks.append(check)
    bits = Bits(code + rest, 25)
    believed = first[0].ok and len(checks) == 2 and checks[1].ok
    return _contents(bits, tuple(checks), believed, self_test)


def identification(text: str) -> Message:
    """The contents of the 60 bits of a 15-digit identification, bits 26-85."""
    return _contents(Bits(text, 26), (), False, False)


def _checked(name: str, code: BchCode, text: str) -> tuple[Check, str]:
    found = code.correct(int(text, 2))
    if found is None:
        return Check(name, False, 0), text
    word, corrected = found
    return Check(name, True, corrected), f"{word:0{code.length}b}"


def _contents(bits: Bits, checks: tuple[Check, ...], second_field: bool, self_test: bool) -> Message:
    whole = bits.first == 25
    user = bits.is_set(26)
    location = None if user else location_of(bits, second_field)
    identity = user_identity(bits) if location is None else location.identity
    code = bits.number(27, 36)
    place, step_deg, fields = _place(bits, identity, location, second_field, whole)
    if whole and user and not bits.is_set(25) and identity.has_place:
        fields += emergency_fields(bits, maritime=identity.beacon == "EPIRB")
    return Message(
        kind=BeaconKind.SARSAT1,
        id_hex=_id_hex(bits, location),
        country_code=code,
        country=country_name(code),
        protocol=identity.protocol,
        beacon=identity.beacon,
        test=self_test or identity.test,
        fields=(*identity.fields, *fields),
        position=place,
        resolution_deg=step_deg,
        checks=checks,
        message_hex=bits.hex(25, bits.last) if whole else bits.hex(26, 85),
    )


def _place(
    bits: Bits, identity: Identity, location: Location | None, second_field: bool, whole: bool
) -> tuple[LatLon | None, float, list[Field]]:
    if location is None:
        if not (second_field and identity.has_place):
            return None, 0.0, []
        source = Field("107", "source of position", "internal" if bits.is_set(107) else "external")
        return *position_of(bits, USER, False), [source, *position_fields(bits, USER, False)]
    flags = list(location.flags)
    if not whole or location.layout is None:
        return None, 0.0, flags
    place, step_deg = position_of(bits, location.layout, location.fine)
    return place, step_deg, position_fields(bits, location.layout, location.fine) + flags


def _id_hex(bits: Bits, location: Location | None) -> str:
    """Fifteen digits: bits 26-85 with the default in place of a position."""
    if location is None or location.layout is None:
        return bits.hex(26, 85)
    first, default = _DEFAULTS[location.layout]
    return f"{int(bits.of(26, first - 1) + default, 2):015X}"

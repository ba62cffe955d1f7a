"""The message of a simulated first-generation 406 MHz beacon, C/S T.001; pure, any thread."""

from app.domain.geometry import LatLon

_BCH = {1: (0b1001101101100111100011, 21), 2: (0b1010100111001, 12)}  # generator, parity bits
_SYNC = "1" * 15 + "000101111"
_COUNTRY = 228  # MID of France, as the standard's own examples use
_TEST_PROTOCOL = 0b1110  # standard location protocol, test: no real beacon sends it
_SERIAL = 0x4B5301


def message_bits(position: LatLon | None) -> str:
    """The 144 bits of a long message: standard location protocol, test; without a position its default values."""
    first = "10" + f"{_COUNTRY:010b}{_TEST_PROTOCOL:04b}{_SERIAL:024b}"
    coarse, fine = _position(position)
    one = first + coarse  # bits 25 ... 85
    two = "1101" + ("1" if position else "0") + "0" + fine  # bits 107 ... 132
    return _SYNC + one + parity_bits(one, 1) + two + parity_bits(two, 2)


def _position(position: LatLon | None) -> tuple[str, str]:
    """PDF-1 (quarter degrees) and PDF-2 (signed minutes and 4 seconds to be added)."""
    if position is None:
        return "0" + "1" * 9 + "0" + "1" * 10, "1" + "0" * 5 + "1" * 4 + "1" + "0" * 5 + "1" * 4
    lat, lat_offset = _angle(position.lat_deg, 9)
    lon, lon_offset = _angle(position.lon_deg, 10)
    return lat + lon, lat_offset + lon_offset


def _angle(degrees: float, bits: int) -> tuple[str, str]:
    quarters = round(abs(degrees) * 4.0)
    left_s = round((abs(degrees) - quarters / 4.0) * 3600.0 / 4.0)  # units of 4 s
    offset = ("1" if left_s >= 0 else "0") + f"{abs(left_s) // 15:05b}{abs(left_s) % 15:04b}"
    return ("1" if degrees < 0.0 else "0") + f"{quarters:0{bits}b}", offset


def parity_bits(bits: str, code: int) -> str:
    """BCH-1 or BCH-2 parity: the remainder of bits * x^parity by the generator, T.001 annex B."""
    generator, count = _BCH[code]
    rest = int(bits, 2) << count
    for place in range(len(bits) - 1, -1, -1):
        if rest >> (place + count) & 1:
            rest ^= generator << place
    return f"{rest:0{count}b}"

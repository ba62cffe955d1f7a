"""406 MHz messages and identifications from hexadecimal digits, told apart by their number; pure, any thread."""

from app.domain.sarsat406.first import SELF_TEST, SYNC, first_message, identification
from app.domain.sarsat406.message import Message
from app.domain.sarsat406.second import second_identification, second_message
from app.errors import BadMessage

LENGTHS = (
    "15 (identification, first generation), 22 or 28 (short message without and with synchronisation), "
    "23 (identification, second generation), 30 or 36 (long message without and with synchronisation), "
    "51 or 63 (second generation without and with check bits)"
)
MOST = 200  # characters looked at


def is_digits(text: str) -> bool:
    """Whether this looks like hexadecimal digits and not like the name of a file."""
    plain = _plain(text)
    return len(plain) >= 15 and all(letter in "0123456789ABCDEF" for letter in plain)


def message_of(text: str) -> Message:
    """The message in hexadecimal digits; spaces, dashes and a leading 0x do not count. Raises ``BadMessage``."""
    plain = _plain(text)
    if wrong := sorted({letter for letter in plain[:MOST] if letter not in "0123456789ABCDEF"}):
        raise BadMessage(f"{wrong[0]!r} is no hexadecimal digit: only 0-9 and A-F. Look for O in place of 0.")
    count = len(plain)
    if count not in {15, 22, 23, 28, 30, 36, 51, 63}:
        raise BadMessage(f"{count} hexadecimal digits are no 406 MHz message. There are {LENGTHS}.")
    bits = f"{int(plain, 16):0{4 * count}b}"
    if count == 15:
        return identification(bits)
    if count == 23:
        return _second_identification(bits)
    if count in {51, 63}:
        return _second(bits)
    return _first(bits)


def _plain(text: str) -> str:
    plain = text.strip().upper().removeprefix("0X")
    return plain.replace(" ", "").replace("-", "")


def _first(bits: str) -> Message:
    self_test = False
    if len(bits) in {112, 144}:
        sync = bits[15:24]
        self_test = _differences(sync, SELF_TEST) < _differences(sync, SYNC)
        if min(_differences(sync, SELF_TEST), _differences(sync, SYNC)) > 2:
            raise BadMessage(f"Bits 16-24 are {sync}: neither {SYNC} nor {SELF_TEST} (self-test). Digits are missing.")
        bits = bits[24:]
    return first_message(bits, self_test)


def _second(bits: str) -> Message:
    """Two bits go before the message: 00, or 10 in a self-test."""
    if bits[1] == "1":
        raise BadMessage(f"The two bits before a second-generation message are 00 or 10, not {bits[:2]}.")
    return second_message(bits[2:], bits[0] == "1")


def _second_identification(bits: str) -> Message:
    if bits[0] != "1" or bits[11:14] != "101":
        raise BadMessage("This is no second-generation identification: its bits 1 and 12-14 are not 1 and 101.")
    return second_identification(bits)


def _differences(a: str, b: str) -> int:
    return sum(one != other for one, other in zip(a, b, strict=True))

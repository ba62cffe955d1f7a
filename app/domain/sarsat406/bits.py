"""Bits of a message by their numbers in the standards, and the alphabet of call signs; pure, any thread."""

# modified Baudot code, C/S T.001 table A2 and T.018 table 3.2; letters begin with 1
_OCTAL = (
    "70 63 56 62 60 66 53 45 54 72 76 51 47 46 43 55 75 52 64 41 74 57 71 67 65 61 "  # A to Z
    "44 30 27 15 35 31 20 12 01 25 34 14 03"  # space, hyphen, slash, 0 to 9
)
BAUDOT = {
    f"{int(code, 8):06b}": letter
    for code, letter in zip(_OCTAL.split(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ -/0123456789", strict=True)
}


class Bits:
    """A string of 0 and 1 of which the first has the number ``first``; ranges include both ends, as standards count."""

    __slots__ = ("first", "text")

    def __init__(self, text: str, first: int = 1) -> None:
        self.text, self.first = text, first

    @property
    def last(self) -> int:
        return self.first + len(self.text) - 1

    def of(self, first: int, last: int) -> str:
        return self.text[first - self.first : last + 1 - self.first]

    def number(self, first: int, last: int) -> int:
        return int(self.of(first, last), 2)

    def is_set(self, place: int) -> bool:
        return self.of(place, place) == "1"

    def hex(self, first: int, last: int) -> str:
        """Digits of a range whose length is a multiple of 4."""
        return f"{self.number(first, last):0{(last - first + 1) // 4}X}"


def baudot(code: str) -> str:
    """Text in 6-bit modified Baudot; ``?`` where a code stands for nothing. Outer spaces are taken off."""
    return "".join(BAUDOT.get(code[at : at + 6], "?") for at in range(0, len(code), 6)).strip()


def short_baudot(code: str) -> str:
    """Letters in 5 bits each: modified Baudot without its leading 1."""
    return "".join(BAUDOT.get("1" + code[at : at + 5], "?") for at in range(0, len(code), 5)).strip()

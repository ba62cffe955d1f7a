"""Atheris on 406 MHz messages in digits: python tests/unit/domain/sarsat406/fuzz_digits.py -runs=1000000.

Any end but a ``BadMessage`` or a message that can be told is a find.
"""

import json
import sys
from dataclasses import asdict

import atheris

with atheris.instrument_imports(include=["app.domain.sarsat406"]):
    from app.domain.sarsat406.digits import is_digits, message_of
    from app.domain.sarsat406.message import decoded
    from app.errors import BadMessage

LENGTHS = (15, 22, 23, 28, 30, 36, 51, 63)  # of digits


def one(data: bytes) -> None:
    """The first byte chooses: the rest as text, or as digits of a length that there is."""
    if not data:
        return
    kind = data[0] % (2 * len(LENGTHS))
    text = data[1:].decode("latin-1") if kind >= len(LENGTHS) else data[1:].hex().ljust(63, "0")[: LENGTHS[kind]]
    is_digits(text)
    try:
        message = message_of(text)
    except BadMessage:
        return
    assert message.summary
    assert message.position is None or (
        abs(message.position.lat_deg) <= 90.0 and abs(message.position.lon_deg) <= 180.0
    )
    assert len(message.id_hex or "") in {0, 15, 23}
    json.dumps(asdict(decoded(message, 0.0, "t", 406e6, 40.0)), allow_nan=False)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()

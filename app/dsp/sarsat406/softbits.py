"""From the signs and sizes of bits to a message that can be believed; pure, any thread."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.sarsat406.first import LONG, SHORT, first_message
from app.domain.sarsat406.message import Message
from app.dsp.sarsat406.preamble import KNOWN_BITS, PATTERNS, STEPS

SYNC_ERRORS = 3  # of the 24 known bits
DOUBT = 2.5  # mean bits: a correction that turns stronger bits than this round is taken for a wrong one


@dataclass(frozen=True, slots=True)
class Reading:
    """A message and how well it was received."""

    message: Message
    bits: int
    opening: float  # mean size of the soft bits over their spread: 1 is a closed eye


def known_signs(self_test: bool) -> NDArray[np.float64]:
    """+1 for a one of the 24 known bits, -1 for a zero."""
    return PATTERNS[self_test][::STEPS]


def read_bits(soft: NDArray[np.float64], self_test: bool) -> Reading | None:
    """The message of 144 soft bits, a one positive; None when it cannot be believed.

    BCH-1 must hold, and what it turned round must have looked doubtful: of noise it would accept one in 23.
    """
    known = known_signs(self_test)
    if soft.size < SHORT or int((np.sign(soft[:KNOWN_BITS]) != known).sum()) > SYNC_ERRORS:
        return None
    hard = "".join("1" if value > 0.0 else "0" for value in soft[KNOWN_BITS:LONG])
    message = first_message(hard, self_test)
    if not message.checks[0].ok:
        return None
    corrected = f"{int(message.message_hex, 16):0{4 * len(message.message_hex)}b}"
    used = soft[KNOWN_BITS : KNOWN_BITS + len(corrected)]
    typical = float(np.abs(used).mean())
    turned = np.array([one != other for one, other in zip(corrected, hard, strict=False)])
    first_field = np.arange(turned.size) < 82
    if float(np.abs(used[turned & first_field]).sum()) > DOUBT * typical:
        return None
    spread = float(np.std(np.abs(used))) or 1e-12
    return Reading(message, KNOWN_BITS + len(corrected), typical / spread)

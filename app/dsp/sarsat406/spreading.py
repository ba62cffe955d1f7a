"""The spreading codes of second-generation bursts, C/S T.018 section 2.2.3; pure, any thread."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

CHIP_HZ = 38_400.0
CHIPS_PER_BIT = 256  # on each of I and Q, which carry a bit each at a time
PREAMBLE_BITS = 25  # zeros on each
BITS = 150  # on each, the preamble included
CHIPS = BITS * CHIPS_PER_BIT
# registers 22 ... 0 at the start of a burst (table 2.2): I, Q
SEEDS = {
    False: ("00000000000000000000001", "00110101100000111111100"),
    True: ("10100101100100111110000", "01111001110100100101000"),
}


def chips(seed: str, count: int) -> NDArray[np.int8]:
    """Chips 0 and 1 of the register with feedback x^23 + x^18 + 1, its lowest bit first."""
    register = int(seed, 2)
    out = np.empty(count, np.int8)
    for place in range(count):
        out[place] = register & 1
        feedback = (register ^ register >> 18) & 1
        register = register >> 1 | feedback << 22
    return out


@cache
def codes(self_test: bool) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Codes of I and Q as levels: a chip 0 is +1, 1 is -1; shape (38400,) each. Not to be written to."""
    i_seed, q_seed = SEEDS[self_test]
    i_code, q_code = (np.float32(1.0) - 2.0 * chips(seed, CHIPS).astype(np.float32) for seed in (i_seed, q_seed))
    return i_code, q_code

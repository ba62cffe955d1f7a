"""Second-generation bursts as samples, made apart from the decoder: own register, own modulator; pure, any thread."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

SEEDS = {
    False: ("00000000000000000000001", "00110101100000111111100"),
    True: ("10100101100100111110000", "01111001110100100101000"),
}
FIRST_CHIPS = {  # C/S T.018 table 2.2
    False: ("80000108421284A1", "3F8358BAD030F231"),
    True: ("0F934A4D4CF3028D", "14973DC716CDE124"),
}
EXAMPLE_BITS = (  # C/S T.018 appendix B.1: 202 bits of the message and the parity of BCH(250, 202)
    f"{int('0039823D32618658622811F0000000000003FFF004030680258', 16):0204b}"[2:]
    + "010010010010101001001111110001010111101001001001"
)
EXAMPLE_ID = "9934039823D000000000000"


@cache
def chips(seed: str) -> NDArray[np.int64]:
    register = [int(bit) for bit in reversed(seed)]
    out = []
    for _ in range(38_400):
        out.append(register[0])
        register = [*register[1:], register[0] ^ register[18]]
    return np.array(out)


def spread_burst(
    bits: str,
    rate_hz: float,
    start_s: float,
    offset_hz: float,
    drift_hz_per_s: float = 0.0,
    ppm: float = 0.0,
    self_test: bool = False,
    length_s: float = 1.8,
    half_sine: bool = False,
) -> NDArray[np.complex128]:
    """Samples of amplitude 1 where the beacon sends 250 bits; odd bits on I, even on Q half a chip later."""
    times = np.arange(round(length_s * rate_hz)) / rate_hz - start_s
    place = times * 38_400.0 * (1.0 + ppm * 1e-6)
    parts = []
    for first, seed, late in zip((0, 1), SEEDS[self_test], (0.0, 0.5), strict=True):
        data = np.concatenate((np.zeros(25, np.int64), np.array([int(bit) for bit in bits[first::2]])))
        levels = 1.0 - 2.0 * (chips(seed) ^ np.repeat(data, 256))
        chip = np.floor(place - late).astype(np.int64)
        level = np.where((chip >= 0) & (chip < 38_400), levels[np.clip(chip, 0, 38_399)], 0.0)
        parts.append(level * np.sqrt(2.0) * np.sin(np.pi * (place - late - chip)) if half_sine else level)
    turn = np.exp(2j * np.pi * (offset_hz * times + 0.5 * drift_hz_per_s * times**2))
    return np.asarray((parts[0] + 1j * parts[1]) / np.sqrt(2.0) * turn, np.complex128)

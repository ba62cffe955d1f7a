"""A stretch of waterfall as it is kept with a flight; values and their compact form, any thread."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOWEST_DBFS = -127.5
STEP_DB = 0.5
LEVEL = 6  # of zlib: higher ones gain a hundredth on noise


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Rows of one centre and rate, oldest first, each the highest power of its time and of its bins.

    ``power_dbfs`` has shape (rows, bins), lowest frequency first; ``lost_before`` counts samples missing before each.
    """

    time_s: NDArray[np.float64]
    centre_hz: float
    rate_hz: float
    lost_before: NDArray[np.int64]
    power_dbfs: NDArray[np.float32]


def pack(stretch: Stretch) -> bytes:
    """Levels in steps of 0.5 dB from -127.5 dBFS up, times to 10 us: some 0.4 bytes a bin."""
    levels = np.rint(
        (np.nan_to_num(stretch.power_dbfs, nan=LOWEST_DBFS, posinf=0.0, neginf=LOWEST_DBFS) - LOWEST_DBFS) / STEP_DB
    )
    after_s = (stretch.time_s - stretch.time_s[0]).astype("<f4")
    lost = np.minimum(stretch.lost_before, 0xFFFFFFFF).astype("<u4")
    content = after_s.tobytes() + lost.tobytes() + np.clip(levels, 0, 255).astype(np.uint8).tobytes()
    return zlib.compress(content, LEVEL)


def unpack(content: bytes, rows: int, bins: int, time_s: float, centre_hz: float, rate_hz: float) -> Stretch:
    """Raises ``ValueError`` for what ``pack`` has not made."""
    size = rows * (8 + bins)
    opened = zlib.decompressobj()
    try:
        plain = opened.decompress(content, size + 1)
    except zlib.error as error:
        raise ValueError(f"not a packed waterfall: {error}") from error
    if len(plain) != size:
        raise ValueError("not a packed waterfall of these rows and bins")
    after_s = np.frombuffer(plain, "<f4", rows)
    lost = np.frombuffer(plain, "<u4", rows, 4 * rows)
    levels = np.frombuffer(plain, np.uint8, rows * bins, 8 * rows).reshape(rows, bins)
    power = levels.astype(np.float32) * np.float32(STEP_DB) + np.float32(LOWEST_DBFS)
    return Stretch(time_s + after_s.astype(np.float64), centre_hz, rate_hz, lost.astype(np.int64), power)

"""Spectrum rows as binary WebSocket frames, pulled from the ring at each client's own pace; the server's thread.

A frame, little endian: u8 type (1), u8 version (1), u16 rows, u32 bins, u32 seq, u32 missed (rows this client did not
get before these), f64 centre_hz, f64 rate_hz, f32 floor_dbfs, f32 step_db; then rows x f64 time_s (UTC), rows x u32
samples lost before the row, rows x bins x u8 with power_dbfs = floor_dbfs + step_db * value, lowest frequency first.
A bin is the maximum of the ring's bins it stands for, so that no narrow line is lost.
"""

import struct
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.domain.waterfall import Stretch
from app.ring import Rows, SpectrumRing, decimated

HEADER = struct.Struct("<BBHIIIddff")
KIND, VERSION = 1, 1
MOST_CELLS = 1 << 19  # of the ring, copied at one time
LOWEST_DBFS = -200.0


class SpectrumFeed:
    """One client's place in the ring."""

    def __init__(self, ring: SpectrumRing, bins: int) -> None:
        self._ring = ring
        self._bins = min(bins, ring.bins)
        self._mark = max(ring.mark - 1, 0)
        self._seq = 0

    def frames(self) -> Iterator[bytes]:
        """Frames of the rows since the last call; none when there is no new row."""
        rows = self._ring.since(self._mark, max(MOST_CELLS // self._ring.bins, 1))
        self._mark = rows.mark
        missed = rows.missed
        for first, last in runs(rows):
            self._seq += 1
            yield frame(rows, first, last, self._bins, self._seq, missed)
            missed = 0


def runs(rows: Rows) -> Iterator[tuple[int, int]]:
    """Stretches of rows with one centre and rate, as first and last + 1."""
    count = len(rows.time_s)
    if count == 0:
        return
    changed = (np.diff(rows.centre_hz) != 0.0) | (np.diff(rows.rate_hz) != 0.0)
    edges = [0, *(np.flatnonzero(changed) + 1).tolist(), count]
    yield from pairwise(edges)


def frame(rows: Rows, first: int, last: int, bins: int, seq: int, missed: int) -> bytes:
    power = np.nan_to_num(decimated(rows.power_dbfs[first:last], bins), nan=LOWEST_DBFS, neginf=LOWEST_DBFS, posinf=0.0)
    tuning = (float(rows.centre_hz[first]), float(rows.rate_hz[first]))
    return packed(rows.time_s[first:last], rows.lost_before[first:last], power, tuning, seq, missed)


def stretch_frame(stretch: Stretch, bins: int, seq: int) -> bytes:
    """A stretch of a flight's waterfall in the same form."""
    power = decimated(stretch.power_dbfs, min(bins, stretch.power_dbfs.shape[1]))
    return packed(stretch.time_s, stretch.lost_before, power, (stretch.centre_hz, stretch.rate_hz), seq, 0)


def packed(
    time_s: NDArray[np.float64],
    lost_before: NDArray[np.int64],
    power: NDArray[np.float32],
    tuning: tuple[float, float],
    seq: int,
    missed: int,
) -> bytes:
    """One frame of rows of finite power; ``tuning`` is centre and rate."""
    floor = max(float(power.min()), LOWEST_DBFS)
    step = max((float(power.max()) - floor) / 255.0, 1e-3)
    values = np.clip(np.rint((power - floor) / step), 0.0, 255.0).astype(np.uint8)
    head = HEADER.pack(KIND, VERSION, *values.shape, seq, missed & 0xFFFFFFFF, *tuning, floor, step)
    lost = np.minimum(lost_before, 0xFFFFFFFF).astype("<u4")
    return b"".join((head, time_s.astype("<f8").tobytes(), lost.tobytes(), values.tobytes()))

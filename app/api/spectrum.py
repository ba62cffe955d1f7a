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

from app.ring import Rows, SpectrumRing

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
        for first, last in _runs(rows):
            self._seq += 1
            yield frame(rows, first, last, self._bins, self._seq, missed)
            missed = 0


def _runs(rows: Rows) -> Iterator[tuple[int, int]]:
    """Stretches of rows with one centre and rate, as first and last + 1."""
    count = len(rows.time_s)
    if count == 0:
        return
    changed = (np.diff(rows.centre_hz) != 0.0) | (np.diff(rows.rate_hz) != 0.0)
    edges = [0, *(np.flatnonzero(changed) + 1).tolist(), count]
    yield from pairwise(edges)


def frame(rows: Rows, first: int, last: int, bins: int, seq: int, missed: int) -> bytes:
    power = np.nan_to_num(decimated(rows.power_dbfs[first:last], bins), nan=LOWEST_DBFS, neginf=LOWEST_DBFS, posinf=0.0)
    floor = max(float(power.min()), LOWEST_DBFS)
    step = max((float(power.max()) - floor) / 255.0, 1e-3)
    values = np.clip(np.rint((power - floor) / step), 0.0, 255.0).astype(np.uint8)
    head = HEADER.pack(
        KIND,
        VERSION,
        *values.shape,
        seq,
        missed & 0xFFFFFFFF,
        float(rows.centre_hz[first]),
        float(rows.rate_hz[first]),
        floor,
        step,
    )
    lost = np.minimum(rows.lost_before[first:last], 0xFFFFFFFF).astype("<u4")
    return b"".join((head, rows.time_s[first:last].astype("<f8").tobytes(), lost.tobytes(), values.tobytes()))


def decimated(power: NDArray[np.float32], bins: int) -> NDArray[np.float32]:
    """``power`` of shape (rows, n) as (rows, bins), each bin the maximum of its share; ``bins`` <= n."""
    edges = np.arange(bins) * power.shape[1] // bins
    return np.maximum.reduceat(power, edges, axis=1)

"""Recorded links: each frame after its time as microseconds since 1970, 8 bytes, big endian; pure, any thread."""

from collections.abc import Iterator
from struct import Struct

_STAMP = Struct(">Q")
_EARLIEST_US, _LATEST_US = 946_684_800_000_000, 4_102_444_800_000_000  # 2000 and 2100
_SHORTEST = 16  # bytes of an entry: a stamp and an empty frame of version 1


def stamped(time_s: float, raw: bytes) -> bytes:
    """One entry."""
    return _STAMP.pack(int(time_s * 1e6)) + raw


def entries(data: bytes) -> Iterator[tuple[float, bytes]]:
    """Time (UTC, seconds) and frame of every entry; damaged places are skipped."""
    at, end = 0, len(data)
    while at + _SHORTEST <= end:
        stamp_us = _STAMP.unpack_from(data, at)[0]
        first, length = data[at + 8], 0
        if first == 0xFD:
            length = 12 + data[at + 9] + (13 if data[at + 10] & 1 else 0)
        elif first == 0xFE:
            length = 8 + data[at + 9]
        if not length or not _EARLIEST_US < stamp_us < _LATEST_US:
            at += 1
            continue
        last = at + 8 + length
        if last > end:
            return
        yield stamp_us / 1e6, data[at + 8 : last]
        at = last

"""MAVLink 1 and 2 frames out of a stream of bytes and back; pure, owned by one thread.

Of a frame only the header is read and the checksum verified; its fields are unpacked when someone asks for them.
"""

import re
from collections.abc import Callable
from functools import cache
from operator import itemgetter
from struct import Struct
from typing import Any, NamedTuple

from fastcrc import crc16
from pymavlink.dialects.v20 import ardupilotmega as mavlink

Message = Any  # a pymavlink message; the library ships no types

GCS_COMPONENT = mavlink.MAV_COMP_ID_MISSIONPLANNER  # what a ground station calls itself

_START = re.compile(rb"[\xfd\xfe]")
SIGNATURE = 13  # bytes: link, time of six, digest of six

_V1, _V2, _HEADER_V1, _HEADER_V2, _CRC = 0xFE, 0xFD, 6, 10, 2
_SIGNED = 0x01
_V2_HEADER = Struct("<xBBBBBBHB")  # length, flags, flags that may be ignored, sequence, system, component, number
_V1_HEADER = Struct("<xBBBBB")
_QUICK = Struct("<xBBxBBI")  # the same of version 2 in fewer values: the last is component and number
_SHORTEST = _HEADER_V2 + _CRC


class _Layout(NamedTuple):
    """How one kind of message lies in its payload."""

    kind: Any
    unpack: Struct
    size: int
    crc_extra: bytes


_LAYOUTS = {
    number: _Layout(kind, kind.unpacker, kind.unpacker.size, bytes([kind.crc_extra]))
    for number, kind in mavlink.mavlink_map.items()
}


class Frame:
    """One frame that passed its checksum: as it was on the wire, from whom, and on demand what it says."""

    __slots__ = ("_layout", "_message", "component", "number", "raw", "sequence", "system")

    def __init__(self, raw: bytes, number: int, sequence: int, system: int, component: int, layout: _Layout) -> None:
        self.raw, self.number = raw, number
        self.sequence, self.system, self.component = sequence, system, component
        self._layout = layout
        self._message: Message | None = None

    @property
    def signed(self) -> bool:
        return self.raw[0] == _V2 and bool(self.raw[2] & _SIGNED)

    def values(self) -> tuple[Any, ...]:
        """The values in the order of the wire: the widest first, arrays value by value."""
        raw, unpack = self.raw, self._layout.unpack
        start, size = _HEADER_V2 if raw[0] == _V2 else _HEADER_V1, raw[1]
        if size < self._layout.size:  # MAVLink 2 leaves out zeros at the end
            return unpack.unpack(raw[start : start + size].ljust(self._layout.size, b"\0"))
        return unpack.unpack_from(raw, start)

    @property
    def message(self) -> Message:
        """The whole as pymavlink has it, decoded once; some ten times as slow as ``values``."""
        if self._message is None:
            self._message = _decoded(self, self._layout.kind)
        return self._message


class FrameReader:
    """Finds frames in bytes that may begin in the middle of one, hold text, noise, or messages of other dialects.

    ``bad`` counts stretches of bytes that were dropped; a frame with a wrong checksum or an unknown number is one.
    At most one frame's length (280 bytes) of what follows garbage is held back until more arrives.
    """

    def __init__(self) -> None:
        self.frames = 0
        self.bad = 0
        self._buffer = b""
        self._dropping = False

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes as they came; returns the frames they complete, in order."""
        buffer = self._buffer + data
        found: list[Frame] = []
        at, end = 0, len(buffer)
        while at < end:
            if buffer[at] == _V2 and (after := _run(buffer, at, found)) > at:
                at, self._dropping = after, False
                continue
            frame = _frame_at(buffer, at)
            if frame is None:
                break  # the rest is still on its way
            if frame is not _NONE:
                found.append(frame)
                self._dropping = False
                at += len(frame.raw)
                continue
            self._drop()
            start = _START.search(buffer, at + 1)
            at = start.start() if start else end
        self._buffer = buffer[at:]
        self.frames += len(found)
        return found

    def _drop(self) -> None:
        if not self._dropping:
            self.bad += 1
        self._dropping = True


_NONE = Frame(b"", 0, 0, 0, 0, _LAYOUTS[0])  # where none can begin


def _run(buffer: bytes, at: int, found: list[Frame]) -> int:
    """Append the sound frames of version 2 that follow one another from ``at`` on; returns where they end.

    The road of nearly all frames, without a call more than must be; what is odd is left to ``_frame_at``.
    """
    header, layouts, checksum, have, add = _QUICK.unpack_from, _LAYOUTS, crc16.mcrf4xx, len(buffer), found.append
    last = have - _SHORTEST
    while at <= last and buffer[at] == _V2:
        size, flags, sequence, system, word = header(buffer, at)
        number, end = word >> 8, at + _HEADER_V2 + size
        after = end + _CRC + SIGNATURE if flags else end + _CRC
        layout = layouts.get(number)
        if after > have or layout is None or flags & ~_SIGNED:
            break
        if checksum(buffer[at + 1 : end] + layout.crc_extra) != buffer[end] | buffer[end + 1] << 8:
            break
        add(Frame(buffer[at:after], number, sequence, system, word & 0xFF, layout))
        at = after
    return at


def _frame_at(buffer: bytes, at: int) -> Frame | None:
    """The frame that begins at ``at``; None when it is cut, ``_NONE`` when there is none or it is damaged."""
    have = len(buffer) - at
    if buffer[at] == _V2:
        if have < _HEADER_V2:
            return None
        size, flags, _, sequence, system, component, low, high = _V2_HEADER.unpack_from(buffer, at)
        number, start, most = low | high << 16, at + _HEADER_V2, 255
    elif buffer[at] == _V1:
        if have < _HEADER_V1:
            return None
        size, sequence, system, component, number = _V1_HEADER.unpack_from(buffer, at)
        flags, start, most = 0, at + _HEADER_V1, _LAYOUTS[number].size if number in _LAYOUTS else 0
    else:
        return _NONE
    layout = _LAYOUTS.get(number)
    if layout is None or flags & ~_SIGNED or size > most:
        return _NONE
    end = start + size
    last = end + _CRC + SIGNATURE if flags else end + _CRC
    if last > len(buffer):
        return None
    sound = crc16.mcrf4xx(buffer[at + 1 : end] + layout.crc_extra) == buffer[end] | buffer[end + 1] << 8
    return Frame(buffer[at:last], number, sequence, system, component, layout) if sound else _NONE


def flagged(raw: bytes) -> bytes | None:
    """A whole frame of version 2 with the flag of a signature to follow; None for any other, or a signed one."""
    if raw[0] != _V2 or raw[2] & _SIGNED:
        return None
    body = raw[:2] + bytes([raw[2] | _SIGNED]) + raw[3:-_CRC]
    extra = _LAYOUTS[int.from_bytes(raw[7:10], "little")].crc_extra
    return body + int(crc16.mcrf4xx(body[1:] + extra)).to_bytes(2, "little")


@cache
def _order(kind: Any) -> tuple[tuple[int, int], ...]:
    """Of each field in the order of the constructor: its first value, and how many it has."""
    texts = [kind.fieldtypes[kind.fieldnames.index(name)] == "char" for name in kind.ordered_fieldnames]
    counts = [1 if text else length for length, text in zip(kind.lengths, texts, strict=True)]
    firsts = [sum(counts[:at]) for at in range(len(counts))]
    return tuple((firsts[at], counts[at]) for at in kind.orders)


def picker(kind: str, *fields: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Takes these two or more fields, each a single value, out of the ``values`` of this kind of message."""
    of = next(one for one in mavlink.mavlink_map.values() if one.msgname == kind)
    firsts = {name: first for name, (first, _) in zip(of.fieldnames, _order(of), strict=True)}
    return itemgetter(*[firsts[name] for name in fields])


def _decoded(frame: Frame, kind: Any) -> Message:
    """What pymavlink's own ``decode`` does, without its copies and its checksum."""
    values, raw = frame.values(), frame.raw
    message = kind(*[values[at] if many == 1 else list(values[at : at + many]) for at, many in _order(kind)])
    flags, ignorable = (raw[2], raw[3]) if raw[0] == _V2 else (0, 0)
    message._header = mavlink.MAVLink_header(  # noqa: SLF001 - the library has no other way to say who sent it
        frame.number, flags, ignorable, raw[1], frame.sequence, frame.system, frame.component
    )
    return message


class FrameWriter:
    """Packs messages as MAVLink 2 frames of one sender, counting the sequence number."""

    def __init__(self, system: int, component: int = GCS_COMPONENT) -> None:
        self.system = system
        self._codec = mavlink.MAVLink(None, srcSystem=system, srcComponent=component)

    def pack(self, message: Message) -> bytes:
        raw: bytes = message.pack(self._codec)
        self._codec.seq = (self._codec.seq + 1) % 256
        return raw

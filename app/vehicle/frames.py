"""MAVLink 1 and 2 frames out of a stream of bytes and back; pure, owned by one thread."""

import re
from typing import Any, NamedTuple

from pymavlink.dialects.v20 import ardupilotmega as mavlink

Message = Any  # a pymavlink message; the library ships no types

GCS_COMPONENT = mavlink.MAV_COMP_ID_MISSIONPLANNER  # what a ground station calls itself

_START = re.compile(rb"[\xfd\xfe]")
_V2, _HEADER_V1, _HEADER_V2, _CRC, _SIGNATURE = 0xFD, 6, 10, 2, 13
_SIGNED = 0x01


class Frame(NamedTuple):
    """One frame that passed its checksum: as it was on the wire, and decoded."""

    raw: bytes
    message: Message


class FrameReader:
    """Finds frames in bytes that may begin in the middle of one, hold text, noise, or messages of other dialects.

    ``bad`` counts stretches of bytes that were dropped; a frame with a wrong checksum or an unknown number is one.
    At most one frame's length (280 bytes) of what follows garbage is held back until more arrives.
    """

    def __init__(self) -> None:
        self.frames = 0
        self.bad = 0
        self._codec = mavlink.MAVLink(None)
        self._buffer = bytearray()
        self._dropping = False

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes as they came; returns the frames they complete, in order."""
        buffer = self._buffer
        buffer += data
        found: list[Frame] = []
        at = 0
        while start := _START.search(buffer, at):
            if start.start() > at:
                self._drop()
            at = start.start()
            length = _frame_length(buffer, at)
            if length is None or (length and at + length > len(buffer)):
                break  # the rest is still on its way
            message = self._decode(buffer[at : at + length]) if length else None
            if message is None:
                self._drop()
                at += 1
                continue
            found.append(Frame(bytes(buffer[at : at + length]), message))
            self._dropping = False
            at += length
        else:
            if at < len(buffer):
                self._drop()
            at = len(buffer)
        del buffer[:at]
        self.frames += len(found)
        return found

    def _decode(self, raw: bytearray) -> Message | None:
        try:
            return self._codec.decode(raw)
        except mavlink.MAVError:
            return None

    def _drop(self) -> None:
        if not self._dropping:
            self.bad += 1
        self._dropping = True


def _frame_length(buffer: bytearray, at: int) -> int | None:
    """Bytes of the frame that seems to begin at ``at``; 0 when none can begin here, None when its header is cut."""
    have = len(buffer) - at
    if buffer[at] == _V2:
        if have < _HEADER_V2:
            return None
        flags = buffer[at + 2]
        number = int.from_bytes(buffer[at + 7 : at + 10], "little")
        if flags & ~_SIGNED or number not in mavlink.mavlink_map:
            return 0
        return _HEADER_V2 + buffer[at + 1] + _CRC + (_SIGNATURE if flags else 0)
    if have < _HEADER_V1:
        return None
    known = mavlink.mavlink_map.get(buffer[at + 5])
    if known is None or buffer[at + 1] > known.unpacker.size:
        return 0
    return _HEADER_V1 + buffer[at + 1] + _CRC


class FrameWriter:
    """Packs messages as MAVLink 2 frames of one sender, counting the sequence number."""

    def __init__(self, system: int, component: int = GCS_COMPONENT) -> None:
        self.system = system
        self._codec = mavlink.MAVLink(None, srcSystem=system, srcComponent=component)

    def pack(self, message: Message) -> bytes:
        raw: bytes = message.pack(self._codec)
        self._codec.seq = (self._codec.seq + 1) % 256
        return raw

"""Sound pulled from the ring for clients: as WAV, and as binary WebSocket frames; the server's thread.

A frame, little endian: u8 type (2), u8 version (1), u16 rate_hz, u32 samples, u32 seq, u32 missed (samples this client
did not get before these); then samples x i16, one channel.
"""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from app.domain.audio import AUDIO_HZ
from app.soundring import SoundRing

HEADER = struct.Struct("<BBHIII")
KIND, VERSION = 2, 1
ENDLESS = 0xFFFFFFFF


class SoundFeed:
    """One client's place in the ring; it begins with what comes next."""

    def __init__(self, ring: SoundRing) -> None:
        self._ring = ring
        self._mark = ring.mark
        self._seq = 0

    def take(self) -> NDArray[np.int16]:
        """What came since the last call."""
        heard = self._ring.since(self._mark)
        self._mark = heard.mark
        return heard.samples

    def silence(self, seconds: float) -> NDArray[np.int16]:
        return np.zeros(round(seconds * AUDIO_HZ), np.int16)

    def frames(self) -> Iterator[bytes]:
        """One frame of the sound since the last call; none when there is none."""
        heard = self._ring.since(self._mark)
        self._mark = heard.mark
        if heard.samples.size:
            self._seq += 1
            head = HEADER.pack(KIND, VERSION, AUDIO_HZ, heard.samples.size, self._seq, heard.missed & 0xFFFFFFFF)
            yield head + heard.samples.astype("<i2").tobytes()


def wav_header(samples: int | None) -> bytes:
    """Of so many samples of one channel; None: an unknown number, as players take it for a stream."""
    size = ENDLESS if samples is None else 2 * samples
    riff = ENDLESS if samples is None else size + 36
    layout = struct.pack("<IHHIIHH", 16, 1, 1, AUDIO_HZ, 2 * AUDIO_HZ, 2, 16)
    return struct.pack("<4sI4s4s", b"RIFF", riff, b"WAVE", b"fmt ") + layout + struct.pack("<4sI", b"data", size)

"""A recording in place of a receiver, at its own pace or as fast as it is read; the owner's thread."""

import contextlib
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

import numpy as np
from numpy.typing import NDArray

from app.dsp.samples import clipped_share, from_cu8, from_signed
from app.errors import BadFile, OutOfRange
from app.ports import Block, EndOfRecording, ReceiverInfo, Taken
from app.settings import RadioSettings
from hardware.recorded import TYPES, Recording, Segment
from hardware.recordings import LARGEST_FLOAT, find_recording

LARGEST_BLOCK = 131_072  # samples
BLOCK_S = 0.05
LONGEST_GAP_S = 5.0  # recorded time for which nothing is played where samples are missing
OPTIONS = "rate, centre, format, loop and speed"


@dataclass(frozen=True, slots=True)
class PlaybackOptions:
    """What was written behind the path: ``file:PATH?rate=2000000&centre=1090000000&format=cu8&loop=1&speed=0``."""

    path: Path
    rate_hz: float = 0.0  # 0: as the file says, else as set
    centre_hz: float = 0.0
    datatype: str = ""
    loop: bool = False
    speed: float = 1.0  # 0: as fast as it is read


def playback_options(source: str) -> PlaybackOptions:
    """Take an address apart. Raises ``OutOfRange`` when it is none."""
    place, _, query = source.partition(":")[2].partition("?")
    if not place:
        raise OutOfRange(f"{source!r} names no file. Write file:PATH, for example file:/home/me/beacon.cu8?rate=240000")
    try:
        values = dict(parse_qsl(query, strict_parsing=True)) if query else {}
        options = PlaybackOptions(
            path=Path(place.removeprefix("//")),
            rate_hz=float(values.pop("rate", 0.0)),
            centre_hz=float(values.pop("centre", 0.0)),
            datatype=values.pop("format", ""),
            loop=values.pop("loop", "0") not in {"0", "no", "false"},
            speed=float(values.pop("speed", 1.0)),
        )
    except ValueError as error:
        raise OutOfRange(f"{source!r}: {error}. After ? may stand {OPTIONS}, as in ?rate=2000000&loop=1") from error
    if values:
        raise OutOfRange(f"{source!r}: {', '.join(values)} is not known. After ? may stand {OPTIONS}.")
    if not (0.0 <= options.rate_hz <= 1e9 and 0.0 <= options.centre_hz <= 1e12 and 0.0 <= options.speed <= 1000.0):
        raise OutOfRange(f"{source!r}: a rate, centre or speed that cannot be")
    return options


class PlaybackReceiver:
    """Plays a recording; ``clock_rate`` is how fast the station's clock runs, so that recorded time follows it.

    What is missing between its captures, and samples that are not numbers, are lost samples as they are with a device.
    """

    def __init__(self, options: PlaybackOptions, settings: RadioSettings, clock_rate: float = 1.0) -> None:
        self._options, self._settings = options, settings
        self._speed = options.speed * clock_rate
        self._file: BinaryIO | None = None
        self._recording: Recording | None = None
        self._waiting: deque[Segment] = deque()  # of this round
        self._left = 0  # samples, in this segment
        self._lost = 0  # right before the next block
        self._taken: Taken | None = None
        self._position = 0
        self._rate_hz = 0.0
        self._began_s = 0.0
        self._iq = np.zeros(LARGEST_BLOCK, np.complex64)

    def open(self) -> ReceiverInfo:
        """Open the file. Raises ``BadFile``."""
        self.close()
        recording = self._recording = find_recording(self._options.path, self._options.datatype)
        self._rate_hz = self._options.rate_hz or recording.rate_hz or self._settings.rate_hz
        self._file = recording.path.open("rb")
        self._position, self._left, self._lost, self._began_s = 0, 0, 0, time.monotonic()
        self._waiting = deque(recording.segments)
        return ReceiverInfo(
            device=f"Recording {self._options.path.name} ({recording.datatype})",
            simulated=False,
            centre_hz=self._centre_hz(recording.segments[0]),
            rate_hz=self._rate_hz,
            gains_db=(),
            slips=True,
        )

    def read(self, timeout_s: float) -> Block | None:
        """The next samples when their time has come. Raises ``EndOfRecording`` and ``BadFile``."""
        recording, file = self._recording, self._file
        if recording is None or file is None:
            raise EndOfRecording
        if self._left == 0:
            self._next_segment(recording, file)
        count = min(self._block_samples(), self._left)
        if not self._is_due(count, timeout_s):
            return None
        data = file.read(count * recording.sample_bytes)
        if len(data) < count * recording.sample_bytes:
            raise BadFile(f"{recording.path} became shorter while it was played.")
        return self._block(recording, file, memoryview(data))

    def tune(self, centre_hz: float) -> float:
        raise OutOfRange(f"A recording cannot be tuned to {centre_hz / 1e6:.3f} MHz: it stays where it was made")

    def set_gain(self, gain_db: float) -> float:
        raise OutOfRange(f"A recording's gain cannot be set to {gain_db:g} dB: it stays as it was made")

    def close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None

    def _next_segment(self, recording: Recording, file: BinaryIO) -> None:
        if not self._waiting:
            if not self._options.loop:
                raise EndOfRecording
            self._waiting = deque(recording.segments)
        segment = self._waiting.popleft()
        file.seek(segment.first_byte)
        self._left = segment.samples
        self._taken = Taken(self._centre_hz(segment), segment.gain_db, segment.dbm_offset_db)
        self._lose(segment.lost)

    def _block(self, recording: Recording, file: BinaryIO, data: memoryview) -> Block | None:
        """The samples up to the first that is not a number; None when the first is none: those are lost."""
        raw = np.frombuffer(data, TYPES[recording.datatype])
        iq = self._convert(raw)
        count, usable = _first_run(iq) if raw.dtype.kind == "f" else (iq.size, True)
        if count < iq.size:
            file.seek((count - iq.size) * recording.sample_bytes, 1)
        self._left -= count
        if not usable:
            self._lose(count)
            return None
        first, self._position = self._position, self._position + count
        lost, self._lost = self._lost, 0
        clipped = clipped_share(raw) if raw.dtype.kind in "iu" else 0.0
        data = data[: count * recording.sample_bytes]
        return Block(first, lost, iq[:count], clipped, data, recording.datatype, self._taken)

    def _lose(self, count: int) -> None:
        """Count what is missing, and wait as long as it would have taken, but not for hours."""
        self._position += count
        self._lost += count
        if self._speed:
            over_s = count / self._rate_hz - LONGEST_GAP_S
            self._began_s -= max(over_s, 0.0) / self._speed

    def _centre_hz(self, segment: Segment) -> float:
        return self._options.centre_hz or segment.centre_hz or self._settings.centre_hz

    def _block_samples(self) -> int:
        if self._speed == 0.0:
            return LARGEST_BLOCK
        return int(min(max(self._rate_hz * self._speed * BLOCK_S, 256), LARGEST_BLOCK))

    def _is_due(self, count: int, timeout_s: float) -> bool:
        if self._speed == 0.0:
            return True
        due_s = self._began_s + (self._position + count) / (self._rate_hz * self._speed)
        wait_s = due_s - time.monotonic()
        time.sleep(min(max(wait_s, 0.0), timeout_s))
        return wait_s <= timeout_s

    def _convert(self, raw: NDArray[Any]) -> NDArray[np.complex64]:
        if raw.dtype == np.uint8:
            return from_cu8(raw, self._iq)
        if raw.dtype.kind == "i":
            return from_signed(raw.astype(raw.dtype.newbyteorder("="), copy=False), self._iq)
        samples = self._iq[: raw.size // 2]
        samples.view(np.float32)[:] = raw
        return samples


def _first_run(iq: NDArray[np.complex64]) -> tuple[int, bool]:
    """How many samples at the start are all usable, or all not, and which of both."""
    parts = iq.view(np.float32)
    if float(parts.min()) >= -LARGEST_FLOAT and float(parts.max()) <= LARGEST_FLOAT:  # a NaN is neither
        return iq.size, True
    usable = np.abs(parts) <= LARGEST_FLOAT
    good = usable[0::2] & usable[1::2]
    changed = np.flatnonzero(good != good[0])
    return int(changed[0]) if changed.size else iq.size, bool(good[0])

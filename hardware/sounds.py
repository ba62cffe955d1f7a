"""Sound files, one channel of a receiver's loudspeaker, read as samples around a quarter of their rate; any thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from app.errors import BadFile
from app.ports import Block
from hardware.wav import wav_header

CHUNK = 1 << 17  # samples filtered at once
EDGE = 256  # of the filter on each side of a sample: short, so that silence stays silent
KAISER_BETA = 6.76  # 70 dB
QUARTER_TURNS = np.array([1.0, -1.0j, -1.0, 1.0j], np.complex64)
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 4_000, 768_000
# WAV code and bits -> NumPy type, full scale, middle
KINDS = {
    (1, 8): ("u1", 128.0, 128.0),
    (1, 16): ("<i2", 32768.0, 0.0),
    (1, 32): ("<i4", 2147483648.0, 0.0),
    (3, 32): ("<f4", 1.0, 0.0),
    (3, 64): ("<f8", 1.0, 0.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """``samples`` are as in the file, shape (n,), any type; full scale is ``full`` on either side of ``middle``."""

    rate_hz: float
    samples: NDArray[Any]
    full: float = 1.0
    middle: float = 0.0

    def parts(self, count: int) -> Iterator[NDArray[np.float32]]:
        """All samples, ``count`` at a time, full scale 1."""
        return (self.part(first, first + count) for first in range(0, self.samples.size, count))

    def part(self, first: int, last: int) -> NDArray[np.float32]:
        """Samples ``first`` ... ``last - 1``, full scale 1."""
        return np.asarray((self.samples[first:last] - self.middle) / self.full, np.float32)


def is_sound(path: Path) -> bool:
    """Whether a file is a WAV file of one channel; two are I and Q. Raises ``BadFile`` for a damaged WAV file."""
    return path.suffix.lower() == ".wav" and wav_header(path).channels == 1


def read_sound(path: Path, first_of_several: bool = False) -> Sound:
    """Raises ``BadFile`` for what cannot be read, is empty, cut off or holds no numbers.

    And for several channels, of which the first is taken where ``first_of_several`` says so.
    """
    header = wav_header(path)
    if header.channels != 1 and not first_of_several:
        raise BadFile(f"{path} has {header.channels} channels, not one: it is no sound of a receiver.")
    if not LOWEST_RATE_HZ <= header.rate_hz <= HIGHEST_RATE_HZ:
        raise BadFile(f"{path}: a sample rate of {header.rate_hz} Hz cannot be sound.")
    if (header.code, header.bits) not in KINDS:
        raise BadFile(
            f"{path}: sound of {header.bits} bits and WAV code {header.code} cannot be read. Save as 16-bit PCM."
        )
    kind, full, middle = KINDS[header.code, header.bits]
    count = header.sample_bytes // (np.dtype(kind).itemsize * header.channels)
    if count == 0:
        raise BadFile(f"{path} holds no samples.")
    samples = np.memmap(path, kind, "r", header.first_byte, (count, header.channels))[:, 0]
    if np.dtype(kind).kind == "f" and not np.isfinite(samples).all():
        raise BadFile(
            f"{path} holds values that are not numbers. Where there are no numbers there is no sound: record it "
            "again, or as 16-bit."
        )
    return Sound(float(header.rate_hz), samples, full, middle)


def around_quarter(sound: Sound) -> Iterator[Block]:
    """The sound's positive frequencies, moved down by a quarter of its rate and at half of it.

    Sample k is the sound's sample 2 k; a full-scale sine has power 1.
    """
    count = sound.samples.size // 2 * 2
    for start in range(0, count, CHUNK):
        stop = min(start + CHUNK, count)
        low, high = max(start - EDGE, 0), min(stop + EDGE, count)
        padded = np.pad(sound.part(low, high), (EDGE - (start - low), EDGE - (high - stop)))
        mixed = padded * np.resize(QUARTER_TURNS, padded.size)  # EDGE and CHUNK are whole turns
        size = scipy.fft.next_fast_len(mixed.size)
        spectrum = scipy.fft.fft(mixed, size) * scipy.fft.fft(_half_band(), size)
        filtered = scipy.fft.ifft(spectrum)[2 * EDGE : 2 * EDGE + stop - start : 2]
        iq = np.ascontiguousarray(filtered, np.complex64)
        yield Block(start // 2, 0, iq, 0.0, iq.data, "cf32_le")


@lru_cache(maxsize=1)
def _half_band() -> NDArray[np.complex64]:
    """Low pass of half the rate, gain 2: a real sine has only half of its amplitude on either side."""
    taps = np.sinc(0.5 * np.arange(-EDGE, EDGE + 1)) * np.kaiser(2 * EDGE + 1, KAISER_BETA)
    return np.asarray(2.0 * taps / taps.sum(), np.complex64)

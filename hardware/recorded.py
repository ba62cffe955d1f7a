"""A recording as it is played: stretches of samples in one file; values, any thread."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.errors import BadFile

# SigMF names of complex types -> NumPy type of I and Q
TYPES = {
    "cu8": "u1",
    "ci8": "i1",
    "ci16_le": "<i2",
    "ci16_be": ">i2",
    "cf32_le": "<f4",
    "cf32_be": ">f4",
}
ALIASES = {"cs8": "ci8", "ci16": "ci16_le", "cs16": "ci16_le", "cf32": "cf32_le"}


@dataclass(frozen=True, slots=True)
class Segment:
    """Samples without a gap, taken with one tuning; ``centre_hz`` and ``gain_db`` are 0 when not known."""

    first_byte: int  # in the file
    samples: int
    lost: int  # samples missing right before it
    centre_hz: float
    gain_db: float
    dbm_offset_db: float | None = None  # what makes dBm of its dBFS; None: not known


@dataclass(frozen=True, slots=True)
class Recording:
    """Where the samples lie in which file and what they are; ``rate_hz`` is 0 when not known."""

    path: Path
    datatype: str
    rate_hz: float
    segments: tuple[Segment, ...]  # at least one

    @property
    def sample_bytes(self) -> int:
        return bytes_of(self.datatype)

    @property
    def samples(self) -> int:
        return sum(segment.samples for segment in self.segments)

    @property
    def centre_hz(self) -> float:
        """Of the first segment."""
        return self.segments[0].centre_hz


def bytes_of(datatype: str) -> int:
    """Bytes of one sample, I and Q together."""
    return 2 * np.dtype(TYPES[datatype]).itemsize


def size_of(path: Path) -> int:
    """Bytes of a file that can be read. Raises ``BadFile``."""
    try:
        with path.open("rb"):
            return path.stat().st_size
    except (OSError, ValueError) as error:
        raise BadFile(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def counted(path: Path, datatype: str, rate_hz: float, centre_hz: float, first_byte: int, size: int) -> Recording:
    """One segment of ``size`` bytes. Raises ``BadFile`` when its last sample is cut off."""
    sample_bytes = bytes_of(datatype)
    over = size % sample_bytes
    if over:
        raise BadFile(
            f"{path}: {size} bytes are no whole number of {datatype} samples of "
            f"{sample_bytes} bytes. It is cut off (take {over} bytes off its end) or of another kind."
        )
    return Recording(path, datatype, rate_hz, (Segment(first_byte, size // sample_bytes, 0, centre_hz, 0.0),))

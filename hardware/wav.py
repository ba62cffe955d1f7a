"""WAV files with I and Q on two channels: RIFF and RF64, with the ``auxi`` chunk of SDR programs; any thread."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.domain.sigmf import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from app.errors import BadFile
from hardware.filenames import named
from hardware.recorded import Recording, bytes_of, counted, size_of

LARGEST_CHUNK = 65_536  # of those that are read
MOST_CHUNKS = 1000
NOT_SAID = {0, 0xFFFFFFFF}  # lengths written by programs that never came back
TYPES_OF = {(1, 8): "cu8", (1, 16): "ci16_le", (3, 32): "cf32_le"}
AUXI_CENTRE = struct.Struct("<32xI")  # after the two times: start and stop


@dataclass(slots=True)
class WavHeader:
    """What the chunks before the samples say, and where those lie."""

    code: int = 0
    channels: int = 0
    rate_hz: int = 0
    bits: int = 0
    centre_hz: float = 0.0
    long_bytes: int = 0  # of the samples, where 32 bits do not hold it
    first_byte: int = 0  # of the samples
    sample_bytes: int = 0  # of all of them, as many as are there


def read_wav(path: Path) -> Recording:
    """Raises ``BadFile`` for what is no WAV file of I and Q, or is cut off."""
    header = wav_header(path)
    if header.channels != 2:
        raise BadFile(f"{path} has {header.channels} channel(s): it is sound, not I and Q on two channels.")
    datatype = TYPES_OF.get((header.code, header.bits))
    if datatype is None:
        raise BadFile(
            f"{path}: {header.bits}-bit samples of WAV code {header.code} cannot be played. PCM of 8 or 16 and "
            "float of 32 bits can."
        )
    whole = header.sample_bytes // bytes_of(datatype) * bytes_of(datatype)
    centre_hz = header.centre_hz or named(path.name).centre_hz
    return counted(path, datatype, float(header.rate_hz), centre_hz, header.first_byte, whole)


def wav_header(path: Path) -> WavHeader:
    """Of any WAV file, of sound too. Raises ``BadFile`` for what is none, or is cut off."""
    size = size_of(path)
    header = WavHeader()
    with path.open("rb") as file:
        head = file.read(12)
        if len(head) < 12 or head[:4] not in {b"RIFF", b"RF64", b"BW64"} or head[8:] != b"WAVE":
            raise BadFile(f"{path} is no WAV file.")
        for _ in range(MOST_CHUNKS):
            if len(chunk := file.read(8)) < 8:
                break
            name, length = struct.unpack("<4sI", chunk)
            if name == b"data":
                return _checked(path, header, file.tell(), size, length)
            _take(header, path, name, length, file)
    raise BadFile(f"{path} has no samples: it is cut off.")


def _take(header: WavHeader, path: Path, name: bytes, length: int, file: BinaryIO) -> None:
    """Read one chunk, or go past it."""
    after = file.tell() + length + length % 2
    content = file.read(min(length, LARGEST_CHUNK)) if name in {b"fmt ", b"auxi", b"ds64"} else b""
    if name == b"fmt ":
        if len(content) < 16:
            raise BadFile(f"{path} is cut off in its header.")
        header.code, header.channels, header.rate_hz, _, _, header.bits = struct.unpack_from("<HHIIHH", content)
        if header.code == 0xFFFE and len(content) >= 26:  # extensible: the code proper begins the sub-format
            header.code = struct.unpack_from("<H", content, 24)[0]
    elif name == b"auxi" and len(content) >= AUXI_CENTRE.size:
        header.centre_hz = float(AUXI_CENTRE.unpack_from(content)[0])
    elif name == b"ds64" and len(content) >= 16:
        header.long_bytes = struct.unpack_from("<Q", content, 8)[0]
    file.seek(after)


def _checked(path: Path, header: WavHeader, first_byte: int, size: int, length: int) -> WavHeader:
    if not header.channels:
        raise BadFile(f"{path} does not say what its samples are.")
    if not LOWEST_RATE_HZ <= header.rate_hz <= HIGHEST_RATE_HZ:
        raise BadFile(f"{path}: a sample rate of {header.rate_hz} Hz cannot be.")
    stated = header.long_bytes if length in NOT_SAID and header.long_bytes else length
    here = size - first_byte
    if stated not in NOT_SAID and stated > here:
        raise BadFile(f"{path} is cut off: {here} of {stated} bytes of samples are there.")
    header.first_byte, header.sample_bytes = first_byte, here if stated in NOT_SAID else stated
    return header

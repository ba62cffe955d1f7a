"""What a recording of IQ samples is: raw, SigMF or WAV, told from its name, header and options; any thread."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.errors import BadFile
from hardware.filenames import named
from hardware.recorded import ALIASES, TYPES, Recording, counted, size_of
from hardware.sigmf import read_archive, read_sigmf
from hardware.wav import read_wav

# as rtl_sdr, rtl_433, hackrf_transfer, GNU Radio and others name their files
EXTENSIONS = {
    ".cu8": "cu8",
    ".cs8": "ci8",
    ".ci8": "ci8",
    ".ci16": "ci16_le",
    ".cs16": "ci16_le",
    ".cf32": "cf32_le",
    ".fc32": "cf32_le",
    ".cfile": "cf32_le",
}
OTHERS = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"%PDF": "a PDF document",
    b"SQLite format 3": "a database",
    b"RIFF": "a WAV file (name it .wav)",
    b"RF64": "a WAV file (name it .wav)",
    b"OggS": "compressed sound",
    b"fLaC": "compressed sound",
}
LOOKED_AT = 65_536  # samples in which impossible values are looked for
LARGEST_FLOAT = 1e6  # beyond it floats are no samples
MOST_BAD = 0.1  # share of values; fewer are lost samples of a recording, more are another kind of file


def find_recording(path: Path, datatype: str = "") -> Recording:
    """Look at the file and say what it holds; ``datatype`` overrides its extension.

    Raises ``BadFile`` when it is not there, empty, cut off or not IQ.
    """
    recording = _reader(path, datatype)(path)
    if recording.samples <= 0:
        raise BadFile(f"{path} holds no samples.")
    _check_values(recording)
    return recording


def _reader(path: Path, datatype: str) -> Callable[[Path], Recording]:
    name = path.name.lower()
    if name.endswith((".sigmf-meta", ".sigmf-data")):
        return read_sigmf
    if name.endswith(".sigmf") and not datatype:
        return read_archive
    if name.endswith(".wav") and not datatype:
        return read_wav
    return lambda path: _raw(path, datatype)


def _raw(path: Path, datatype: str) -> Recording:
    size = size_of(path)
    told = named(path.name)
    kind = ALIASES.get(datatype, datatype) or EXTENSIONS.get(path.suffix.lower(), "") or told.datatype
    if kind not in TYPES:
        raise BadFile(
            f"{path}: what kind of samples {datatype or path.suffix or 'no extension'!r} means is not known. Say "
            f"--format, or ?format= in an address, with one of cu8, cs8, ci16, cf32."
        )
    if size == 0:
        raise BadFile(f"{path} is empty.")
    _check_foreign(path)
    return counted(path, kind, told.rate_hz, told.centre_hz, 0, size)


def _check_foreign(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(4096)
    for magic, name in OTHERS.items():
        if head.startswith(magic):
            raise BadFile(f"{path} is {name}, not IQ samples.")
    if head[257:262] == b"ustar":
        raise BadFile(f"{path} is a tar archive, not IQ samples (name it .sigmf if it is a SigMF archive).")
    if len(head) >= 64 and all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in head):
        raise BadFile(f"{path} is text, not IQ samples.")


def _check_values(recording: Recording) -> None:
    """Look at the first values. Raises ``BadFile`` when they cannot be of the kind they are said to be."""
    count = 2 * min(recording.segments[0].samples, LOOKED_AT)
    kind = np.dtype(TYPES[recording.datatype])
    values = np.fromfile(recording.path, kind, count, offset=recording.segments[0].first_byte)
    if kind.kind == "f":
        bad = float(np.mean(~(np.abs(values) <= LARGEST_FLOAT)))  # a NaN is no value either
        if bad > MOST_BAD:
            raise BadFile(
                f"{recording.path} does not hold {recording.datatype} samples: there are impossible values in it."
            )
    elif kind.itemsize == 1:
        _check_sign(recording, values.view(np.uint8))


def _check_sign(recording: Recording, values: NDArray[np.uint8]) -> None:
    """Small signed numbers taken for unsigned, or the other way round, lie near the rails but seldom on them."""
    signed = values.view(np.int8).astype(np.float32) / 128.0
    unsigned = values.astype(np.float32) / 127.5 - 1.0
    said, other = (unsigned, signed) if recording.datatype == "cu8" else (signed, unsigned)
    at_rails = float(np.mean(np.abs(said) > 0.99))
    if at_rails < 0.5 and float(np.sqrt(np.mean(said**2))) > 0.85 and float(np.sqrt(np.mean(other**2))) < 0.4:
        better = "cs8" if recording.datatype == "cu8" else "cu8"
        raise BadFile(
            f"{recording.path} does not hold {recording.datatype} samples: nearly all lie at the ends of the range, as "
            f"{better} samples do when they are taken for {recording.datatype}. Say format={better}."
        )

"""What a recording of IQ samples is: raw, SigMF or WAV, told from its name, header and options; any thread."""

import json
import re
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

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
    b"%PDF": "a PDF document",
    b"SQLite format 3": "a database",
    b"RIFF": "a WAV file (name it .wav)",
    b"OggS": "compressed sound",
    b"fLaC": "compressed sound",
}
NAMED = re.compile(r"_(?P<centre>\d+(?:\.\d+)?)M_(?P<rate>\d+(?:\.\d+)?)k")  # rtl_433: g001_433.92M_250k.cu8
NAMED_HZ = re.compile(r"_(?P<centre>\d{5,})Hz")  # SDR#: SDRSharp_20240101_120000Z_433920000Hz_IQ.wav
LARGEST_FLOAT = 1e6  # beyond it floats are no samples


@dataclass(frozen=True, slots=True)
class Recording:
    """Where the samples lie in which file and what they are; ``rate_hz`` and ``centre_hz`` are 0 when not known."""

    path: Path
    datatype: str
    rate_hz: float
    centre_hz: float
    first_byte: int
    samples: int

    @property
    def sample_bytes(self) -> int:
        return 2 * np.dtype(TYPES[self.datatype]).itemsize


def find_recording(path: Path, datatype: str = "") -> Recording:
    """Look at the file and say what it holds; ``datatype`` overrides its extension.

    Raises ``BadFile`` when it is not there, empty, cut off or not IQ.
    """
    if path.name.endswith((".sigmf-meta", ".sigmf-data")):
        recording = _sigmf(path)
    elif path.suffix.lower() == ".wav" and not datatype:
        recording = _wav(path)
    else:
        recording = _raw(path, datatype)
    if recording.samples <= 0:
        raise BadFile(f"{path} holds no samples.")
    if recording.datatype.startswith("cf32"):
        _check_floats(recording)
    return recording


def _size(path: Path) -> int:
    try:
        with path.open("rb"):
            return path.stat().st_size
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror or error}.") from error


def _raw(path: Path, datatype: str) -> Recording:
    size = _size(path)
    kind = ALIASES.get(datatype, datatype) or EXTENSIONS.get(path.suffix.lower(), "")
    if kind not in TYPES:
        raise BadFile(
            f"{path}: what kind of samples {datatype or path.suffix or 'no extension'!r} means is not known. Add "
            f"?format= with one of cu8, cs8, ci16, cf32."
        )
    if size == 0:
        raise BadFile(f"{path} is empty.")
    _check_foreign(path)
    named = NAMED.search(path.name)
    recording = Recording(
        path,
        kind,
        rate_hz=1e3 * float(named["rate"]) if named else 0.0,
        centre_hz=1e6 * float(named["centre"]) if named else 0.0,
        first_byte=0,
        samples=0,
    )
    return _counted(recording, size)


def _counted(recording: Recording, size: int) -> Recording:
    """With the samples that ``size`` bytes hold. Raises ``BadFile`` when the last one is cut off."""
    over = size % recording.sample_bytes
    if over:
        raise BadFile(
            f"{recording.path}: {size} bytes are no whole number of {recording.datatype} samples of "
            f"{recording.sample_bytes} bytes. It is cut off (take {over} bytes off its end) or of another kind."
        )
    return replace(recording, samples=size // recording.sample_bytes)


def _check_foreign(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(4096)
    for magic, name in OTHERS.items():
        if head.startswith(magic):
            raise BadFile(f"{path} is {name}, not IQ samples.")
    if len(head) >= 64 and all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in head):
        raise BadFile(f"{path} is text, not IQ samples.")


def _check_floats(recording: Recording) -> None:
    count = 2 * min(recording.samples, 65_536)
    values = np.fromfile(recording.path, TYPES[recording.datatype], count, offset=recording.first_byte)
    if not np.isfinite(values).all() or float(np.abs(values).max()) > LARGEST_FLOAT:
        raise BadFile(
            f"{recording.path} does not hold {recording.datatype} samples: there are impossible values in it."
        )


def _sigmf(path: Path) -> Recording:
    meta_path, data_path = path.with_suffix(".sigmf-meta"), path.with_suffix(".sigmf-data")
    try:
        meta = json.loads(meta_path.read_text(encoding="utf-8"))
        overall: dict[str, Any] = meta["global"]
        captures: list[dict[str, Any]] = meta["captures"] or [{}]
        datatype = str(overall["core:datatype"])
        rate_hz = float(overall.get("core:sample_rate", 0.0))
        centre_hz = float(captures[0].get("core:frequency", 0.0))
        first_byte = int(captures[0].get("core:header_bytes", 0))
    except OSError as error:
        raise BadFile(f"{meta_path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFile(f"{meta_path} is no SigMF description ({type(error).__name__}: {error}).") from error
    if datatype not in TYPES or int(overall.get("core:num_channels", 1)) != 1:
        raise BadFile(f"{meta_path}: samples of type {datatype!r} cannot be played. One channel of {', '.join(TYPES)}.")
    recording = Recording(data_path, datatype, rate_hz, centre_hz, first_byte, 0)
    return _counted(recording, _size(data_path) - first_byte)


def _wav(path: Path) -> Recording:
    size = _size(path)
    with path.open("rb") as file:
        head = file.read(12)
        if len(head) < 12 or not head.startswith(b"RIFF") or head[8:] != b"WAVE":
            raise BadFile(f"{path} is no WAV file.")
        layout: tuple[int, int, int, int] | None = None  # code, channels, rate, bits
        while len(chunk := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", chunk)
            if name == b"fmt ":
                layout = _wav_layout(path, file.read(length))
            elif name == b"data":
                return _wav_recording(path, layout, file.tell(), min(length, size - file.tell()), length)
            file.seek(length % 2 if name == b"fmt " else length + length % 2, 1)
    raise BadFile(f"{path} has no samples: it is cut off.")


def _wav_layout(path: Path, data: bytes) -> tuple[int, int, int, int]:
    if len(data) < 16:
        raise BadFile(f"{path} is cut off in its header.")
    code, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data)
    if code == 0xFFFE and len(data) >= 26:  # extensible: the code proper begins the sub-format
        code = struct.unpack_from("<H", data, 24)[0]
    return code, channels, rate, bits


def _wav_recording(
    path: Path, layout: tuple[int, int, int, int] | None, first_byte: int, there: int, stated: int
) -> Recording:
    if layout is None:
        raise BadFile(f"{path} does not say what its samples are.")
    code, channels, rate, bits = layout
    datatype = {(1, 8): "cu8", (1, 16): "ci16_le", (3, 32): "cf32_le"}.get((code, bits))
    if channels != 2:
        raise BadFile(f"{path} has {channels} channel(s): it is sound, not I and Q on two channels.")
    if datatype is None:
        raise BadFile(f"{path}: {bits}-bit samples of WAV code {code} cannot be played, only PCM 8, 16 and float 32.")
    if there < stated and stated not in {0, 0xFFFFFFFF}:  # these two are written by programs that never came back
        raise BadFile(f"{path} is cut off: {there} of {stated} bytes of samples are there.")
    named = NAMED_HZ.search(path.name)
    recording = Recording(path, datatype, float(rate), float(named["centre"]) if named else 0.0, first_byte, 0)
    whole = there // recording.sample_bytes * recording.sample_bytes
    return _counted(recording, whole)

"""Recordings on disk: listed, looked through for damage, mended; any thread."""

import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from app.domain.recording import Cause, Recording
from app.domain.sigmf import LARGEST_BYTES, Description, parse, utc_text
from app.errors import BadFile, Conflict, NotFound, StoreError
from app.exchange.sigmf import data_path, meta_path, replace_file
from app.version import version

SAMPLE_BYTES = {"cu8": 2, "ci8": 2, "ci16_le": 4, "ci16_be": 4, "cf32_le": 8, "cf32_be": 8}
BEING_WRITTEN_S = 10.0  # true time; a description is replaced every few seconds
READ_BYTES = 1 << 20
# as the station names its files; tells what is in them when the description is lost
NAME = re.compile(r"(\d{8}T\d{6}Z)_(\d{1,12})Hz_(\d{1,11})sps_(\w+?)(?:_\d+)?")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a recording; ``mendable`` by ``repair``."""

    text: str
    mendable: bool


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A recording as it lies there; ``recording`` is None when its description or its samples cannot be read."""

    name: str
    recording: Recording | None
    problems: tuple[Problem, ...]

    @property
    def mendable(self) -> bool:
        """Whether ``repair`` can make it sound: it refuses one of which anything cannot be mended."""
        return mendable(self.problems)


def mendable(problems: tuple[Problem, ...]) -> bool:
    """Whether ``repair`` makes a recording with these problems sound."""
    return bool(problems) and all(problem.mendable for problem in problems)


def stems(folder: Path) -> list[Path]:
    """Everything that is a recording or was one, the newest name first."""
    names = {file.name.rsplit(".sigmf-", 1)[0] for file in folder.glob("*.sigmf-*")} if folder.is_dir() else set()
    return [folder / name for name in sorted(names, reverse=True)]


def stem_of(path: Path) -> Path:
    """The path without the ending of either file. Raises ``NotFound`` when there is neither."""
    name = path.name
    for ending in (".sigmf-meta", ".sigmf-data"):
        name = name.removesuffix(ending)
    stem = path.with_name(name)
    if not data_path(stem).exists() and not meta_path(stem).exists():
        raise NotFound(f"There is no recording {stem}.")
    return stem


def look(stem: Path, whole: bool = False) -> OnDisk:
    """What there is and what is wrong with it; ``whole`` reads the samples too and compares their sum."""
    problems: list[Problem] = []
    size = data_path(stem).stat().st_size if data_path(stem).exists() else -1
    if size < 0:
        problems.append(Problem("Its samples are missing.", mendable=False))
    try:
        meta, description = _read(stem)
    except BadFile as error:
        told = NAME.fullmatch(stem.name) is not None
        more = "" if told else " The name does not tell rate and type, so it cannot be written anew."
        return OnDisk(stem.name, None, (*problems, Problem(f"{error}{more}", mendable=told and size > 0)))
    problems += _damage(stem, meta, description, size) if size >= 0 else []
    if whole and size >= 0 and not _sum_fits(stem, meta):
        text = "Its samples are not those that were written: their SHA-512 is another. No repair can help; keep a copy."
        problems.append(Problem(text, mendable=False))
    return OnDisk(stem.name, _recording(stem, meta, description, size) if size >= 0 else None, tuple(problems))


def repair(stem: Path) -> tuple[str, ...]:
    """Mend what can be mended; returns what was done, in words; nothing when nothing was wrong.

    The description as it was is kept beside the new one (``.sigmf-meta.before``); of the samples only a last one that
    is cut off is taken away. Raises ``NotFound``, ``BadFile`` when it cannot be mended, ``StoreError`` when the disk
    does not take it, and ``Conflict`` while it is being written.
    """
    found = look(stem, whole=True)
    if hopeless := [problem.text for problem in found.problems if not problem.mendable]:
        raise BadFile(f"{stem.name}: {' '.join(hopeless)}")
    if not found.problems:
        return ()
    if time.time() - max(file.stat().st_mtime for file in _files(stem)) < BEING_WRITTEN_S:
        raise Conflict(f"{stem.name} is being written just now: end the recording, or wait {BEING_WRITTEN_S:.0f} s.")
    try:
        meta, _ = _read(stem)
    except BadFile:
        meta = _from_name(stem)
    sample_bytes = SAMPLE_BYTES[meta["global"]["core:datatype"]]
    samples = _cut(stem, sample_bytes)
    _fit(meta, samples)
    meta["global"] |= {"core:sha512": _sum(stem), "kestrel:complete": True, "kestrel:repaired": True}
    if meta_path(stem).exists():
        replace_file(meta_path(stem).with_name(f"{stem.name}.sigmf-meta.before"), meta_path(stem).read_bytes(), True)
    replace_file(meta_path(stem), orjson.dumps(meta, option=orjson.OPT_INDENT_2), durable=True)
    meta_path(stem).with_name(f"{stem.name}.sigmf-meta.part").unlink(missing_ok=True)
    return tuple(problem.text for problem in found.problems)


def description_of(stem: Path) -> dict[str, Any]:
    """The whole description as it stands on disk. Raises ``BadFile``."""
    return _read(stem)[0]


def _read(stem: Path) -> tuple[dict[str, Any], Description]:
    path = meta_path(stem)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise BadFile("Its description is too large to be one.")
        content = path.read_bytes()
    except OSError as error:
        raise BadFile(f"Its description cannot be read: {error.strerror or error}.") from error
    description = parse(content, path.name)
    if description.datatype not in SAMPLE_BYTES:
        raise BadFile(f"Its samples are of type {description.datatype!r}, which is not known here.")
    meta: dict[str, Any] = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    meta.setdefault("captures", [])
    meta.setdefault("annotations", [])
    return meta, description


def _damage(stem: Path, meta: dict[str, Any], description: Description, size: int) -> Iterator[Problem]:
    sample_bytes = SAMPLE_BYTES[description.datatype]
    samples = size // sample_bytes
    if meta["global"].get("kestrel:complete") is False:
        yield Problem("It was not ended: it is being written, or the program was killed meanwhile.", mendable=True)
    if size % sample_bytes:
        yield Problem(f"Its last sample is cut off: {size % sample_bytes} bytes too many.", mendable=True)
    if samples == 0:
        yield Problem("It holds no samples.", mendable=False)
    if late := sum(capture.first >= max(samples, 1) for capture in description.captures):
        yield Problem(f"{late} capture segments begin after its last sample.", mendable=True)
    if late := sum(_end(one) > samples for one in meta["annotations"]):
        yield Problem(f"{late} annotations reach beyond its last sample.", mendable=True)
    if meta_path(stem).with_name(f"{stem.name}.sigmf-meta.part").exists():
        yield Problem("A half-written description lies beside it.", mendable=True)


def _end(annotation: Any) -> int:
    try:
        return int(annotation["core:sample_start"]) + int(annotation.get("core:sample_count", 1))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return 2**62


def _recording(stem: Path, meta: dict[str, Any], description: Description, size: int) -> Recording:
    first, last = description.captures[0], description.captures[-1]
    samples = size // SAMPLE_BYTES[description.datatype]
    lost = sum(description.gap_before(number) for number in range(len(description.captures)))
    rate_hz = description.rate_hz
    started_s = first.time_s if first.time_s is not None else data_path(stem).stat().st_mtime
    complete = meta["global"].get("kestrel:complete") is not False
    ended_s = (last.time_s or started_s) + (samples - last.first) / rate_hz if rate_hz else None
    cause = meta["global"].get("kestrel:cause")
    return Recording(
        name=stem.name,
        cause=Cause(cause) if cause in set(Cause) else Cause.ASKED,
        started_s=started_s,
        ended_s=ended_s,
        rate_hz=rate_hz,
        centre_hz=first.centre_hz,
        datatype=description.datatype,
        samples=samples,
        size_bytes=size,
        lost_samples=lost,
        captures=len(description.captures),
        detections=len(meta["annotations"]),
        simulated=meta["global"].get("kestrel:simulated") is True,
        complete=complete,
    )


def _files(stem: Path) -> list[Path]:
    return [file for file in (data_path(stem), meta_path(stem)) if file.exists()]


def _sum(stem: Path) -> str:
    total = hashlib.sha512()
    with data_path(stem).open("rb") as file:
        while part := file.read(READ_BYTES):
            total.update(part)
    return total.hexdigest()


def _sum_fits(stem: Path, meta: dict[str, Any]) -> bool:
    said = meta["global"].get("core:sha512")
    return said is None or said == _sum(stem)


def _cut(stem: Path, sample_bytes: int) -> int:
    """Take away what is left of a last sample; returns how many there are."""
    size = data_path(stem).stat().st_size
    if size % sample_bytes:
        try:
            with data_path(stem).open("r+b") as file:
                file.truncate(size - size % sample_bytes)
        except OSError as error:
            raise StoreError(f"{data_path(stem)} cannot be written: {error.strerror or error}.") from error
    return size // sample_bytes


def _fit(meta: dict[str, Any], samples: int) -> None:
    """Leave out what lies after the last sample."""
    meta["captures"] = [one for one in meta["captures"] if one.get("core:sample_start", 0) < samples] or [
        {"core:sample_start": 0}
    ]
    kept = []
    for one in meta["annotations"]:
        if _end(one) > samples:
            if not isinstance(one, dict) or not 0 <= _start(one) < samples:
                continue
            one["core:sample_count"] = samples - _start(one)
        kept.append(one)
    meta["annotations"] = sorted(kept, key=_start)


def _start(annotation: dict[str, Any]) -> int:
    start = annotation.get("core:sample_start")
    return start if isinstance(start, int) else -1


def _from_name(stem: Path) -> dict[str, Any]:
    """A description with what the file's name says. Raises ``BadFile`` when it says nothing."""
    match = NAME.fullmatch(stem.name)
    if match is None or match[4] not in SAMPLE_BYTES:
        raise BadFile(f"{stem.name} has no description, and its name does not tell rate and type.")
    began = datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    overall = {
        "core:version": "1.2.0",
        "core:datatype": match[4],
        "core:sample_rate": float(match[3]),
        "core:num_channels": 1,
        "core:recorder": f"Kestrel {version()}",
        "core:extensions": [{"name": "kestrel", "version": "1.0.0", "optional": True}],
    }
    capture = {
        "core:sample_start": 0,
        "core:frequency": float(match[2]),
        "core:datetime": utc_text(began.timestamp()),
    }
    return {"global": overall, "captures": [capture], "annotations": []}

"""SigMF recordings: a description beside its samples, or both in one archive; any thread."""

import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from app.domain.sigmf import LARGEST_BYTES, Description, parse
from app.errors import BadFile
from hardware.recorded import ALIASES, TYPES, Recording, Segment, bytes_of, size_of

BLOCK_BYTES = 512
MOST_MEMBERS = 10_000
LARGEST_NAME = 65_536  # bytes of a long name or of the extended header that holds it
PAX_PATH = re.compile(rb"\d+ path=([^\n]*)\n")
PAX_SIZE = re.compile(rb"\d+ size=(\d{1,18})\n")


def read_sigmf(path: Path) -> Recording:
    """Of the two files any one may be named. Raises ``BadFile``."""
    meta_path = path.with_suffix(".sigmf-meta")
    if size_of(meta_path) > LARGEST_BYTES:
        raise BadFile(f"{meta_path} is too large for a description of samples.")
    description = parse(meta_path.read_bytes(), str(meta_path))
    datatype = _datatype(str(meta_path), description)
    data_path = path.with_suffix(".sigmf-data")
    if description.dataset and not data_path.exists():
        if PurePosixPath(description.dataset).name != description.dataset or "\\" in description.dataset:
            raise BadFile(f"{meta_path} names samples outside its own folder: {description.dataset!r:.80}.")
        data_path = path.with_name(description.dataset)
    segments = _segments(str(meta_path), description, 0, size_of(data_path), bytes_of(datatype))
    return Recording(data_path, datatype, description.rate_hz, segments)


def read_archive(path: Path) -> Recording:
    """The first recording of a SigMF archive, an uncompressed tar; it is played from where it lies.

    Raises ``BadFile``.
    """
    size = size_of(path)
    with path.open("rb") as file:
        members = {member.name: member for member in _members(path, file, size)}
        meta = next((member for name, member in sorted(members.items()) if name.endswith(".sigmf-meta")), None)
        if meta is None:
            raise BadFile(f"{path} is no SigMF archive: there is no description in it.")
        if meta.size > LARGEST_BYTES:
            raise BadFile(f"{path}: its description is too large.")
        file.seek(meta.first_byte)
        description = parse(file.read(meta.size), f"{path}: {meta.name}")
    data = members.get(meta.name.removesuffix("-meta") + "-data")
    if data is None:
        raise BadFile(f"{path} has no samples for {meta.name}.")
    datatype = _datatype(str(path), description)
    segments = _segments(str(path), description, data.first_byte, data.size, bytes_of(datatype))
    return Recording(path, datatype, description.rate_hz, segments)


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    first_byte: int
    size: int


def _members(path: Path, file: BinaryIO, size: int) -> Iterator[_Member]:
    """The plain files of a tar. Python's own reader is not used: it trusts the sizes it reads."""
    at, long_name, long_size = 0, "", -1
    for _ in range(MOST_MEMBERS):
        file.seek(at)
        header = file.read(BLOCK_BYTES)
        if len(header) < BLOCK_BYTES or not header.strip(b"\0"):
            return
        try:
            info = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        except (tarfile.HeaderError, ValueError) as error:
            raise BadFile(f"{path} is no SigMF archive ({error}).") from error
        length = long_size if long_size >= 0 else info.size
        first_byte = at + BLOCK_BYTES
        if not 0 <= length <= size - first_byte:
            raise BadFile(f"{path} is cut off: {info.name!r:.80} does not end in it.")
        at = first_byte + -(-length // BLOCK_BYTES) * BLOCK_BYTES
        if info.type in {tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME} and length <= LARGEST_NAME:
            content = file.read(length)
            long_name, long_size = _long(content, info.type)
            continue
        if info.type in {tarfile.REGTYPE, tarfile.AREGTYPE}:
            yield _Member(long_name or info.name, first_byte, length)
        long_name, long_size = "", -1


def _long(content: bytes, kind: bytes) -> tuple[str, int]:
    """Name and size that do not fit the next header; empty and -1 where nothing is said."""
    if kind == tarfile.GNUTYPE_LONGNAME:
        return content.rstrip(b"\0").decode("utf-8", "surrogateescape"), -1
    path, size = PAX_PATH.search(content), PAX_SIZE.search(content)
    return path[1].decode("utf-8", "surrogateescape") if path else "", int(size[1]) if size else -1


def _datatype(said: str, description: Description) -> str:
    datatype = ALIASES.get(description.datatype, description.datatype)
    if datatype not in TYPES or description.channels != 1:
        raise BadFile(f"{said}: samples of type {datatype!r} cannot be played. One channel of {', '.join(TYPES)}.")
    return datatype


def _segments(
    said: str, description: Description, first_byte: int, size: int, sample_bytes: int
) -> tuple[Segment, ...]:
    """One for each capture that has samples. Raises ``BadFile`` when there are none or the last one is cut off."""
    headers = sum(capture.header_bytes for capture in description.captures)
    sample_space = size - headers - description.trailing_bytes
    if sample_space < 0 or sample_space % sample_bytes:
        raise BadFile(
            f"{said}: {size} bytes are no whole number of samples of {sample_bytes} bytes. The recording is cut off "
            "(`kestrel recordings repair` mends that) or of another kind."
        )
    segments = tuple(_stretches(description, first_byte, sample_space // sample_bytes, sample_bytes))
    if not segments:
        raise BadFile(f"{said} holds no samples.")
    return segments


def _stretches(description: Description, first_byte: int, total: int, sample_bytes: int) -> Iterator[Segment]:
    captures = description.captures
    skipped = lost = 0
    for number, capture in enumerate(captures):
        skipped += capture.header_bytes
        lost += description.gap_before(number)
        last = captures[number + 1].first if number + 1 < len(captures) else total
        first, last = min(capture.first if number else 0, total), min(last, total)
        if last > first:
            place = first_byte + skipped + first * sample_bytes
            yield Segment(place, last - first, lost, capture.centre_hz, capture.gain_db, capture.dbm_offset_db)
            lost = 0

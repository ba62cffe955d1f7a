"""A recording as one file to take along: a SigMF archive, made while it is sent; any thread."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

from app.errors import BadFile
from app.exchange.sigmf import data_path, meta_path

PIECE_BYTES = 1 << 18


def archive(stem: Path) -> tuple[int, Iterator[bytes]]:
    """Length and content of the archive (an uncompressed tar). Samples that come meanwhile are left out.

    Raises ``BadFile`` when the recording cannot be read.
    """
    try:
        meta = meta_path(stem).read_bytes()
        size = data_path(stem).stat().st_size
    except OSError as error:
        raise BadFile(f"{stem.name} cannot be read: {error.strerror or error}.") from error
    heads = [_header(path, length) for path, length in ((meta_path(stem), len(meta)), (data_path(stem), size))]
    total = sum(map(len, heads)) + _padded(len(meta)) + _padded(size)
    end = bytes(2 * tarfile.BLOCKSIZE)
    first = heads[0] + meta + bytes(_padded(len(meta)) - len(meta)) + heads[1]
    return total + len(end), _content(first, data_path(stem), size, bytes(_padded(size) - size) + end)


def _content(first: bytes, path: Path, size: int, last: bytes) -> Iterator[bytes]:
    yield first
    with path.open("rb") as file:
        left = size
        while left:
            piece = file.read(min(PIECE_BYTES, left))
            if not piece:
                raise BadFile(f"{path.name} became shorter while it was sent.")
            left -= len(piece)
            yield piece
    yield last


def _header(path: Path, size: int) -> bytes:
    info = tarfile.TarInfo(f"{path.stem}/{path.name}")
    info.size, info.mtime = size, int(path.stat().st_mtime)
    return info.tobuf(tarfile.GNU_FORMAT)


def _padded(size: int) -> int:
    return -(-size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE

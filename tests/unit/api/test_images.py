import struct
import zlib

import numpy as np

from app.api.images import LARGEST, heat_map
from app.domain.estimate import PosteriorGrid
from app.domain.geometry import LatLon


def _decoded(data: bytes) -> np.ndarray:
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, lines = 8, b""
    size = (0, 0)
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + body),)
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
        if kind == b"IDAT":
            lines += zlib.decompress(body)
        at += 12 + length
    width, height = size
    return np.frombuffer(lines, np.uint8).reshape(height, 1 + width * 4)[:, 1:].reshape(height, width, 4)


def _grid(cells: np.ndarray) -> PosteriorGrid:
    return PosteriorGrid(LatLon(0.0, 0.0), 0.0, 0.0, 5.0, cells.astype(np.float32))


def test_north_is_up_and_the_strongest_cell_the_most_opaque() -> None:
    cells = np.zeros((4, 6))
    cells[3, 1] = 1.0  # in the north
    image = _decoded(heat_map(_grid(cells)))
    assert image.shape == (4, 6, 4)
    assert image[..., 3].argmax() == 1  # row 0, column 1
    assert image[3, 5, 3] == 0


def test_a_large_grid_keeps_its_single_cell() -> None:
    cells = np.zeros((LARGEST * 2 + 7, LARGEST + 1))
    cells[-1, -1] = 1.0
    image = _decoded(heat_map(_grid(cells)))
    assert max(image.shape[:2]) <= LARGEST
    assert np.count_nonzero(image[..., 3]) == 1


def test_an_empty_posterior_is_clear() -> None:
    assert not _decoded(heat_map(_grid(np.zeros((3, 3)))))[..., 3].any()

"""The posterior as a PNG that lies over a map; pure, any thread."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from app.domain.estimate import PosteriorGrid

LARGEST = 600  # pixels along a side
# violet to amber to white: rises evenly in lightness, told apart by colour-blind eyes
_STOPS = np.array(
    [[46, 16, 101], [124, 29, 111], [185, 56, 90], [226, 108, 54], [246, 178, 54], [255, 246, 214]], float
)
_AT = np.linspace(0.0, 1.0, len(_STOPS))


def heat_map(grid: PosteriorGrid) -> bytes:
    """PNG, RGBA, north up, one pixel a cell (or the largest of several cells where the grid is large).

    Colour and opacity follow the square root of the probability over its maximum, so that a broad posterior is
    seen as well as a sharp one.
    """
    shown = _reduced(grid.probability)
    top = float(shown.max(initial=0.0))
    share = np.sqrt(np.clip(shown / top, 0.0, 1.0)) if top > 0.0 else np.zeros_like(shown)
    pixels = np.empty((*shown.shape, 4), np.uint8)
    for channel in range(3):
        pixels[..., channel] = np.interp(share, _AT, _STOPS[:, channel]).astype(np.uint8)
    pixels[..., 3] = (np.clip(share * 1.3 - 0.08, 0.0, 0.85) * 255.0).astype(np.uint8)
    return png(pixels[::-1])


def _reduced(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """The grid with at most ``LARGEST`` cells a side, each the maximum of those it stands for."""
    step = -(-max(cells.shape) // LARGEST)
    if step <= 1:
        return cells
    rows, columns = (-(-side // step) * step for side in cells.shape)
    padded = np.zeros((rows, columns), cells.dtype)
    padded[: cells.shape[0], : cells.shape[1]] = cells
    maxima: NDArray[np.float32] = padded.reshape(rows // step, step, columns // step, step).max(axis=(1, 3))
    return maxima


def png(pixels: NDArray[np.uint8]) -> bytes:
    """PNG of an image of shape (height, width, 4), RGBA (PNG specification, third edition)."""
    height, width, _ = pixels.shape
    lines = np.zeros((height, 1 + width * 4), np.uint8)  # each line begins with filter type 0
    lines[:, 1:] = pixels.reshape(height, width * 4)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 3)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

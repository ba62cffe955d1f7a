"""Lines and areas cut to what a painter can hold; pure, any thread."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.functions import create_qpolygonf, ndarray_from_qpolygonf
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainterPath, QPolygonF

FARTHEST = 4_000.0  # pixels beyond which a shape is cut: painters slow down and wrap at some ten thousand
Pixels = NDArray[np.float64]


def path_of(pixels: Pixels, closed: bool = False) -> QPainterPath:
    """A painter's path through the pixels (n, 2)."""
    path: QPainterPath = pg.arrayToQPath(
        np.ascontiguousarray(pixels[:, 0]), np.ascontiguousarray(pixels[:, 1]), connect="all"
    )
    if closed:
        path.closeSubpath()
    return path


def polygon_of(pixels: Pixels) -> QPolygonF:
    """A painter's polygon of the pixels (n, 2), filled in one go: a point at a time takes thirty times as long."""
    polygon: QPolygonF = create_qpolygonf(len(pixels))
    if len(pixels):
        ndarray_from_qpolygonf(polygon)[:] = pixels
    return polygon


def clipped(pixels: Pixels, width: float, height: float, margin: float = 50.0) -> Pixels:
    """The area inside the view and a margin round it (Sutherland and Hodgman 1974, one side after the other)."""
    for axis, bound, sign in (
        (0, -margin, 1.0),
        (0, width + margin, -1.0),
        (1, -margin, 1.0),
        (1, height + margin, -1.0),
    ):
        if not len(pixels):
            break
        depth = sign * (pixels[:, axis] - bound)
        after, after_depth = np.roll(pixels, -1, axis=0), np.roll(depth, -1)
        crosses = (depth >= 0.0) != (after_depth >= 0.0)
        gap = np.where(crosses, depth - after_depth, 1.0)
        crossing = pixels + (depth / gap)[:, None] * (after - pixels)
        both = np.stack([pixels, crossing], axis=1)
        pixels = both[np.stack([depth >= 0.0, crosses], axis=1)]
    return pixels


def area_of(pixels: Pixels, margin: int) -> QRect:
    """The rectangle round the pixels (n, 2) with so much more on each side."""
    (left, top), (right, bottom) = (np.clip(side, -FARTHEST, FARTHEST) for side in (pixels.min(0), pixels.max(0)))
    return QRect(QPoint(int(left), int(top)), QPoint(int(right) + 1, int(bottom) + 1)).adjusted(
        -margin, -margin, margin, margin
    )


def fits(pixels: Pixels) -> bool:
    """Whether all of it is near enough to be painted whole."""
    return bool(np.abs(pixels).max(initial=0.0) < FARTHEST)


def visible_parts(pixels: Pixels, width: float, height: float) -> list[Pixels]:
    """The pieces of a line whose segments may be seen."""
    low, high = np.minimum(pixels[:-1], pixels[1:]), np.maximum(pixels[:-1], pixels[1:])
    seen = (high[:, 0] >= 0) & (low[:, 0] <= width) & (high[:, 1] >= 0) & (low[:, 1] <= height)
    return [pixels[index : index + 2] for index in np.flatnonzero(seen).tolist()]

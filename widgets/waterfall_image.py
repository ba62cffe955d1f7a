"""Spectrum rows as pixels: each row coloured once into an image used as a ring; GUI thread."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from app.ring import Rows
from widgets.colour_map import SIZE, rgb32_table

OUTSIDE = 0xFF000000  # frequencies the receiver did not hear
NOTHING = 0xFF252D38  # times at which nothing was received; weak noise at little gain is black too
LOST = 0xFFFF4FA3  # drawn over the left edge of a row before which samples are missing
LOST_PIXELS = 14
MEDIAN_OF = 1024  # bins: more change nothing that can be seen and take longer


class WaterfallImage:
    """An RGB32 image of ``width`` by ``height`` pixels, newest row on top, painted in two parts.

    ``low_hz``/``high_hz`` is the span over its width, ``floor_db``/``top_db`` the levels of the first and the last
    colour. After changing one of them, ``clear`` and add the rows again.
    """

    def __init__(self, width: int, height: int, colours: str = "inferno") -> None:
        self.low_hz, self.high_hz = 0.0, 1.0
        self.floor_db, self.top_db = -100.0, -40.0
        self.set_colours(colours)
        self.resize(width, height)

    @property
    def width(self) -> int:
        return int(self._pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self._pixels.shape[0])

    def resize(self, width: int, height: int) -> None:
        self._pixels = np.full((max(height, 1), max(width, 1)), OUTSIDE, np.uint32)
        self._image = QImage(
            self._pixels.data, self.width, self.height, self._pixels.strides[0], QImage.Format.Format_RGB32
        )
        self._top = 0

    def clear(self) -> None:
        self._pixels[:] = OUTSIDE
        self._top = 0

    def set_colours(self, name: str) -> None:
        self.colours, self._table = name, rgb32_table(name)

    def skip(self) -> None:
        """Put a row on top in which nothing was received."""
        self._top = (self._top - 1) % self.height
        self._pixels[self._top] = NOTHING

    def add(self, rows: Rows) -> None:
        """Colour ``rows``, oldest first, and put them on top; the oldest rows of the image go."""
        first = max(len(rows.time_s) - self.height, 0)
        for index in range(first, len(rows.time_s)):
            self._top = (self._top - 1) % self.height
            line = self._pixels[self._top]
            self._colour(rows.power_dbfs[index], float(rows.centre_hz[index]), float(rows.rate_hz[index]), line)
            if rows.lost_before[index]:
                line[:LOST_PIXELS] = LOST

    def follow(self, power_db: NDArray[np.float32], at_once: bool) -> None:
        """Move the levels of the colours towards this row's noise and peak, slowly: a colour keeps its meaning."""
        floor_db = float(np.median(power_db[:: max(len(power_db) // MEDIAN_OF, 1)])) - 3.0
        top_db = max(float(power_db.max()), floor_db + 30.0)
        if not (math.isfinite(floor_db) and math.isfinite(top_db)):
            return
        at_once = at_once or abs(floor_db - self.floor_db) > 20.0
        self.floor_db += (1.0 if at_once else 0.02) * (floor_db - self.floor_db)
        rate = 1.0 if at_once else 0.2 if top_db > self.top_db else 0.005
        self.top_db += rate * (top_db - self.top_db)

    def paint(self, painter: QPainter, target: QRect) -> None:
        """Draw the ring into ``target``: from the newest row to the buffer's end, then what is before it."""
        below = self.height - self._top
        scale = target.height() / self.height
        split = target.top() + round(below * scale)
        upper = QRect(target.left(), target.top(), target.width(), split - target.top())
        painter.drawImage(upper, self._image, QRect(0, self._top, self.width, below))
        if self._top:
            lower = QRect(target.left(), split, target.width(), target.top() + target.height() - split)
            painter.drawImage(lower, self._image, QRect(0, 0, self.width, self._top))

    def colour_of(self, power_db: float) -> int:
        """0xffRRGGBB of a level."""
        return int(self._table[int(self._index(np.array([power_db], np.float32))[0])])

    def _colour(
        self, power_db: NDArray[np.float32], centre_hz: float, rate_hz: float, line: NDArray[np.uint32]
    ) -> None:
        """Colour one row into ``line``: each pixel shows the strongest of its bins, or the bin it lies in."""
        first, columns = columns_of(len(power_db), centre_hz, rate_hz, self.low_hz, self.high_hz, len(line))
        line[:] = OUTSIDE
        if len(columns):
            strongest = np.maximum.reduce(power_db[columns], axis=0)
            line[first : first + len(strongest)] = self._table[self._index(strongest)]

    def _index(self, power_db: NDArray[np.float32]) -> NDArray[np.intp]:
        scale = SIZE / (self.top_db - self.floor_db)
        share = power_db * np.float32(scale)
        share -= np.float32(self.floor_db * scale)
        np.fmax(share, np.float32(0.0), out=share)  # not a number: the darkest colour
        np.minimum(share, np.float32(SIZE - 1), out=share)
        index: NDArray[np.intp] = share.astype(np.intp)
        return index


@lru_cache(maxsize=8)
def columns_of(
    bins: int, centre_hz: float, rate_hz: float, low_hz: float, high_hz: float, width: int
) -> tuple[int, NDArray[np.intp]]:
    """Which bins each pixel of a view shows; bin 0 begins at ``centre_hz - rate_hz / 2``.

    Returns the first pixel inside the band and the bins of each pixel from there on, shape (bins, pixels), some named
    twice; empty outside the band. Their maximum over such an index takes a fifth of ``np.maximum.reduceat``'s time.
    """
    pixel_hz, bin_hz = (high_hz - low_hz) / width, rate_hz / bins
    edges = (low_hz + pixel_hz * np.arange(width + 1) - (centre_hz - rate_hz / 2.0)) / bin_hz
    first = int(np.searchsorted(edges, -1e-6, side="left"))
    last = int(np.searchsorted(edges, bins + 1e-6, side="right")) - 1
    if last <= first:
        return 0, np.empty((0, 0), np.intp)
    whole = np.floor(edges[first : last + 1] + 1e-6).astype(np.intp)
    begins = np.minimum(whole[:-1], bins - 1)
    ends = np.minimum(np.maximum(whole[1:], begins + 1), bins)  # a pixel narrower than a bin shows the bin it lies in
    columns = np.minimum(begins + np.arange((ends - begins).max())[:, None], ends - 1)
    columns.setflags(write=False)
    return first, columns

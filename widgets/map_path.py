"""Where the vehicle was and what was heard there: a picture that only grows while the map stands still; GUI thread."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from app.domain.geometry import LatLon
from app.domain.radio import Reading
from widgets.colour_map import rgb_table
from widgets.map_projection import Projection
from widgets.map_shapes import area_of, path_of, polygon_of
from widgets.theme import Theme, figure_font

STEPS = 12  # colours a level is shown in
SPAN_STEP_DB = 5.0  # the levels at the ends of the colours, so that few new levels change them
LEAST_SPAN_DB = 15.0
LEGEND_FROM_PIXELS = 420
DOT_PIXELS = 6  # painted on each side of a reading


def clear_picture(projection: Projection, ratio: float) -> QPixmap:
    """A transparent picture as large as the map."""
    picture = QPixmap(QSize(projection.width, projection.height) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    return picture


class Trail:
    """Where the vehicle was, thinned to ``most`` positions by taking every second one whenever it is full."""

    def __init__(self, most: int = 5_000) -> None:
        self._positions = np.empty((most, 2))
        self.count = 0
        self.version = 0  # changes when positions that were painted have gone

    @property
    def positions(self) -> NDArray[np.float64]:
        """Latitude and longitude, degrees, shape (count, 2), oldest first."""
        return self._positions[: self.count]

    def add(self, position: LatLon) -> None:
        if self.count == len(self._positions):
            kept = self._positions[::2].copy()
            self._positions[: len(kept)] = kept
            self.count = len(kept)
            self.version += 1
        self._positions[self.count] = position.lat_deg, position.lon_deg
        self.count += 1

    def paint(self, painter: QPainter, projection: Projection, theme: Theme, first: int) -> None:
        """Draw the line on from position ``first``."""
        lat, lon = self.positions[max(first - 1, 0) :].T
        if len(lat) > 1:
            painter.setPen(QPen(theme.colour("track", 150), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path_of(projection.pixels(lat, lon)))


class HeardTrail:
    """Readings as dots along the trail, coloured by level; what was not heard is small and grey."""

    def __init__(self) -> None:
        self._table = rgb_table("viridis")
        self._values = np.empty((0, 4))  # latitude, longitude, power dB, heard
        self.low_db, self.high_db = 0.0, 0.0
        self.version = 0

    @property
    def count(self) -> int:
        return len(self._values)

    @property
    def any_heard(self) -> bool:
        return bool(self._values[:, 3].any())

    def set(self, readings: Sequence[Reading]) -> None:
        """Show these readings and no others."""
        self._values = np.empty((0, 4))
        self.version += 1
        self.add(readings)

    def add(self, readings: Sequence[Reading], most: int = 4_000) -> None:
        rows = np.array([(r.lat_deg, r.lon_deg, r.level.power_db, float(r.level.heard)) for r in readings], float)
        self._values = np.concatenate([self._values, rows.reshape(-1, 4)])
        if len(self._values) > most:
            self._values = self._values[::2]
            self.version += 1
        self._fit()

    def paint(self, painter: QPainter, projection: Projection, theme: Theme, first: int) -> None:
        """Draw the readings from number ``first`` on."""
        values = self._values[first:]
        if not len(values):
            return
        pixels = projection.pixels(values[:, 0], values[:, 1])
        heard = values[:, 3] > 0.0
        painter.setPen(QPen(theme.colour("muted", 120), 2.5, c=Qt.PenCapStyle.RoundCap))
        painter.drawPoints(polygon_of(pixels[~heard]))
        share = (values[:, 2] - self.low_db) / max(self.high_db - self.low_db, 1.0)
        step = np.clip(share * STEPS, 0, STEPS - 1).astype(int)
        for number in range(STEPS):
            here = pixels[heard & (step == number)]
            if len(here):
                painter.setPen(QPen(self._colour(number), 6.5, c=Qt.PenCapStyle.RoundCap))
                painter.drawPoints(polygon_of(here))

    def paint_legend(self, painter: QPainter, projection: Projection, theme: Theme) -> None:
        """A bar of the colours with its levels, lower right; left out where the map is narrow."""
        if not self.any_heard or projection.width < LEGEND_FROM_PIXELS:
            return
        width, left, top = 96.0, projection.width - 140.0, projection.height - 42.0
        painter.fillRect(QRectF(left - 34, top - 20, width + 68, 32), theme.colour("panel", 200))
        for number in range(STEPS):
            box = QRectF(left + number * width / STEPS, top, width / STEPS + 1, 6)
            painter.fillRect(box, self._colour(number))
        painter.setFont(figure_font(7.5))
        painter.setPen(theme.colour("text"))
        text = QRectF(left - 40, top - 17, width + 80, 14)
        painter.drawText(text, Qt.AlignmentFlag.AlignCenter, f"{self.low_db:.0f}   RSSI dB   {self.high_db:.0f}")

    def _colour(self, number: int) -> QColor:
        red, green, blue = self._table[round((number + 0.5) / STEPS * (len(self._table) - 1))].tolist()
        return QColor(red, green, blue)

    def _fit(self) -> None:
        heard: NDArray[np.float64] = self._values[self._values[:, 3] > 0.0, 2]
        if not len(heard):
            return
        low_db, high_db = (float(value) for value in np.percentile(heard, (2.0, 98.0)))
        high_db = math.ceil(high_db / SPAN_STEP_DB) * SPAN_STEP_DB
        low_db = min(math.floor(low_db / SPAN_STEP_DB) * SPAN_STEP_DB, high_db - LEAST_SPAN_DB)
        if (low_db, high_db) != (self.low_db, self.high_db):
            self.low_db, self.high_db = low_db, high_db
            self.version += 1


class PathLayer:
    """Trail and readings in one clear picture; what is painted stays until map, colours or theme change."""

    def __init__(self) -> None:
        self.trail, self.heard = Trail(), HeardTrail()
        self._picture = QPixmap()
        self._of: tuple[object, ...] = ()
        self._trail_done, self._heard_done = 0, 0

    def hear(self, readings: Sequence[Reading], projection: Projection) -> QRect | None:
        """Add readings; returns where they are painted, None when what was painted before is painted otherwise now."""
        heard = self.heard
        before = (heard.any_heard, heard.version)
        heard.add(readings)
        if before != (heard.any_heard, heard.version):
            return None
        if not readings:
            return QRect()
        return area_of(projection.pixels([r.lat_deg for r in readings], [r.lon_deg for r in readings]), DOT_PIXELS)

    def picture(self, projection: Projection, theme: Theme, ratio: float) -> QPixmap:
        wanted = (projection, theme.name, ratio, self.trail.version, self.heard.version)
        if wanted != self._of:
            self._of = wanted
            self._trail_done, self._heard_done = 0, 0
            self._picture = clear_picture(projection, ratio)
        with QPainter(self._picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.trail.paint(painter, projection, theme, self._trail_done)
            self.heard.paint(painter, projection, theme, self._heard_done)
        self._trail_done, self._heard_done = self.trail.count, self.heard.count
        return self._picture

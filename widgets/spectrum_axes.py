"""Axes, grid and targets' bands of the spectrum, and where on it a frequency and a level are; GUI thread."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.domain.radio import Targets
from widgets.map_grid import round_step
from widgets.theme import Theme

TICK_PIXELS, LEVEL_PIXELS = 80.0, 24.0  # least between two ticks
NAME_HALF_WIDTH = 100.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Frequencies over the width and levels over the height of the plot, whose top left corner is at (left, top)."""

    left: int
    top: int
    width: int
    height: int
    low_hz: float
    high_hz: float
    low_db: float
    high_db: float

    @property
    def area(self) -> QRect:
        return QRect(self.left, self.top, self.width, self.height)

    def x(self, hz: float) -> float:
        return self.left + (hz - self.low_hz) / (self.high_hz - self.low_hz) * self.width

    def y(self, level_db: float) -> float:
        return self.top + (self.high_db - level_db) / (self.high_db - self.low_db) * self.height

    def hz(self, x: float) -> float:
        return self.low_hz + (x - self.left) / self.width * (self.high_hz - self.low_hz)

    def level_db(self, y: float) -> float:
        return self.high_db - (y - self.top) / self.height * (self.high_db - self.low_db)


def _ticks(low: float, high: float, step: float) -> Iterator[float]:
    for number in range(math.ceil(low / step), math.floor(high / step) + 1):
        yield number * step


def paint_frequencies(painter: QPainter, scale: Scale, theme: Theme) -> None:
    """Grid lines with their MHz below."""
    area, text, faint = scale.area, theme.colour("muted"), QPen(theme.colour("text", 22), 1)
    metrics = painter.fontMetrics()
    below = QRectF(0, area.bottom() + 3, 0, metrics.height())
    step_mhz = round_step(TICK_PIXELS * (scale.high_hz - scale.low_hz) / scale.width / 1e6)
    decimals = max(math.ceil(-math.log10(step_mhz) - 1e-9), 0)
    for mhz in _ticks(scale.low_hz / 1e6, scale.high_hz / 1e6, step_mhz):
        x = round(scale.x(mhz * 1e6))
        painter.setPen(faint)
        painter.drawLine(x, area.top(), x, area.bottom())
        painter.setPen(text)
        half = metrics.horizontalAdvance(f"{mhz:.{decimals}f}") / 2.0 + 2.0
        if scale.left + half < x < area.right() - half + 2.0:
            painter.drawText(
                below.adjusted(x - half, 0, x + half, 0), Qt.AlignmentFlag.AlignCenter, f"{mhz:.{decimals}f}"
            )
    _paint_unit(painter, scale, below.top(), "MHz", theme)


def paint_axes(painter: QPainter, scale: Scale, theme: Theme, dbm_offset_db: float | None) -> None:
    """Grid lines with their MHz below and to the left dBFS, or dBm where it is known what makes it of dBFS."""
    paint_frequencies(painter, scale, theme)
    area, line, text = scale.area, QPen(theme.colour("line"), 1), theme.colour("muted")
    faint = QPen(theme.colour("text", 22), 1)
    metrics = painter.fontMetrics()
    step_db = round_step(LEVEL_PIXELS * (scale.high_db - scale.low_db) / scale.height)
    more_db = dbm_offset_db or 0.0
    for level_db in _ticks(scale.low_db + more_db, scale.high_db + more_db, step_db):
        y = round(scale.y(level_db - more_db))
        painter.setPen(faint)
        painter.drawLine(area.left(), y, area.right(), y)
        painter.setPen(text)
        if area.top() + 1.5 * metrics.height() < y < area.bottom() - metrics.height() / 2.0:
            at = QRectF(0, y - metrics.height() / 2.0, scale.left - 6.0, metrics.height())
            painter.drawText(at, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{level_db:g}")
    _paint_unit(painter, scale, float(area.top()), "dBFS" if dbm_offset_db is None else "dBm", theme)
    painter.setPen(line)
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    painter.drawLine(area.topLeft(), area.bottomLeft())


def _paint_unit(painter: QPainter, scale: Scale, top: float, unit: str, theme: Theme) -> None:
    painter.setPen(theme.colour("muted"))
    box = QRectF(0, top, scale.left - 6.0, painter.fontMetrics().height())
    painter.drawText(box, Qt.AlignmentFlag.AlignRight, unit)


def paint_targets(painter: QPainter, scale: Scale, targets: Targets, theme: Theme) -> None:
    """A band with its name for each target; the chosen one stands out."""
    painter.setClipRect(scale.area)
    for target in targets.all:
        name = "good" if target.id == targets.selected_id else "muted"
        middle, half_hz = scale.x(target.frequency_hz), target.bandwidth_hz / 2.0
        left, right = scale.x(target.frequency_hz - half_hz), scale.x(target.frequency_hz + half_hz)
        band = QRectF(QPointF(left, scale.top), QPointF(right, scale.top + scale.height))
        painter.fillRect(band, theme.colour(name, 45))
        painter.setPen(QPen(theme.colour(name, 120), 1))
        painter.drawLine(band.topLeft(), band.bottomLeft())
        painter.drawLine(band.topRight(), band.bottomRight())
        painter.setPen(theme.colour(name))
        at = QRectF(middle - NAME_HALF_WIDTH, scale.top + 2.0, 2.0 * NAME_HALF_WIDTH, 20.0)
        painter.drawText(at, Qt.AlignmentFlag.AlignHCenter, target.name)
    painter.setClipping(False)

"""Bearings on the map: a line with its wedge of one standard deviation, the other lobe dashed; GUI thread."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.domain.bearing import Bearing
from app.domain.geometry import EastNorth, LocalPlane
from widgets.map_projection import Projection
from widgets.theme import Theme, figure_font

MOST = 40  # shown, the newest
LONG = 1.5  # times the map's diagonal, in pixels
WEDGE_ALPHA, LINE_ALPHA = 46, 210


class BearingLayer:
    """The newest bearings of the chosen target; the last one strongest."""

    def __init__(self) -> None:
        self.bearings: tuple[Bearing, ...] = ()
        self.version = 0  # changes with each bearing

    def set(self, bearings: Sequence[Bearing]) -> None:
        self.bearings = tuple(bearings)[-MOST:]
        self.version += 1

    def add(self, bearing: Bearing) -> None:
        self.set((*self.bearings, bearing))

    def paint(self, painter: QPainter, projection: Projection, theme: Theme) -> None:
        for bearing in self.bearings:
            newest = bearing is self.bearings[-1]
            _paint(painter, projection, bearing, theme.colour("accent"), 1.0 if newest else 0.5)
        if self.bearings:
            _label(painter, projection, self.bearings[-1], theme)


def _paint(painter: QPainter, projection: Projection, bearing: Bearing, colour: QColor, share: float) -> None:
    at = QPointF(*projection.pixel(bearing.position))
    lobes = [(bearing.bearing_deg, Qt.PenStyle.SolidLine)]
    if bearing.ambiguous and bearing.other_deg is not None:
        lobes.append((bearing.other_deg, Qt.PenStyle.DashLine))
    for bearing_deg, style in lobes:
        ends = [_end(projection, bearing, bearing_deg + turn) for turn in (-bearing.sigma_deg, 0.0, bearing.sigma_deg)]
        filled = QColor(colour)
        filled.setAlpha(round(WEDGE_ALPHA * share))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(filled)
        painter.drawPolygon(QPolygonF([at, *ends]))
        line = QColor(colour)
        line.setAlpha(round(LINE_ALPHA * share))
        painter.setPen(QPen(line, 1.6, style))
        painter.drawLine(at, ends[1])
    painter.setBrush(colour)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(at, 3.5, 3.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _end(projection: Projection, bearing: Bearing, bearing_deg: float) -> QPointF:
    """Where a line that way leaves the map, from a bearing's place: its direction by a point 100 m on."""
    turn = math.radians(bearing_deg)
    near = LocalPlane(bearing.position).to_globe(EastNorth(100.0 * math.sin(turn), 100.0 * math.cos(turn)))
    (x, y), (to_x, to_y) = projection.pixel(bearing.position), projection.pixel(near)
    length = max(math.hypot(to_x - x, to_y - y), 1e-9)
    reach = LONG * math.hypot(projection.width, projection.height) / length
    return QPointF(x + (to_x - x) * reach, y + (to_y - y) * reach)


def _label(painter: QPainter, projection: Projection, bearing: Bearing, theme: Theme) -> None:
    """The newest in figures, beside its place."""
    painter.setFont(figure_font(8.5, bold=True))
    text = f"{bearing.bearing_deg:.0f}° ± {bearing.sigma_deg:.0f}°"
    box = painter.fontMetrics().boundingRect(text).adjusted(-5, -2, 5, 2)
    x, y = projection.pixel(bearing.position)
    box.moveTopLeft(QPointF(x + 9, y + 7).toPoint())
    painter.fillRect(box, theme.colour("panel", 225))
    painter.setPen(theme.colour("accent"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

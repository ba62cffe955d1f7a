"""One bearing as a polar plot: levels by heading, the antenna's pattern through them, the wedge; GUI thread."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.antenna import AntennaSetup
from app.domain.bearing import Bearing
from app.locate.antenna import Attitude, antenna_for
from app.locate.bearing import gain_table
from widgets.theme import Look, figure_font

EMPTY = "No bearing of the chosen target yet.\nTurn the vehicle, or set one on the map."
LEAST_SPAN_DB = 15.0
RINGS = 3
CURVE_DEG = np.arange(0.0, 361.0, 3.0)


def curve_db(bearing: Bearing, setup: AntennaSetup) -> NDArray[np.float64] | None:
    """The pattern laid through the heard levels, dB at ``CURVE_DEG`` of heading; None where there is none to lay."""
    antenna = antenna_for(setup)
    heard = [one for one in bearing.slices if one.heard]
    if not heard or not antenna.directional:
        return None
    towards = np.array([bearing.bearing_deg])
    at = [Attitude(0.0, 0.0, one.heading_deg) for one in heard]
    level = float(np.mean(np.array([one.power_db for one in heard]) - gain_table(antenna, at, towards)[0]))
    turned = [Attitude(0.0, 0.0, float(heading)) for heading in CURVE_DEG]
    curve: NDArray[np.float64] = level + gain_table(antenna, turned, towards)[0]
    return curve


class PolarView(QWidget):
    """North up. Heard levels are dots, missed ones open marks at their upper bound."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._bearing: Bearing | None = None
        self._curve: NDArray[np.float64] | None = None
        self.setMinimumSize(150, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        look.changed.connect(self._repaint)

    def show_bearing(self, bearing: Bearing | None, setup: AntennaSetup) -> None:
        self._bearing = bearing
        self._curve = curve_db(bearing, setup) if bearing is not None else None
        self.update()

    @Slot()
    def _repaint(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._bearing is None:
                painter.setPen(self._look.theme.colour("muted"))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, EMPTY)
                return
            self._paint_grid(painter)
            self._paint_wedge(painter, self._bearing)
            self._paint_levels(painter, self._bearing)

    @property
    def _radius(self) -> float:
        return 0.5 * min(self.width(), self.height()) - 22.0

    def _at(self, heading_deg: float, share: float) -> QPointF:
        turn, radius = math.radians(heading_deg), self._radius * share
        return QPointF(0.5 * self.width() + radius * math.sin(turn), 0.5 * self.height() - radius * math.cos(turn))

    def _paint_grid(self, painter: QPainter) -> None:
        theme = self._look.theme
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("muted", 80), 1))
        middle = QPointF(0.5 * self.width(), 0.5 * self.height())
        for ring in range(1, RINGS + 1):
            painter.drawEllipse(middle, self._radius * ring / RINGS, self._radius * ring / RINGS)
        painter.setFont(figure_font(8.5))
        for heading_deg in range(0, 360, 30):
            painter.setPen(QPen(theme.colour("muted", 80), 1))
            painter.drawLine(middle, self._at(heading_deg, 1.0))
            if heading_deg % 90 == 0:
                box = QRectF(-14, -8, 28, 16).translated(self._at(heading_deg, 1.0 + 12.0 / self._radius))
                painter.setPen(theme.colour("muted"))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "NESW"[heading_deg // 90])

    def _paint_wedge(self, painter: QPainter, bearing: Bearing) -> None:
        theme = self._look.theme
        lobes = [(bearing.bearing_deg, Qt.PenStyle.SolidLine)]
        if bearing.ambiguous and bearing.other_deg is not None:
            lobes.append((bearing.other_deg, Qt.PenStyle.DashLine))
        middle = QPointF(0.5 * self.width(), 0.5 * self.height())
        for middle_deg, style in lobes:
            turns = np.linspace(-bearing.sigma_deg, bearing.sigma_deg, 12)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent", 60))
            painter.drawPolygon(QPolygonF([middle, *(self._at(middle_deg + float(turn), 1.0) for turn in turns)]))
            painter.setPen(QPen(theme.colour("accent"), 2, style))
            painter.drawLine(middle, self._at(middle_deg, 1.0))

    def _paint_levels(self, painter: QPainter, bearing: Bearing) -> None:
        if not bearing.slices:
            return
        theme = self._look.theme
        top = max(one.power_db for one in bearing.slices)
        top = top if self._curve is None else max(top, float(self._curve.max()))
        span = max(top - min(one.power_db for one in bearing.slices), LEAST_SPAN_DB) * 1.15

        def share(power_db: float) -> float:
            return min(max(1.0 - (top - power_db) / span, 0.0), 1.0)

        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._curve is not None:
            painter.setPen(QPen(theme.colour("good", 190), 1.5))
            points = [self._at(float(h), share(float(p))) for h, p in zip(CURVE_DEG, self._curve, strict=True)]
            painter.drawPolyline(QPolygonF(points))
        for one in bearing.slices:
            painter.setPen(QPen(theme.colour("text" if one.heard else "muted"), 1.4))
            painter.setBrush(theme.colour("text") if one.heard else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self._at(one.heading_deg, share(one.power_db)), 3.2, 3.2)
        painter.setPen(theme.colour("muted"))
        painter.setFont(figure_font(8.0))
        painter.drawText(6, self.height() - 20, f"rim {top:.0f} dB")
        painter.drawText(6, self.height() - 6, f"ring {span / RINGS:.0f} dB")

"""Attitude and heading of the vehicle as an instrument; GUI thread."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.domain.vehicle import Telemetry
from widgets.theme import Look, figure_font

PIXELS_PER_DEGREE = 2.2
COMPASS = {0: "N", 45: "NE", 90: "E", 135: "SE", 180: "S", 225: "SW", 270: "W", 315: "NW"}


class Instrument(QWidget):
    """Horizon with pitch marks in a round window, heading on the ring round it, true north."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._pose: Telemetry | None = None
        self.setMinimumSize(150, 150)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(176, 176)

    def show_pose(self, pose: Telemetry | None) -> None:
        self._pose = pose
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(self.width() / 2.0, self.height() / 2.0)
            radius = min(self.width(), self.height()) / 2.0 - 4.0
            self._paint_horizon(painter, radius - 24.0)
            self._paint_ring(painter, radius)
            self._paint_wings(painter)

    def _paint_horizon(self, painter: QPainter, radius: float) -> None:
        theme, pose = self._look.theme, self._pose
        painter.save()
        window = QPainterPath()
        window.addEllipse(QPointF(0, 0), radius, radius)
        painter.setClipPath(window)
        if pose is None:
            painter.fillPath(window, theme.colour("raised"))
        else:
            painter.rotate(-pose.roll_deg)
            painter.translate(0.0, pose.pitch_deg * PIXELS_PER_DEGREE)
            painter.fillRect(QRectF(-400, -800, 800, 800), theme.colour("accent", 120))
            painter.fillRect(QRectF(-400, 0, 800, 800), theme.colour("warn", 80))
            painter.setPen(QPen(theme.colour("text", 210), 1.2))
            painter.drawLine(QPointF(-400, 0), QPointF(400, 0))
            for pitch in range(-40, 41, 10):
                half = 22.0 if pitch % 20 == 0 else 12.0
                y = -pitch * PIXELS_PER_DEGREE
                if pitch:
                    painter.drawLine(QPointF(-half, y), QPointF(half, y))
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("line"), 1.5))
        painter.drawEllipse(QPointF(0, 0), radius, radius)

    def _paint_ring(self, painter: QPainter, radius: float) -> None:
        theme = self._look.theme
        heading_deg = self._pose.heading_deg if self._pose is not None else 0.0
        painter.setFont(figure_font(7.5, bold=True))
        for mark in range(0, 360, 15):
            angle = math.radians(mark - heading_deg - 90.0)
            out = QPointF(math.cos(angle), math.sin(angle))
            if mark in COMPASS:
                painter.setPen(theme.colour("text" if mark % 90 == 0 else "muted"))
                at = out * (radius - 10.0)
                painter.drawText(QRectF(at.x() - 14, at.y() - 8, 28, 16), Qt.AlignmentFlag.AlignCenter, COMPASS[mark])
            else:
                painter.setPen(QPen(theme.colour("muted", 130), 1))
                painter.drawLine(out * (radius - 13.0), out * (radius - 7.0))
        painter.setBrush(theme.colour("accent"))
        painter.setPen(Qt.PenStyle.NoPen)
        top = -radius + 19.0
        painter.drawPolygon(QPolygonF([QPointF(0, top), QPointF(-5, top + 9), QPointF(5, top + 9)]))

    def _paint_wings(self, painter: QPainter) -> None:
        painter.setPen(QPen(self._look.theme.colour("text"), 2.2))
        painter.drawLine(QPointF(-34, 0), QPointF(-12, 0))
        painter.drawLine(QPointF(12, 0), QPointF(34, 0))
        painter.drawPoint(QPointF(0, 0))

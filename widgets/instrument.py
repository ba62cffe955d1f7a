"""Attitude and heading of the vehicle as an instrument; GUI thread."""

import math

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.domain.vehicle import Telemetry
from widgets.stamps import Stamps
from widgets.theme import Look, figure_font

PIXELS_PER_DEGREE = 2.2
COMPASS = {0: "N", 45: "NE", 90: "E", 135: "SE", 180: "S", 225: "SW", 270: "W", 315: "NW"}
TICKS_DEG = tuple(mark for mark in range(0, 360, 15) if mark not in COMPASS)
CHORD_UNITS = 16.0  # of an angle in Qt's chords, to a degree


class Instrument(QWidget):
    """Horizon with pitch marks in a round window, heading on the ring round it, true north."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._pose: Telemetry | None = None
        self._shown: tuple[int, ...] = ()
        self._letters = Stamps(figure_font(7.5, bold=True))
        self.setMinimumSize(150, 150)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(176, 176)

    def show_pose(self, pose: Telemetry | None) -> None:
        """Painted again when an angle has changed by about half a degree, which is what can be seen."""
        self._pose = pose
        angles = (pose.roll_deg, pose.pitch_deg, pose.heading_deg) if pose is not None else ()
        shown = tuple(round(2.0 * angle) for angle in angles)
        if shown != self._shown:
            self._shown = shown
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(self.width() // 2, self.height() // 2)
            radius = min(self.width(), self.height()) / 2.0 - 4.0
            self._paint_horizon(painter, radius - 24.0)
            self._paint_ring(painter, radius)
            self._paint_wings(painter)

    def _paint_horizon(self, painter: QPainter, radius: float) -> None:
        theme, pose = self._look.theme, self._pose
        window = QRectF(-radius, -radius, 2.0 * radius, 2.0 * radius)
        painter.setPen(Qt.PenStyle.NoPen)
        if pose is None:
            painter.setBrush(theme.colour("raised"))
            painter.drawEllipse(window)
        else:
            painter.save()
            painter.rotate(-pose.roll_deg)
            below = min(max(pose.pitch_deg * PIXELS_PER_DEGREE, -radius), radius)  # the horizon under the middle
            right = math.degrees(math.asin(below / radius))
            painter.setBrush(theme.colour("accent", 120))
            sky = 180.0 + 2.0 * right
            painter.drawChord(window, round(-right * CHORD_UNITS), round(sky * CHORD_UNITS))
            painter.setBrush(theme.colour("warn", 80))
            painter.drawChord(window, round((180.0 + right) * CHORD_UNITS), round((360.0 - sky) * CHORD_UNITS))
            painter.setPen(QPen(theme.colour("text", 210), 1.2))
            painter.drawLines(self._pitch_lines(pose.pitch_deg, radius))
            painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("line"), 1.5))
        painter.drawEllipse(window)

    @staticmethod
    def _pitch_lines(pitch_deg: float, radius: float) -> list[QLineF]:
        """The horizon all across and a mark every 10 degrees, each cut to the round window."""
        lines = []
        for mark in range(-40, 41, 10):
            y = (pitch_deg - mark) * PIXELS_PER_DEGREE
            if abs(y) < radius:
                half = radius if mark == 0 else 22.0 if mark % 20 == 0 else 12.0
                half = min(half, math.sqrt(radius**2 - y**2))
                lines.append(QLineF(-half, y, half, y))
        return lines

    def _paint_ring(self, painter: QPainter, radius: float) -> None:
        theme = self._look.theme
        heading_deg = self._pose.heading_deg if self._pose is not None else 0.0
        for mark, letter in COMPASS.items():
            at = _on_circle(mark - heading_deg, radius - 10.0)
            box = QRect(round(at.x()) - 14, round(at.y()) - 8, 28, 16)
            self._letters.stamp(painter, box, letter, theme.colour("text" if mark % 90 == 0 else "muted"))
        painter.setPen(QPen(theme.colour("muted", 130), 1))
        outwards = [_on_circle(mark - heading_deg, 1.0) for mark in TICKS_DEG]
        painter.drawLines([QLineF(out * (radius - 13.0), out * (radius - 7.0)) for out in outwards])
        painter.setBrush(theme.colour("accent"))
        painter.setPen(Qt.PenStyle.NoPen)
        top = -radius + 19.0
        painter.drawPolygon(QPolygonF([QPointF(0, top), QPointF(-5, top + 9), QPointF(5, top + 9)]))

    def _paint_wings(self, painter: QPainter) -> None:
        painter.setPen(QPen(self._look.theme.colour("text"), 2.2))
        painter.drawLines([QLineF(-34, 0, -12, 0), QLineF(12, 0, 34, 0)])
        painter.drawPoint(QPointF(0, 0))


def _on_circle(clockwise_deg: float, radius: float) -> QPointF:
    angle = math.radians(clockwise_deg - 90.0)
    return QPointF(math.cos(angle) * radius, math.sin(angle) * radius)

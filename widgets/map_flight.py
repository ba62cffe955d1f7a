"""What flies and where it may and shall go: vehicle, trail, readings, pattern, fence, goal; painted, GUI thread."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.mission import SearchPlan
from app.domain.radio import Reading
from app.domain.safety import SafetyLimits
from app.domain.vehicle import Telemetry
from widgets.colour_map import rgb_table
from widgets.map_projection import Projection
from widgets.map_shapes import path_of, polygon_of
from widgets.theme import Theme, figure_font

STEPS = 12  # colours a level is shown in
LEAST_SPAN_DB = 15.0
VEHICLE = ((0, -13), (8.5, 10), (0, 5.5), (-8.5, 10))  # pixels, nose up


class Trail:
    """Where the vehicle was, thinned to ``most`` positions by taking every second one whenever it is full."""

    def __init__(self, most: int = 5_000) -> None:
        self._positions = np.empty((most, 2))
        self._count = 0

    def add(self, position: LatLon) -> None:
        if self._count == len(self._positions):
            kept = self._positions[::2].copy()
            self._positions[: len(kept)] = kept
            self._count = len(kept)
        self._positions[self._count] = position.lat_deg, position.lon_deg
        self._count += 1

    def clear(self) -> None:
        self._count = 0

    def paint(self, painter: QPainter, projection: Projection, theme: Theme) -> None:
        if self._count > 1:
            lat, lon = self._positions[: self._count].T
            painter.setPen(QPen(theme.colour("track", 150), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path_of(projection.pixels(lat, lon)))


class HeardTrail:
    """Readings as dots along the trail, coloured by level; what was not heard is hollow."""

    def __init__(self) -> None:
        self._table = rgb_table("viridis")
        self._values = np.empty((0, 4))  # latitude, longitude, power dB, heard
        self.low_db, self.high_db = 0.0, 0.0

    def set(self, readings: Sequence[Reading]) -> None:
        """Show these readings and no others."""
        rows = [(r.lat_deg, r.lon_deg, r.level.power_db, float(r.level.heard)) for r in readings]
        self._values = np.array(rows, float).reshape(-1, 4)
        self._fit()

    def add(self, readings: Sequence[Reading], most: int = 4_000) -> None:
        rows = np.array([(r.lat_deg, r.lon_deg, r.level.power_db, float(r.level.heard)) for r in readings], float)
        self._values = np.concatenate([self._values, rows.reshape(-1, 4)])
        if len(self._values) > most:
            self._values = self._values[::2]
        self._fit()

    @property
    def any_heard(self) -> bool:
        return bool(self._values[:, 3].any())

    def colour(self, share: float) -> QColor:
        red, green, blue = self._table[round(min(max(share, 0.0), 1.0) * (len(self._table) - 1))].tolist()
        return QColor(red, green, blue)

    def paint(self, painter: QPainter, projection: Projection, theme: Theme) -> None:
        if not len(self._values):
            return
        pixels = projection.pixels(self._values[:, 0], self._values[:, 1])
        heard = self._values[:, 3] > 0.0
        painter.setPen(QPen(theme.colour("muted", 120), 2.5, c=Qt.PenCapStyle.RoundCap))
        painter.drawPoints(polygon_of(pixels[~heard]))
        share = (self._values[:, 2] - self.low_db) / max(self.high_db - self.low_db, 1.0)
        step = np.clip(share * STEPS, 0, STEPS - 1).astype(int)
        for number in range(STEPS):
            here = pixels[heard & (step == number)]
            if len(here):
                painter.setPen(QPen(self.colour((number + 0.5) / STEPS), 6.5, c=Qt.PenCapStyle.RoundCap))
                painter.drawPoints(polygon_of(here))

    def paint_legend(self, painter: QPainter, projection: Projection, theme: Theme) -> None:
        """A bar of the colours with its levels, lower right."""
        if not self.any_heard:
            return
        width, left, top = 96.0, projection.width - 146.0, projection.height - 44.0
        for number in range(STEPS):
            box = QRectF(left + number * width / STEPS, top, width / STEPS + 1, 7)
            painter.fillRect(box, self.colour((number + 0.5) / STEPS))
        painter.setFont(figure_font(7.5))
        painter.setPen(theme.colour("text"))
        text = QRectF(left - 40, top - 16, width + 80, 14)
        painter.drawText(text, Qt.AlignmentFlag.AlignCenter, f"{self.low_db:.0f}   RSSI dB   {self.high_db:.0f}")

    def _fit(self) -> None:
        heard: NDArray[np.float64] = self._values[self._values[:, 3] > 0.0, 2]
        if len(heard):
            self.low_db, self.high_db = (float(v) for v in np.percentile(heard, (2.0, 98.0)))
            self.low_db = min(self.low_db, self.high_db - LEAST_SPAN_DB)


def paint_plan(painter: QPainter, projection: Projection, plan: SearchPlan, leg: int, theme: Theme) -> None:
    """Legs flown thin, the leg being flown strong, legs to come dashed; each waypoint a dot."""
    pixels = projection.pixels([w.lat_deg for w in plan.waypoints], [w.lon_deg for w in plan.waypoints])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for number in range(1, len(pixels)):
        if number < leg:
            pen = QPen(theme.colour("muted", 90), 1)
        elif number == leg:
            pen = QPen(theme.colour("accent"), 2)
        else:
            pen = QPen(theme.colour("accent", 150), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(*pixels[number - 1]), QPointF(*pixels[number]))
    painter.setPen(QPen(theme.colour("accent", 190), 4, c=Qt.PenCapStyle.RoundCap))
    painter.drawPoints(polygon_of(pixels))


def paint_limits(
    painter: QPainter, projection: Projection, limits: SafetyLimits, home: LatLon | None, theme: Theme
) -> None:
    """The fence (circle round home and polygon) and the no-fly areas."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour("warn", 200), 1.3, Qt.PenStyle.DashDotLine))
    if home is not None:
        plane = LocalPlane(home)
        edge = plane.to_globe(EastNorth(limits.fence_radius_m, 0.0))
        x, y = projection.pixel(home)
        radius = abs(projection.pixel(edge)[0] - x)
        if radius < 20_000.0:
            painter.drawEllipse(QPointF(x, y), radius, radius)
    if len(limits.fence) > 2:
        painter.drawPolygon(polygon_of(projection.pixels(*_columns(limits.fence))))
    painter.setPen(QPen(theme.colour("bad"), 1.3))
    painter.setBrush(theme.colour("bad", 45))
    for area in limits.no_fly:
        if len(area) > 2:
            painter.drawPolygon(polygon_of(projection.pixels(*_columns(area))))


def _columns(ring: Sequence[LatLon]) -> tuple[list[float], list[float]]:
    return [corner.lat_deg for corner in ring], [corner.lon_deg for corner in ring]


def paint_home(painter: QPainter, projection: Projection, home: LatLon, theme: Theme) -> None:
    x, y = projection.pixel(home)
    painter.setPen(QPen(theme.colour("text"), 1.4))
    painter.setBrush(theme.colour("panel", 230))
    painter.drawEllipse(QPointF(x, y), 8.5, 8.5)
    painter.setFont(figure_font(8.0, bold=True))
    painter.drawText(QRectF(x - 9, y - 9, 18, 18), Qt.AlignmentFlag.AlignCenter, "H")


def paint_vehicle(painter: QPainter, projection: Projection, pose: Telemetry, armed: bool, theme: Theme) -> None:
    """An arrowhead along the heading; hollow while disarmed, with its height beside it."""
    x, y = projection.pixel(pose.position)
    painter.save()
    painter.translate(x, y)
    painter.rotate(pose.heading_deg)
    painter.setPen(QPen(theme.colour("window"), 4, j=Qt.PenJoinStyle.RoundJoin))
    shape = QPolygonF([QPointF(*corner) for corner in VEHICLE])
    painter.drawPolygon(shape)
    painter.setPen(QPen(theme.colour("accent"), 1.6, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(theme.colour("accent") if armed else theme.colour("panel"))
    painter.drawPolygon(shape)
    painter.restore()
    painter.setFont(figure_font(8.0))
    painter.setPen(theme.colour("text"))
    painter.drawText(QPointF(x + 15, y + 16), f"{pose.height_m:.0f} m")


def paint_goal(painter: QPainter, projection: Projection, start: LatLon | None, goal: LatLon, theme: Theme) -> None:
    """Where the vehicle is being sent, with the way there."""
    x, y = projection.pixel(goal)
    painter.setPen(QPen(theme.colour("simulation"), 1.5, Qt.PenStyle.DotLine))
    if start is not None:
        painter.drawLine(QPointF(*projection.pixel(start)), QPointF(x, y))
    painter.setPen(QPen(theme.colour("simulation"), 1.8))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF([QPointF(x, y - 8), QPointF(x + 8, y), QPointF(x, y + 8), QPointF(x - 8, y)]))

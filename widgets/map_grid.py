"""Metre grid, degrees, scale bar and north arrow of the map; GUI thread."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from widgets.figures import distance_text
from widgets.map_projection import Projection
from widgets.theme import Theme, figure_font

METRES_UP_TO = 60.0  # metres per pixel up to which the plane's metres are true enough to be drawn
LINE_PIXELS = 90.0
SCALE_PIXELS = 100  # at the foot of the map, taken by the scale bar and the arrow to north


def round_step(wanted: float) -> float:
    """The smallest of 1, 2, 5, 10, 20 ... not below ``wanted``."""
    ten = 10.0 ** math.floor(math.log10(wanted))
    return next(step * ten for step in (1.0, 2.0, 5.0, 10.0) if step * ten >= wanted * 0.999)


def paint_grid(painter: QPainter, projection: Projection, origin: LatLon, from_home: bool, theme: Theme) -> None:
    """Lines every round number of metres from ``origin``, numbered when that is home; degrees on small scales."""
    painter.setFont(figure_font(7.5))
    if projection.metres_per_pixel > METRES_UP_TO:
        _paint_degrees(painter, projection, theme)
        return
    plane = LocalPlane(origin)
    step_m = round_step(LINE_PIXELS * projection.metres_per_pixel)
    corners = [plane.to_plane(projection.position(x, y)) for x in (0, projection.width) for y in (0, projection.height)]
    low_east, high_east = min(c.east_m for c in corners), max(c.east_m for c in corners)
    low_north, high_north = min(c.north_m for c in corners), max(c.north_m for c in corners)
    if (high_east - low_east) / step_m > 100 or (high_north - low_north) / step_m > 100:
        return
    for east_m in np.arange(math.ceil(low_east / step_m), high_east / step_m) * step_m:
        x, _ = projection.pixel(plane.to_globe(EastNorth(float(east_m), high_north)))
        bold = from_home and abs(east_m) < 0.5
        painter.setPen(QPen(theme.colour("muted" if bold else "grid", 150), 1))
        painter.drawLine(QPointF(x, 0), QPointF(x, projection.height))
        if from_home:
            _number(painter, QPointF(x + 3, 11), f"{east_m:+.0f} E" if east_m else "home", theme)
    for north_m in np.arange(math.ceil(low_north / step_m), high_north / step_m) * step_m:
        _, y = projection.pixel(plane.to_globe(EastNorth(low_east, float(north_m))))
        bold = from_home and abs(north_m) < 0.5
        painter.setPen(QPen(theme.colour("muted" if bold else "grid", 150), 1))
        painter.drawLine(QPointF(0, y), QPointF(projection.width, y))
        if from_home and 30 < y < projection.height - SCALE_PIXELS:
            _number(painter, QPointF(4, y - 3), f"{north_m:+.0f} N" if north_m else "home", theme)


def _paint_degrees(painter: QPainter, projection: Projection, theme: Theme) -> None:
    pixel_deg = projection.equator_m / 111_319.49
    step = round_step(LINE_PIXELS * 1.5 * pixel_deg)
    half = projection.width / 2.0 * pixel_deg
    west = projection.centre.lon_deg - half
    for lon in np.arange(math.ceil(west / step), (west + 2.0 * half) / step) * step:
        x = projection.width / 2.0 + (lon - projection.centre.lon_deg) / pixel_deg
        painter.setPen(QPen(theme.colour("grid", 150), 1))
        painter.drawLine(QPointF(x, 0), QPointF(x, projection.height))
        _number(painter, QPointF(x + 3, 11), f"{(lon + 180.0) % 360.0 - 180.0:g}°", theme)
    top, bottom = projection.position(0, 0).lat_deg, projection.position(0, projection.height).lat_deg
    for lat in np.arange(math.ceil(bottom / step), top / step) * step:
        _, y = projection.pixels(lat, projection.centre.lon_deg)
        painter.setPen(QPen(theme.colour("grid", 150), 1))
        painter.drawLine(QPointF(0, y), QPointF(projection.width, y))
        if 30 < y < projection.height - SCALE_PIXELS:
            _number(painter, QPointF(4, y - 3), f"{lat:g}°", theme)


def _number(painter: QPainter, at: QPointF, text: str, theme: Theme) -> None:
    painter.setPen(theme.colour("muted", 170))
    painter.drawText(at, text)


def paint_scale(painter: QPainter, projection: Projection, theme: Theme) -> None:
    """A bar of a round length in the lower left corner, with the arrow to north above it."""
    length_m = round_step(70.0 * projection.metres_per_pixel)
    length = length_m / projection.metres_per_pixel
    left, bottom = 16.0, projection.height - 34.0
    painter.setPen(QPen(theme.colour("text"), 1.5))
    painter.drawPolyline(
        QPolygonF(
            [
                QPointF(left, bottom - 5),
                QPointF(left, bottom),
                QPointF(left + length, bottom),
                QPointF(left + length, bottom - 5),
            ]
        )
    )
    painter.setFont(figure_font(8.0))
    painter.drawText(
        QRectF(left, bottom - 20, length, 16), Qt.AlignmentFlag.AlignCenter, distance_text(length_m).replace(".00", "")
    )
    tip = QPointF(left + 8, bottom - 58)
    painter.setBrush(theme.colour("text"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(QPolygonF([tip, tip + QPointF(6, 16), tip + QPointF(0, 12), tip + QPointF(-6, 16)]))
    painter.setPen(theme.colour("text"))
    painter.drawText(QRectF(tip.x() - 10, tip.y() - 16, 20, 14), Qt.AlignmentFlag.AlignCenter, "N")

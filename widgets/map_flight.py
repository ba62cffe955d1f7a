"""What flies and where it may and shall go: vehicle, home, pattern, fence, goal; painted, GUI thread."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.mission import SearchPlan
from app.domain.safety import SafetyLimits
from app.domain.vehicle import Telemetry
from widgets.map_projection import Projection
from widgets.map_shapes import polygon_of
from widgets.theme import Theme, figure_font

VEHICLE = ((0, -13), (8.5, 10), (0, 5.5), (-8.5, 10))  # pixels, nose up
VEHICLE_PIXELS, GOAL_PIXELS = 70, 12  # painted on each side of the vehicle, with its height, and of a goal


def moving_area(projection: Projection, position: LatLon, goal: LatLon | None) -> QRect:
    """Where the vehicle is painted, with its goal and the way there."""
    at = QPointF(*projection.pixel(position))
    area = QRectF(at, at).adjusted(-VEHICLE_PIXELS, -VEHICLE_PIXELS, VEHICLE_PIXELS, VEHICLE_PIXELS)
    if goal is not None:
        way = QRectF(at, QPointF(*projection.pixel(goal))).normalized()
        area |= way.adjusted(-GOAL_PIXELS, -GOAL_PIXELS, GOAL_PIXELS, GOAL_PIXELS)
    return (area & QRectF(0, 0, projection.width, projection.height)).toAlignedRect()


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

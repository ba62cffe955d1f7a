"""What lies over the map's edge: the place under the cursor, and a hint while there is nothing to see; GUI thread."""

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter

from app.domain.geometry import bearing_deg, distance_m
from app.domain.vehicle import Telemetry
from widgets.figures import distance_text, position_text
from widgets.map_projection import Projection
from widgets.theme import Theme, figure_font

FOOT_PIXELS = 22


def under_cursor(projection: Projection, hover: QPointF | None, pose: Telemetry | None) -> str:
    """Coordinates of the place, with the way there from the vehicle; without a cursor, what can be done."""
    if hover is None:
        return "Drag to move, wheel to zoom, right click to fly there"
    position = projection.position(hover.x(), hover.y())
    text = position_text(position)
    if pose is not None and (away_m := distance_m(pose.position, position)) < 100_000.0:
        bearing = bearing_deg(pose.position, position)
        text += f"   {distance_text(away_m)} {bearing:03.0f}° from the vehicle"
    return text


def paint_foot(painter: QPainter, projection: Projection, text: str, theme: Theme) -> None:
    painter.setFont(figure_font(8.5))
    foot = QRect(0, projection.height - FOOT_PIXELS, projection.width, FOOT_PIXELS)
    painter.fillRect(foot, theme.colour("panel", 215))
    painter.setPen(theme.colour("text"))
    painter.drawText(foot.adjusted(12, 0, -12, 0), Qt.AlignmentFlag.AlignVCenter, text)


def paint_hint(painter: QPainter, projection: Projection, hint: str, theme: Theme) -> None:
    painter.setFont(figure_font(8.5))
    painter.setPen(theme.colour("text"))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    box = painter.fontMetrics().boundingRect(QRect(0, 0, projection.width - 60, 200), flags, hint)
    box.moveTop(38)
    painter.fillRect(box.adjusted(-12, -7, 12, 7), theme.colour("raised", 235))
    painter.drawText(box, flags, hint)

"""The SIMULATION badge painted over waterfall and map; GUI thread."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter

from widgets.theme import Theme, figure_font


def paint_badge(painter: QPainter, top_right: QPoint, theme: Theme) -> None:
    """Write SIMULATION in its box, the box's corner at ``top_right``."""
    painter.setFont(figure_font(8.0, bold=True))
    box = painter.fontMetrics().boundingRect("SIMULATION").adjusted(-7, -3, 7, 3)
    box.moveTopRight(top_right)
    painter.fillRect(box, theme.colour("simulation"))
    painter.setPen(theme.colour("window"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "SIMULATION")

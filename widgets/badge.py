"""The SIMULATION badge painted over waterfall and map; GUI thread."""

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QPainter

from widgets.stamps import Stamps
from widgets.theme import Theme, figure_font

WORD = "SIMULATION"


class Badge:
    def __init__(self) -> None:
        self._stamps = Stamps(figure_font(8.0, bold=True))

    def paint(self, painter: QPainter, top_right: QPoint, theme: Theme) -> None:
        """Write SIMULATION in its box, the box's corner at ``top_right``."""
        box = QRect(QPoint(0, 0), self._stamps.size(WORD) + QSize(14, 6))
        box.moveTopRight(top_right)
        self._stamps.stamp(painter, box, WORD, theme.colour("window"), theme.colour("simulation"))

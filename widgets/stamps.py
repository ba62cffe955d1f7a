"""Words painted again and again, each kept as a picture, whose blit costs a tenth of the text; GUI thread."""

from functools import lru_cache

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

CLEAR = QColor(0, 0, 0, 0)
DASH, GAP = 4, 3


@lru_cache(maxsize=100)
def _dashes(rgba: int, width: int, height: int) -> QPixmap:
    picture = QPixmap(width, height)
    picture.fill(CLEAR)
    with QPainter(picture) as painter:
        for at in range(0, max(width, height), DASH + GAP):
            dash = QRect(0, at, 1, DASH) if height > width else QRect(at, 0, DASH, 1)
            painter.fillRect(dash, QColor.fromRgba(rgba))
    return picture


def paint_dashed(painter: QPainter, line: QRect, colour: QColor) -> None:
    """A dashed line as a rectangle one pixel thin; Qt's own dashes cost ten times as much."""
    painter.drawPixmap(line.topLeft(), _dashes(colour.rgba(), line.width(), line.height()))


class Stamps:
    """Pictures of words in one font; at most ``most`` are kept."""

    def __init__(self, font: QFont, most: int = 100) -> None:
        self._font, self._most = font, most
        self._kept: dict[tuple[str, int, int, float], QPixmap] = {}

    def size(self, words: str) -> QSize:
        """Of the words alone."""
        metrics = QFontMetrics(self._font)
        return QSize(metrics.horizontalAdvance(words), metrics.height())

    def stamp(
        self,
        painter: QPainter,
        box: QRect,
        words: str,
        colour: QColor,
        ground: QColor = CLEAR,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignCenter,
    ) -> None:
        """Paint the words in the middle of ``box``, or where ``align`` says; the box is filled with ``ground``."""
        ratio = painter.device().devicePixelRatioF()
        key = (words, colour.rgba(), ground.rgba(), ratio)
        picture = self._kept.get(key)
        if picture is None or picture.deviceIndependentSize().toSize() != box.size():
            picture = self._kept[key] = self._painted(box.size(), ratio, words, colour, ground, align)
        painter.drawPixmap(box.topLeft(), picture)

    def _painted(
        self, size: QSize, ratio: float, words: str, colour: QColor, ground: QColor, align: Qt.AlignmentFlag
    ) -> QPixmap:
        if len(self._kept) >= self._most:
            self._kept.clear()
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(ground)
        with QPainter(picture) as painter:
            painter.setFont(self._font)
            painter.setPen(colour)
            painter.drawText(QRect(QPoint(0, 0), size), align, words)
        return picture

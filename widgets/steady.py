"""A label for text that changes many times a second; GUI thread."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

ENDLESS = 10_000
WRAPPED_WIDTH = 240  # wished for by text that may be broken into lines


class SteadyLabel(QLabel):
    """Plain text, painted without laying out the window anew unless it needs another height or more width.

    A ``QLabel`` has every layout up to the main window's made again for each text, 1-2 ms, and its neighbours dance.
    """

    def __init__(self, text: str = "", wrap: bool = False) -> None:
        super().__init__()
        self._text, self._colour = "", ""
        self._wide = 0  # asked for last
        self.setWordWrap(wrap)
        policy = self.sizePolicy()
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        self.setText(text)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        self.show_text(text, self._colour)

    def show_text(self, text: str, colour: str = "") -> None:
        """Say ``text``; ``colour`` (#rrggbb) instead of the style sheet's."""
        if (text, colour) == (self._text, self._colour):
            return
        width = self.width() if self.wordWrap() else ENDLESS
        before = self._size(width)
        self._text, self._colour = text, colour
        after = self._size(width)
        needs_less = not self.wordWrap() and after.width() < self._wide // 2
        if after.height() != before.height() or needs_less or (not self.wordWrap() and after.width() > self._wide):
            self.updateGeometry()
        self.setAccessibleName(text)
        self.update()

    def sizeHint(self) -> QSize:
        hint = self._size(ENDLESS)
        if self.wordWrap():
            return self._size(WRAPPED_WIDTH) if hint.width() > WRAPPED_WIDTH else hint
        self._wide = hint.width()
        return hint

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height()) if self.wordWrap() else self.sizeHint()

    def heightForWidth(self, width: int) -> int:
        return self._size(width).height() if self.wordWrap() else -1

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with QPainter(self) as painter:
            painter.setPen(QColor(self._colour) if self._colour else self.palette().color(self.foregroundRole()))
            painter.drawText(self.contentsRect(), self._flags(), self._text)

    def _flags(self) -> int:
        return self.alignment().value | (Qt.TextFlag.TextWordWrap.value if self.wordWrap() else 0)

    def _size(self, width: int) -> QSize:
        """What the text takes when it may be ``width`` pixels wide, with the style sheet's margins."""
        margins = self.contentsMargins()
        across, down = margins.left() + margins.right(), margins.top() + margins.bottom()
        metrics = self.fontMetrics()
        if not self.wordWrap():
            return QSize(metrics.horizontalAdvance(self._text) + across, metrics.height() + down)
        room = QRect(0, 0, max(width - across, 1), ENDLESS)
        return metrics.boundingRect(room, self._flags(), self._text).size() + QSize(across, down)

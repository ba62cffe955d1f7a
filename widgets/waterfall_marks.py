"""Lines of time, marks of lost samples and what is under the cursor, over the rows of a waterfall; GUI thread."""

from collections import deque

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter

from app.ring import Rows, SpectrumRing
from widgets.figures import clock_text
from widgets.stamps import Stamps
from widgets.theme import DARK, Theme, figure_font
from widgets.waterfall_image import LOST

TIME_STEPS_S = (1, 2, 5, 10, 30, 60, 300, 600)
LINE_EVERY = 60  # rows between two lines of time, about


class RowMarks:
    """Remembers at which of the rows shown a line of time begins and where samples are missing."""

    def __init__(self) -> None:
        self._times = Stamps(figure_font(7.5))
        self._row = 0  # rows shown since the start
        self._newest_s = 0.0
        self._lines: deque[tuple[int, str]] = deque(maxlen=200)
        self._lost: deque[tuple[int, str]] = deque(maxlen=200)

    @property
    def rows(self) -> int:
        return self._row

    def note(self, rows: Rows, ring: SpectrumRing) -> None:
        """Count ``rows``, which were just taken from ``ring``."""
        first = max(rows.mark - LINE_EVERY, 0)
        oldest = ring.since(first, until=first + 1)
        took_s = float(rows.time_s[-1] - oldest.time_s[0]) if len(oldest.time_s) else 1.0
        step_s = next((step for step in TIME_STEPS_S if step >= took_s), TIME_STEPS_S[-1])
        for index, time_s in enumerate(rows.time_s.tolist()):
            self._row += 1
            if self._newest_s and time_s // step_s != self._newest_s // step_s:
                self._lines.append((self._row, clock_text(time_s)))
            self._newest_s = time_s
            if rows.lost_before[index]:
                self._lost.append((self._row, f"{int(rows.lost_before[index])} samples lost"))

    def paint(self, painter: QPainter, picture: QRect, theme: Theme) -> None:
        """Write the times left of ``picture``, lines and losses over it."""
        shown = [(self._row - row, text) for row, text in self._lines if self._row - row <= picture.height()]
        line, colour = DARK.colour("text", 38), theme.colour("muted")
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for y, text in shown:
            painter.fillRect(picture.left(), y, picture.width(), 1, line)  # a tenth of what a line costs
            self._times.stamp(painter, QRect(0, y - 8, picture.left() - 5, 16), text, colour, align=right)
        lost = [(self._row - row, words) for row, words in self._lost if self._row - row <= picture.height()]
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for y, words in lost:
            box = QRect(picture.left() + 18, y - 8, 200, 16)
            self._times.stamp(painter, box, words, QColor(LOST), align=left)


def paint_tip(painter: QPainter, picture: QRect, at: QPoint, text: str, theme: Theme) -> None:
    """What is under the cursor at ``at``, in words beside it and within the picture."""
    painter.setFont(figure_font(8.5))
    box = painter.fontMetrics().boundingRect(text).adjusted(-6, -3, 6, 3)
    left = min(at.x() + 10, picture.right() - box.width())
    box.moveTo(max(left, picture.left()), max(at.y() - box.height() - 6, picture.top()))
    painter.fillRect(box, theme.colour("raised", 235))
    painter.setPen(theme.colour("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

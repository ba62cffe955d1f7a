"""The picture of a stretch of a flight's waterfall, with UTC times and frequencies; GUI thread."""

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.waterfall import Stretch
from widgets.badge import Badge
from widgets.figures import clock_text, frequency_text, level_text
from widgets.flight_lines import Line, lines_of
from widgets.frequency_view import FrequencyView
from widgets.spectrum_axes import Scale, paint_frequencies
from widgets.stamps import Stamps
from widgets.theme import DARK, Look, figure_font
from widgets.waterfall import GUTTER
from widgets.waterfall_image import WaterfallImage
from widgets.waterfall_marks import TIME_STEPS_S, paint_tip

BELOW = 20  # for the frequencies
LINE_EVERY = 60  # pixels between two times, about
WHEEL_LINES = 40  # of one notch
LONGER_STEPS_S = (*TIME_STEPS_S, 1800, 3600, 7200, 21_600)


class FlightCanvas(QWidget):
    """Newest line on top. ``scrolled`` gives lines to go back by, ``resized`` comes with another height."""

    scrolled = Signal(int)
    resized = Signal()

    def __init__(self, view: FrequencyView, look: Look) -> None:
        super().__init__()
        self._view, self._look = view, look
        self.image = WaterfallImage(1, 1)
        self.simulated = False
        self.empty = ""  # what is said instead of a picture
        self.until_s, self.step_s = 0.0, 1.0
        self._stretches: tuple[Stretch, ...] = ()
        self._lines: list[Line | None] = []
        self._hover: QPoint | None = None
        self._dragged: QPoint | None = None
        self._times, self._badge = Stamps(figure_font(7.5)), Badge()
        self.setMouseTracking(True)
        self.setMinimumSize(220, 90)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        view.changed.connect(self.redraw)
        look.changed.connect(self.update)

    @property
    def height_lines(self) -> int:
        return max(self.height() - BELOW, 1)

    @property
    def lines(self) -> tuple[Line | None, ...]:
        """What is shown, newest first."""
        return tuple(self._lines)

    def show_stretches(self, stretches: tuple[Stretch, ...], until_s: float, step_s: float) -> None:
        """Show what there is of the ``height_lines`` times ``step_s`` before ``until_s``."""
        self._stretches, self.until_s, self.step_s = stretches, until_s, step_s
        self._lines = lines_of(stretches, until_s, step_s, self.height_lines)
        newest = next((line for line in self._lines if line is not None), None)
        if newest is not None:
            self._view.set_band(newest.centre_hz, newest.rate_hz)
        self.redraw()

    @Slot()
    def redraw(self) -> None:
        """Colour the lines anew."""
        self.image.low_hz, self.image.high_hz = self._view.low_hz, self._view.high_hz
        self.image.clear()
        for line in reversed(self._lines):
            if line is None:
                self.image.skip()
            else:
                self.image.add(line.rows)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with QPainter(self) as painter:
            self._paint(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        del event
        self.image.resize(round(self._picture().width() * self.devicePixelRatioF()), self.height_lines)
        self.resized.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120.0
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._view.zoom(0.8**notches, self._hz(event.position().x()))
        else:
            self.scrolled.emit(round(-notches * WHEEL_LINES))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._hover = event.position().toPoint()
        if self._dragged is not None:
            by, self._dragged = at - self._dragged, at
            self._view.pan(-by.x() * self._view.span_hz / max(self._picture().width(), 1))
            self.scrolled.emit(-by.y())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = None

    def leaveEvent(self, event: QEvent) -> None:
        del event
        self._hover = None
        self.update()

    def _picture(self) -> QRect:
        return self.rect().adjusted(GUTTER, 0, 0, -BELOW)

    def _hz(self, x: float) -> float:
        return self._view.low_hz + (x - GUTTER) / max(self._picture().width(), 1) * self._view.span_hz

    def _paint(self, painter: QPainter) -> None:
        theme, picture = self._look.theme, self._picture()
        painter.fillRect(self.rect(), theme.colour("panel"))
        self.image.paint(painter, picture)
        if self.empty:
            painter.fillRect(picture, theme.colour("field"))
            painter.setPen(theme.colour("muted"))
            painter.drawText(picture, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty)
            return
        self._paint_times(painter, picture)
        painter.setFont(self.font())
        scale = Scale(
            picture.left(), 0, picture.width(), picture.height(), self._view.low_hz, self._view.high_hz, -1.0, 0.0
        )
        paint_frequencies(painter, scale, theme)
        if self._hover is not None and picture.contains(self._hover):
            self._paint_hover(painter, picture, self._hover)
        if self.simulated:
            self._badge.paint(painter, picture.topRight() + QPoint(-8, 8), theme)

    def _paint_times(self, painter: QPainter, picture: QRect) -> None:
        line, colour = DARK.colour("text", 38), self._look.theme.colour("muted")
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        step_s = next((step for step in LONGER_STEPS_S if step >= LINE_EVERY * self.step_s), LONGER_STEPS_S[-1])
        time_s = self.until_s // step_s * step_s
        while (y := round((self.until_s - time_s) / self.step_s)) < picture.height():
            painter.fillRect(picture.left(), y, picture.width(), 1, line)
            self._times.stamp(painter, QRect(0, y - 8, GUTTER - 5, 16), clock_text(time_s), colour, align=right)
            time_s -= step_s

    def _paint_hover(self, painter: QPainter, picture: QRect, at: QPoint) -> None:
        painter.setPen(QPen(DARK.colour("text", 120), 1))
        painter.drawLine(at.x(), picture.top(), at.x(), picture.bottom())
        painter.drawLine(picture.left(), at.y(), picture.right(), at.y())
        hz, line = self._hz(at.x()), self._lines[at.y()] if at.y() < len(self._lines) else None
        heard = level_text(line.level_dbfs(hz), None) if line is not None else "nothing received"
        text = f"{clock_text(self.until_s - at.y() * self.step_s)} UTC  {frequency_text(hz)}  {heard}"
        paint_tip(painter, picture, at, text, self._look.theme)

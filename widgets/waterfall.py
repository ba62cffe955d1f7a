"""The waterfall: rows pulled from the spectrum ring thirty times a second; GUI thread."""

import math

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.radio import Targets
from app.ring import Rows, SpectrumRing
from widgets.badge import Badge
from widgets.figures import frequency_text, level_text
from widgets.frequency_view import FrequencyView
from widgets.stamps import paint_dashed
from widgets.theme import DARK, Look
from widgets.waterfall_image import WaterfallImage
from widgets.waterfall_marks import RowMarks, paint_tip

FRAME_MS = 33
GUTTER = 58  # for the times; the spectrum's axis is as wide
CLICK_PIXELS = 4
IDLE_FRAMES = 3


class WaterfallView(QWidget):
    """Newest row on top; what is drawn over the rows is light in every theme, for they are dark.

    ``picked`` is a click, ``asked`` a right click, both with the frequency in Hz.
    """

    picked = Signal(float)
    asked = Signal(float, QPoint)
    framed = Signal(object)  # Rows that came with this frame
    painted = Signal()

    def __init__(self, ring: SpectrumRing, view: FrequencyView, look: Look) -> None:
        super().__init__()
        self._ring, self._view, self._look = ring, view, look
        self.image = WaterfallImage(1, 1)
        self.automatic = True
        self.simulated = False
        self.dbm_offset_db: float | None = None  # what makes dBm of dBFS; None: not calibrated
        self._mark = ring.mark
        self._targets = Targets((), "")
        self._marks, self._badge = RowMarks(), Badge()
        self._hover: QPoint | None = None
        self._pressed: QPoint | None = None
        self._dragged_from = 0.0
        self._newest: Rows | None = None
        self._idle = IDLE_FRAMES
        self.setMouseTracking(True)
        self.setMinimumSize(220, 90)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        view.changed.connect(self._recolour)
        look.changed.connect(self.update)
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)
        self._timer.start()

    @Slot()
    def pull(self) -> None:
        """Take the rows written since the last frame and show them."""
        rows = self._ring.since(self._mark, self.image.height)
        if not len(rows.time_s):
            self._idle += 1
            if self._idle <= IDLE_FRAMES:
                self.update()  # rows come as often as frames, now none, now two at once: the pace stays even
            return
        self._idle = 0
        self._newest = rows
        self._view.set_band(float(rows.centre_hz[-1]), float(rows.rate_hz[-1]))  # may colour the rows up to the mark
        self._mark = rows.mark
        if self.automatic:
            self.image.follow(rows.power_dbfs[-1], at_once=not self._marks.rows)
        self._marks.note(rows, self._ring)
        self.image.add(rows)
        self.framed.emit(rows)
        self.update()

    @Slot(object)
    def set_targets(self, targets: Targets) -> None:
        self._targets = targets
        self.update()

    def set_range(self, floor_db: float, top_db: float) -> None:
        """Fix the levels of the first and last colour by hand, dBFS per bin."""
        self.automatic = False
        self.image.floor_db, self.image.top_db = floor_db, max(top_db, floor_db + 3.0)
        self._recolour()

    def set_colours(self, name: str) -> None:
        self.image.set_colours(name)
        self._recolour()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with QPainter(self) as painter:  # ends the painter also when painting fails, or Qt would crash
            self._paint(painter)
        self.painted.emit()

    def _paint(self, painter: QPainter) -> None:
        theme = self._look.theme
        picture = self._picture()
        painter.fillRect(0, 0, GUTTER, self.height(), theme.colour("panel"))
        self.image.paint(painter, picture)
        if self._newest is None:
            painter.setPen(theme.colour("muted"))
            text = "No spectrum yet.\nConnect a receiver with the button above."
            painter.fillRect(picture, theme.colour("field"))
            painter.drawText(picture, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
            return
        self._marks.paint(painter, picture, theme)
        self._paint_targets(painter, picture)
        if self._hover is not None:
            self._paint_hover(painter, picture)
        if self.simulated:
            self._badge.paint(painter, picture.topRight() + QPoint(-8, 8), theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        del event
        width = round(self._picture().width() * self.devicePixelRatioF())
        self.image.resize(width, self._picture().height())
        self._recolour()

    def wheelEvent(self, event: QWheelEvent) -> None:
        factor = 0.8 ** (event.angleDelta().y() / 120.0)
        self._view.zoom(factor, self._hz(event.position().x()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self._dragged_from = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position().toPoint()
        if self._pressed is not None and self._moved(event):
            pixel_hz = self._view.span_hz / max(self._picture().width(), 1)
            self._view.pan((self._dragged_from - event.position().x()) * pixel_hz)
            self._dragged_from = event.position().x()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._pressed is not None:
            clicked = not self._moved(event) and self._view.known
            self._pressed = None
            if clicked and event.position().x() >= GUTTER:
                self.picked.emit(self._hz(event.position().x()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the second click of two is no second order

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._view.known:
            self.asked.emit(self._hz(event.pos().x()), event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        del event
        self._hover = None
        self.update()

    def _moved(self, event: QMouseEvent) -> bool:
        return (
            self._pressed is not None and (event.position().toPoint() - self._pressed).manhattanLength() >= CLICK_PIXELS
        )

    def _picture(self) -> QRect:
        return self.rect().adjusted(GUTTER, 0, 0, 0)

    def _hz(self, x: float) -> float:
        return self._view.low_hz + (x - GUTTER) / max(self._picture().width(), 1) * self._view.span_hz

    def _x(self, hz: float) -> int:
        return GUTTER + round((hz - self._view.low_hz) / self._view.span_hz * self._picture().width())

    @Slot()
    def _recolour(self) -> None:
        """Colour again what is in the ring: span, levels, colours or size have changed."""
        self.image.low_hz, self.image.high_hz = self._view.low_hz, self._view.high_hz
        self.image.clear()
        self.image.add(self._ring.since(max(self._mark - self.image.height, 0), until=self._mark))
        self.update()

    def _paint_targets(self, painter: QPainter, picture: QRect) -> None:
        painter.setClipRect(picture)
        for target in self._targets.all:
            chosen = target.id == self._targets.selected_id
            colour = DARK.colour("good" if chosen else "text", 170)
            for side in (-0.5, 0.5):
                x = self._x(target.frequency_hz + side * target.bandwidth_hz)
                paint_dashed(painter, QRect(x, picture.top(), 1, picture.height()), colour)
        painter.setClipping(False)

    def _paint_hover(self, painter: QPainter, picture: QRect) -> None:
        hover = self._hover
        if hover is None or self._newest is None or not picture.contains(hover):
            return
        painter.setPen(QPen(DARK.colour("text", 120), 1))
        painter.drawLine(hover.x(), picture.top(), hover.x(), picture.bottom())
        text = f"{frequency_text(self._hz(hover.x()))}  {level_text(self._level(hover), self.dbm_offset_db)}"
        paint_tip(painter, picture, hover, text, self._look.theme)

    def _level(self, at: QPoint) -> float:
        """Level of the row and bin under the cursor, dBFS; not a number where nothing was heard."""
        rows = self._ring.since(max(self._mark - at.y() - 1, 0), until=self._mark - at.y())
        if not len(rows.time_s):
            return math.nan
        low_hz = float(rows.centre_hz[0] - rows.rate_hz[0] / 2.0)
        index = int((self._hz(at.x()) - low_hz) / float(rows.rate_hz[0]) * self._ring.bins)
        return float(rows.power_dbfs[0, index]) if 0 <= index < self._ring.bins else math.nan

"""A handle to be drawn all the way to the right: the second of two deliberate steps; GUI thread."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme import Look

DONE = 0.95  # share of the way that counts as all of it
KEY_STEP = 0.125


class ConfirmSlider(QWidget):
    """Emits ``confirmed`` when drawn to its end by mouse, or by the right arrow key pressed again and again.

    Let go on the way, the handle goes back; a click alone does nothing.
    """

    confirmed = Signal()

    def __init__(self, text: str, look: Look) -> None:
        super().__init__()
        self._text, self._look = text, look
        self._share = 0.0
        self._held_at: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(text)
        self.setToolTip("Draw the handle to the right end, or press the right arrow key until it is there")
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, 40)

    def reset(self) -> None:
        self._share, self._held_at = 0.0, None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = self._look.theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            whole = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.setPen(QPen(theme.colour("accent" if self.hasFocus() else "line"), 1.2))
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(whole, 8, 8)
            handle = self._handle()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("simulation", 90))
            painter.drawRoundedRect(QRectF(whole.topLeft(), handle.bottomRight()), 8, 8)
            painter.setPen(theme.colour("text"))
            painter.drawText(whole.adjusted(handle.width(), 0, 0, 0), Qt.AlignmentFlag.AlignCenter, self._text)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("simulation"))
            painter.drawRoundedRect(handle, 7, 7)
            painter.setPen(QPen(theme.colour("window"), 2.2))
            middle = handle.center()
            for shift in (-5.0, 3.0):
                tip = middle + QPointF(shift + 4, 0)
                painter.drawPolyline(QPolygonF([tip + QPointF(-5, -6), tip, tip + QPointF(-5, 6)]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._handle().contains(event.position()):
            self._held_at = event.position().x() - self._handle().left()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held_at is not None:
            way = max(self.width() - self._handle().width(), 1.0)
            self._go((event.position().x() - self._held_at) / way)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        del event
        self._held_at = None
        if self._share >= DONE:
            self.confirmed.emit()
        self.reset()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Right and not event.isAutoRepeat():
            self._go(self._share + KEY_STEP)
            if self._share >= DONE:
                self.reset()
                self.confirmed.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.reset()
        super().focusOutEvent(event)

    def _go(self, share: float) -> None:
        self._share = min(max(share, 0.0), 1.0)
        self.update()

    def _handle(self) -> QRectF:
        side = self.height() - 6.0
        wide = side * 1.35
        return QRectF(3.0 + self._share * (self.width() - wide - 6.0), 3.0, wide, side)

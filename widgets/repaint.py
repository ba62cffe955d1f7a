"""Gathers what of a widget has changed and has it painted a few times a second; GUI thread."""

from PySide6.QtCore import QObject, QRect, Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget


class Repaint(QObject):
    """Any number of changes make one painting of all that they touch."""

    def __init__(self, widget: QWidget, interval_ms: int) -> None:
        super().__init__(widget)
        self._widget = widget
        self._area = QRect()
        self._timer = QTimer(self, interval=interval_ms, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._paint)

    def whole(self) -> None:
        self.part(self._widget.rect())

    def part(self, area: QRect) -> None:
        if area.isEmpty():
            return
        self._area = self._area.united(area)
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _paint(self) -> None:
        area, self._area = self._area, QRect()
        self._widget.update(area)

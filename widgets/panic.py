"""Esc Esc anywhere in the program is the emergency stop; GUI thread."""

import time

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

WITHIN_S = 1.0
PASSED_ON_S = 0.15


class EscEsc(QObject):
    """Watches every key of the program, so that no dialog and no text field can keep the stop from working.

    Install it on the application. One press reaches several widgets, so another only counts after a release, or
    after the time in which a press is passed on (should the release have gone to another program).
    """

    pressed_twice = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._released = True
        self._last_s = float("-inf")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        del watched
        if isinstance(event, QKeyEvent) and not event.isAutoRepeat() and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self._press()
            elif event.type() == QEvent.Type.KeyRelease:
                self._released = True
        return False

    def _press(self) -> None:
        now_s = time.monotonic()
        since_s = now_s - self._last_s
        if not self._released and since_s < PASSED_ON_S:
            return
        self._released = False
        if since_s <= WITHIN_S:
            self._last_s = float("-inf")
            self.pressed_twice.emit()
        else:
            self._last_s = now_s

"""Opens the window on a running station and runs the one loop of Qt and asyncio until it is closed; GUI thread."""

import asyncio
import gc
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import qasync
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from app.services.station import Station
from widgets.bridge import Bridge, Notice, Severity
from widgets.window import MainWindow

log = logging.getLogger(__name__)


class _Session(QObject):
    """One opening of the window: its end, its screenshot, its errors."""

    def __init__(self, window: MainWindow, bridge: Bridge, finished: "asyncio.Future[int]") -> None:
        super().__init__()
        self._window, self._bridge, self._finished = window, bridge, finished
        self._screenshot: Path | None = None
        window.closed.connect(self._end)

    def end_after(self, seconds: float, screenshot: Path | None) -> None:
        self._screenshot = screenshot
        QTimer.singleShot(round(seconds * 1000.0), self, self._leave)

    def show_bug(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """The excepthook: what no one caught is logged whole and shown as a fault."""
        if issubclass(kind, KeyboardInterrupt):
            self._window.leave()
            return
        log.critical("a fault in the program", exc_info=(kind, error, trace))
        text = f"{kind.__name__}: {error}. The log has it whole; the program goes on."
        self._bridge.notice.emit(Notice(Severity.ERROR, "A fault in the program", (text,)))

    @Slot()
    def _leave(self) -> None:
        code = 0
        if self._screenshot is not None and not self._window.grab().save(str(self._screenshot), "PNG"):
            log.error("the screenshot cannot be written to %s", self._screenshot)
            code = 1
        self._settle(code)
        self._window.leave()

    @Slot()
    def _end(self) -> None:
        self._settle(0)

    def _settle(self, code: int) -> None:
        if not self._finished.done():
            self._finished.set_result(code)


def run(
    station: Station, *, screenshot: Path | None, after_s: float | None, on_ready: Callable[[], None] | None = None
) -> int:
    """Show the window and return the exit code when it is closed.

    With ``after_s`` it closes by itself after so many seconds of true time, and first writes ``screenshot`` when there
    is one. ``on_ready`` is called in the GUI thread once the window is shown. The station is left running.
    """
    present = QApplication.instance()
    application = present if isinstance(present, QApplication) else QApplication(["kestrel"])
    application.setApplicationName("Kestrel")
    application.setStyle("Fusion")
    loop = qasync.QEventLoop(application)
    bridge = Bridge(station.bus, loop)
    window = MainWindow(station, bridge)
    finished: asyncio.Future[int] = loop.create_future()
    session = _Session(window, bridge, finished)
    if after_s is not None or screenshot is not None:
        session.end_after(after_s or 0.0, screenshot)
    if on_ready is not None:
        QTimer.singleShot(0, session, on_ready)
    hook, sys.excepthook = sys.excepthook, session.show_bug
    try:
        window.show()
        station.performance.usable()
        gc.freeze()  # or the collector halts every thread for 150 ms to look again at what stays until the end
        code: int = loop.run_until_complete(finished)
        return code
    finally:
        gc.unfreeze()
        sys.excepthook = hook
        bridge.close()
        window.deleteLater()
        loop.close()

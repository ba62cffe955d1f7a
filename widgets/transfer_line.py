"""How far a transfer has got, how it ended, and why it failed, in one line; GUI thread."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

from app.services.transfers import TransferService
from widgets.bridge import Bridge
from widgets.parts import dress
from widgets.theme import Look

SHOW_MS = 200
ResultT = TypeVar("ResultT")


class TransferLine(QWidget):
    """``busy`` says when a transfer begins and ends. ``slot`` names which of the service's transfers is shown."""

    busy = Signal(bool)

    def __init__(self, transfers: TransferService, slot: str, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._transfers, self._slot, self._bridge, self._look = transfers, slot, bridge, look
        self._what = ""
        self._colour = "muted"
        self._text = QLabel()
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(160)
        self._bar.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._bar)
        self._timer = QTimer(self, interval=SHOW_MS)
        self._timer.timeout.connect(self._show_progress)
        look.changed.connect(self._dress)

    @property
    def text(self) -> str:
        return self._text.text()

    def run(self, ask: "Callable[[], Future[ResultT]]", what: str, then: Callable[[ResultT], None]) -> None:
        """Give the order; ``then`` gets its result, what hinders it stays here to be read."""
        self._what = what
        self.tell(f"{what} …")
        self._bar.setRange(0, 0)
        self._bar.show()
        self._timer.start()
        self.busy.emit(True)

        def done(result: ResultT) -> None:
            self._end()
            then(result)

        self._bridge.order(ask, what, done, self._failed)

    def tell(self, text: str, colour: str = "muted") -> None:
        """Say how it is; ``colour`` names one of the theme."""
        self._colour = colour
        self._text.setText(text)
        self._text.setToolTip(text)
        self._dress()

    @Slot()
    def _show_progress(self) -> None:
        found = next((one for one in self._transfers.progress() if one.what == self._slot and one.total), None)
        if found is not None:
            self._bar.setRange(0, found.total)
            self._bar.setValue(found.done)
            self.tell(f"{self._what}: {found.done} of {found.total}")

    def _failed(self, why: str) -> None:
        self._end()
        self.tell(f"{self._what}: {why}", "bad")

    def _end(self) -> None:
        self._timer.stop()
        self._bar.hide()
        self.tell("")
        self.busy.emit(False)

    @Slot()
    def _dress(self) -> None:
        dress(self._text, f"color: {getattr(self._look.theme, self._colour)};")

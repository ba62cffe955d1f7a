"""Dialogs that ask for the address of a receiver or a vehicle and say what the trouble is; GUI thread."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFileDialog, QPushButton, QVBoxLayout, QWidget

from app.domain.radio import RadioState
from app.domain.vehicle import LinkState
from widgets.bridge import Bridge
from widgets.parts import muted


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a dialog asks for: its title, what addresses there are, examples, and how a recording's begins."""

    title: str
    text: str
    examples: tuple[str, ...]
    file_prefix: str


RADIO = Wiring(
    "Connect a receiver",
    "<b>rtl_tcp://host:port</b> a receiver on the network, as on a drone's companion computer<br>"
    "<b>rtlsdr:0</b> the first RTL-SDR on USB, <b>soapy:driver=…</b> a HackRF, Airspy, USRP …<br>"
    "<b>file:PATH</b> a recording: SigMF, WAV with I/Q, or raw cu8, cs8, ci16, cf32",
    ("rtl_tcp://127.0.0.1:1234", "rtlsdr:0"),
    "file:",
)
VEHICLE = Wiring(
    "Connect a vehicle",
    "<b>udpin:0.0.0.0:14550</b> wait for a vehicle or a telemetry bridge to send here (the usual way)<br>"
    "<b>tcp:host:5760</b> connect to a simulator or a bridge<br>"
    "<b>serial:DEVICE:BAUD</b> a telemetry radio or USB cable<br>"
    "<b>tlog:PATH</b> replay a recorded flight",
    ("udpin:0.0.0.0:14550", "tcp:127.0.0.1:5760", "serial:/dev/ttyACM0:57600", "serial:COM3:57600"),
    "tlog:",
)


class ConnectDialog(QDialog):
    """Stays open until the address works or the operator gives up; what went wrong is said below it.

    It lives as long as its panel, so that an answer that comes late finds it.
    """

    def __init__(
        self,
        parent: QWidget,
        bridge: Bridge,
        wire: Wiring,
        connect: "Callable[[str], Future[Any]]",
        above: QWidget | None = None,
    ) -> None:
        """``above``: what stands over the address, such as a list to choose one from."""
        super().__init__(parent)
        self.setWindowTitle(wire.title)
        self.setMinimumWidth(540)
        self._bridge, self._wire, self._connect = bridge, wire, connect
        self._address = QComboBox(editable=True)
        self._address.addItems(list(wire.examples))
        self._open = QPushButton("Recording …")
        self._answer = muted()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._go = buttons.addButton("Connect", QDialogButtonBox.ButtonRole.ActionRole)
        self._go.setObjectName("primary")
        self._go.setDefault(True)
        buttons.addButton(self._open, QDialogButtonBox.ButtonRole.ActionRole)
        self._go.clicked.connect(self._try)
        self._open.clicked.connect(self._choose_file)
        buttons.rejected.connect(self.reject)
        help_text = muted(wire.text)
        help_text.setTextFormat(Qt.TextFormat.RichText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        self._address.setFocus()
        for part in (above, help_text, self._address, self._answer, buttons):
            if part is not None:
                layout.addWidget(part)

    @property
    def answer(self) -> str:
        return self._answer.text()

    @Slot(str)
    def use(self, address: str) -> None:
        self._address.setEditText(address)

    @Slot(str)
    def try_now(self, address: str) -> None:
        """Connect to this one."""
        self.use(address)
        self._try()

    @Slot()
    def _try(self) -> None:
        address = self._address.currentText().strip()
        self._say(f"Connecting to {address} …", busy=True)
        self._bridge.order(lambda: self._connect(address), self._wire.title, self._connected, self._say)

    def _connected(self, state: RadioState | LinkState) -> None:
        if state.problem and not state.connected:
            self._say(state.problem)
            return
        self._say("")
        self.accept()

    def _say(self, text: str, busy: bool = False) -> None:
        self._answer.setText(text)
        self._go.setEnabled(not busy)

    @Slot()
    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Recording")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take_file)
        dialog.open()

    @Slot(str)
    def _take_file(self, path: str) -> None:
        self.use(f"{self._wire.file_prefix}{path}")

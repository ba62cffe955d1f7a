"""Dialogs that calibrate the receiver in use and keep it under a name; GUI thread."""

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QDoubleSpinBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.radio import RadioState
from app.services.profiles import LONGEST_ANTENNA
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge
from widgets.parts import muted

TONE = (
    "Connect a signal generator in place of the antenna and say what reaches the socket: its level less the cable's "
    "loss. The offset holds for this receiver near this frequency; repeat it at others. The profile in use keeps it."
)
KEEP = (
    "Address, sample rate, gain, switches, antenna and calibration are kept under this name, to be chosen again in "
    "“Connect …” or with --profile. One of the same name is replaced."
)


class AskingDialog(QDialog):
    """Fields and an answer below them; stays open until the station has done it or the operator gives up."""

    def __init__(self, parent: QWidget, bridge: Bridge, title: str, text: str, verb: str) -> None:
        """``ask``, set by whoever adds the fields, gives the order."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(440)
        self._bridge, self._title = bridge, title
        self.ask: Callable[[], Future[RadioState]] | None = None
        self.form = QFormLayout()
        self.answer = muted()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = buttons.addButton(verb, QDialogButtonBox.ButtonRole.ActionRole)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._try)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(muted(text))
        layout.addLayout(self.form)
        layout.addWidget(self.answer)
        layout.addWidget(buttons)

    @Slot()
    def _try(self) -> None:
        if self.ask is not None:
            self.go.setEnabled(False)
            self._bridge.order(self.ask, self._title, self._done, self._refused)

    def _done(self, state: RadioState) -> None:
        del state
        self.accept()

    def _refused(self, text: str) -> None:
        self.answer.setText(text)
        self.go.setEnabled(True)


def calibration_dialog(parent: QWidget, station: Station, bridge: Bridge, state: RadioState) -> AskingDialog:
    """Asks for the tone that comes in, and measures it."""
    dialog = AskingDialog(parent, bridge, "Calibrate the receiver", TONE, "Measure")
    chosen = station.targets.targets().selected
    level = QDoubleSpinBox(decimals=1, minimum=-150.0, maximum=50.0, value=-60.0, suffix=" dBm")
    mhz = QDoubleSpinBox(decimals=6, minimum=0.1, maximum=6000.0, suffix=" MHz")
    mhz.setValue((chosen.frequency_hz if chosen is not None else state.centre_hz + 0.125 * state.rate_hz) / 1e6)
    dialog.form.addRow("Level at the socket", level)
    dialog.form.addRow("Frequency of the tone", mhz)
    dialog.ask = lambda: station.profiles.calibrate(level.value(), mhz.value() * 1e6, OPERATOR)
    return dialog


def keep_dialog(parent: QWidget, station: Station, bridge: Bridge, state: RadioState) -> AskingDialog:
    """Asks for the name under which the receiver is kept."""
    dialog = AskingDialog(parent, bridge, "Keep the receiver as a profile", KEEP, "Keep")
    name = QLineEdit(state.profile, maxLength=59)
    antenna = QLineEdit(state.antenna, maxLength=LONGEST_ANTENNA)
    antenna.setPlaceholderText("For example: Yagi, 3 elements")
    dialog.form.addRow("Name", name)
    dialog.form.addRow("Antenna", antenna)
    dialog.ask = lambda: station.profiles.save(name.text().strip(), OPERATOR, antenna.text().strip())
    return dialog

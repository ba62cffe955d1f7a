"""How the station computes the spectrum: bins, window, averaging; part of a menu, GUI thread."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QPushButton, QSpinBox, QWidget

from app.domain.radio import RadioState, SpectrumSetup, Window
from app.services.radio import RadioService
from widgets.bridge import OPERATOR, Bridge

SIZES = tuple(1 << power for power in range(8, 17))


class SpectrumForm(QWidget):
    """Every change is an order to the station; what it then does comes back with its state."""

    def __init__(self, radio: RadioService, bridge: Bridge) -> None:
        super().__init__()
        self._radio, self._bridge = radio, bridge
        self.bins, self.kind = QComboBox(), QComboBox()
        for size in SIZES:
            self.bins.addItem(f"{size:,}".replace(",", "\u2009"), size)
        for kind in Window:
            self.kind.addItem(kind.value.capitalize(), kind)
        self.averaging = QSpinBox(minimum=1, maximum=1000, suffix=" rows")
        self.averaging.setKeyboardTracking(False)
        self.release = QPushButton("Hold peaks anew")
        form = QFormLayout(self)
        form.setContentsMargins(12, 8, 12, 8)
        form.addRow("Bins", self.bins)
        form.addRow("Window", self.kind)
        form.addRow("Average", self.averaging)
        form.addRow(self.release)
        self.show_state(radio.state())
        self.bins.activated.connect(self._order)
        self.kind.activated.connect(self._order)
        self.averaging.valueChanged.connect(self._order)
        self.release.clicked.connect(self._release)
        bridge.radio.connect(self.show_state)

    @Slot(object)
    def show_state(self, state: RadioState) -> None:
        setup = state.spectrum
        self.bins.setCurrentIndex(self.bins.findData(setup.bins))
        self.kind.setCurrentIndex(self.kind.findData(setup.window))
        self.averaging.blockSignals(True)
        self.averaging.setValue(setup.averaging)
        self.averaging.blockSignals(False)

    @Slot()
    def _order(self) -> None:
        setup = SpectrumSetup(self.bins.currentData(), Window(self.kind.currentData()), self.averaging.value())
        self._bridge.order(lambda: self._radio.set_spectrum(setup, OPERATOR), "Set the spectrum")

    @Slot()
    def _release(self) -> None:
        self._bridge.order(lambda: self._radio.release_hold(OPERATOR), "Hold peaks anew")

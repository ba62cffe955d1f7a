"""Asks which flight is worked through again and with which other settings; GUI thread."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QDoubleSpinBox, QFormLayout, QWidget

from app.domain.project import Flight
from app.settings import LocateSettings
from widgets.parts import muted

WORDS = "Located and listened through anew, once as set now and once with what differs here, and both compared."
# field of the settings' section locate -> what it is called, lowest, highest, step
FIELDS = {
    "exponent": ("Path-loss exponent", 1.5, 5.0, 0.1),
    "exponent_sd": ("Its standard deviation", 0.0, 1.5, 0.1),
    "sigma_db": ("Shadowing, dB", 0.5, 15.0, 0.5),
    "correlation_m": ("Alike over, m", 0.0, 500.0, 5.0),
}


class ReprocessDialog(QDialog):
    """``asked`` carries the arguments of the job."""

    asked = Signal(object)

    def __init__(self, parent: QWidget, flights: Sequence[Flight], in_force: LocateSettings) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Reprocess a flight")
        self.flight = QComboBox()
        for flight in flights:
            self.flight.addItem(flight.name, flight.id)
        self._in_force = {field: float(getattr(in_force, field)) for field in FIELDS}
        self.values: dict[str, QDoubleSpinBox] = {}
        form = QFormLayout(self)
        form.addRow(muted(WORDS))
        form.addRow("Flight", self.flight)
        for field, (name, low, high, step) in FIELDS.items():
            box = QDoubleSpinBox(minimum=low, maximum=high, singleStep=step, value=self._in_force[field])
            self.values[field] = box
            form.addRow(name, box)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Reprocess")
        buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(flights))
        buttons.accepted.connect(self._ask)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    @Slot()
    def _ask(self) -> None:
        changed = {name: round(box.value(), 3) for name, box in self.values.items()}
        changed = {name: value for name, value in changed.items() if value != round(self._in_force[name], 3)}
        variants = [{"locate": changed}] if changed else []
        self.asked.emit({"flight_id": self.flight.currentData(), "variants": variants})
        self.accept()

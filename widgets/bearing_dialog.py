"""A bearing set by hand from a place on the map; GUI thread."""

from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QDoubleSpinBox, QFormLayout, QWidget

from app.domain.geometry import LatLon
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge
from widgets.figures import position_text


class BearingDialog(QDialog):
    """Asks for angle and error; magnetic north is turned into true by the station."""

    def __init__(self, parent: QWidget, position: LatLon) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Bearing from {position_text(position)}")
        self.bearing = QDoubleSpinBox(minimum=0.0, maximum=360.0, decimals=1, suffix="°")
        self.sigma = QDoubleSpinBox(minimum=0.5, maximum=90.0, decimals=1, value=10.0, suffix="°")
        self.magnetic = QCheckBox("Read off a compass: magnetic north")
        form = QFormLayout(self)
        form.addRow("Bearing", self.bearing)
        form.addRow("Good to (one standard deviation)", self.sigma)
        form.addRow(self.magnetic)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)


def ask_bearing(parent: QWidget, station: Station, bridge: Bridge, target_id: str, position: LatLon) -> BearingDialog:
    """Open the dialogue; what is said there goes to the station."""
    dialog = BearingDialog(parent, position)

    def tell() -> None:
        bridge.order(
            lambda: station.bearings.add(
                target_id, position, dialog.bearing.value(), OPERATOR, dialog.sigma.value(),
                magnetic=dialog.magnetic.isChecked(),
            ),
            "Set a bearing",
        )  # fmt: skip

    dialog.accepted.connect(tell)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog

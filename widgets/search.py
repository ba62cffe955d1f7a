"""Asks for the search pattern, says what flying it takes and gives, and starts it; GUI thread."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.areas import check_outline
from app.domain.geometry import LatLon
from app.domain.places import places_of, text_of
from app.errors import AppError
from app.services.station import Station
from app.settings import SearchSettings
from widgets.bridge import OPERATOR, Bridge
from widgets.figures import area_text, distance_text, duration_text
from widgets.parts import muted

PATTERNS = {
    "parallel": "Parallel sweep",
    "creeping_line": "Creeping line",
    "expanding_square": "Expanding square",
    "sector": "Sector",
    "track_line": "Track line and return",
    "contour": "Contour",
    "spiral": "Spiral",
    "free": "Free",
}
RECTANGLE = "none: a rectangle round home"


class SearchDialog(QDialog):
    """The one deliberate act that starts a search; ``previewed`` shows each change on the map."""

    previewed = Signal(object)

    def __init__(self, parent: QWidget, station: Station, bridge: Bridge) -> None:
        super().__init__(parent)
        self._station, self._bridge = station, bridge
        self._first = station.settings.search
        self.setWindowTitle("Start a search")
        self.setMinimumWidth(400)
        self._pattern = QComboBox()
        for value, name in PATTERNS.items():
            self._pattern.addItem(name, value)
        self._pattern.setCurrentIndex(list(PATTERNS).index(self._first.pattern))
        self._pattern.currentIndexChanged.connect(self.preview)
        form = QFormLayout()
        form.addRow("Pattern", self._pattern)
        self._fields = {name: self._field(form, *row) for name, row in self._rows().items()}
        self._outline = self._places(form, "Corners of the area", self._first.outline, RECTANGLE)
        self._line = self._places(form, "Line", self._first.line, "of a track line or free pattern")
        self._summary = muted()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._start = buttons.addButton("Arm, take off and search", QDialogButtonBox.ButtonRole.ActionRole)
        self._start.setObjectName("primary")
        self._start.clicked.connect(self._begin)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addLayout(form)
        layout.addWidget(self._summary)
        layout.addWidget(buttons)

    @property
    def settings(self) -> SearchSettings:
        """What the fields say; each field's limits are those of the setting. Raises ``OutOfRange``."""
        values: dict[str, object] = {name: field.value() for name, field in self._fields.items()}
        values["pattern"] = self._pattern.currentData()
        outline = places_of(self._outline.text())
        if outline:
            check_outline(outline, "The outline of the search area")
        values |= {"outline": outline, "line": places_of(self._line.text())}
        return self._first.model_copy(update=values)

    def ask(self) -> None:
        """Show the dialog with the pattern round the vehicle's home."""
        self.preview()
        self.open()

    @Slot()
    def preview(self) -> None:
        origin = self._origin()
        self._start.setEnabled(origin is not None)
        if origin is None:
            self._summary.setText("The vehicle has not said where it is: connect it and wait for its position.")
            return
        try:
            plan = self._station.search.preview(self.settings, origin)
        except AppError as error:  # shown where it was typed, not as a message over the window
            self._start.setEnabled(False)
            self._summary.setText(str(error))
        else:
            left_out = f" Fence and no-fly areas leave out {area_text(plan.left_out_m2)}." if plan.left_out_m2 else ""
            self._summary.setText(
                f"{len(plan.waypoints)} waypoints, {distance_text(plan.length_m)} in {duration_text(plan.time_s)}, "
                f"{plan.battery_percent or 0.0:.0f} % of the battery, "
                f"over {area_text(plan.area_m2)}. Coverage {plan.coverage:.1f}: a beacon that lies there is found "
                f"with a probability of {plan.pod:.0%}.{left_out}"
            )
            self.previewed.emit(plan)

    def _rows(self) -> dict[str, tuple[str, float, float, float, str]]:
        first = self._first
        return {
            "width_m": ("Width", first.width_m, 20.0, 20_000.0, " m"),
            "length_m": ("Length", first.length_m, 20.0, 20_000.0, " m"),
            "heading_deg": ("First leg towards", first.heading_deg, 0.0, 359.0, "°"),
            "spacing_m": ("Track spacing", first.spacing_m, 5.0, 5_000.0, " m"),
            "height_m": ("Height above home", first.height_m, 5.0, 500.0, " m"),
            "speed_mps": ("Speed", first.speed_mps, 0.5, 20.0, " m/s"),
        }

    def _field(self, form: QFormLayout, name: str, value: float, low: float, high: float, unit: str) -> QDoubleSpinBox:
        field = QDoubleSpinBox(decimals=1, minimum=low, maximum=high, value=value, suffix=unit)
        field.valueChanged.connect(self.preview)
        form.addRow(name, field)
        return field

    def _places(self, form: QFormLayout, name: str, first: tuple[LatLon, ...], hint: str) -> QLineEdit:
        field = QLineEdit(text_of(first))
        field.setPlaceholderText(hint)
        field.setToolTip("Latitude and longitude in degrees, places separated by semicolons: 47.1, 8.2; 47.1, 8.3")
        field.textChanged.connect(self.preview)
        form.addRow(name, field)
        return field

    def _origin(self) -> LatLon | None:
        vehicle, pose = self._station.vehicle.vehicle(), self._station.vehicle.telemetry()
        if vehicle is not None and vehicle.home is not None:
            return vehicle.home
        return pose.position if pose is not None else None

    @Slot()
    def _begin(self) -> None:
        settings = self.settings
        self.accept()
        self._bridge.order(lambda: self._station.search.start(OPERATOR, settings), "Start the search")

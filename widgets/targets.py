"""The beacons looked for, each with its newest level; add, change, remove, choose; GUI thread."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.radio import BeaconKind, Level, Target, TargetReport, Targets
from app.services.station import Station
from widgets.bridge import Bridge
from widgets.figures import NOT_KNOWN, clock_text, rssi_text
from widgets.parts import IconButton
from widgets.rows_model import Column, RowsModel, RowsView
from widgets.steady import SteadyLabel
from widgets.theme import Look

SHOW_MS = 250


class TargetDialog(QDialog):
    """Name, kind and frequency of one target."""

    def __init__(self, parent: QWidget, target: Target) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._id = target.id
        self.setWindowTitle("Target")
        self._name = QLineEdit(target.name, maxLength=80)
        self._kind = QComboBox()
        self._kind.addItems([kind.value for kind in BeaconKind])
        self._kind.setCurrentText(target.kind.value)
        self._mhz = self._field(target.frequency_hz / 1e6, 0.1, 6000.0, 5, " MHz")
        self._width = self._field(target.bandwidth_hz / 1e3, 0.05, 5000.0, 3, " kHz")
        self._period = self._field(target.period_s, 0.0, 600.0, 3, " s")
        self._period.setSpecialValueText("not known")
        self._mortality = self._field(target.mortality_period_s, 0.0, 600.0, 3, " s")
        self._mortality.setSpecialValueText("none")
        self._pulse = self._field(target.pulse_s * 1e3, 1.0, 10_000.0, 1, " ms")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow("Name", self._name)
        form.addRow("Kind", self._kind)
        form.addRow("Frequency", self._mhz)
        form.addRow("Channel width", self._width)
        form.addRow("Pulse period", self._period)
        form.addRow("Pulse period, mortality", self._mortality)
        form.addRow("Pulse length", self._pulse)
        form.addRow(buttons)

    @property
    def target(self) -> Target:
        return Target(
            self._id,
            self._name.text().strip(),
            BeaconKind(self._kind.currentText()),
            self._mhz.value() * 1e6,
            self._width.value() * 1e3,
            self._period.value(),
            self._pulse.value() / 1e3,
            self._mortality.value(),
        )

    @staticmethod
    def _field(value: float, low: float, high: float, decimals: int, unit: str) -> QDoubleSpinBox:
        return QDoubleSpinBox(decimals=decimals, minimum=low, maximum=high, value=value, suffix=unit)


class TargetsPanel(QWidget):
    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._targets, self._bridge, self._look = station.targets, bridge, look
        self._chosen = ""
        self._levels: dict[str, Level] = station.radio.levels()
        self._reports: dict[str, TargetReport] = station.radio.reports()
        columns = (
            Column[Target]("", lambda t: "▶" if t.id == self._chosen else "", colour=lambda _: "good"),
            Column[Target]("Name", lambda t: t.name, stretch=True),
            Column[Target]("Kind", lambda t: t.kind.value),
            Column[Target]("MHz", lambda t: f"{t.frequency_hz / 1e6:.4f}", figure=True),
            Column[Target]("Heard", self._heard, colour=self._heard_colour),
            Column[Target]("SNR dB", lambda t: self._figure(t, "snr_db"), figure=True),
            Column[Target]("RSSI", self._rssi, figure=True),
        )
        self.model = RowsModel(columns, look)
        empty = "No target. Add one with its frequency, or click a signal in the waterfall with the right button."
        self.view = RowsView(self.model, empty, (24, 150, 76, 84, 76, 64, 84))
        self.view.table.doubleClicked.connect(self._select)
        self._report = SteadyLabel(wrap=True)
        self._report.setObjectName("muted")
        self._report.setContentsMargins(10, 4, 10, 6)
        self._make_buttons(look)
        self.view.table.selectionModel().selectionChanged.connect(self._show_report)
        bridge.report.connect(self._keep_report)
        bridge.targets.connect(self._show)
        bridge.levels.connect(self._keep)
        self._timer = QTimer(self, interval=SHOW_MS, singleShot=True)
        self._timer.timeout.connect(self._refresh)
        self._show(station.targets.targets())

    def add(self, frequency_hz: float) -> None:
        """Ask for a new target at this frequency."""
        self._ask(Target("", "Beacon", BeaconKind.CARRIER, frequency_hz), new=True)

    def _make_buttons(self, look: Look) -> None:
        select = IconButton("Home on this", "target", look, "The chosen target is the one that is homed on")
        add = IconButton("Add …", "plus", look)
        change = IconButton("Change …", "edit", look)
        remove = IconButton("Remove", "remove", look)
        select.clicked.connect(self._select)
        add.clicked.connect(self._add)
        change.clicked.connect(self._change)
        remove.clicked.connect(self._remove)
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        for button in (select, add, change, remove):
            row.addWidget(button)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._report)

    @Slot(object)
    def _show(self, targets: Targets) -> None:
        self._chosen = targets.selected_id
        self.model.update_rows(targets.all)
        self._show_report()

    @Slot(object)
    def _keep(self, levels: tuple[Level, ...]) -> None:
        self._levels |= {level.target_id: level for level in levels}
        if not self._timer.isActive():
            self._timer.start()

    @Slot(object)
    def _keep_report(self, report: TargetReport) -> None:
        self._reports[report.target_id] = report
        self._show_report()

    @Slot()
    def _refresh(self) -> None:
        self.model.update_rows(self.model.rows)

    @Slot()
    def _show_report(self) -> None:
        """What was heard of the row that is selected, else of the target that is homed on."""
        chosen = self.view.selected
        report = self._reports.get(chosen.id if chosen is not None else self._chosen)
        self._report.setVisible(report is not None)
        if report is not None:
            self._report.show_text(report_text(report), "" if report.heard else self._look.theme.warn)

    def _heard(self, target: Target) -> str:
        level = self._levels.get(target.id)
        return NOT_KNOWN if level is None else "heard" if level.heard else "not heard"

    def _heard_colour(self, target: Target) -> str:
        return "good" if self._heard(target) == "heard" else "muted"

    def _rssi(self, target: Target) -> str:
        level = self._levels.get(target.id)
        return rssi_text(level) if level is not None and level.heard else NOT_KNOWN

    def _figure(self, target: Target, field: str) -> str:
        level = self._levels.get(target.id)
        return f"{getattr(level, field):.1f}" if level is not None and level.heard else NOT_KNOWN

    @Slot()
    def _select(self) -> None:
        if (target := self.view.selected) is not None:
            self._bridge.attempt(lambda: self._targets.select(target.id), "Choose the target")

    @Slot()
    def _add(self) -> None:
        chosen = self._targets.targets().selected
        self.add(chosen.frequency_hz if chosen else 433.92e6)

    @Slot()
    def _change(self) -> None:
        if (target := self.view.selected) is not None:
            self._ask(target, new=False)

    @Slot()
    def _remove(self) -> None:
        if (target := self.view.selected) is not None:
            self._bridge.attempt(lambda: self._targets.remove(target.id), "Remove the target")

    def _ask(self, target: Target, new: bool) -> None:
        dialog = TargetDialog(self, target)
        act = self._targets.add if new else self._targets.change
        dialog.accepted.connect(lambda: self._bridge.attempt(lambda: act(dialog.target), "Save the target"))
        dialog.open()


def report_text(report: TargetReport) -> str:
    """When and what: 08:31:20, 10 s: Fox: nothing heard; -128 dBm would have been. Last heard 08:30:41."""
    text = f"{clock_text(report.time_s)}, {report.duration_s:.0f} s: {report.text}"
    if report.heard or report.heard_s is None:
        return text
    snr = f" with {report.snr_db:.0f} dB SNR" if report.snr_db is not None else ""
    return f"{text.rstrip('.')}. Last heard {clock_text(report.heard_s)}{snr}"

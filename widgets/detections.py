"""What the detectors took for a signal, with their reasons; GUI thread."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.radio import Detection, Targets
from app.services.station import Station
from widgets.bridge import Bridge
from widgets.figures import clock_text, level_text
from widgets.rows_model import Column, RowsModel, RowsView
from widgets.theme import Look


class DetectionsPanel(QWidget):
    """The last 1000 detections, newest on top."""

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._names: dict[str, str] = {}
        columns = (
            Column[Detection]("UTC", lambda d: clock_text(d.time_s), figure=True),
            Column[Detection]("Target", lambda d: self._names.get(d.target_id, "none of them")),
            Column[Detection]("Kind", lambda d: d.kind.value),
            Column[Detection]("MHz", lambda d: f"{d.frequency_hz / 1e6:.4f}", figure=True),
            Column[Detection]("SNR dB", lambda d: f"{d.snr_db:.1f}", figure=True),
            Column[Detection]("Level", _level, figure=True),
            Column[Detection](
                "Certainty",
                lambda d: "confirmed" if d.confirmed else "energy only",
                colour=lambda d: "good" if d.confirmed else "warn",
            ),
            Column[Detection]("Why", lambda d: d.text, stretch=True),
        )
        self.model = RowsModel(columns, look)
        empty = "Nothing detected yet. Detections appear here as soon as a receiver hears a target."
        view = RowsView(self.model, empty, (76, 120, 74, 84, 64, 84, 92))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(view)
        bridge.detections.connect(self._add)
        bridge.targets.connect(self._name)
        self._name(station.targets.targets())
        self._add(station.radio.detections())

    @Slot(object)
    def _add(self, detections: tuple[Detection, ...]) -> None:
        self.model.add(detections)

    @Slot(object)
    def _name(self, targets: Targets) -> None:
        self._names = {target.id: target.name for target in targets.all}


def _level(detection: Detection) -> str:
    dbm = detection.power_dbm
    return level_text(detection.power_dbfs, None if dbm is None else dbm - detection.power_dbfs)

"""The bearing panel: take one by turning, see what it rests on; GUI thread."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from app.domain.antenna import AntennaSetup
from app.domain.bearing import Bearing
from app.domain.radio import RadioState, Targets
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge
from widgets.figures import clock_text
from widgets.parts import IconButton, confirm, muted
from widgets.polar import PolarView
from widgets.rows_model import Column, RowsModel, RowsView
from widgets.theme import Look

TURN_TEXT = (
    "The vehicle is put into GUIDED where it is and turned all the way round at its height, standing still to "
    "listen each time. The safety gate watches over it; any stick or mode of the pilot ends it."
)


class BearingsPanel(QWidget):
    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._station, self._bridge = station, bridge
        self._target_id = ""
        self._rows: list[Bearing] = []
        self.polar = PolarView(look)
        columns = (
            Column[Bearing]("Time", lambda b: clock_text(b.time_s), figure=True),
            Column[Bearing]("Bearing", lambda b: f"{b.bearing_deg:.1f}° ± {b.sigma_deg:.1f}°", figure=True),
            Column[Bearing]("Source", lambda b: str(b.source)),
            Column[Bearing]("What it rests on", lambda b: b.text, stretch=True, colour=_colour),
        )
        self.model = RowsModel(columns, look)
        self.view = RowsView(self.model, "No bearing yet.", (80, 120, 90))
        self._directions = QSpinBox(minimum=4, maximum=36, value=12, suffix=" directions")
        self._radius = QSpinBox(minimum=0, maximum=200, value=0, suffix=" m circle")
        self._radius.setSpecialValueText("on the spot")
        self._lay_out(look)
        bridge.bearing.connect(self._add)
        bridge.targets.connect(self._choose)
        bridge.radio.connect(self._note_antenna)
        self._note_antenna(station.radio.state())
        self._choose(station.targets.targets())

    def _lay_out(self, look: Look) -> None:
        row = QHBoxLayout()
        row.addWidget(self._directions)
        row.addWidget(self._radius)
        for text, icon, act, tip in (
            ("Turn …", "follow", self._ask_turn, "Have the vehicle turned and take the bearing"),
            ("End", "stop", self._end_turn, "End the turn under way; the vehicle hovers"),
            ("Take the last minute", "record", self._take_last, "The pilot has turned the vehicle by hand"),
        ):
            button = IconButton(text, icon, look, tip)
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        self._antenna = muted()
        left = QVBoxLayout()
        left.setContentsMargins(8, 8, 8, 8)
        left.addLayout(row)
        left.addWidget(self._antenna)
        left.addWidget(self.view, 1)
        both = QHBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.addLayout(left, 2)
        both.addWidget(self.polar, 1)

    @Slot(object)
    def _note_antenna(self, state: RadioState) -> None:
        self._setup: AntennaSetup = state.pattern or self._station.settings.locate.antenna
        self._antenna.setText(f"Antenna: {self._setup.words}")
        self._show()

    @Slot(object)
    def _choose(self, targets: Targets) -> None:
        if targets.selected_id != self._target_id:
            self._target_id = targets.selected_id
            self._rows = list(self._station.bearings.bearings(self._target_id)) if self._target_id else []
            self._show()

    @Slot(object)
    def _add(self, bearing: Bearing) -> None:
        if bearing.target_id == self._target_id:
            self._rows.append(bearing)
            self._show()

    def _show(self) -> None:
        self.model.set_rows(self._rows[::-1])
        self.polar.show_bearing(self._rows[-1] if self._rows else None, self._setup)

    @Slot()
    def _ask_turn(self) -> None:
        confirm(self, "Take a bearing", TURN_TEXT, "Turn", self._turn)

    def _turn(self) -> None:
        station, count, radius = self._station, self._directions.value(), float(self._radius.value())
        self._bridge.order(
            lambda: station.bearings.turn(self._target_id, OPERATOR, count, radius), "Take a bearing", self._taken
        )

    @Slot()
    def _end_turn(self) -> None:
        self._bridge.order(lambda: self._station.bearings.end_turn(OPERATOR), "End the turn")

    @Slot()
    def _take_last(self) -> None:
        self._bridge.order(
            lambda: self._station.bearings.take_last(self._target_id, OPERATOR), "Take a bearing", self._taken
        )

    def _taken(self, bearing: Bearing) -> None:
        self._bridge.tell(f"Bearing {bearing.bearing_deg:.0f}° taken", bearing.text)


def _colour(bearing: Bearing) -> str:
    return "warn" if bearing.ambiguous else "muted"

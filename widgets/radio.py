"""The radio panel: spectrum over waterfall, tuning, gain and levels; GUI thread."""

from collections.abc import Iterable
from concurrent.futures import Future

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.project import Flight
from app.domain.radio import RadioState, Targets
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge
from widgets.connect import RADIO, ConnectDialog
from widgets.display_menu import DisplayMenu
from widgets.figures import frequency_text
from widgets.flight_waterfall import FlightWaterfallView
from widgets.frequency_view import FrequencyView
from widgets.front_end import FrontEndForm
from widgets.parts import IconButton, IconTool, add_form
from widgets.receiver_list import PROFILE, ReceiverList
from widgets.record import RecordControl
from widgets.sound import SoundControl
from widgets.spectrum import SpectrumView
from widgets.spectrum_form import SpectrumForm
from widgets.targets import TargetsPanel
from widgets.theme import Look
from widgets.waterfall import WaterfallView

OFF_CENTRE = 0.125  # of the rate: a click is tuned beside the centre, where an RTL-SDR hears itself
AUTOMATIC = "Auto"


class RadioPanel(QWidget):
    def __init__(self, station: Station, bridge: Bridge, look: Look, targets: TargetsPanel) -> None:
        super().__init__()
        self._radio, self._bridge, self._look, self._targets = station.radio, bridge, look, targets
        self._station = station
        self._state: RadioState | None = None
        self.view = FrequencyView()
        self.waterfall = WaterfallView(station.radio.ring, self.view, look)
        self.spectrum = SpectrumView(self.view, look, station.settings.mission.trigger_db)
        self.receiver_list = ReceiverList(station, bridge, look)
        self._dialog = ConnectDialog(self, bridge, RADIO, self._connect_to, self.receiver_list)
        self.flight = FlightWaterfallView(station, bridge, look, self.waterfall)
        self._make_controls()
        self._lay_out()
        self._wire()
        self._show_targets(station.targets.targets())
        self._show_state(station.radio.state())

    def connect_receiver(self) -> None:
        self.receiver_list.look_again()
        self._dialog.open()

    @Slot(object)
    def show_flight(self, flight: Flight | None) -> None:
        """Show the waterfall of a flight in the place of the live one, until the button is pressed again."""
        self._back.setChecked(True)
        self._falls.setCurrentWidget(self.flight)
        self.flight.show_flight(flight)

    def _make_controls(self) -> None:
        look = self._look
        self._connect = IconButton("Connect …", "radio", look, "Choose a receiver or a recording")
        self._centre = QDoubleSpinBox(decimals=4, minimum=0.1, maximum=6000.0, suffix=" MHz")
        self._centre.setKeyboardTracking(False)
        self._centre.setToolTip("Centre frequency")
        self._centre.setFixedWidth(118)
        self._gain = QComboBox()
        self._gain.setToolTip("Gain of the tuner")
        self._gain.setFixedWidth(118)
        self.sound = SoundControl(self._station.radio, self._station.sound, self._bridge)
        self._whole = IconTool("Show the whole band", "fit", look)
        self._back = IconTool("Pause the waterfall and scroll back over the flight", "pause", look, checkable=True)
        self._back.setShortcut("Ctrl+B")
        self._display = IconTool("Levels and colours", "display", look)
        self._display.setPopupMode(IconTool.ToolButtonPopupMode.InstantPopup)
        self._levels = DisplayMenu(self, self.waterfall, self.spectrum)
        add_form(self._levels, SpectrumForm(self._radio, self._bridge))
        self._display.setMenu(self._levels)
        self._switches = IconTool("Receiver: switches, calibration, profile", "switches", look)
        self._switches.setPopupMode(IconTool.ToolButtonPopupMode.InstantPopup)
        switches = QMenu(self)
        self.front_end = FrontEndForm(self._station, self._bridge)
        add_form(switches, self.front_end)
        self._switches.setMenu(switches)
        self._record = RecordControl(self._station, self._bridge, look)
        self._problem = QLabel()
        self._problem.setObjectName("muted")
        self._problem.setWordWrap(True)

    def _lay_out(self) -> None:
        above = _row((self._connect, self._centre, self._gain), (self._switches, self._display))
        below = _row((self.sound,), (self._record, self._whole, self._back))
        self._problem.setContentsMargins(10, 0, 10, 6)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.spectrum)
        self._falls = QStackedWidget()
        self._falls.addWidget(self.waterfall)
        self._falls.addWidget(self.flight)
        split.addWidget(self._falls)
        split.setSizes([150, 260])
        split.setCollapsible(1, False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(above)  # two rows: in one they would leave a laptop's map no room
        layout.addLayout(below)
        layout.addWidget(self._problem)
        layout.addWidget(split, 1)

    def _wire(self) -> None:
        self._connect.clicked.connect(self.connect_receiver)
        self.receiver_list.chosen.connect(self._dialog.use)
        self.receiver_list.opened.connect(self._dialog.try_now)
        self._centre.valueChanged.connect(self._tune_to)
        self._gain.activated.connect(self._set_gain)
        self._whole.clicked.connect(self._show_whole)
        self._back.clicked.connect(self._scroll_back)
        self.waterfall.framed.connect(self.spectrum.show_rows)
        self.waterfall.framed.connect(self._note_frame)
        self.waterfall.picked.connect(self._tune_beside)
        self.spectrum.picked.connect(self._tune_beside)
        self.waterfall.asked.connect(self._ask)
        self._bridge.radio.connect(self._show_state)
        self._bridge.targets.connect(self._show_targets)
        self._bridge.levels.connect(self.spectrum.set_levels)

    @Slot()
    def _note_frame(self) -> None:
        self._station.performance.note_frame()

    @Slot(object)
    def _show_state(self, state: RadioState) -> None:
        before, self._state = self._state, state
        self.waterfall.simulated = state.simulated and state.connected
        self.waterfall.dbm_offset_db = self.spectrum.dbm_offset_db = state.dbm_offset_db
        self._levels.calibrate(state.dbm_offset_db)
        self._problem.setText("" if state.connected else state.problem or "No receiver. Press “Connect …”.")
        self._problem.setVisible(not state.connected)
        for control in (self._centre, self._gain):
            control.setEnabled(state.connected)
        if not self._centre.hasFocus():
            self._centre.blockSignals(True)
            self._centre.setValue(state.centre_hz / 1e6)
            self._centre.blockSignals(False)
        if before is None or before.gains_db != state.gains_db:
            self._gain.clear()
            self._gain.addItem(AUTOMATIC, None)
            for gain_db in state.gains_db:
                self._gain.addItem(f"{gain_db:.1f} dB", gain_db)
        if state.auto_gain:
            self._gain.setItemText(0, f"{AUTOMATIC}, {state.gain_db:.0f} dB")
        if not self._gain.view().isVisible():
            nearest = min(range(len(state.gains_db)), key=lambda i: abs(state.gains_db[i] - state.gain_db), default=-1)
            self._gain.setCurrentIndex(0 if state.auto_gain else nearest + 1)

    @Slot()
    def _show_whole(self) -> None:
        (self.flight.view if self._back.isChecked() else self.view).show_whole()

    @Slot(bool)
    def _scroll_back(self, back: bool) -> None:
        """Over the flight under way, or the last one of the project."""
        if not back:
            self._falls.setCurrentWidget(self.waterfall)
            return
        self._falls.setCurrentWidget(self.flight)
        self._bridge.work(self._last_flight, "Find the flight", self._show_last)

    def _show_last(self, flight: Flight | None) -> None:
        if self._back.isChecked():  # still
            self.flight.show_flight(flight)

    def _last_flight(self) -> Flight | None:
        projects = self._station.projects
        return projects.current_flight() or next(iter(projects.flights(projects.current().id)), None)

    def _connect_to(self, address: str) -> "Future[RadioState]":
        if address.startswith(PROFILE):
            return self._station.profiles.use(address.removeprefix(PROFILE), OPERATOR)
        return self._radio.connect(address, OPERATOR)

    @Slot(object)
    def _show_targets(self, targets: Targets) -> None:
        self.waterfall.set_targets(targets)
        self.sound.set_targets(targets)
        self.spectrum.set_targets(targets)

    @Slot(float)
    def _tune_beside(self, hz: float) -> None:
        rate_hz = self._state.rate_hz if self._state is not None else 0.0
        self._tune(hz + OFF_CENTRE * rate_hz)

    @Slot(float)
    def _tune_to(self, mhz: float) -> None:
        self._tune(mhz * 1e6)

    def _tune(self, hz: float) -> None:
        self._bridge.order(lambda: self._radio.tune(hz, OPERATOR), "Tune the receiver")

    @Slot(int)
    def _set_gain(self, index: int) -> None:
        gain_db = self._gain.itemData(index)
        self._bridge.order(lambda: self._radio.set_gain(gain_db, OPERATOR), "Set the gain")

    @Slot(float, QPoint)
    def _ask(self, hz: float, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(f"Tune beside {frequency_text(hz)}", lambda: self._tune_beside(hz))
        menu.addAction("Listen here", lambda: self.sound.listen_at(hz))
        menu.addAction("Make this a target …", lambda: self._targets.add(round(hz / 100.0) * 100.0))
        menu.addSeparator()
        menu.addAction("Show the whole band", self.view.show_whole)
        menu.popup(where)


def _row(left: Iterable[QWidget], right: Iterable[QWidget]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(8, 3, 8, 3)
    row.setSpacing(6)
    for part in left:
        row.addWidget(part)
    row.addStretch()
    for part in right:
        row.addWidget(part)
    return row

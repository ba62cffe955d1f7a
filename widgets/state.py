"""The state panel: what the mission does and how it got there, the gate, and the operator's orders; GUI thread."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.domain.mission import MissionState, MissionStatus
from app.domain.radio import Targets
from app.domain.safety import GateReport, Purpose
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge
from widgets.confirm_slider import ConfirmSlider
from widgets.figures import duration_text, frequency_text
from widgets.gate_list import GateList
from widgets.history import HistoryList
from widgets.parts import IconButton, dress, heading, rule
from widgets.steady import SteadyLabel
from widgets.strategy_box import StrategyBox
from widgets.theme import STATE_COLOUR, Look

HOMING_STATES = {MissionState.DETECTING, MissionState.HOMING, MissionState.HOLDING}
FRESH_S = 2.0


class StatePanel(QScrollArea):
    """One column. ``search_asked`` when the operator wants to start a search: its settings are asked for elsewhere."""

    search_asked = Signal()

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._station, self._bridge, self._look = station, bridge, look
        self._status: MissionStatus | None = None
        self._reports: dict[Purpose, GateReport] = {}
        self._code = ""
        self._expiry = QTimer(self, singleShot=True)
        self._expiry.timeout.connect(self._expire)
        self._word, self._text, self._since = QLabel(), SteadyLabel(wrap=True), SteadyLabel(wrap=True)
        self._legs = QProgressBar(textVisible=False)
        self._gate = GateList(look)
        self._steps = HistoryList(bridge, station.mission.history())
        self._make_orders()
        self._lay_out()
        self._connect()
        self._show_targets(station.targets.targets())
        self._show_status(station.mission.status())

    def _make_orders(self) -> None:
        look = self._look
        self._start = IconButton("Start search", "play", look, "Choose a pattern, then preflight, take off and fly it")
        self._start.make_primary()
        self._pause = IconButton("Pause", "pause", look, "Hold position; the search goes on where it left")
        self._end = IconButton("End mission", "close", look, "Back to IDLE: the vehicle holds where it is")
        self._activate = IconButton("Activate homing …", "target", look, "First of two steps")
        self._slider = ConfirmSlider("Draw to the right: the vehicle homes", look)
        self._disable = IconButton("Disable homing", "close", look, "The vehicle holds position at once")
        self._home_on_detection = QCheckBox("Home on detection, this flight only")
        self._home_on_detection.setToolTip("Homing begins by itself once the beacon is detected and the gate is open")
        self._strategy = StrategyBox(self._station, self._bridge)
        self._reason = QLineEdit(placeholderText="What was the cause, and is it gone?")
        self._reset = IconButton("Reset emergency", "pass", look)

    def _lay_out(self) -> None:
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setMinimumWidth(290)
        self._since.setObjectName("muted")
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(14, 10, 14, 14)
        layout.setSpacing(8)
        orders = QHBoxLayout()
        for button in (self._start, self._pause, self._end):
            orders.addWidget(button)
        above: tuple[QWidget, ...] = (self._word, self._text, self._legs, self._since)
        homing: tuple[QWidget, ...] = (
            self._activate,
            self._slider,
            self._disable,
            self._strategy,
            self._home_on_detection,
        )
        emergency: tuple[QWidget, ...] = (self._reason, self._reset)
        for part in above:
            layout.addWidget(part)
        layout.addLayout(orders)
        for part in (*emergency, rule(), heading("Homing"), *homing, rule(), self._gate, rule(), self._steps):
            layout.addWidget(part)
        layout.addStretch()
        self.setWidget(column)

    def _connect(self) -> None:
        self._start.clicked.connect(self.search_asked)
        self._pause.clicked.connect(self._pause_or_resume)
        self._end.clicked.connect(self._end_mission)
        self._activate.clicked.connect(self._request)
        self._slider.confirmed.connect(self._confirm)
        self._disable.clicked.connect(self._disable_homing)
        self._home_on_detection.clicked.connect(self._allow)
        self._reset.clicked.connect(self._reset_emergency)
        self._reason.returnPressed.connect(self._reset_emergency)
        self._bridge.mission.connect(self._show_status)
        self._bridge.gate.connect(self._show_gate)
        self._bridge.targets.connect(self._show_targets)
        self._look.changed.connect(self._dress)

    @Slot(object)
    def _show_status(self, status: MissionStatus) -> None:
        self._status = status
        word = status.state + (" (paused)" if status.paused else "")
        if self._word.text() != word:
            self._word.setText(word)
        self._text.setText(status.text)
        self._legs.setVisible(status.legs > 0 and status.state is MissionState.SEARCHING)
        self._legs.setMaximum(max(status.legs, 1))
        self._legs.setValue(status.leg)
        self._since.setText(self._since_text(status))
        self._show_orders(status)
        self._dress()

    def _since_text(self, status: MissionStatus) -> str:
        parts = [f"for {duration_text(status.time_s - status.since_s)}"] if status.since_s else []
        if status.legs and status.state is MissionState.SEARCHING:
            parts.append(f"leg {status.leg + 1} of {status.legs}")
        return "  ·  ".join([*parts, self._target])

    def _show_orders(self, status: MissionStatus) -> None:
        """Only what the present state allows can be pressed or seen."""
        state = status.state
        idle, emergency = state is MissionState.IDLE, state is MissionState.EMERGENCY
        self._start.setVisible(idle)
        self._pause.setVisible(state is MissionState.SEARCHING)
        self._pause.choose(*(("Resume", "play") if status.paused else ("Pause", "pause")))
        self._end.setVisible(not idle and not emergency)
        self._reason.setVisible(emergency)
        self._reset.setVisible(emergency)
        if status.activated or emergency:
            self._code = ""
        self._slider.setVisible(bool(self._code))
        self._activate.setVisible(not self._code and not status.activated)
        self._activate.setEnabled(not idle and not emergency)
        self._disable.setVisible(status.activated or bool(self._code))
        self._disable.choose("Disable homing" if status.activated else "Do not activate", "close")
        self._home_on_detection.setChecked(status.home_on_detection)
        self._home_on_detection.setEnabled(not emergency)
        self._strategy.follow()

    @Slot(object)
    def _show_gate(self, report: GateReport) -> None:
        """Show the gate for what comes next; for anything newer when that is not being told."""
        self._reports[report.purpose] = report
        homing = self._status is not None and self._status.state in HOMING_STATES
        wanted = self._reports.get(Purpose.HOMING if homing else Purpose.SEARCH)
        fresh = wanted is not None and report.time_s - wanted.time_s < FRESH_S
        self._gate.show_report(wanted if wanted is not None and fresh else report)

    @Slot(object)
    def _show_targets(self, targets: Targets) -> None:
        chosen = targets.selected
        self._target = f"{chosen.name}, {frequency_text(chosen.frequency_hz)}" if chosen else "no target chosen"
        if self._status is not None:
            self._since.setText(self._since_text(self._status))

    @Slot()
    def _dress(self) -> None:
        if self._status is not None:
            colour = getattr(self._look.theme, STATE_COLOUR[self._status.state])
            dress(self._word, f"color: {colour}; font-size: 21pt; font-weight: 800; letter-spacing: 1px;")

    @Slot()
    def _pause_or_resume(self) -> None:
        if self._status is not None and self._status.paused:
            self._bridge.order(lambda: self._station.search.resume(OPERATOR), "Resume the search")
        else:
            self._bridge.order(lambda: self._station.search.pause(OPERATOR), "Pause the search")

    @Slot()
    def _end_mission(self) -> None:
        self._bridge.order(lambda: self._station.mission.stop(OPERATOR), "End the mission")

    @Slot()
    def _request(self) -> None:
        activation = self._bridge.attempt(lambda: self._station.homing.request(OPERATOR), "Activate homing")
        if activation is not None and self._status is not None:
            self._code = activation.code
            clock = self._station.clock
            self._expiry.start(round(max(activation.expires_s - clock.now_s(), 0.0) / clock.rate * 1000.0))
            self._show_orders(self._status)
            self._slider.setFocus()

    @Slot()
    def _expire(self) -> None:
        """The first step is good for some seconds only: whoever goes away has not asked."""
        self._code = ""
        if self._status is not None:
            self._show_orders(self._status)

    @Slot()
    def _confirm(self) -> None:
        code, self._code = self._code, ""
        if self._status is not None:
            self._show_orders(self._status)
        self._bridge.order(lambda: self._station.homing.confirm(code, OPERATOR), "Activate homing")

    @Slot()
    def _disable_homing(self) -> None:
        self._code = ""
        if self._status is not None:
            self._show_orders(self._status)
            if self._status.activated:
                self._bridge.order(lambda: self._station.homing.disable(OPERATOR), "Disable homing")

    @Slot(bool)
    def _allow(self, allowed: bool) -> None:
        self._bridge.order(lambda: self._station.homing.home_on_detection(allowed, OPERATOR), "Home on detection")

    @Slot()
    def _reset_emergency(self) -> None:
        reason = self._reason.text().strip()
        self._bridge.order(lambda: self._station.safety.reset(reason, OPERATOR), "Reset the emergency")

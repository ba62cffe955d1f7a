"""The bar on top: who we are, what runs, SIMULATION, and the stop that is always there; GUI thread."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSizePolicy, QToolBar, QWidget

from app.domain.mission import MissionState, MissionStatus
from app.domain.radio import Level, Targets
from app.services.station import Station
from widgets.bridge import Bridge
from widgets.figures import rssi_text
from widgets.icons import icon, pixmap
from widgets.parts import dress
from widgets.steady import SteadyLabel
from widgets.theme import STATE_COLOUR, Look, figure_font


class TopBar(QToolBar):
    stop_pressed = Signal()

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__("Top bar")
        self.setObjectName("top bar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._look = look
        self._state: MissionState | None = None
        self._target_id = ""
        self._mark, self._name = QLabel(), QLabel("Kestrel")
        self._word, self._level = QLabel(), SteadyLabel()
        self._badge = QLabel("SIMULATION")
        self._badge.setObjectName("simulation")
        self._stop = QPushButton("STOP")
        self._stop.setObjectName("stop")
        self._stop.setIcon(icon("stop", "#ffffff"))
        self._stop.setIconSize(QSize(20, 20))
        self._stop.setToolTip("Emergency stop: the vehicle brakes and nothing moves it until you reset (Esc Esc)")
        self._stop.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._stop.clicked.connect(self.stop_pressed)
        self._lay_out()
        bridge.mission.connect(self._show_status)
        bridge.levels.connect(self._show_levels)
        bridge.targets.connect(self._choose)
        look.changed.connect(self._dress)
        self._choose(station.targets.targets())
        self._show_status(station.mission.status())
        self.show_simulation(False)

    def show_simulation(self, simulated: bool) -> None:
        self._badge_action.setVisible(simulated)

    def _lay_out(self) -> None:
        left, right = QWidget(), QWidget()
        for space in (left, right):
            space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._name.setStyleSheet("font-size: 13pt; font-weight: 700; padding: 0 10px 0 4px;")
        self._level.setFont(figure_font(11.0, bold=True))
        self._level.setMinimumWidth(230)
        for part in (self._mark, self._name, self._badge, left, self._word, self._level, right, self._stop):
            self.addWidget(part)
        self._badge_action = self.actions()[2]
        self._badge.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @Slot(object)
    def _show_status(self, status: MissionStatus) -> None:
        if status.state is MissionState.EMERGENCY and self._state is not MissionState.EMERGENCY:
            QApplication.beep()
        if status.state is self._state:
            return
        self._state = status.state
        self._word.setText("EMERGENCY STOP IN FORCE" if status.state is MissionState.EMERGENCY else str(status.state))
        self._dress()

    @Slot(object)
    def _choose(self, targets: Targets) -> None:
        self._target_id = targets.selected_id
        self._level.setText("")

    @Slot(object)
    def _show_levels(self, levels: tuple[Level, ...]) -> None:
        mine = [level for level in levels if level.target_id == self._target_id]
        if not mine:
            return
        level = mine[-1]
        said = f"SNR {level.snr_db:5.1f} dB  RSSI {rssi_text(level, '6.1f')}" if level.heard else "beacon not heard"
        self._level.show_text(said, self._look.theme.text if level.heard else self._look.theme.muted)

    @Slot()
    def _dress(self) -> None:
        theme = self._look.theme
        self._mark.setPixmap(pixmap("kestrel", theme.accent, 22))
        if self._state is None:
            return
        colour = getattr(theme, STATE_COLOUR[self._state])
        dress(self._word, f"color: {colour}; font-size: 13pt; font-weight: 800; padding-right: 16px;")
        emergency = self._state is MissionState.EMERGENCY
        self.setStyleSheet(f"QToolBar {{ border-bottom: 4px solid {theme.stop}; }}" if emergency else "")

"""The main window: docks round the map, menus, themes, the stop; GUI thread."""

from itertools import pairwise

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QVBoxLayout, QWidget

from app.domain.mission import MissionState
from app.domain.project import Flight
from app.services.station import Station
from widgets.bearings import BearingsPanel
from widgets.bridge import OPERATOR, Bridge
from widgets.detections import DetectionsPanel
from widgets.icons import pixmap
from widgets.insights import InsightsPanel
from widgets.jobs import JobsPanel
from widgets.level_plot import LevelPlotPanel
from widgets.log import LogPanel
from widgets.map import MapPanel
from widgets.menus import Menus
from widgets.notices import NoticeBar
from widgets.panic import EscEsc
from widgets.parameters import ParametersPanel
from widgets.parts import confirm
from widgets.plans import PlansPanel
from widgets.projects import ProjectsPanel
from widgets.radio import RadioPanel
from widgets.recordings import RecordingsPanel
from widgets.remote import RemotePanel
from widgets.search import SearchDialog
from widgets.state import StatePanel
from widgets.status import StatusLine
from widgets.targets import TargetsPanel
from widgets.theme import Look
from widgets.top_bar import TopBar
from widgets.transport import TransportBar
from widgets.vehicle import VehiclePanel

LAYOUT_VERSION = 3
TITLE = "Kestrel"
AREA = Qt.DockWidgetArea


class MainWindow(QMainWindow):
    """``closed`` when the operator has left. It never stops the station: who started it does."""

    closed = Signal()

    def __init__(self, station: Station, bridge: Bridge) -> None:
        super().__init__()
        self._station, self._bridge = station, bridge
        self._kept = QSettings(str(station.settings.store.directory / "window.ini"), QSettings.Format.IniFormat)
        self.look = Look(str(self._kept.value("theme", "dark")))
        self._leaving = False
        self._docks: dict[str, QDockWidget] = {}
        self._make_panels()
        self._make_docks()
        self._make_menus()
        self._esc = EscEsc()
        self._esc.pressed_twice.connect(self.emergency_stop)
        QApplication.instance().installEventFilter(self._esc)  # type: ignore[union-attr]
        self.look.changed.connect(self._dress)
        self._dress()
        self._restore()
        self._show_simulation(self.status_line.simulated)

    @Slot()
    def emergency_stop(self) -> None:
        """Brake now, from whatever state; nothing is asked."""
        self._bridge.order(lambda: self._station.safety.emergency_stop(OPERATOR), "Emergency stop")

    @Slot()
    def leave(self) -> None:
        """Close without asking."""
        self._leaving = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._leaving and self._busy():
            event.ignore()
            text = "A mission is running. The station ends with the window; the vehicle then holds by itself."
            confirm(self, "Close Kestrel", text, "End and close", self.leave)
            return
        QApplication.instance().removeEventFilter(self._esc)  # type: ignore[union-attr]
        self._kept.setValue("theme", self.look.theme.name)
        self._kept.setValue("geometry", self.saveGeometry())
        self._kept.setValue("layout", self.saveState(LAYOUT_VERSION))
        self._kept.sync()
        self._bridge.close()
        event.accept()
        self.closed.emit()

    def _busy(self) -> bool:
        return self._station.mission.status().state not in {MissionState.IDLE, MissionState.EMERGENCY}

    def _make_panels(self) -> None:
        station, bridge, look = self._station, self._bridge, self.look
        self.targets = TargetsPanel(station, bridge, look)
        self.radio = RadioPanel(station, bridge, look, self.targets)
        self.map = MapPanel(station, bridge, look)
        self.state = StatePanel(station, bridge, look)
        self.vehicle = VehiclePanel(station, bridge, look)
        self.plans = PlansPanel(station, bridge, look)
        self.parameters = ParametersPanel(station, bridge, look)
        self.transport = TransportBar(station, bridge, look)
        self.detections = DetectionsPanel(station, bridge, look)
        self.levels = LevelPlotPanel(station, bridge, look)
        self.bearings = BearingsPanel(station, bridge, look)
        self.projects = ProjectsPanel(station, bridge, look)
        self.recordings = RecordingsPanel(station, bridge, look)
        self.insights = InsightsPanel(station, bridge, look)
        self.insights.panel_asked.connect(self._show_panel)
        self.jobs = JobsPanel(station, bridge, look)
        self.log = LogPanel(station, bridge, look)
        self.remote = RemotePanel(station, bridge, look)
        self.search = SearchDialog(self, station, bridge)
        self.notices = NoticeBar(bridge, look)
        self.top_bar = TopBar(station, bridge, look)
        self.status_line = StatusLine(station, bridge, look)
        self.projects.waterfall_asked.connect(self._show_waterfall)
        self.search.previewed.connect(self.map.show_plan)
        self.state.search_asked.connect(self.search.ask)
        self.top_bar.stop_pressed.connect(self.emergency_stop)
        self.status_line.simulation_changed.connect(self._show_simulation)
        self.radio.waterfall.painted.connect(bridge.deliver, Qt.ConnectionType.QueuedConnection)

    def _make_docks(self) -> None:
        self.setDockOptions(self.DockOption.AnimatedDocks | self.DockOption.AllowTabbedDocks)
        self.setTabPosition(AREA.AllDockWidgetAreas, self.tabPosition(AREA.TopDockWidgetArea).North)
        self.setCorner(Qt.Corner.BottomRightCorner, AREA.RightDockWidgetArea)
        self.setCorner(Qt.Corner.BottomLeftCorner, AREA.BottomDockWidgetArea)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.top_bar)
        self.setStatusBar(self.status_line)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self.map, 1)
        column.addWidget(self.transport)
        self.map.setObjectName("panel")
        self.map.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCentralWidget(centre)
        self._dock("Spectrum and waterfall", self.radio, AREA.LeftDockWidgetArea)
        self._dock("Mission", self.state, AREA.RightDockWidgetArea)
        bottom = {
            "Vehicle": self.vehicle,
            "Targets": self.targets,
            "Detections": self.detections,
            "Level": self.levels,
            "Bearing": self.bearings,
            "Projects": self.projects,
            "Recordings": self.recordings,
            "Jobs": self.jobs,
            "Insights": self.insights,
            "Log": self.log,
            "Remote": self.remote,
            "Plans": self.plans,
            "Parameters": self.parameters,
        }
        for name, panel in bottom.items():
            dock = self._dock(name, panel, AREA.BottomDockWidgetArea)
            dock.setTitleBarWidget(QWidget())  # its tab says its name
            dock.topLevelChanged.connect(self._name_floating)
        for before, after in pairwise(bottom):
            self.tabifyDockWidget(self._docks[before], self._docks[after])
        self._docks["Vehicle"].raise_()

    @Slot(object)
    def _show_waterfall(self, flight: Flight) -> None:
        dock = self._docks["Spectrum and waterfall"]
        dock.show()
        dock.raise_()
        self.radio.show_flight(flight)

    @Slot(str)
    def _show_panel(self, name: str) -> None:
        dock = self._docks.get(name)
        if dock is not None:  # the map is always there
            dock.show()
            dock.raise_()

    @Slot(bool)
    def _name_floating(self, floating: bool) -> None:
        """A tab drawn out of its row needs a title bar to be moved by."""
        dock = self.sender()
        if isinstance(dock, QDockWidget):
            dock.setTitleBarWidget(None if floating else QWidget())  # type: ignore[arg-type]

    def _dock(self, name: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        panel.setObjectName("panel")
        panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        dock = QDockWidget(name)
        dock.setObjectName(name)
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        self._docks[name] = dock
        return dock

    def _make_menus(self) -> None:
        orders = (
            ("Connect a &receiver …", "Ctrl+R", self.radio.connect_receiver),
            ("Connect a &vehicle …", "Ctrl+L", self.vehicle.connect_vehicle),
            ("Start a &search …", "Ctrl+F", self.search.ask),
            ("", "", self.close),
            ("Emergency stop (Esc Esc)", "", self.emergency_stop),
            ("", "", self.close),
            ("&Quit", "Ctrl+Q", self.close),
        )
        menus = Menus(self, self._station.system, self.look, orders)
        menus.list_views(self._docks.values(), self._lay_out_anew)

    @Slot()
    def _dress(self) -> None:
        self.look.dress(self)
        self.setWindowIcon(QIcon(pixmap("kestrel", self.look.theme.accent, 64)))

    @Slot(bool)
    def _show_simulation(self, simulated: bool) -> None:
        self.setWindowTitle(f"{TITLE} [SIMULATION]" if simulated else TITLE)
        self.top_bar.show_simulation(simulated)

    def _restore(self) -> None:
        """The layout as it was left; the ready one when there is none or it is of another version."""
        geometry, layout = self._kept.value("geometry"), self._kept.value("layout")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        else:
            self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))
        if not (isinstance(layout, QByteArray) and self.restoreState(layout, LAYOUT_VERSION)):
            self._lay_out_anew()

    @Slot()
    def _lay_out_anew(self) -> None:
        for dock in self._docks.values():
            dock.setFloating(False)
            dock.show()
        across = [self._docks["Spectrum and waterfall"], self._docks["Mission"]]
        self.resizeDocks(across, [round(self.width() * 0.34), 310], Qt.Orientation.Horizontal)
        self.resizeDocks([self._docks["Vehicle"]], [230], Qt.Orientation.Vertical)
        self._docks["Vehicle"].raise_()

    def sizeHint(self) -> QSize:
        return QSize(1600, 960)

"""The status line: receiver, link, recording, time, and SIMULATION when anything is simulated; GUI thread."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QLabel, QStatusBar

from app.domain.project import Flight, Project
from app.domain.radio import RadioState
from app.domain.vehicle import LinkState, VehicleState
from app.services.station import Station
from widgets.bridge import Bridge
from widgets.figures import clock_text
from widgets.parts import dress
from widgets.steady import SteadyLabel
from widgets.theme import Look, figure_font


class StatusLine(QStatusBar):
    """``simulation_changed`` tells the window whether what it shows is a simulation."""

    simulation_changed = Signal(bool)

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._station, self._look = station, look
        self._recording = False
        self._simulated = {"radio": False, "vehicle": False}
        self._badge = QLabel("SIMULATION")
        self._badge.setObjectName("simulation")
        self._radio, self._lost, self._link = SteadyLabel(), SteadyLabel(), SteadyLabel()
        self._project, self._flight, self._clock = QLabel(), QLabel("not recording"), SteadyLabel()
        self._clock.setFont(figure_font(8.5))
        self.setSizeGripEnabled(False)
        for part in (self._badge, self._radio, self._lost, self._link):
            self.addWidget(part)
        for part in (self._project, self._flight, self._clock):
            self.addPermanentWidget(part)
        bridge.radio.connect(self._show_radio)
        bridge.link.connect(self._show_link)
        bridge.vehicle.connect(self._show_vehicle)
        bridge.flight.connect(self._show_flight)
        bridge.project.connect(self._show_project)
        look.changed.connect(self._dress)
        self._timer = QTimer(self, interval=500)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._show_radio(station.radio.state())
        self._show_link(station.vehicle.link())
        bridge.work(station.projects.current, "Read the project", self._show_project)
        if (vehicle := station.vehicle.vehicle()) is not None:
            self._show_vehicle(vehicle)
        if (flight := station.projects.current_flight()) is not None:
            self._show_flight(flight)
        self._badge.setVisible(self.simulated)
        self._dress()
        self._tick()

    @property
    def simulated(self) -> bool:
        return any(self._simulated.values())

    @Slot(object)
    def _show_radio(self, state: RadioState) -> None:
        if state.connected:
            text = f"● {state.device}  {state.rate_hz / 1e6:g} MS/s"
            trouble = "OVERLOAD: lower the gain" if state.overload else ""
            trouble += f"  {state.lost_samples} samples lost" if state.lost_samples else ""
        else:
            text, trouble = "○ no receiver", ""
        self._radio.setText(text)
        self._lost.setText(trouble)
        self._lost.setVisible(bool(trouble))
        self._note("radio", state.connected and state.simulated)

    @Slot(object)
    def _show_link(self, link: LinkState) -> None:
        text = f"● {link.url}  {link.received_per_s:.0f} msg/s" if link.connected else "○ no vehicle link"
        self._link.setText(text)
        took = "not measured" if link.latency_ms is None else f"{link.latency_ms:.0f} ms"
        figures = f"{link.lost_percent:.1f} % lost, {link.bytes_per_s / 1e3:.1f} kB/s, there and back {took}"
        self._link.setToolTip(link.problem or figures)

    @Slot(object)
    def _show_vehicle(self, state: VehicleState) -> None:
        self._note("vehicle", state.simulated)

    @Slot(object)
    def _show_flight(self, flight: Flight) -> None:
        self._recording = flight.ended_s is None
        self._flight.setText(f"● recording {flight.name}" if self._recording else "not recording")
        self._dress()

    @Slot()
    def _dress(self) -> None:
        bad = self._look.theme.bad
        dress(self._lost, f"color: {bad}; font-weight: 700;")
        dress(self._flight, f"color: {bad};" if self._recording else "")

    @Slot(object)
    def _show_project(self, project: Project) -> None:
        self._project.setText(project.name)

    @Slot()
    def _tick(self) -> None:
        rate = self._station.clock.rate
        faster = f"  ×{rate:g}" if rate != 1.0 else ""
        self._clock.setText(f"{clock_text(self._station.clock.now_s())} UTC{faster}")

    def _note(self, part: str, simulated: bool) -> None:
        before = self.simulated
        self._simulated[part] = simulated
        if self.simulated != before:
            self._badge.setVisible(self.simulated)
            self.simulation_changed.emit(self.simulated)

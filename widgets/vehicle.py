"""The vehicle panel: attitude, figures, its own words, and orders with a confirmation; GUI thread."""

import math
from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.geometry import distance_m
from app.domain.vehicle import CommandRecord, LinkState, Telemetry, VehicleMessage, VehicleState
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge
from widgets.connect import VEHICLE, ConnectDialog
from widgets.figures import NOT_KNOWN, clock_text, distance_text, known
from widgets.instrument import Instrument
from widgets.parts import FigureLabel, IconButton, confirm, heading, muted
from widgets.steady import SteadyLabel
from widgets.theme import Look

WORDS_SHOWN = 6
FIXES = {0: "no GPS", 1: "no fix", 2: "2D", 3: "3D", 4: "DGPS", 5: "RTK float", 6: "RTK fixed"}
FIGURES = (
    ("Height", "Speed", "Climb"),
    ("Heading", "From home", "Mode"),
    ("Battery", "GPS", "Link"),
)


class VehiclePanel(QWidget):
    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._vehicle, self._bridge, self._look = station.vehicle, bridge, look
        self._limits = station.settings.safety
        self._state: VehicleState | None = None
        self._words: list[str] = []
        self._instrument = Instrument(look)
        self._figures = {name: FigureLabel(name) for row in FIGURES for name in row}
        self._status = SteadyLabel(wrap=True)
        self._said = muted("The vehicle has said nothing yet.")
        self._height = QDoubleSpinBox(decimals=0, minimum=2.0, maximum=500.0, suffix=" m")
        self._height.setValue(station.settings.search.height_m)
        self._height.setToolTip("Height above home to take off to")
        self._dialog = ConnectDialog(self, bridge, VEHICLE, lambda url: self._vehicle.connect(url, OPERATOR))
        self._lay_out(self._make_orders())
        bridge.vehicle.connect(self._show_vehicle)
        bridge.telemetry.connect(self._show_pose)
        bridge.link.connect(self._show_link)
        bridge.message.connect(self._show_message)
        for message in station.vehicle.messages()[-WORDS_SHOWN:]:
            self._show_message(message)
        self._show_first()

    def connect_vehicle(self) -> None:
        self._dialog.open()

    def _make_orders(self) -> tuple[QWidget, ...]:
        look = self._look
        self._connect = IconButton("Connect …", "plug", look)
        self._arm = IconButton("Arm", "arm", look)
        self._takeoff = IconButton("Take off to", "takeoff", look)
        self._rtl = IconButton("Return home", "home", look, "RTL: the vehicle flies home and lands by itself")
        self._land = IconButton("Land here", "land", look)
        self._connect.clicked.connect(self.connect_vehicle)
        self._arm.clicked.connect(self._ask_arm)
        self._takeoff.clicked.connect(self._ask_takeoff)
        self._rtl.clicked.connect(self._ask_rtl)
        self._land.clicked.connect(self._ask_land)
        return self._connect, self._arm, self._takeoff, self._height, self._rtl, self._land

    def _lay_out(self, orders: tuple[QWidget, ...]) -> None:
        figures = QGridLayout()
        figures.setHorizontalSpacing(22)
        figures.setVerticalSpacing(4)
        for row, names in enumerate(FIGURES):
            for column, name in enumerate(names):
                figures.addWidget(self._figures[name], row, column)
        buttons = QHBoxLayout()
        for order in orders:
            buttons.addWidget(order)
        buttons.addStretch()
        middle = QVBoxLayout()
        middle.setSpacing(8)
        middle.addWidget(self._status)
        middle.addLayout(figures)
        middle.addStretch()
        middle.addLayout(buttons)
        words = QVBoxLayout()
        words.addWidget(heading("Its own words"))
        words.addWidget(self._said)
        words.addStretch()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(16)
        layout.addWidget(self._instrument)
        layout.addLayout(middle, 3)
        layout.addLayout(words, 2)

    def _show_first(self) -> None:
        """What is known already: facts come only when something changes."""
        state, pose = self._vehicle.vehicle(), self._vehicle.telemetry()
        self._show_link(self._vehicle.link())
        if state is not None:
            self._show_vehicle(state)
        if pose is not None:
            self._show_pose(pose)

    @Slot(object)
    def _show_vehicle(self, state: VehicleState) -> None:
        self._state = state
        theme = self._look.theme
        self._figures["Mode"].show_figure(state.mode, theme.text if state.connected else theme.bad)
        low = state.battery_percent is not None and state.battery_percent < self._limits.battery_percent + 10.0
        volts = f" {state.battery_v:.1f} V" if state.battery_v is not None else ""
        self._figures["Battery"].show_figure(
            known(state.battery_percent, ".0f", " %") + volts, theme.bad if low else ""
        )
        fix = NOT_KNOWN if state.gps_fix is None else FIXES.get(state.gps_fix, str(state.gps_fix))
        self._figures["GPS"].show_figure(f"{fix} {known(state.satellites, 'd')} sat", self._gps_colour(state))
        self._arm.choose("Disarm" if state.armed else "Arm", "close" if state.armed else "arm")
        self._show_status()

    def _gps_colour(self, state: VehicleState) -> str:
        good = state.gps_fix is not None and state.gps_fix >= 3 and (state.satellites or 0) >= self._limits.satellites
        return "" if good else self._look.theme.warn

    def _show_status(self) -> None:
        state, link = self._state, self._vehicle.link()
        if state is None:
            text = f"{link.problem or 'No vehicle heard yet'}. Press “Connect …” and say how to reach the vehicle."
        elif not state.connected:
            text = f"The vehicle is no longer heard. {link.problem}"
        else:
            air = "in the air" if state.in_air else "on the ground"
            ready = "" if state.armed or state.ready_to_arm else ", not ready to arm yet"
            text = f"{state.autopilot} {state.kind} {'ARMED' if state.armed else 'disarmed'}, {air}{ready}"
        for order in (self._arm, self._takeoff, self._rtl, self._land):
            order.setEnabled(state is not None and state.connected)
        self._status.setText(text)

    @Slot(object)
    def _show_pose(self, pose: Telemetry) -> None:
        self._instrument.show_pose(pose)
        self._figures["Height"].show_figure(f"{pose.height_m:.1f} m")
        self._figures["Speed"].show_figure(f"{math.hypot(pose.north_mps, pose.east_mps):.1f} m/s")
        self._figures["Climb"].show_figure(f"{round(-pose.down_mps, 1) + 0.0:+.1f} m/s")
        self._figures["Heading"].show_figure(f"{pose.heading_deg:03.0f}°")
        home = self._state.home if self._state is not None else None
        if home is not None:
            self._figures["From home"].show_figure(distance_text(distance_m(home, pose.position)))

    @Slot(object)
    def _show_link(self, link: LinkState) -> None:
        theme = self._look.theme
        good = link.connected and link.lost_percent < 5.0
        beside = f" +{sum(one.connected for one in link.others)}" if link.others else ""
        self._figures["Link"].show_figure(_link_text(link) + beside, "" if good else theme.warn)
        told = "" if not link.others else "\n".join(f"{one.url}: {_link_text(one)}" for one in (link, *link.others))
        self._figures["Link"].setToolTip(told)
        self._show_status()

    @Slot(object)
    def _show_message(self, message: VehicleMessage) -> None:
        self._words = [*self._words, f"{clock_text(message.time_s)}  {message.text}"][-WORDS_SHOWN:]
        self._said.setText("\n".join(reversed(self._words)))

    def _ask(self, title: str, text: str, verb: str, act: "Callable[[], Future[CommandRecord]]") -> None:
        confirm(self, title, text, verb, lambda: self._bridge.order(act, title))

    @Slot()
    def _ask_arm(self) -> None:
        if self._state is not None and self._state.armed:
            text = "The motors stop. In the air most vehicles refuse this."
            self._ask("Disarm", text, "Disarm", lambda: self._vehicle.disarm(OPERATOR))
        else:
            text = "The propellers turn. Is everybody away from the vehicle?"
            self._ask("Arm", text, "Arm", lambda: self._vehicle.arm(OPERATOR))

    @Slot()
    def _ask_takeoff(self) -> None:
        height_m = self._height.value()
        text = f"The vehicle rises to {height_m:.0f} m where it stands. Is the air above it free?"
        self._ask("Take off", text, "Take off", lambda: self._vehicle.takeoff(height_m, OPERATOR))

    @Slot()
    def _ask_rtl(self) -> None:
        text = "The vehicle flies home and lands there. A running mission ends."
        self._ask("Return home", text, "Return home", lambda: self._vehicle.rtl(OPERATOR))

    @Slot()
    def _ask_land(self) -> None:
        text = "The vehicle comes down where it is. A running mission ends."
        self._ask("Land here", text, "Land", lambda: self._vehicle.land(OPERATOR))


def _link_text(link: LinkState) -> str:
    """Share of the frames that arrive, and how many a second."""
    if not link.connected:
        return "not connected"
    return f"{100.0 - link.lost_percent:.0f} % {link.received_per_s:.0f}/s"

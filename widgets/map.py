"""The map panel: the map, what is known put on it, and the orders given on it; GUI thread."""

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.domain.bearing import Bearing
from app.domain.estimate import Advice, Estimate
from app.domain.geometry import LatLon
from app.domain.mission import MissionState, MissionStatus, SearchPlan
from app.domain.radio import RadioState, Reading, Targets
from app.domain.vehicle import Telemetry, VehicleState
from app.services.station import Station
from widgets.bearing_dialog import ask_bearing
from widgets.bridge import OPERATOR, Bridge
from widgets.figures import area_text, distance_text, position_text
from widgets.map_view import MapView
from widgets.parts import IconTool, confirm
from widgets.steady import SteadyLabel
from widgets.theme import Look

HOMING_STATES = {MissionState.DETECTING, MissionState.HOMING, MissionState.HOLDING}


class MapPanel(QWidget):
    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._station, self._bridge, self._look = station, bridge, look
        self._target_id = ""
        self._radio_simulated = False
        self.view = MapView(station.settings.safety, look)
        self._estimate = SteadyLabel(wrap=True)
        self._follow = IconTool("Follow the vehicle", "follow", look, checkable=True)
        self._follow.setChecked(True)
        self._lay_out()
        self._wire()
        self._show_first()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        row.addWidget(self._follow)
        tools = (
            ("Show everything", "fit", self.view.show_all),
            ("Nearer", "plus", self._nearer),
            ("Farther", "minus", self._farther),
        )
        for tip, name, act in tools:
            tool = IconTool(tip, name, self._look)
            tool.clicked.connect(act)
            row.addWidget(tool)
        row.addSpacing(10)
        row.addWidget(self._estimate, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self.view, 1)

    def _wire(self) -> None:
        bridge = self._bridge
        self._follow.toggled.connect(self._set_following)
        self.view.follow_ended.connect(self._end_following)
        self.view.asked.connect(self._ask)
        bridge.telemetry.connect(self._show_pose)
        bridge.vehicle.connect(self._show_vehicle)
        bridge.readings.connect(self._add_readings)
        bridge.estimate.connect(self._show_estimate)
        bridge.advice.connect(self._show_advice)
        bridge.bearing.connect(self._show_bearing)
        bridge.mission.connect(self._show_mission)
        bridge.plan.connect(self.show_plan)
        bridge.targets.connect(self._choose_target)
        bridge.radio.connect(self._show_radio)

    def _show_first(self) -> None:
        """What is known already: facts come only when something changes."""
        station = self._station
        for pose in station.vehicle.trail():
            self.view.set_pose(pose)
        vehicle, plan = station.vehicle.vehicle(), station.search.plan()
        if vehicle is not None:
            self._show_vehicle(vehicle)
        if plan is not None:
            self.show_plan(plan)
        self._show_radio(station.radio.state())
        self._show_mission(station.mission.status())
        self._choose_target(station.targets.targets())
        self._hint()

    @Slot(object)
    def show_plan(self, plan: SearchPlan) -> None:
        """Also for a plan that is only looked at before it is flown."""
        self.view.plan = plan
        self.view.show_all()

    @Slot(object)
    def _show_pose(self, pose: Telemetry) -> None:
        self.view.set_pose(pose)
        if self.view.hint:
            self._hint()

    @Slot(object)
    def _show_vehicle(self, state: VehicleState) -> None:
        self.view.set_vehicle(state)
        self._label_simulation()

    @Slot(object)
    def _show_radio(self, state: RadioState) -> None:
        self._radio_simulated = state.simulated and state.connected
        self._label_simulation()

    def _label_simulation(self) -> None:
        vehicle = self.view.vehicle
        simulated = self._radio_simulated or (vehicle is not None and vehicle.simulated)
        if simulated != self.view.simulated:
            self.view.simulated = simulated
            self.view.refresh()

    @Slot(object)
    def _add_readings(self, readings: tuple[Reading, ...]) -> None:
        self.view.add_heard([reading for reading in readings if reading.level.target_id == self._target_id])

    @Slot(object)
    def _choose_target(self, targets: Targets) -> None:
        if targets.selected_id == self._target_id:
            return
        self._target_id = targets.selected_id
        self.view.path.heard.set(self._station.estimate.readings(self._target_id) if self._target_id else ())
        self.view.bearings.set(self._station.bearings.bearings(self._target_id) if self._target_id else ())
        self._set_estimate(self._station.estimate.latest(self._target_id) if self._target_id else None)

    @Slot(object)
    def _show_estimate(self, estimate: Estimate) -> None:
        if estimate.target_id == self._target_id:
            self._set_estimate(estimate)

    def _set_estimate(self, estimate: Estimate | None) -> None:
        self.view.estimate.set(estimate)
        theme = self._look.theme
        if estimate is None:
            text, colour = "Beacon: nothing heard yet", theme.muted
        elif not estimate.enough:
            text, colour = f"Beacon: not enough to say. {estimate.text}", theme.warn
        else:
            sure = f"90 % within {distance_text(estimate.radius_90_m)}, {area_text(estimate.area_90_m2)}"
            text = f"Beacon {position_text(estimate.mode)}  ·  {sure}"
            colour = theme.good
        self._estimate.show_text(text, colour)
        self._estimate.setToolTip(estimate.text if estimate is not None else "")
        self.view.refresh()

    @Slot(object)
    def _show_bearing(self, bearing: Bearing) -> None:
        if bearing.target_id == self._target_id:
            self.view.bearings.add(bearing)
            self.view.refresh()

    @Slot(object)
    def _show_advice(self, advice: Advice) -> None:
        if advice.target_id == self._target_id:
            self.view.set_mission(self.view.mission, advice)

    @Slot(object)
    def _show_mission(self, status: MissionStatus) -> None:
        self.view.set_mission(status, self.view.advice if status.state in HOMING_STATES else None)

    @Slot(bool)
    def _set_following(self, following: bool) -> None:
        self.view.following = following
        if following and self.view.pose is not None:
            self.view.projection = self.view.projection.centred(self.view.pose.position)
            self.view.refresh()

    @Slot()
    def _end_following(self) -> None:
        self._follow.setChecked(False)

    @Slot()
    def _nearer(self) -> None:
        self.view.zoom(0.6)

    @Slot()
    def _farther(self) -> None:
        self.view.zoom(1.0 / 0.6)

    @Slot(object, QPoint)
    def _ask(self, position: LatLon, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fly = menu.addAction("Fly here …", lambda: self._ask_goto(position))
        fly.setEnabled(self.view.vehicle is not None and self.view.vehicle.connected)
        told = menu.addAction("Set a bearing from here …", lambda: self._ask_bearing(position))
        told.setEnabled(bool(self._target_id))
        menu.addAction("Copy coordinates", lambda: self._copy(position))
        menu.addSeparator()
        menu.addAction("Show everything", self.view.show_all)
        menu.popup(where)

    def _ask_goto(self, position: LatLon) -> None:
        text = f"The vehicle leaves what it does and flies to {position_text(position)} at its present height."
        confirm(self, "Fly here", text, "Fly there", lambda: self._go(position))

    def _ask_bearing(self, position: LatLon) -> None:
        ask_bearing(self, self._station, self._bridge, self._target_id, position)

    def _go(self, position: LatLon) -> None:
        self._bridge.order(lambda: self._station.vehicle.goto(position, None, OPERATOR), "Fly here")

    @staticmethod
    def _copy(position: LatLon) -> None:
        QGuiApplication.clipboard().setText(f"{position.lat_deg:.7f}, {position.lon_deg:.7f}")

    def _hint(self) -> None:
        none = self.view.pose is None
        self.view.hint = "No vehicle yet: press “Connect …” in the Vehicle panel below." if none else ""
        self.view.refresh()

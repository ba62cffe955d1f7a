"""The map itself: base map, flight and estimate painted in layers; drag, wheel and right click; GUI thread."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.estimate import Advice
from app.domain.geometry import LatLon, distance_m
from app.domain.mission import MissionStatus, SearchPlan
from app.domain.radio import Reading
from app.domain.safety import SafetyLimits
from app.domain.vehicle import Telemetry, VehicleState
from widgets.badge import Badge
from widgets.map_bearings import BearingLayer
from widgets.map_estimate import EstimateLayer
from widgets.map_flight import moving_area, paint_goal, paint_vehicle
from widgets.map_frame import FOOT_PIXELS, paint_foot, paint_hint, under_cursor
from widgets.map_ground import Bare, Ground, Still
from widgets.map_over import Over
from widgets.map_path import PathLayer
from widgets.map_projection import Projection
from widgets.repaint import Repaint
from widgets.theme import Look

WORLD = Projection(LatLon(25.0, 10.0), 30_000.0, 1, 1)
FRAME_MS = 40  # after a change; changes come after frames of the waterfall, and so this lies between two of them
FIRST_ACROSS_M = 900.0


class MapView(QWidget):
    """Everything is set from outside; ``asked`` is a right click with the position under it."""

    asked = Signal(object, QPoint)
    follow_ended = Signal()

    def __init__(self, limits: SafetyLimits, look: Look) -> None:
        super().__init__()
        self._look = look
        self.projection = WORLD
        self.estimate, self.bearings = EstimateLayer(), BearingLayer()
        self.path = PathLayer()
        self._ground, self._over = Ground(limits, self.estimate), Over(self.estimate, self.bearings, self.path.heard)
        self.plan: SearchPlan | None = None
        self.vehicle: VehicleState | None = None
        self.pose: Telemetry | None = None
        self.mission: MissionStatus | None = None
        self.advice: Advice | None = None
        self.simulated = False
        self.following = True
        self.hint = ""
        self._wanted: tuple[LatLon, float] | None = None  # centre and metres across, until someone zooms or drags
        self._hover: QPointF | None = None
        self._badge = Badge()
        self._dragged: QPointF | None = None
        self.setMouseTracking(True)
        self.setMinimumSize(260, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._repaint = Repaint(self, FRAME_MS)
        look.changed.connect(self.update)

    @Slot()
    def refresh(self) -> None:
        """Paint all of it soon; any number of changes make one painting."""
        self._repaint.whole()

    def set_pose(self, pose: Telemetry) -> None:
        """The vehicle has moved; the first position brings the map there."""
        first, before, shown = self.pose is None, self._moving_area(), self.projection
        self.pose = pose
        self.path.trail.add(pose.position)
        if first:
            self._look_at(pose.position, FIRST_ACROSS_M)
        elif self.following:
            self._keep_in_view(pose.position)
        if self.projection is not shown:
            self.refresh()
        else:
            self._repaint.part(before | self._moving_area())

    def set_vehicle(self, vehicle: VehicleState) -> None:
        before, self.vehicle = self.vehicle, vehicle
        if before is None or (before.home, before.armed) != (vehicle.home, vehicle.armed):
            self.refresh()

    def set_mission(self, mission: MissionStatus | None, advice: Advice | None) -> None:
        """What is flown has changed; most reports of it change nothing on the map."""
        shown = (self._leg(), self._goal())
        self.mission, self.advice = mission, advice
        if shown != (self._leg(), self._goal()):
            self.refresh()

    def add_heard(self, readings: Sequence[Reading]) -> None:
        """More readings of the chosen target."""
        area = self.path.hear(readings, self.projection)
        self._repaint.part(self.rect() if area is None else area)

    def show_all(self) -> None:
        """Zoom so that vehicle, home, pattern and estimate are in view; the world when there is none of them."""
        places = [self.pose.position] if self.pose is not None else []
        places += [self.vehicle.home] if self.vehicle is not None and self.vehicle.home is not None else []
        places += list(self.plan.waypoints) if self.plan is not None else []
        if self.estimate.estimate is not None and self.estimate.shown:
            places.append(self.estimate.estimate.mode)
        if not places:
            self._wanted = None
            self.projection = replace(WORLD, width=self.width(), height=self.height())
            self.refresh()
            return
        lat = [place.lat_deg for place in places]
        lon = [place.lon_deg for place in places]
        centre = LatLon((min(lat) + max(lat)) / 2.0, (min(lon) + max(lon)) / 2.0)
        across_m = max(2.3 * max(distance_m(centre, place) for place in places), 150.0)
        self._look_at(centre, across_m)
        self.refresh()

    def zoom(self, factor: float) -> None:
        self._wanted = None
        self.projection = self.projection.zoomed(factor, self.width() / 2.0, self.height() / 2.0)
        self.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        home = self.vehicle.home if self.vehicle is not None else None
        theme = self._look.theme
        bare = Bare(self.projection, home, theme.name, ratio)
        pictures = (
            self._ground.picture(Still(bare, self.plan, self._leg(), self.estimate.version), theme),
            self.path.picture(self.projection, theme, ratio),
            self._over.picture(bare, theme),
        )
        with QPainter(self) as painter:  # ends the painter also when painting fails, or Qt would crash
            for picture in pictures:
                painter.drawPixmap(0, 0, picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_moving(painter)
            self._paint_frame(painter, event.rect())

    def _paint_moving(self, painter: QPainter) -> None:
        theme, projection = self._look.theme, self.projection
        goal = self._goal()
        if goal is not None:
            paint_goal(painter, projection, self.pose.position if self.pose is not None else None, goal, theme)
        if self.pose is not None:
            armed = self.vehicle is not None and self.vehicle.armed
            paint_vehicle(painter, projection, self.pose, armed, theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        del event
        self._fit_size()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wanted = None
        at = event.position()
        if self.following and self.pose is not None:
            at = QPointF(*self.projection.pixel(self.pose.position))
        self.projection = self.projection.zoomed(0.8 ** (event.angleDelta().y() / 120.0), at.x(), at.y())
        self.refresh()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position()
        if self._dragged is not None:
            by = event.position() - self._dragged
            self._dragged, self._wanted = event.position(), None
            self.projection = self.projection.moved(by.x(), by.y())
            if self.following:
                self.following = False
                self.follow_ended.emit()
        self.refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = None

    def leaveEvent(self, event: QEvent) -> None:
        del event
        self._hover = None
        self.refresh()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.asked.emit(self.projection.position(event.pos().x(), event.pos().y()), event.globalPos())

    def _leg(self) -> int:
        """Number of the waypoint flown to."""
        return self.mission.leg + 1 if self.mission is not None and self.mission.legs else 0

    def _moving_area(self) -> QRect:
        return moving_area(self.projection, self.pose.position, self._goal()) if self.pose is not None else QRect()

    def _goal(self) -> LatLon | None:
        if self.mission is not None and self.mission.goal is not None:
            return self.mission.goal
        return self.advice.goal if self.advice is not None else None

    def _look_at(self, centre: LatLon, across_m: float) -> None:
        """Show this, also after the window has found its size."""
        self._wanted = (centre, across_m)
        self.projection = self.projection.centred(centre, across_m)

    def _keep_in_view(self, position: LatLon) -> None:
        """Move the map only when the vehicle comes near its edge: a still map is easier to read."""
        if self.projection.width <= 1:  # not shown yet
            return
        x, y = self.projection.pixel(position)
        margin_x, margin_y = self.width() * 0.2, self.height() * 0.2
        if not (margin_x < x < self.width() - margin_x and margin_y < y < self.height() - margin_y):
            self._wanted = None
            self.projection = self.projection.centred(position)

    def _fit_size(self) -> None:
        self.projection = replace(self.projection, width=max(self.width(), 1), height=max(self.height(), 1))
        if self._wanted is not None:
            self.projection = self.projection.centred(*self._wanted)
        self.refresh()

    def _paint_frame(self, painter: QPainter, painted: QRect) -> None:
        """What lies over the map: coordinates, hint, badge."""
        theme, projection = self._look.theme, self.projection
        if painted.bottom() >= self.height() - FOOT_PIXELS:
            paint_foot(painter, projection, under_cursor(projection, self._hover, self.pose), theme)
        if self.hint:
            paint_hint(painter, projection, self.hint, theme)
        if self.simulated:
            self._badge.paint(painter, QPoint(self.width() - 10, 10), theme)

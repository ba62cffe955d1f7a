"""What lies still on the map in one picture: base map, grid, limits, estimate, pattern; painted when it changes."""

from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPixmap

from app.domain.geometry import LatLon
from app.domain.mission import SearchPlan
from app.domain.safety import SafetyLimits
from widgets.base_map import BaseMap
from widgets.map_estimate import EstimateLayer
from widgets.map_flight import paint_limits, paint_plan
from widgets.map_grid import paint_grid, paint_scale
from widgets.map_projection import Projection
from widgets.theme import Theme


@dataclass(frozen=True, slots=True)
class Still:
    """What the picture is of; ``leg`` is the number of the waypoint flown to, ``ratio`` device pixels to a pixel."""

    projection: Projection
    home: LatLon | None
    plan: SearchPlan | None
    leg: int
    estimate_time_s: float
    theme: str
    ratio: float


class Ground:
    def __init__(self, limits: SafetyLimits, estimate: EstimateLayer) -> None:
        self._limits, self._estimate = limits, estimate
        self._base = BaseMap()
        self._picture = QPixmap()
        self._of: Still | None = None

    def picture(self, wanted: Still, theme: Theme) -> QPixmap:
        """The picture of ``wanted``; metres are counted from home, where it is known."""
        if wanted != self._of:
            size = QSize(wanted.projection.width, wanted.projection.height) * wanted.ratio
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(wanted.ratio)
            with QPainter(self._picture) as painter:
                self._paint(painter, wanted, theme)
            self._of = wanted
        return self._picture

    def _paint(self, painter: QPainter, wanted: Still, theme: Theme) -> None:
        projection, home = wanted.projection, wanted.home
        self._base.paint(painter, projection, theme)
        middle = LatLon(round(projection.centre.lat_deg, 1), round(projection.centre.lon_deg, 1))
        paint_grid(painter, projection, home or middle, home is not None, theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_limits(painter, projection, self._limits, home, theme)
        self._estimate.paint_heat(painter, projection)
        if wanted.plan is not None:
            paint_plan(painter, projection, wanted.plan, wanted.leg, theme)
        paint_scale(painter, projection, theme)

"""What lies under the trail in one picture: base map, grid, limits, estimate, pattern; painted when it changes."""

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
class Bare:
    """What the map without estimate and pattern is of; ``ratio`` is device pixels to a pixel."""

    projection: Projection
    home: LatLon | None
    theme: str
    ratio: float


@dataclass(frozen=True, slots=True)
class Still:
    """What the picture is of; ``leg`` is the number of the waypoint flown to."""

    bare: Bare
    plan: SearchPlan | None
    leg: int
    estimate: int


class Ground:
    """Two pictures, for an estimate comes twice a second and the base map below it costs ten times as much."""

    def __init__(self, limits: SafetyLimits, estimate: EstimateLayer) -> None:
        self._limits, self._estimate = limits, estimate
        self._base = BaseMap()
        self._bare, self._picture = QPixmap(), QPixmap()
        self._bare_of: Bare | None = None
        self._of: Still | None = None

    def picture(self, wanted: Still, theme: Theme) -> QPixmap:
        """The picture of ``wanted``; metres are counted from home, where it is known."""
        if wanted != self._of:
            self._picture = QPixmap(self._bare_picture(wanted.bare, theme))
            with QPainter(self._picture) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                self._estimate.paint_heat(painter, wanted.bare.projection)
                if wanted.plan is not None:
                    paint_plan(painter, wanted.bare.projection, wanted.plan, wanted.leg, theme)
                paint_scale(painter, wanted.bare.projection, theme)
            self._of = wanted
        return self._picture

    def _bare_picture(self, wanted: Bare, theme: Theme) -> QPixmap:
        if wanted != self._bare_of:
            self._bare = QPixmap(QSize(wanted.projection.width, wanted.projection.height) * wanted.ratio)
            self._bare.setDevicePixelRatio(wanted.ratio)
            with QPainter(self._bare) as painter:
                self._paint_bare(painter, wanted.projection, wanted.home, theme)
            self._bare_of = wanted
        return self._bare

    def _paint_bare(self, painter: QPainter, projection: Projection, home: LatLon | None, theme: Theme) -> None:
        self._base.paint(painter, projection, theme)
        middle = LatLon(round(projection.centre.lat_deg, 1), round(projection.centre.lon_deg, 1))
        paint_grid(painter, projection, home or middle, home is not None, theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_limits(painter, projection, self._limits, home, theme)

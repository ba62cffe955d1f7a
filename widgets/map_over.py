"""What lies still over the trail, one picture: bearings, contours, most probable place, home, levels; GUI thread."""

from PySide6.QtGui import QPainter, QPixmap

from widgets.map_bearings import BearingLayer
from widgets.map_estimate import EstimateLayer
from widgets.map_flight import paint_home
from widgets.map_ground import Bare
from widgets.map_path import HeardTrail, clear_picture
from widgets.theme import Theme


class Over:
    """One picture, for its outlines with their dashes cost more than the whole rest of a painting of the map."""

    def __init__(self, estimate: EstimateLayer, bearings: BearingLayer, heard: HeardTrail) -> None:
        self._estimate, self._bearings, self._heard = estimate, bearings, heard
        self._picture = QPixmap()
        self._of: tuple[object, ...] = ()

    def picture(self, bare: Bare, theme: Theme) -> QPixmap:
        heard = self._heard
        wanted = (bare, self._estimate.version, self._bearings.version, heard.any_heard, heard.low_db, heard.high_db)
        if wanted != self._of:
            self._of = wanted
            self._picture = clear_picture(bare.projection, bare.ratio)
            with QPainter(self._picture) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                self._bearings.paint(painter, bare.projection, theme)
                self._estimate.paint(painter, bare.projection, theme)
                if bare.home is not None:
                    paint_home(painter, bare.projection, bare.home, theme)
                heard.paint_legend(painter, bare.projection, theme)
        return self._picture

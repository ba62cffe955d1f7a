"""The posterior on the map: heat, contours, most probable place; nothing of it before it is enough; GUI thread."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from app.domain.estimate import Estimate, PosteriorGrid
from app.domain.geometry import EastNorth, LocalPlane
from widgets.colour_map import SIZE, rgb_table
from widgets.figures import distance_text
from widgets.map_projection import Projection
from widgets.map_shapes import polygon_of
from widgets.theme import Theme, figure_font

HEAT_ALPHA = 190.0


def _heat_table() -> NDArray[np.uint32]:
    """0xAARRGGBB, premultiplied, of the shares 0 to 1 in 256 steps; clear where the beacon is not."""
    share = np.arange(SIZE) / (SIZE - 1.0)
    alpha = np.minimum(share * 1.6, 1.0)[:, None] * HEAT_ALPHA
    channels = np.concatenate([rgb_table("inferno") * alpha / 255.0, alpha], axis=1).astype(np.uint32)
    shifts = np.array([16, 8, 0, 24], np.uint32)
    table: NDArray[np.uint32] = np.bitwise_or.reduce(channels << shifts, axis=1)
    return table


HEAT = _heat_table()


def heat_image(grid: PosteriorGrid) -> QImage:
    """One pixel a cell, north up, clear where the beacon is not; the square root of the share shows the flanks too."""
    scale = np.float32((SIZE - 1.0) / max(float(grid.probability.max()), 1e-30) ** 0.5)
    pixels = HEAT[(np.sqrt(grid.probability[::-1]) * scale).astype(np.uint8)]
    north, east = pixels.shape
    return QImage(pixels.data, east, north, 4 * east, QImage.Format.Format_ARGB32_Premultiplied).copy()


class EstimateLayer:
    """The newest estimate of the chosen target."""

    def __init__(self) -> None:
        self.estimate: Estimate | None = None
        self.version = 0  # changes with each estimate
        self._heat = QImage()

    @property
    def shown(self) -> bool:
        """Whether there is a fix that may be shown."""
        return self.estimate is not None and self.estimate.enough

    def set(self, estimate: Estimate | None) -> None:
        self.estimate = estimate
        self.version += 1
        self._heat = heat_image(estimate.grid) if estimate is not None and estimate.enough else QImage()

    def paint_heat(self, painter: QPainter, projection: Projection) -> None:
        """The posterior itself."""
        if self.estimate is None or not self.estimate.enough:
            return
        grid = self.estimate.grid
        plane = LocalPlane(grid.origin)
        north, east = grid.probability.shape
        low = plane.to_globe(EastNorth(grid.west_m, grid.south_m))
        high = plane.to_globe(EastNorth(grid.west_m + east * grid.cell_m, grid.south_m + north * grid.cell_m))
        (left, bottom), (right, top) = projection.pixel(low), projection.pixel(high)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(QPointF(left, top), QPointF(right, bottom)), self._heat)

    def paint(self, painter: QPainter, projection: Projection, theme: Theme) -> None:
        """Contours and the most probable place, over the trail; where two emitters are heard, both."""
        if self.estimate is None:
            return
        for number, place in enumerate(self.estimate.emitters, 1):
            _paint_emitter(painter, QPointF(*projection.pixel(place)), f"emitter {number}?", theme)
        if not self.estimate.enough:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        dashed, solid = Qt.PenStyle.DashLine, Qt.PenStyle.SolidLine
        for rings, style in ((self.estimate.region_90, dashed), (self.estimate.region_50, solid)):
            painter.setPen(QPen(theme.colour("text"), 1.6, style))
            for ring in rings:
                pixels = projection.pixels([c.lat_deg for c in ring], [c.lon_deg for c in ring])
                painter.drawPolygon(polygon_of(pixels))
        self._paint_marker(painter, projection, self.estimate, theme)

    @staticmethod
    def _paint_marker(painter: QPainter, projection: Projection, estimate: Estimate, theme: Theme) -> None:
        """A cross in a ring at the most probable place, and in words how sure it is."""
        x, y = projection.pixel(estimate.mode)
        at = QPointF(x, y)
        for colour, thickness in (("window", 4.0), ("good", 1.8)):
            painter.setPen(QPen(theme.colour(colour), thickness))
            painter.drawEllipse(at, 9, 9)
            for east, north in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(at + QPointF(5 * east, 5 * north), at + QPointF(14 * east, 14 * north))
        _label(painter, at, f"90 % within {distance_text(estimate.radius_90_m)}", theme, "good")


def _paint_emitter(painter: QPainter, at: QPointF, text: str, theme: Theme) -> None:
    """A dashed ring: a place that explains part of what was heard, no fix."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour("warn"), 2.0, Qt.PenStyle.DashLine))
    painter.drawEllipse(at, 14, 14)
    _label(painter, at, text, theme, "warn")


def _label(painter: QPainter, at: QPointF, text: str, theme: Theme, colour: str) -> None:
    painter.setFont(figure_font(8.5, bold=True))
    box = QRectF(painter.fontMetrics().boundingRect(text)).adjusted(-6, -3, 6, 3)
    box.moveTopLeft(at + QPointF(17, -box.height() - 8))
    painter.fillRect(box, theme.colour("panel", 225))
    painter.setPen(theme.colour(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

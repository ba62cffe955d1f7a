"""The shipped base map: land, borders and names, with no network; GUI thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from widgets.map_projection import HIGHEST_LAT_DEG, Projection
from widgets.map_shapes import clipped, fits, path_of, visible_parts
from widgets.theme import Theme

NAMES_FROM_M, NAMES_TO_M = 400.0, 60_000.0  # metres per pixel between which countries are named
Line = NDArray[np.float64]  # (n, 2) longitude, latitude in degrees


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    line: Line
    west: float
    east: float
    south: float
    north: float


def _unpacked(stored: dict[str, NDArray[np.int32]], kind: str, step_deg: float) -> Iterator[_Shape]:
    """Undo the packing of packaging/make_map.py."""
    at = 0
    for first, count in zip(stored[f"{kind}_first"], stored[f"{kind}_counts"], strict=True):
        deltas = stored[f"{kind}_deltas"][at : at + count - 1]
        at += int(count) - 1
        line = np.cumsum(np.concatenate([first[None, :], deltas]), axis=0) * step_deg
        (west, south), (east, north) = line.min(axis=0), line.max(axis=0)
        yield _Shape(line, float(west), float(east), float(south), float(north))


class BaseMap:
    """Natural Earth 1:50 million, read once from the resources."""

    def __init__(self) -> None:
        packed = resources.files("resources").joinpath("map", "world.npz").read_bytes()
        with np.load(BytesIO(packed), allow_pickle=False) as stored:
            content = {name: stored[name] for name in stored.files}
        step_deg = float(content["step_deg"])
        self._land = list(_unpacked(content, "land", step_deg))
        self._borders = list(_unpacked(content, "border", step_deg))
        self._names: list[str] = content["names"].tolist()
        self._name_area = content["name_area"]
        self._name_at = content["name_at"].astype(float)

    def paint(self, painter: QPainter, projection: Projection, theme: Theme) -> None:
        """Sea, land and borders over the whole of the map."""
        width, height = projection.width, projection.height
        painter.fillRect(0, 0, width, height, theme.colour("sea"))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("land"))
        for pixels in self._visible(self._land, projection):
            shown = pixels if fits(pixels) else clipped(pixels, width, height)
            if len(shown) > 2:
                painter.drawPath(path_of(shown, closed=True))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("muted", 110), 1, Qt.PenStyle.DotLine))
        for pixels in self._visible(self._borders, projection):
            for part in [pixels] if fits(pixels) else visible_parts(pixels, width, height):
                painter.drawPath(path_of(part))
        self._paint_names(painter, projection, theme)

    def _visible(self, shapes: list[_Shape], projection: Projection) -> Iterator[NDArray[np.float64]]:
        """Pixels of the shapes that may be seen, each unbroken across the edge of the world."""
        top, bottom = projection.position(0, 0), projection.position(projection.width, projection.height)
        half_deg = projection.width * projection.equator_m / 111_319.49 / 2.0
        for shape in shapes:
            if shape.south > top.lat_deg or shape.north < bottom.lat_deg:
                continue
            for turn in (-360.0, 0.0, 360.0):
                west, east = (
                    shape.west + turn - projection.centre.lon_deg,
                    shape.east + turn - projection.centre.lon_deg,
                )
                if west <= half_deg and east >= -half_deg:
                    yield self._pixels(shape.line, turn, projection)

    @staticmethod
    def _pixels(line: Line, turn_deg: float, projection: Projection) -> NDArray[np.float64]:
        """As ``Projection.pixels``, without taking longitudes the short way round."""
        pixels = projection.pixels(np.clip(line[:, 1], -HIGHEST_LAT_DEG, HIGHEST_LAT_DEG), projection.centre.lon_deg)
        east_deg = line[:, 0] + turn_deg - projection.centre.lon_deg
        pixels[:, 0] = projection.width / 2.0 + np.radians(east_deg) * 6_378_137.0 / projection.equator_m
        return pixels

    def _paint_names(self, painter: QPainter, projection: Projection, theme: Theme) -> None:
        if not NAMES_FROM_M <= projection.equator_m <= NAMES_TO_M:
            return
        font = painter.font()
        font.setPointSizeF(8.0)
        painter.setFont(font)
        painter.setPen(theme.colour("muted"))
        smallest = (projection.equator_m / 111_000.0 * 40.0) ** 2  # square degrees of 40 by 40 pixels
        for name, area, (lon, lat) in zip(self._names, self._name_area, self._name_at, strict=True):
            if area < smallest:
                continue
            x, y = projection.pixels(lat, lon)
            if 0 <= x <= projection.width and 0 <= y <= projection.height:
                box = QRectF(QPointF(x - 90, y - 10), QPointF(x + 90, y + 10))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

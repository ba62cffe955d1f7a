"""Icons of resources/icons in the theme's colours; GUI thread."""

from functools import lru_cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


@lru_cache(maxsize=64)
def _drawing(name: str) -> str:
    return resources.files("resources").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, colour: str, size: int = 16, ratio: float = 2.0) -> QPixmap:
    """The icon ``name`` painted in ``colour`` (#rrggbb). Raises ``FileNotFoundError`` for an unknown name."""
    renderer = QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        renderer.render(painter, QRectF(picture.rect()))
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(name: str, colour: str, disabled: str = "#808080") -> QIcon:
    made = QIcon(pixmap(name, colour))
    made.addPixmap(pixmap(name, disabled), QIcon.Mode.Disabled)
    return made

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from widgets.stamps import Stamps, paint_dashed
from widgets.theme import figure_font

RED, BLUE = QColor("#ff0000"), QColor("#0000ff")


def canvas() -> QImage:
    image = QImage(60, 30, QImage.Format.Format_RGB32)
    image.fill(BLUE)
    return image


def colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_a_stamp_says_its_words_each_time_and_in_each_colour(qapp: object) -> None:
    stamps = Stamps(figure_font(9.0, bold=True), most=2)
    box = QRect(QPoint(2, 2), stamps.size("███"))
    for name in ("#ff0000", "#ff0000", "#00ff00", "#ffff00"):
        image = canvas()
        with QPainter(image) as painter:
            stamps.stamp(painter, box, "███", QColor(name))
        assert name in colours(image)


def test_a_stamp_in_another_box_has_its_size(qapp: object) -> None:
    stamps = Stamps(figure_font(9.0))
    for size in (QSize(20, 10), QSize(30, 20)):
        image = canvas()
        with QPainter(image) as painter:
            stamps.stamp(painter, QRect(QPoint(0, 0), size), "", RED, RED)
        red = sum(image.pixelColor(x, y) == RED for x in range(60) for y in range(30))
        assert red == size.width() * size.height()


@pytest.mark.parametrize("line", [QRect(5, 10, 50, 1), QRect(30, 0, 1, 28)])
def test_dashes_are_on_the_line_and_have_gaps(qapp: object, line: QRect) -> None:
    image = canvas()
    with QPainter(image) as painter:
        paint_dashed(painter, line, RED)
    red = {(x, y) for x in range(60) for y in range(30) if image.pixelColor(x, y) == RED}
    long = max(line.width(), line.height())
    assert 0.4 * long < len(red) < 0.8 * long
    assert all(line.contains(x, y) for x, y in red)

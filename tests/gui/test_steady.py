import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.steady import SteadyLabel


class Layouts(QObject):
    """Counts how often a widget is laid out."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__()
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def shown(qtbot: QtBot, label: QLabel, width: int = 200) -> QWidget:
    window = QWidget()
    layout = QHBoxLayout(window)
    layout.addWidget(label)
    window.setFixedWidth(width)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.mark.parametrize("wrap", [False, True])
def test_a_text_as_long_lays_out_nothing(qtbot: QtBot, qapp: object, wrap: bool) -> None:
    label = SteadyLabel("Heartbeat 0.9 s ago", wrap)
    window = shown(qtbot, label)
    layouts = Layouts(window)
    qtbot.wait(10)
    layouts.count = 0
    for tenth in range(9):
        label.show_text(f"Heartbeat 0.{tenth} s ago", "#ff0000")
        qtbot.wait(1)
    assert layouts.count == 0
    assert label.text() == "Heartbeat 0.8 s ago" == label.accessibleName()


def test_a_longer_text_gets_more_room(qtbot: QtBot, qapp: object) -> None:
    label = SteadyLabel("5 m")
    window = QWidget()
    layout = QHBoxLayout(window)
    layout.addWidget(label)
    layout.addStretch()
    qtbot.addWidget(window)
    window.resize(400, 50)
    window.show()
    qtbot.waitExposed(window)
    before = label.width()
    label.setText("12345.6 m above home")
    qtbot.waitUntil(lambda: label.width() > before)
    assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())


def test_wrapped_text_gets_as_many_lines_as_it_needs(qtbot: QtBot, qapp: object) -> None:
    label = SteadyLabel("short", wrap=True)
    window = QWidget()
    layout = QVBoxLayout(window)
    layout.addWidget(label)
    layout.addStretch()
    window.setFixedWidth(150)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    line = label.height()
    label.setText("a text that will not do with one line of a hundred and fifty pixels")
    qtbot.waitUntil(lambda: label.height() >= 3 * line)
    label.setText("short again")
    qtbot.waitUntil(lambda: label.height() == line)


def test_it_is_painted_in_the_colour_asked_for(qtbot: QtBot, qapp: object) -> None:
    label = SteadyLabel()
    label.show_text("██████", "#00ff00")
    window = shown(qtbot, label)
    image = window.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert "#00ff00" in colours

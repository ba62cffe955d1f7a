import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.radio import Targets
from app.ring import Rows, SpectrumRing
from tests.gui import facts
from widgets.frequency_view import FrequencyView
from widgets.spectrum import SpectrumView
from widgets.theme import DARK, Look
from widgets.waterfall import GUTTER

CENTRE_HZ, RATE_HZ, BINS = 433.92e6, 240e3, 1024
PEAK_BIN = 256
PEAK_HZ = CENTRE_HZ - RATE_HZ / 2.0 + (PEAK_BIN + 0.5) * RATE_HZ / BINS


def rows(power_db: np.ndarray | None = None) -> Rows:
    if power_db is None:
        power_db = np.full(BINS, -90.0, np.float32)
        power_db[PEAK_BIN] = -40.0
    ring = SpectrumRing(len(power_db))
    ring.write(power_db, 1_000.0, CENTRE_HZ, RATE_HZ)
    return ring.since(0)


@pytest.fixture
def view(qtbot: QtBot, look: Look) -> SpectrumView:
    made = SpectrumView(FrequencyView(), look, 12.0)
    qtbot.addWidget(made)
    made.resize(GUTTER + 400, 160)
    made.show()
    qtbot.waitExposed(made)
    return made


def columns_in(view: SpectrumView, colour: QColor, y: int) -> list[int]:
    image = view.grab().toImage()
    return [x for x in range(image.width()) if image.pixelColor(x, y) == colour]


def test_without_rows_there_are_no_axes(view: SpectrumView) -> None:
    image = view.grab().toImage()
    assert {image.pixel(x, y) for x in range(image.width()) for y in range(0, 160, 7)} == {DARK.colour("panel").rgb()}


def test_a_single_bin_is_drawn_at_its_frequency_and_level(view: SpectrumView) -> None:
    view.hold_peaks(False)
    view._view.set_band(CENTRE_HZ, RATE_HZ)
    view.show_rows(rows())
    scale = view._scale()
    half_way = round(scale.y(-60.0))
    columns = columns_in(view, DARK.colour("accent"), half_way)
    assert columns
    assert np.abs(np.array(columns) - scale.x(PEAK_HZ)).max() <= 2.0
    assert not columns_in(view, DARK.colour("accent"), round(scale.y(-38.0)))


def test_the_levels_axis_follows_the_rows(view: SpectrumView) -> None:
    view._view.set_band(CENTRE_HZ, RATE_HZ)
    for shift_db in (0.0, -40.0, 60.0):
        for _ in range(2):
            view.show_rows(rows(rows().power_dbfs[0] + np.float32(shift_db)))
        scale = view._scale()
        assert scale.low_db < -90.0 + shift_db < -40.0 + shift_db < scale.high_db


@pytest.mark.parametrize("value", [np.nan, -np.inf])
def test_rows_without_numbers_do_no_harm(view: SpectrumView, value: float) -> None:
    view._view.set_band(CENTRE_HZ, RATE_HZ)
    view.show_rows(rows(np.full(BINS, value, np.float32)))
    assert not view.grab().isNull()
    assert np.isfinite(view._scale().low_db)


def test_a_click_gives_the_frequency_and_a_drag_does_not(qtbot: QtBot, view: SpectrumView) -> None:
    view._view.set_band(CENTRE_HZ, RATE_HZ)
    view.show_rows(rows())
    picked: list[float] = []
    view.picked.connect(picked.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(GUTTER + 200, 40))
    assert picked == [pytest.approx(CENTRE_HZ, abs=1.0)]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(GUTTER + 200, 40))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(GUTTER + 260, 40))
    assert len(picked) == 1


def test_axes_are_painted_again_only_when_they_change(view: SpectrumView) -> None:
    view._view.set_band(CENTRE_HZ, RATE_HZ)
    view.set_targets(facts.TARGETS)
    view.set_levels((facts.level(),))
    view.show_rows(rows())
    view.grab()
    before = view._axes.cacheKey()
    view.show_rows(rows())
    view.grab()
    assert view._axes.cacheKey() == before
    view._view.zoom(0.5, CENTRE_HZ)
    view.grab()
    zoomed = view._axes.cacheKey()
    view.set_targets(Targets((), ""))
    view.grab()
    assert len({before, zoomed, view._axes.cacheKey()}) == 3

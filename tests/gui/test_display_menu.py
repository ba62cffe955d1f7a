"""Levels of the waterfall's colours by hand: in dBFS, in dBm where that is known."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.ring import SpectrumRing
from widgets.display_menu import DisplayMenu
from widgets.frequency_view import FrequencyView
from widgets.spectrum import SpectrumView
from widgets.theme import Look
from widgets.waterfall import WaterfallView


@pytest.fixture
def menu(look: Look, qtbot: Any) -> Iterator[DisplayMenu]:
    parent, view = QWidget(), FrequencyView()
    made = DisplayMenu(parent, WaterfallView(SpectrumRing(64), view, look), SpectrumView(view, look, 12.0))
    for widget in (parent, made._waterfall, made._spectrum):
        qtbot.addWidget(widget)
    made._automatic.setChecked(False)
    yield made
    parent.close()  # it owns the menu and lives until here


def typed(menu: DisplayMenu) -> tuple[str, str]:
    return menu._floor.text(), menu._top.text()


def shown_dbfs(menu: DisplayMenu) -> tuple[float, float]:
    return menu._waterfall.image.floor_db, menu._waterfall.image.top_db


def test_without_a_calibration_they_are_dbfs(menu: DisplayMenu) -> None:
    menu._floor.setValue(-90)
    menu._top.setValue(-30)
    assert (typed(menu), shown_dbfs(menu)) == (("-90 dBFS", "-30 dBFS"), (-90.0, -30.0))


def test_with_one_the_same_colours_are_told_in_dbm(menu: DisplayMenu) -> None:
    menu._floor.setValue(-90)
    menu._top.setValue(-30)
    menu.calibrate(-40.0)
    assert (typed(menu), shown_dbfs(menu)) == (("-130 dBm", "-70 dBm"), (-90.0, -30.0))
    menu._floor.setValue(-120)
    assert shown_dbfs(menu) == (-80.0, -30.0)
    menu.calibrate(None)
    assert typed(menu) == ("-80 dBFS", "-30 dBFS")


def test_what_was_typed_in_dbm_holds_at_another_gain(menu: DisplayMenu) -> None:
    menu.calibrate(-40.0)
    menu._floor.setValue(-130)
    menu._top.setValue(-70)
    menu.calibrate(-50.0)
    assert (typed(menu), shown_dbfs(menu)) == (("-130 dBm", "-70 dBm"), (-80.0, -20.0))

"""The radio panel: the live waterfall gives way to that of a flight, and comes back."""

from pathlib import Path
from typing import Any, cast

import pytest

from app.bus import Bus
from app.services.station import Station
from tests.gui.station import FLIGHTS, Spy, make_station
from widgets.bridge import Bridge
from widgets.radio import RadioPanel
from widgets.targets import TargetsPanel
from widgets.theme import Look


@pytest.fixture
def station(bus: Bus, tmp_path: Path) -> Station:
    made = make_station(bus, tmp_path)
    cast(Spy, made.projects).answers["waterfall"] = []
    return made


@pytest.fixture
def panel(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> RadioPanel:
    targets = TargetsPanel(station, bridge, look)
    made = RadioPanel(station, bridge, look, targets)
    for widget in (targets, made):
        qtbot.addWidget(widget)
    return made


def asked(station: Station) -> list[list[Any]]:
    """Projects and flights whose waterfall was read."""
    return [arguments[:2] for arguments in cast(Spy, station.projects).asked("waterfall")]


def test_it_is_paused_and_scrolled_back_and_comes_back(panel: RadioPanel, station: Station, qtbot: Any) -> None:
    assert panel._falls.currentWidget() is panel.waterfall
    panel._back.click()
    qtbot.waitUntil(lambda: bool(asked(station)))
    assert asked(station)[0] == [1, FLIGHTS[0].id]  # the flight under way
    assert panel._falls.currentWidget() is panel.flight
    panel._back.click()
    assert panel._falls.currentWidget() is panel.waterfall


def test_an_answer_that_comes_late_does_not_take_the_live_one_away(panel: RadioPanel, station: Station) -> None:
    panel._show_last(FLIGHTS[0])
    assert panel._falls.currentWidget() is panel.waterfall
    assert asked(station) == []


def test_any_stored_flight_is_shown(panel: RadioPanel, station: Station, qtbot: Any) -> None:
    panel.show_flight(FLIGHTS[1])
    qtbot.waitUntil(lambda: asked(station) == [[1, FLIGHTS[1].id]])
    assert panel._back.isChecked()
    panel._back.click()
    assert panel._falls.currentWidget() is panel.waterfall

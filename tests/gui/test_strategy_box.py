"""The strategy of homing is chosen in the mission panel."""

from pathlib import Path
from typing import Any, cast

import pytest

from app.bus import Bus
from app.services.station import Station
from tests.gui.station import make_station
from widgets.bridge import Bridge
from widgets.strategy_box import STRATEGIES, StrategyBox


@pytest.fixture
def station(bus: Bus, tmp_path: Path) -> Station:
    return make_station(bus, tmp_path)


def test_it_shows_what_holds_and_asks_for_what_is_chosen(station: Station, bridge: Bridge, qtbot: Any) -> None:
    box = StrategyBox(station, bridge)
    qtbot.addWidget(box)
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert cast(Any, station.estimate).asked("choose") == [[list(STRATEGIES.values())[1]]]
    box.follow()
    assert box.currentData() == "informed"

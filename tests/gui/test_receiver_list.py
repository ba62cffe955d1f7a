"""What is plugged in and kept is listed, looked for again, and connected to."""

from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt

from app.bus import Bus
from app.ports import FoundReceiver
from app.services.profiles import KeptProfile
from app.services.station import Station
from app.settings import ReceiverProfile
from tests.gui.station import Spy, make_station
from widgets.bridge import OPERATOR, Bridge
from widgets.radio import RadioPanel
from widgets.receiver_list import ReceiverList
from widgets.targets import TargetsPanel
from widgets.theme import Look

KEPT = (
    KeptProfile("Roof", ReceiverProfile(source="rtlsdr:serial=7", antenna="Yagi", bias_tee=True)),
    KeptProfile("Torn", None, "The profile Torn.yaml is not YAML."),
)
FOUND = (FoundReceiver("rtlsdr:serial=00000001", "Blog V4", "00000001"),)


@pytest.fixture
def station(bus: Bus, tmp_path: Path) -> Station:
    made = make_station(bus, tmp_path)
    cast(Spy, made.profiles).answers["profiles"] = KEPT
    return made


def found_by(station: Station, found: tuple[FoundReceiver, ...]) -> None:
    station.radio._find_receivers = lambda: found


def lines(receivers: ReceiverList) -> list[str]:
    return [receivers.list.item(row).text() for row in range(receivers.list.count())]


def test_profiles_and_what_is_plugged_in_are_listed(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> None:
    found_by(station, FOUND)
    receivers = ReceiverList(station, bridge, look)
    qtbot.addWidget(receivers)
    receivers.look_again()
    assert not receivers.refresh.isEnabled()
    qtbot.waitUntil(lambda: len(lines(receivers)) == 3)
    assert lines(receivers)[0] == "Roof  ·  rtlsdr:serial=7, Yagi, bias tee on"
    assert not receivers.list.item(1).flags() & Qt.ItemFlag.ItemIsEnabled
    assert lines(receivers)[2] == "Blog V4  ·  rtlsdr:serial=00000001"
    assert (receivers.said, receivers.refresh.isEnabled()) == ("", True)
    found_by(station, ())
    receivers.refresh.click()
    qtbot.waitUntil(lambda: "No receiver is plugged" in receivers.said)
    qtbot.waitUntil(lambda: len(lines(receivers)) == 2)


def test_a_line_is_connected_to(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> None:
    found_by(station, FOUND)
    targets = TargetsPanel(station, bridge, look)
    panel = RadioPanel(station, bridge, look, targets)
    qtbot.addWidget(panel)
    qtbot.addWidget(targets)  # without a parent it would be left to the collector, and Qt crashes on that
    panel.connect_receiver()
    qtbot.waitUntil(lambda: len(lines(panel.receiver_list)) == 3)
    panel.receiver_list.list.itemClicked.emit(panel.receiver_list.list.item(2))
    assert panel._dialog._address.currentText() == "rtlsdr:serial=00000001"
    panel.receiver_list.list.itemActivated.emit(panel.receiver_list.list.item(0))
    assert cast(Spy, station.profiles).asked("use") == [["Roof", OPERATOR]]
    assert "profile:Roof" in panel._dialog.answer
    panel._dialog.reject()

"""The record button: what it asks for, what it shows, and that the station's word decides."""

from typing import Any, cast

import pytest

from app.bus import Bus
from app.services.station import Station
from tests.gui import facts
from tests.gui.station import Spy
from widgets.bridge import OPERATOR, Bridge, Notice
from widgets.record import RecordControl, words
from widgets.theme import Look


@pytest.fixture
def control(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> RecordControl:
    made = RecordControl(station, bridge, look)
    qtbot.addWidget(made)
    return made


def spy(station: Station) -> Spy:
    return cast(Spy, station.recordings)


def test_it_starts_and_stops_by_the_stations_word(
    control: RecordControl, station: Station, bus: Bus, bridge: Bridge
) -> None:
    control._record.click()
    assert spy(station).asked("start") == [[OPERATOR]]
    assert not control._record.isChecked()  # not yet: nobody has said so
    bus.recording.publish(facts.no_recording(running=(facts.recording(),), seconds_left=3725.0))
    bridge.deliver()
    assert control._record.isChecked()
    assert control._text.text() == "1:00, 28.8 MB, 1:02:05 left"
    assert not control._text.isHidden()
    control._record.click()
    assert spy(station).asked("stop") == [[OPERATOR]]
    bus.recording.publish(facts.no_recording(problem="The disk is full"))
    bridge.deliver()
    assert not control._record.isChecked()
    assert control._record.toolTip() == "The disk is full"
    assert control._text.isHidden()


def test_what_was_just_received_is_saved_and_told(
    control: RecordControl, station: Station, bus: Bus, bridge: Bridge, qtbot: Any
) -> None:
    notices: list[Notice] = []
    bridge.notice.connect(notices.append)
    assert control._save.toolTip() == "Save what was received in the last 10 s"
    control._save.click()
    assert spy(station).asked("save") == [[10.0, OPERATOR]]
    spy(station).futures["save"].set_result(facts.recording())
    qtbot.waitUntil(lambda: bool(notices), timeout=5000)
    assert notices[0].reasons == ("20261121T083012Z_433920000Hz_240000sps_cu8.sigmf-data, 28.8 MB",)
    bus.recording.publish(facts.no_recording(held_s=0.0))
    bridge.deliver()
    assert not control._save.isEnabled()


def test_losses_are_shown_and_endless_room_is_not() -> None:
    state = facts.no_recording(running=(facts.recording(lost_samples=7),), seconds_left=1e9)
    assert words(state) == "1:00, 28.8 MB, 7 samples lost"
    assert words(facts.no_recording()) == ""

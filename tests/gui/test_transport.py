"""The transport bar: shown for a recording alone, and what it asks for."""

from typing import Any, cast

import pytest

from app.bus import Bus
from app.domain.vehicle import Playback
from app.services.station import Station
from tests.gui import facts
from tests.gui.station import Spy
from widgets.bridge import Bridge
from widgets.theme import Look
from widgets.transport import SPEEDS, TransportBar

URL = "tlog:flight.tlog"


@pytest.fixture
def bar(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> TransportBar:
    made = TransportBar(station, bridge, look)
    qtbot.addWidget(made)
    made._timer.setInterval(3_600_000)  # the test says when
    return made


def spy(station: Station) -> Spy:
    return cast(Spy, station.replay)


def recorded(bar: TransportBar, bus: Bus, bridge: Bridge) -> None:
    bus.link.publish(facts.link(url=URL))
    bridge.deliver()
    bar._show(Playback(1_000.0, 100.0, 1_377.0, 2.0))


def test_it_shows_itself_while_the_link_is_a_recording(bar: TransportBar, bus: Bus, bridge: Bridge) -> None:
    assert bar.isHidden()
    recorded(bar, bus, bridge)
    assert not bar.isHidden()
    assert bar._place.text() == "1:40 / 22:57"
    assert bar._choice.currentData() == 2.0
    bus.link.publish(facts.link(url="udpin:127.0.0.1:14550"))
    bridge.deliver()
    assert bar.isHidden()
    assert not bar._timer.isActive()


def test_halt_go_on_steps_and_speed(bar: TransportBar, station: Station, bus: Bus, bridge: Bridge) -> None:
    recorded(bar, bus, bridge)
    bar._play.click()
    bar._show(Playback(1_000.0, 100.0, 1_377.0, 0.0))
    bar._play.click()
    bar._back.click()
    bar._on.click()
    bar._choose_speed(SPEEDS.index(10.0))  # halted: kept for when it goes on
    bar._play.click()
    assert spy(station).asked("play") == [[0.0, None], [2.0, None], [0.0, 90.0], [0.0, 110.0], [10.0, None]]


def test_a_place_beyond_the_ends_is_an_end(bar: TransportBar, station: Station, bus: Bus, bridge: Bridge) -> None:
    recorded(bar, bus, bridge)
    bar._show(Playback(1_000.0, 4.0, 1_377.0, 1.0))
    bar._back.click()
    bar._slider.setValue(1_377)
    bar._slider.sliderReleased.emit()
    assert spy(station).asked("play") == [[1.0, 0.0], [1.0, 1_377.0]]


def test_at_its_end_it_is_played_once_more(bar: TransportBar, station: Station, bus: Bus, bridge: Bridge) -> None:
    recorded(bar, bus, bridge)
    bar._ended("The recording has been played to its end.")
    assert not bar._slider.isEnabled()
    bar._play.click()
    worker = cast(Any, station.vehicle)._worker
    assert worker.asked("connect") == [[URL]]


def test_only_one_question_is_on_its_way(bar: TransportBar, station: Station, bus: Bus, bridge: Bridge) -> None:
    bus.link.publish(facts.link(url=URL))
    bridge.deliver()
    bar._ask()
    bar._ask()
    assert len(spy(station).asked("playback")) == 1

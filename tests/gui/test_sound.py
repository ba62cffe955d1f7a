"""The sound's control asks the radio service and shows what is listened to, by whomever it was chosen."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.bus import Bus
from app.domain.audio import AudioMode, AudioState, Vfo
from app.soundring import SoundRing
from tests.gui import facts
from tests.gui.station import Spy
from widgets import player
from widgets.bridge import Bridge
from widgets.player import Player
from widgets.sound import NO_SQUELCH_DB, SoundControl


class RadioSpy(Spy):
    """The radio service as the control knows it."""

    def __init__(self) -> None:
        super().__init__(audio=AudioState(0.0, None), state=facts.radio())
        self.ring = SoundRing()


@pytest.fixture
def radio() -> RadioSpy:
    return RadioSpy()


@pytest.fixture
def control(qtbot: QtBot, bridge: Bridge, radio: RadioSpy, monkeypatch: pytest.MonkeyPatch) -> SoundControl:
    monkeypatch.setattr(player, "_card", lambda: (None, None))
    made = SoundControl(radio, radio, bridge)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.set_targets(facts.TARGETS)
    return made


def choose(control: SoundControl, mode: AudioMode | None) -> None:
    control.mode.setCurrentIndex(control.mode.findData(mode))
    control.mode.activated.emit(control.mode.currentIndex())


def test_a_mode_is_asked_for_at_the_selected_target(control: SoundControl, radio: RadioSpy) -> None:
    choose(control, AudioMode.NFM)
    target = facts.TARGETS.selected
    assert target is not None
    assert radio.asked("listen") == [[AudioMode.NFM, target.frequency_hz, "operator", None, None]]
    control.squelch.setValue(8.0)
    assert radio.asked("listen")[-1][-1] == 8.0
    choose(control, None)
    assert radio.asked("stop_listening")


def test_listen_here_takes_the_place_pointed_at(control: SoundControl, radio: RadioSpy) -> None:
    control.listen_at(121.4e6)
    assert radio.asked("listen") == [[AudioMode.AM, 121.4e6, "operator", None, None]]


def test_what_another_client_chose_is_shown(control: SoundControl, bus: Bus, bridge: Bridge) -> None:
    assert not control.squelch.isEnabled()
    bus.audio.publish(AudioState(1.0, Vfo(AudioMode.CW, 150.1e6, 500.0)))
    bridge.deliver()
    assert control.chosen is AudioMode.CW
    assert "150.1000 MHz" in control.mode.toolTip()
    bus.audio.publish(AudioState(2.0, None))
    bridge.deliver()
    assert control.mode.currentIndex() == 0
    assert control.squelch.value() == NO_SQUELCH_DB


def test_without_a_card_nothing_sounds_and_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_card", lambda: (None, None))
    silent = Player(SoundRing())
    assert not silent.audible
    silent.pull()
    silent.stop()


class Card:
    """Stands for a sink and its device."""

    def __init__(self, room: int) -> None:
        self.room, self.played = room, b""

    def bytesFree(self) -> int:
        return self.room

    def write(self, data: bytes) -> int:
        self.played += data
        return len(data)

    def stop(self) -> None:
        self.room = 0


def test_the_card_gets_what_it_has_room_for_at_its_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    card, ring = Card(6 * 1_000), SoundRing()
    monkeypatch.setattr(player, "_card", lambda: (card, card))
    playing = Player(ring)
    ring.write(np.full(600, 0.5, np.float32))
    playing.pull()
    assert len(card.played) == 600 * 3 * 2
    assert np.frombuffer(card.played, "<i2")[-600:].tolist() == [16383] * 600
    ring.write(np.zeros(5_000, np.float32))
    playing.pull()
    assert len(card.played) == (600 + 1_000) * 3 * 2
    playing.stop()
    playing.pull()

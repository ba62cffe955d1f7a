"""The receiver's sound follows retuning and gaps, and says when its place is outside the passband."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.audio import AudioMode, AudioState, Vfo
from app.domain.radio import RadioState, Target
from app.ports import Block
from app.settings import RadioSettings
from app.workers.setup import unconnected
from app.workers.vfo import OUTSIDE, Ear

RATE_HZ = 240_000.0
WANTED = Vfo(AudioMode.AM, 121.5e6, 8_000.0)


class Quiet:
    """Stands for the stream: it knows the noise."""

    def noise_per_hz(self, target: Target) -> float:
        assert target.bandwidth_hz == WANTED.bandwidth_hz
        return 1e-12


class Listener:
    """An ear, what it told, and how it is tuned."""

    def __init__(self) -> None:
        bus = Bus()
        self.told: list[AudioState] = []
        bus.audio.subscribe(self.told.append)
        self.ear = Ear(Clock(), bus)
        self.at = 0

    def hear(self, centre_hz: float, count: int = 12_000) -> None:
        times_s = (self.at + np.arange(count)) / RATE_HZ
        audio = 1.0 + 0.5 * np.sin(2.0 * np.pi * 1_000.0 * times_s)
        iq = (0.1 * audio * np.exp(2j * np.pi * (121.5e6 - centre_hz) * times_s)).astype(np.complex64)
        block = Block(self.at, 0, iq, 0.0, memoryview(b""), "cf32_le")
        self.at += count
        self.ear.hear(block, tuned(centre_hz), cast(Any, Quiet()))


def tuned(centre_hz: float) -> RadioState:
    return replace(unconnected(RadioSettings(), 0.0), connected=True, centre_hz=centre_hz, rate_hz=RATE_HZ)


@pytest.fixture
def listener() -> Listener:
    return Listener()


def test_nothing_is_heard_until_it_is_wanted(listener: Listener) -> None:
    listener.hear(121.46e6)
    assert listener.ear.ring.mark == 0
    assert listener.told == []


def test_sound_goes_on_across_a_retuning(listener: Listener) -> None:
    assert listener.ear.listen(WANTED).listening == WANTED
    for index in range(20):
        listener.hear(121.46e6 if index < 10 else 121.53e6)
    sound = listener.ear.ring.since(0).samples[-4_000:].astype(float)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.size)))
    assert int(spectrum[10:].argmax()) + 10 == 250  # 1 kHz
    assert len(listener.told) == 1


def test_a_place_outside_the_passband_is_said_once_and_heard_when_it_is_back(listener: Listener) -> None:
    listener.ear.listen(WANTED)
    listener.hear(121.0e6)
    listener.hear(121.0e6)
    assert [state.problem for state in listener.told] == ["", OUTSIDE]
    assert listener.ear.ring.mark == 0
    listener.hear(121.46e6)
    assert listener.ear.state.problem == ""
    assert listener.ear.ring.mark > 0


def test_turned_off_nothing_more_comes(listener: Listener) -> None:
    listener.ear.listen(WANTED)
    listener.hear(121.46e6)
    mark = listener.ear.ring.mark
    assert listener.ear.listen(None).listening is None
    listener.hear(121.46e6)
    assert listener.ear.ring.mark == mark

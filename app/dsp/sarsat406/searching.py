"""Every 406 MHz burst of a recording, of both generations, anywhere in a band; pure, any thread."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.dsp.channel import Channel
from app.dsp.sarsat406.audio import find_audio_bursts
from app.dsp.sarsat406.fgb import find_bursts
from app.dsp.sarsat406.received import Burst
from app.dsp.sarsat406.sgb import BURST_S, find_spread_bursts
from app.dsp.sarsat406.windows import Windows

WHOLE_HZ = 300_000.0  # up to this rate the whole passband is looked at, beyond it this much round a frequency
BAND_HZ = 100_000.0
EDGE = 0.45  # of the rate to each side: beyond is the receiver's filter
SPREAD_LEAST_HZ = 50_000.0  # rate a second-generation burst needs


class IqSearch:
    """Takes IQ samples as they come; yields bursts with their start since the first sample."""

    def __init__(self, rate_hz: float, offset_hz: float) -> None:
        """``offset_hz`` from the middle of the band is where second-generation bursts are expected, to 5 kHz."""
        self._rate_hz = rate_hz
        self._offset_hz = offset_hz
        width_hz = rate_hz if rate_hz <= WHOLE_HZ else BAND_HZ
        self._channel = Channel(rate_hz, 0.0 if rate_hz <= WHOLE_HZ else offset_hz, width_hz)
        self._reach_hz = EDGE * rate_hz if rate_hz <= WHOLE_HZ else BAND_HZ / 2.0
        self._windows = Windows(self._channel.rate_hz, BURST_S)

    def reset(self, position: int) -> None:
        """Samples were lost right before ``position``."""
        self._channel.reset(position)
        self._windows.reset()

    def feed(self, iq: NDArray[np.complex64]) -> Iterator[Burst]:
        yield from self._look(self._windows.feed(self._channel.feed(iq)))

    def rest(self) -> Iterator[Burst]:
        """Bursts in what is left at the end, or before a gap."""
        yield from self._look(self._windows.rest())

    def _look(self, windows: Iterator[tuple[float, NDArray[Any]]]) -> Iterator[Burst]:
        rate_hz = self._channel.rate_hz
        moved_hz = 0.0 if self._rate_hz <= WHOLE_HZ else self._offset_hz
        for first_s, window in windows:
            bursts = find_bursts(window, rate_hz, -self._reach_hz, self._reach_hz)
            for burst in bursts + self._spread(window, self._offset_hz - moved_hz):
                start_s = first_s + burst.start_s
                if self._windows.is_new(start_s):
                    since_s = self._channel.at(start_s * rate_hz) / self._rate_hz
                    yield replace(burst, start_s=since_s, offset_hz=burst.offset_hz + moved_hz)

    def _spread(self, window: NDArray[Any], offset_hz: float) -> list[Burst]:
        rate_hz = self._channel.rate_hz
        if rate_hz < SPREAD_LEAST_HZ:
            return []
        turned = window * np.exp(-2j * np.pi * offset_hz / rate_hz * np.arange(window.size))
        found = find_spread_bursts(turned.astype(np.complex64), rate_hz)
        return [replace(burst, offset_hz=burst.offset_hz + offset_hz) for burst in found]


def search_sound(parts: Iterable[NDArray[np.float32]], rate_hz: float) -> Iterator[Burst]:
    """Bursts in sound that comes in parts."""
    windows = Windows(rate_hz, BURST_S)
    for samples in parts:
        yield from _in_sound(windows, windows.feed(samples))
    yield from _in_sound(windows, windows.rest())


def _in_sound(windows: Windows, cut: Iterator[tuple[float, NDArray[Any]]]) -> Iterator[Burst]:
    for first_s, window in cut:
        for burst in find_audio_bursts(window, windows.rate_hz):
            if windows.is_new(first_s + burst.start_s):
                yield replace(burst, start_s=first_s + burst.start_s)

"""Sound from the ring to the loudspeaker; without a sound card, or without Qt's multimedia, nothing; GUI thread."""

import importlib
import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.audio import AUDIO_HZ
from app.soundring import SoundRing

log = logging.getLogger(__name__)
CARD_HZ = 48_000  # that every card takes; a multiple of the sound's rate
TIMES = CARD_HZ // AUDIO_HZ
BUFFER_MS = 200
LATEST = AUDIO_HZ // 2  # samples that may wait: a slow card hears what is new, not all that was


class Player:
    """Pulls from the ring as fast as the card plays."""

    def __init__(self, ring: SoundRing) -> None:
        self._ring = ring
        self._mark = ring.mark
        self._last = 0.0
        self._sink, self._device = _card()

    @property
    def audible(self) -> bool:
        """Whether there is a card."""
        return self._device is not None

    def pull(self) -> None:
        """Give the card what it has room for."""
        if self._device is None:
            return
        heard = self._ring.since(self._mark, LATEST)
        room = int(self._sink.bytesFree()) // (2 * TIMES)
        samples = heard.samples[-room:] if room else heard.samples[:0]
        self._mark = heard.mark
        if samples.size:
            self._device.write(self._for_card(samples).tobytes())

    def stop(self) -> None:
        if self._sink is not None:
            self._sink.stop()
        self._sink = self._device = None

    def _for_card(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        """At the card's rate, straight from one sample to the next."""
        points = np.concatenate(([self._last], samples.astype(np.float64)))
        self._last = float(samples[-1])
        places = np.arange(1, samples.size * TIMES + 1) / TIMES
        return np.interp(places, np.arange(points.size), points).astype(np.int16)


def _card() -> tuple[Any, Any]:
    """The default card's sink and the device to write to; loaded when first needed, as it takes a moment."""
    try:
        multimedia = importlib.import_module("PySide6.QtMultimedia")
    except ImportError as error:
        log.info("no sound: %s", error)
        return None, None
    device = multimedia.QMediaDevices.defaultAudioOutput()
    if device.isNull():
        return None, None
    layout = multimedia.QAudioFormat()
    layout.setSampleRate(CARD_HZ)
    layout.setChannelCount(1)
    layout.setSampleFormat(multimedia.QAudioFormat.SampleFormat.Int16)
    if not device.isFormatSupported(layout):
        log.info("no sound: the card does not take 48 kHz, 16 bits, one channel")
        return None, None
    sink = multimedia.QAudioSink(device, layout)
    sink.setBufferSize(2 * CARD_HZ * BUFFER_MS // 1000)
    return sink, sink.start()

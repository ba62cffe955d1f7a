"""The ring of sound gives each reader what came since its mark, and says what it missed."""

import numpy as np

from app.domain.audio import AUDIO_HZ
from app.soundring import SECONDS, SoundRing


def test_every_reader_gets_what_came_since_its_mark() -> None:
    ring = SoundRing()
    ring.write(np.full(10, 0.5, np.float32))
    mark = ring.mark
    ring.write(np.linspace(-1.0, 1.0, 5, dtype=np.float32))
    heard = ring.since(mark)
    assert heard.samples.tolist() == [-32767, -16383, 0, 16383, 32767]
    assert (heard.mark, heard.missed) == (15, 0)
    assert ring.since(heard.mark).samples.size == 0
    assert ring.since(0).samples.size == 15


def test_a_slow_reader_is_told_what_it_missed() -> None:
    ring = SoundRing()
    whole = round(SECONDS * AUDIO_HZ)
    for _ in range(3):
        ring.write(np.zeros(whole // 2 + 10, np.float32))
    assert ring.since(0).samples.size == whole
    assert ring.since(0).missed == whole // 2 + 30
    assert ring.since(0, 100).samples.size == 100
    ring.write(np.zeros(3 * whole, np.float32))
    assert ring.since(0).samples.size == whole

"""Sound waiting to be heard: written by the receiver thread, pulled by everyone at their own pace."""

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.audio import AUDIO_HZ

SECONDS = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Sound taken from the ring, 16-bit; ``missed`` samples were overwritten before they were asked for."""

    mark: int  # ask for the sound since this next time
    missed: int
    samples: NDArray[np.int16]


class SoundRing:
    """The last 4 s at ``AUDIO_HZ``; one writer, any number of readers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples = np.zeros(round(SECONDS * AUDIO_HZ), np.int16)
        self._written = 0

    @property
    def mark(self) -> int:
        """The mark of the newest sample: ``since(mark)`` gives what comes after it."""
        return self._written

    def write(self, sound: NDArray[np.float32]) -> None:
        """Append sound within -1 ... 1; called by the receiver thread only."""
        new = (sound[-self._samples.size :] * 32767.0).astype(np.int16)
        with self._lock:
            self._written += sound.size
            at = np.arange(self._written - new.size, self._written) % self._samples.size
            self._samples[at] = new

    def since(self, mark: int, most: int | None = None) -> Heard:
        """A copy of what came after ``mark``, at most the newest ``most`` samples."""
        with self._lock:
            there = min(max(self._written - mark, 0), self._samples.size)
            count = there if most is None else min(there, most)
            at = np.arange(self._written - count, self._written) % self._samples.size
            return Heard(self._written, max(self._written - mark - count, 0), self._samples[at])

"""Samples gathered into windows that overlap by more than a burst, so that each burst lies whole in one; any thread."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

EVERY_S = 1.0  # new samples before a window is complete
MARGIN_S = 0.2  # kept of the last window beside a whole burst
SAME_S = 0.1  # two finds so near are one burst, seen in two windows


class Windows:
    """Cuts one stream; ``first`` counts samples since the last ``reset``."""

    def __init__(self, rate_hz: float, burst_s: float) -> None:
        self.rate_hz = rate_hz
        self._kept = round((burst_s + MARGIN_S) * rate_hz)
        self._every = round(EVERY_S * rate_hz)
        self.reset()

    def reset(self) -> None:
        self._parts: list[NDArray[Any]] = []
        self._held = self._new = 0
        self._first = 0  # sample at which what is held begins
        self._last: list[float] = []  # starts of the last bursts told

    def feed(self, samples: NDArray[Any]) -> Iterator[tuple[float, NDArray[Any]]]:
        """Take samples that follow the last ones; yields each window completed with its start in seconds."""
        self._parts.append(samples)
        self._held += samples.size
        self._new += samples.size
        if self._new >= self._every and self._held >= self._kept:
            yield self._cut()

    def rest(self) -> Iterator[tuple[float, NDArray[Any]]]:
        """What is left at the end of a recording."""
        if self._new:
            yield self._cut()

    def is_new(self, start_s: float) -> bool:
        """Whether a burst with this start, since the reset, was not told before; it is then."""
        if any(abs(start_s - last_s) <= SAME_S for last_s in self._last):
            return False
        self._last = [*self._last[-7:], start_s]
        return True

    def _cut(self) -> tuple[float, NDArray[Any]]:
        window = np.concatenate(self._parts)
        start_s = self._first / self.rate_hz
        left = window[max(window.size - self._kept, 0) :]
        self._first += window.size - left.size
        self._parts, self._held, self._new = [left], left.size, 0
        return start_s, window

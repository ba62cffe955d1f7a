"""Simulated time against true time; any thread reads, the world's thread slips."""

import time


class Pace:
    """Simulated seconds since the start, ``speed`` times as fast as true ones.

    A world that was held up (busy machine) catches up, so that samples and telemetry keep step with the station's
    clock; one held up longer than ``LIMIT_S`` true seconds has its time slipped instead.
    """

    LIMIT_S = 2.0

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.slipped_s = 0.0  # true seconds that the world was stopped
        self._start_s = time.monotonic()

    def now_s(self) -> float:
        return (time.monotonic() - self._start_s) * self.speed

    def until_s(self, simulated_s: float) -> float:
        """True seconds until ``simulated_s``; 0 when it has passed."""
        return max(0.0, (simulated_s - self.now_s()) / self.speed)

    def slip(self, reached_s: float) -> None:
        """Give up what is behind by more than the limit when the world stands at ``reached_s``."""
        behind_s = (self.now_s() - reached_s) / self.speed
        if behind_s > self.LIMIT_S:
            self._start_s += behind_s
            self.slipped_s += behind_s

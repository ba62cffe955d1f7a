"""The station's one clock; true time, or simulated time that runs faster; any thread."""

import threading
import time


class Clock:
    """UTC in seconds since 1970, monotonic within one run.

    ``rate`` above 1 makes every time-out, rate and stamp of the station follow a simulation or a replay that runs
    faster than true time. With real hardware it is 1. The wall clock is read once: a correction of the computer's
    clock in flight cannot make a time-out early or late.
    """

    def __init__(self, rate: float = 1.0) -> None:
        if not 0.01 <= rate <= 100.0:
            raise ValueError(f"clock rate {rate} is outside 0.01 ... 100")
        self.rate = rate
        self._utc_s = time.time()
        self._start_s = time.monotonic()

    def now_s(self) -> float:
        return self._utc_s + (time.monotonic() - self._start_s) * self.rate

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait until the event is set or ``seconds`` of this clock have gone; returns whether it is set."""
        return event.wait(seconds / self.rate)

"""When something that broke is tried again, and that its trouble is told once; owned by one thread."""

import math
import secrets
import time
from collections.abc import Callable

JITTER = 0.25  # of the wait either way, so that many that lost the same thing do not come back at once


class Retry:
    """Waits ``first_s``, then twice as long each time up to ``longest_s``; true time, whatever the clock's rate."""

    def __init__(self, first_s: float, longest_s: float, tell: Callable[[str, bool], None]) -> None:
        """``tell`` is given a trouble's text when it begins and when it has ended, and which of both it is."""
        self._first_s, self._longest_s, self._tell = first_s, longest_s, tell
        self.restart()

    def restart(self) -> None:
        """Nothing is known of it yet: it is tried at once."""
        self._wait_s, self._due_s = self._first_s, 0.0
        self.troubled = False

    @property
    def is_due(self) -> bool:
        return time.monotonic() >= self._due_s

    def never(self) -> None:
        """Not again until ``restart``."""
        self._due_s = math.inf

    def broke(self, why: str) -> None:
        spread = 1.0 - JITTER + 2.0 * JITTER * secrets.randbelow(1001) / 1000.0
        self._due_s = time.monotonic() + self._wait_s * spread
        self._wait_s = min(2.0 * self._wait_s, self._longest_s)
        if not self.troubled:
            self.troubled = True
            self._tell(why, False)

    def mended(self, text: str) -> None:
        """It works, which is more than that it could be begun."""
        self._wait_s = self._first_s
        if self.troubled:
            self.troubled = False
            self._tell(text, True)

"""Slows down who guesses: after some failures each next try has to wait twice as long; any thread."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import TooMany

FREE_TRIES = 5
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 900.0
FORGOTTEN_S = 3600.0
MOST = 10_000  # names and addresses remembered; of more the oldest are forgotten


@dataclass(slots=True)
class _Tries:
    failures: int = 0
    last_s: float = 0.0

    @property
    def wait_s(self) -> float:
        beyond = self.failures - FREE_TRIES
        return 0.0 if beyond < 0 else min(FIRST_WAIT_S * 2.0 ** min(beyond, 20), LONGEST_WAIT_S)


class Throttle:
    """Counts failures under keys: the account's name and the address, each by itself."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def admit(self, *keys: str) -> None:
        """Raises ``TooMany`` while any of the keys has to wait."""
        now_s = self._now_s()
        with self._lock:
            waits = [tries.last_s + tries.wait_s - now_s for key in keys if (tries := self._tries.get(key)) is not None]
        if (longest_s := max(waits, default=0.0)) > 0.0:
            raise TooMany(longest_s)

    def failed(self, *keys: str) -> None:
        """Another failure of each of the keys."""
        now_s = self._now_s()
        with self._lock:
            for key in keys:
                tries = self._tries.setdefault(key, _Tries())
                if now_s - tries.last_s > FORGOTTEN_S:
                    tries.failures = 0
                tries.failures, tries.last_s = tries.failures + 1, now_s
                self._tries.move_to_end(key)
            while len(self._tries) > MOST:
                self._tries.popitem(last=False)

    def succeeded(self, *keys: str) -> None:
        """Nothing more is held against these keys."""
        with self._lock:
            for key in keys:
                self._tries.pop(key, None)

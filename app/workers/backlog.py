"""Facts on their way to the recorder: handed over by any thread, bounded, counted when lost."""

import threading
from collections import deque
from typing import Generic, TypeVar

FactT = TypeVar("FactT")


class Backlog(Generic[FactT]):
    """A queue that never blocks who puts: when it is full the oldest goes, and is counted."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._facts: deque[FactT] = deque()
        self._lost = 0

    def put(self, fact: FactT) -> None:
        with self._lock:
            if len(self._facts) >= self._limit:
                self._facts.popleft()
                self._lost += 1
            self._facts.append(fact)

    def take(self) -> deque[FactT]:
        """All that wait, oldest first; the queue is empty afterwards."""
        with self._lock:
            taken, self._facts = self._facts, deque()
            return taken

    def take_lost(self) -> int:
        """How many went since this was last asked."""
        with self._lock:
            lost, self._lost = self._lost, 0
            return lost

    def __len__(self) -> int:
        return len(self._facts)

"""How good the link is: messages a second and the share lost, from sequence numbers; pure, owned by one thread."""

from collections import deque

WINDOW_S = 5.0
FAR = 128  # a sequence number this far ahead is an old frame or another sender, not a gap


class LinkQuality:
    """Counts over the last seconds. Each sender (system, component) numbers its own frames modulo 256."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, int], int] = {}
        self._counted: deque[tuple[float, int, int]] = deque()  # time, received, lost; one entry a step

    def count(self, system: int, component: int, sequence: int) -> int:
        """Take one frame's number; returns how many are missing before it."""
        before = self._last.get((system, component))
        if before is None:
            self._last[system, component] = sequence
            return 0
        gap = (sequence - before - 1) % 256
        if gap >= FAR:  # repeated or late
            return 0
        self._last[system, component] = sequence
        return gap

    def add(self, time_s: float, received: int, lost: int) -> None:
        """Enter what one step brought."""
        self._counted.append((time_s, received, lost))
        self._forget(time_s)

    def received_per_s(self, time_s: float) -> float:
        self._forget(time_s)
        return sum(received for _, received, _ in self._counted) / WINDOW_S

    def lost_percent(self, time_s: float) -> float:
        self._forget(time_s)
        received = sum(entry[1] for entry in self._counted)
        lost = sum(entry[2] for entry in self._counted)
        return 100.0 * lost / (received + lost) if received + lost else 0.0

    def _forget(self, time_s: float) -> None:
        while self._counted and self._counted[0][0] < time_s - WINDOW_S:
            self._counted.popleft()

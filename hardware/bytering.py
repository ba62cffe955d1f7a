"""Bytes between the thread that empties a device and the thread that reads blocks; both sides lock."""

import threading
import time

import numpy as np
from numpy.typing import NDArray

PIECE_BYTES = 1 << 18  # most that is received at once


class ByteRing:
    """A ring that never makes the device wait: when it is full, what comes is dropped and counted.

    One thread fills it (``room``, ``put``, ``end``), another takes from it. After an overflow it drops until half of
    it is free, so that gaps are few.
    """

    def __init__(self, capacity: int) -> None:
        self._bytes = np.zeros(capacity, np.uint8)
        self._spill = np.zeros(PIECE_BYTES, np.uint8).data
        self._changed = threading.Condition()
        self._taken_s = time.monotonic()
        self.clear()

    def clear(self) -> None:
        """Begin anew; only while nobody fills it."""
        self._written = self._read = 0
        self._dropping = False
        self._gaps: list[list[int]] = []  # [write position, bytes lost there]
        self._lost = 0
        self.ended = False

    def room(self) -> memoryview:
        """Where to receive to; follow with ``put``."""
        with self._changed:
            free = self._bytes.size - (self._written - self._read)
            self._dropping = free < PIECE_BYTES or (self._dropping and free < self._bytes.size // 2)
            if self._dropping:
                return self._spill
            if self._gaps and self._gaps[-1][0] == self._written and self._gaps[-1][1] % 2:
                self._dropping = True  # one more, so that I and Q do not change places
                return self._spill[:1]
            at = self._written % self._bytes.size
            return self._bytes.data[at : min(at + PIECE_BYTES, self._bytes.size)]

    def put(self, count: int) -> None:
        """So many bytes were received into ``room``."""
        with self._changed:
            if not self._dropping:
                self._written += count
                self._changed.notify()
                return
            if self._written % 2:  # half a sample went in before the gap: it is lost as well
                self._written -= 1
                count += 1
            if self._gaps and self._gaps[-1][0] == self._written:
                self._gaps[-1][1] += count
            else:
                self._gaps.append([self._written, count])

    def end(self) -> None:
        """Nothing more will come."""
        with self._changed:
            self.ended = True
            self._changed.notify()

    def take(self, into: NDArray[np.uint8], least: int, pace_s: float, timeout_s: float) -> int:
        """Copy an even number of bytes to ``into``, up to its size or up to the next gap; 0 after the time-out.

        Comes back when ``into`` can be filled, or when ``pace_s`` has gone since the last time and there are at least
        ``least`` bytes: blocks are large also when a fast simulation sends more than its nominal rate.
        """
        until = time.monotonic() + timeout_s
        with self._changed:
            while (available := self._available()) < into.size and not self.ended and not self._gap_ends(available):
                now = time.monotonic()
                due = self._taken_s + pace_s if available >= least else until
                if now >= min(due, until):
                    break
                self._changed.wait(min(due, until) - now)
            count = min(available, into.size)
            if count < least and not self.ended and not self._gap_ends(available):
                return 0
            self._account()
            at = self._read % self._bytes.size
            first = min(count, self._bytes.size - at)
            into[:first] = self._bytes[at : at + first]
            into[first:count] = self._bytes[: count - first]
            self._read += count
            self._taken_s = time.monotonic()
            return count

    def lost_before(self) -> int:
        """Bytes lost right before what the last ``take`` gave."""
        return self._lost

    def waiting(self) -> int:
        """Bytes received after what the last ``take`` gave, the lost ones among them counted."""
        with self._changed:
            return self._written - self._read + sum(lost for _, lost in self._gaps)

    def _available(self) -> int:
        """Bytes up to the end or the next gap, an even number."""
        end = next((place for place, _ in self._gaps if place > self._read), self._written)
        return (end - self._read) // 2 * 2

    def _gap_ends(self, available: int) -> bool:
        return available > 0 and any(place > self._read for place, _ in self._gaps)

    def _account(self) -> None:
        here = [lost for place, lost in self._gaps if place <= self._read]
        self._lost = sum(here)
        self._gaps = [gap for gap in self._gaps if gap[0] > self._read]

"""The receiver's own bytes of the last seconds: written by the receiver thread, pulled by whoever saves them."""

import threading
from collections import deque
from dataclasses import dataclass
from itertools import islice

HEADER_BYTES = 200  # about what a piece costs beside its samples


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Samples that follow each other, taken with one tuning; ``data`` are the device's bytes in ``datatype``."""

    stream: int  # number of the receiver's opening: positions of two openings do not compare
    position: int  # of the first sample in the stream, lost samples counted
    samples: int
    time_s: float  # of the first sample
    rate_hz: float
    centre_hz: float
    gain_db: float
    datatype: str  # SigMF name
    data: bytes
    dbm_offset_db: float | None = None  # what makes dBm of their dBFS; None: not known

    @property
    def end(self) -> int:
        """Position of the sample that should come next."""
        return self.position + self.samples

    @property
    def until_s(self) -> float:
        return self.time_s + self.samples / self.rate_hz

    @property
    def sample_bytes(self) -> int:
        return len(self.data) // self.samples


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Pieces taken from the tape, oldest first; ``missed`` were overwritten before they were asked for."""

    mark: int  # ask for the pieces since this next time
    missed: int
    pieces: tuple[Piece, ...]


class SampleTape:
    """Keeps pieces up to ``keep_s`` of samples and ``limit_bytes``; one writer, any number of readers.

    Pieces are never changed, so a reader holds them without a lock and the writer never waits for one.
    """

    def __init__(self, keep_s: float, limit_bytes: int) -> None:
        self._keep_s = keep_s
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._pieces: deque[Piece] = deque()
        self._bytes = 0
        self._written = 0
        self._streams = 0

    def begin(self) -> int:
        """The number of a new stream."""
        with self._lock:
            self._streams += 1
            return self._streams

    def write(self, piece: Piece) -> None:
        """Add the newest piece and let the oldest go; called by the receiver thread only."""
        if not piece.samples:
            return
        with self._lock:
            self._pieces.append(piece)
            self._bytes += len(piece.data) + HEADER_BYTES
            self._written += 1
            while len(self._pieces) > 1 and self._too_much(piece):
                self._bytes -= len(self._pieces.popleft().data) + HEADER_BYTES

    @property
    def mark(self) -> int:
        """The mark of the newest piece: ``since(mark)`` gives what comes after it."""
        return self._written

    @property
    def held_s(self) -> float:
        """How far back the newest unbroken stretch of one format reaches: what could be saved now."""
        with self._lock:
            if not self._pieces:
                return 0.0
            newest = self._pieces[-1]
            fits = (piece for piece in self._pieces if (piece.rate_hz, piece.datatype) == _form(newest))
            return newest.until_s - next(fits).time_s

    @property
    def newest(self) -> Piece | None:
        with self._lock:
            return self._pieces[-1] if self._pieces else None

    def mark_at(self, time_s: float) -> int:
        """``since`` of this mark begins with the piece in which ``time_s`` lies, or the oldest after it."""
        with self._lock:
            later = sum(1 for piece in self._pieces if piece.until_s > time_s)
            return self._written - later

    def since(self, mark: int, most_bytes: int, until: int | None = None) -> Pieces:
        """The pieces written after ``mark``, some ``most_bytes`` of them, none newer than mark ``until``."""
        with self._lock:
            oldest = self._written - len(self._pieces)
            first = max(mark, oldest)
            end = self._written if until is None else min(until, self._written)
            taken, size = [], 0
            for piece in islice(self._pieces, first - oldest, max(end - oldest, first - oldest)):
                taken.append(piece)
                size += len(piece.data)
                if size >= most_bytes:
                    break
            return Pieces(first + len(taken), first - mark, tuple(taken))

    def _too_much(self, newest: Piece) -> bool:
        return self._bytes > self._limit_bytes or newest.until_s - self._pieces[0].until_s > self._keep_s


def _form(piece: Piece) -> tuple[float, str]:
    return piece.rate_hz, piece.datatype

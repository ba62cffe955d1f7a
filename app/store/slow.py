"""Queries that took long: logged and remembered, without the values that were asked for; any thread."""

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

log = logging.getLogger(__name__)
KEPT = 100
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class SlowQuery:
    time_s: float  # UTC, when it was done
    duration_s: float
    statement: str  # its beginning, with marks instead of values


class SlowQueries:
    """The last that took longer than ``slow_s``, and how many there were of all."""

    def __init__(self, slow_s: float) -> None:
        self._slow_s = slow_s
        self._lock = threading.Lock()
        self._kept: deque[SlowQuery] = deque(maxlen=KEPT)
        self._queries = 0

    @property
    def queries(self) -> int:
        """Statements since the store was made, fast ones too."""
        return self._queries

    def kept(self) -> tuple[SlowQuery, ...]:
        """Oldest first."""
        with self._lock:
            return tuple(self._kept)

    def watch(self, engine: Engine) -> Engine:
        event.listen(engine, "before_cursor_execute", self._begin)
        event.listen(engine, "after_cursor_execute", self._end)
        return engine

    def _begin(self, connection: Connection, *_: Any) -> None:
        connection.info["began_s"] = time.perf_counter()

    def _end(self, connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        del cursor
        duration_s = time.perf_counter() - connection.info["began_s"]
        with self._lock:
            self._queries += 1
            if duration_s < self._slow_s:
                return
            text = " ".join(statement.split())[:LONGEST_TEXT]
            self._kept.append(SlowQuery(time.time(), duration_s, text))
        log.warning("slow query, %.2f s: %s", duration_s, text)

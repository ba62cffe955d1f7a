"""One line of the program's log; a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogLine:
    time_s: float  # true time, UTC
    level: str  # INFO, WARNING, ERROR
    source: str  # the module
    text: str
    thread: str
    correlation_id: str  # of the request that caused it; empty: none did

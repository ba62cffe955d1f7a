"""The program's log: the last lines kept for whoever asks, JSON lines in files, and which request a line belongs to.

Lines are written in the thread that logs; the correlation id travels with what a request asks of another thread.
"""

import logging
from collections import deque
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import asdict
from logging.handlers import RotatingFileHandler
from pathlib import Path

import orjson

from app.bus import Bus
from app.domain.log import LogLine

log = logging.getLogger(__name__)
ROOMS = ("app", "hardware", "widgets")  # the packages of the program
KEPT = 1000
FILE_BYTES, FILES = 2_000_000, 5
CORRELATION: ContextVar[str] = ContextVar("correlation", default="")
_CUT = 4000  # characters of one line
_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(32), 127)}  # nobody's text may begin a line of its own


class Logbook(logging.Handler):
    """Keeps the last 1000 lines; made and taken away by the root."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(logging.INFO)
        self._bus = bus
        self._lines: deque[LogLine] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        written = line(record)
        self._lines.append(written)
        if record.name != Bus.__module__:  # it tells of subscribers that fail, which must not be told again
            self._bus.log.publish(written)

    def lines(self, count: int = KEPT, least: str = "INFO") -> list[LogLine]:
        """The last ``count`` of the level ``least`` and above, oldest first."""
        lowest = logging.getLevelNamesMapping()[least]
        levels = logging.getLevelNamesMapping()
        return [one for one in tuple(self._lines) if levels.get(one.level, 0) >= lowest][-count:]


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with the stack trace where there is one: for files on this computer only."""

    def format(self, record: logging.LogRecord) -> str:
        fields = asdict(line(record))
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        return orjson.dumps(fields).decode()


def line(record: logging.LogRecord) -> LogLine:
    text = record.getMessage()[:_CUT].translate(_ESCAPES)
    return LogLine(record.created, record.levelname, record.name, text, record.threadName or "", CORRELATION.get())


class _Files(RotatingFileHandler):
    """Says nothing when the disk is full: the station's health tells of that."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name for it
        del record


def keep(bus: Bus, folder: Path, undo: ExitStack) -> Logbook:
    """Keep what the program's rooms log, the last lines in memory and more in ``folder``/kestrel.jsonl, until undone.

    A folder that cannot be written is logged and keeps nothing from starting.
    """
    book = Logbook(bus)
    _attach(book, undo)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = _Files(folder / "kestrel.jsonl", maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8")
    except OSError as error:
        log.warning("no log is written to %s: %s", folder, error.strerror)
        return book
    files.setFormatter(JsonFormatter())
    _attach(files, undo)
    undo.callback(files.close)
    return book


def _attach(handler: logging.Handler, undo: ExitStack) -> None:
    for room in ROOMS:
        logger = logging.getLogger(room)
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
        undo.callback(logger.removeHandler, handler)

"""A flight's .tlog being written; owned by one thread."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.errors import StoreError
from app.vehicle.tlog import stamped


class TlogFile:
    """Appends frames; the system's buffer is flushed every ``FLUSH_S`` of the stamps."""

    FLUSH_S = 0.25

    def __init__(self, path: Path) -> None:
        """Open for appending, with its folder. Raises ``StoreError``."""
        self.path = path
        self._flushed_s = 0.0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab")
        except OSError as error:
            raise StoreError(f"The link cannot be recorded to {path}: {error.strerror}.") from error

    def write(self, time_s: float, raws: list[bytes]) -> None:
        """Frames that came or went at this time. Raises ``StoreError`` when the disk is full or has gone."""
        try:
            self._file.write(b"".join([stamped(time_s, raw) for raw in raws]))
            if time_s - self._flushed_s >= self.FLUSH_S:
                self._file.flush()
                self._flushed_s = time_s
        except OSError as error:
            raise StoreError(f"The link is no longer recorded to {self.path}: {error.strerror}.") from error

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            raise StoreError(f"The end of {self.path} was not written: {error.strerror}.") from error


class LinkLog:
    """The file a link is recorded to, or none; a disk that is full ends it, told once, and nothing else."""

    def __init__(self, tell: Callable[[str, bool], None]) -> None:
        self._tell = tell
        self._file: TlogFile | None = None

    def record_to(self, path: Path | None) -> None:
        """Raises ``StoreError``."""
        if self._file is not None:
            before, self._file = self._file, None
            before.close()
        if path is not None:
            self._file = TlogFile(path)

    def write(self, time_s: float, raws: list[bytes]) -> None:
        if self._file is None:
            return
        try:
            self._file.write(time_s, raws)
        except StoreError as error:
            broken, self._file = self._file, None
            with suppress(StoreError):
                broken.close()
            self._tell(str(error), False)

"""Work that takes its time: what is asked for, how far it is, what came of it; values, any thread."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class JobKind(StrEnum):
    REPROCESS = "reprocess"  # a flight or recordings with other settings, beside those in force
    EXPORT = "export"  # a flight as a file
    IMPORT = "import"  # a flight recorded elsewhere
    BACKUP = "backup"  # of the whole store
    BUNDLE_OUT = "bundle_out"  # the project as one file
    BUNDLE_IN = "bundle_in"  # a project out of such a file


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  # the station ended meanwhile


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work; it belongs to one project."""

    id: int
    project_id: int
    kind: JobKind
    arguments: dict[str, Any]  # as the kind takes them, JSON
    actor: str  # who asked for it
    state: JobState
    progress: float  # 0 ... 1
    text: str  # what is done just now, or came of it, in words
    created_s: float
    started_s: float | None = None
    ended_s: float | None = None
    result: dict[str, Any] | None = None  # JSON; a file is named in "file"
    error: str = ""  # why it failed and what to do

    @property
    def ended(self) -> bool:
        return self.state in ENDED

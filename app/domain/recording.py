"""Facts of recordings of samples: what is being recorded, and what was; values, any thread."""

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why samples were recorded."""

    ASKED = "asked"  # by hand, from now on
    SAVED = "saved"  # by hand, of the last seconds
    DETECTION = "detection"  # by itself, because something was heard


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording; ``name`` is that of its files without ending and tells it from all others."""

    name: str
    cause: Cause
    started_s: float  # time of its first sample, UTC
    ended_s: float | None  # None while it is written
    rate_hz: float
    centre_hz: float  # of its first sample
    datatype: str  # SigMF name
    samples: int
    size_bytes: int
    lost_samples: int  # missing between its first and its last
    captures: int  # segments: one more for each gap, retune and reconnection
    detections: int
    simulated: bool
    complete: bool  # False while it is written, and for what a killed program left


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """A recording as a project knows it."""

    id: int
    project_id: int
    flight_id: int | None  # the flight that was under way when it began
    recording: Recording


@dataclass(frozen=True, slots=True)
class RecordingState:
    """What the recorder of samples is doing; published on every change and once a second while it records."""

    time_s: float
    running: tuple[Recording, ...]
    held_s: float  # of the last seconds that can still be saved
    rate_bytes_per_s: float  # one recording of the samples that come now; 0 when none come
    room_bytes: int  # until the disk or the budget is full
    seconds_left: float | None  # None when no samples come
    automatic: bool  # whether a detection starts one
    problem: str = ""  # why the last one ended, when nobody asked for it

    @property
    def recording(self) -> bool:
        """Whether one that was asked for by hand is running."""
        return any(one.cause is Cause.ASKED for one in self.running)

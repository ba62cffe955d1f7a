"""Recordings of samples on the wire."""

from typing import Any

from pydantic import Field

from app.api.schemas.base import Wire
from app.domain.recording import Cause


class RecordingOut(Wire):
    """One recording: a SigMF file and its description."""

    name: str = Field(examples=["20261121T083012Z_433920000Hz_240000sps_cu8"])
    cause: Cause = Field(description="asked: by hand; saved: of the last seconds; detection: by itself")
    started_s: float = Field(description="Its first sample, UTC, s", examples=[1760000000.0])
    ended_s: float | None = Field(description="null while it is written", examples=[1760000060.0])
    rate_hz: float = Field(examples=[240_000.0])
    centre_hz: float = Field(description="Of its first sample", examples=[433.86e6])
    datatype: str = Field(description="SigMF name", examples=["cu8"])
    samples: int = Field(examples=[14_400_000])
    size_bytes: int = Field(examples=[28_800_000])
    lost_samples: int = Field(description="Missing between its first and its last", examples=[0])
    captures: int = Field(description="One more for each gap, retune and reconnection", examples=[1])
    detections: int = Field(description="Annotations in it", examples=[12])
    simulated: bool
    complete: bool = Field(description="False while it is written, and for what a killed program left")


class StoredRecordingOut(Wire):
    """A recording as its project knows it."""

    id: int = Field(examples=[3])
    project_id: int = Field(examples=[1])
    flight_id: int | None = Field(description="The flight that was under way when it began", examples=[7])
    recording: RecordingOut


class UnsoundOut(Wire):
    text: str = Field(examples=["It was not ended: it is being written, or the program was killed meanwhile."])
    mendable: bool


class FoundRecordingOut(Wire):
    """What is wrong with the files of a recording."""

    sound: bool
    problems: list[UnsoundOut]


class RecordingStateOut(Wire):
    """What the recorder of samples is doing."""

    time_s: float = Field(examples=[1760000000.0])
    running: list[RecordingOut]
    held_s: float = Field(description="Of the last seconds that can still be saved", examples=[10.0])
    rate_bytes_per_s: float = Field(description="Of one recording; 0: no samples come", examples=[480_000.0])
    room_bytes: int = Field(description="Until the disk or the budget is full", examples=[120_000_000_000])
    seconds_left: float | None = Field(description="null: no samples come", examples=[250_000.0])
    automatic: bool = Field(description="Whether a detection starts one")
    problem: str = Field(description="Why the last one ended, when nobody asked for it", examples=[""])


class SaveIn(Wire):
    seconds: float = Field(10.0, gt=0.0, le=3600.0, description="How far back")


Description = dict[str, Any]

"""Jobs on the wire."""

from typing import Any

from pydantic import Field

from app.api.schemas.base import Wire
from app.domain.job import JobKind, JobState


class JobIn(Wire):
    kind: JobKind
    arguments: dict[str, Any] = Field(
        {},
        description="reprocess: flight_id or folder, variants (name, locate, target, pause_ms), truth; export: "
        "flight_id, form; import, bundle_in: file (brought before), name; backup, bundle_out: none",
        examples=[{"flight_id": 7, "variants": [{"name": "n 3", "locate": {"exponent": 3.0}}]}],
    )


class JobOut(Wire):
    """Work that takes its time, in one project."""

    id: int = Field(examples=[12])
    project_id: int = Field(examples=[1])
    kind: JobKind
    arguments: dict[str, Any]
    actor: str = Field(examples=["ann"])
    state: JobState = Field(description="interrupted: the station ended meanwhile")
    progress: float = Field(description="0 ... 1", examples=[0.42])
    text: str = Field(description="What is done just now, or came of it", examples=["20261121T083012Z, in force"])
    created_s: float = Field(examples=[1760000000.0])
    started_s: float | None = Field(examples=[1760000001.0])
    ended_s: float | None = Field(examples=[1760000060.0])
    result: dict[str, Any] | None = Field(description="`file` names what `GET .../file` hands over")
    error: str = Field(description="Why it failed and what to do", examples=[""])


class BroughtOut(Wire):
    name: str = Field(description="To be named as `file` of a job", examples=["flight.tlog"])
    size_bytes: int = Field(examples=[4_096_000])

"""Projects, flights, faults and the station as a whole on the wire."""

from typing import Any, Literal

from pydantic import Field

from app.api.schemas.access import ControlOut
from app.api.schemas.base import Wire
from app.api.schemas.job import JobOut
from app.api.schemas.mission import EstimateOut, GateReportOut, MissionStatusOut, SearchPlanOut
from app.api.schemas.radio import AudioOut, LevelOut, RadioStateOut, TargetReportOut, TargetsOut
from app.api.schemas.recording import RecordingStateOut
from app.api.schemas.vehicle import LinkStateOut, TelemetryOut, VehicleStateOut


class ProjectIn(Wire):
    name: str = Field(min_length=1, max_length=80, examples=["Valley search"])
    notes: str = Field("", max_length=10_000)


class ProjectOut(Wire):
    id: int = Field(examples=[1])
    name: str = Field(examples=["Valley search"])
    notes: str = Field(examples=[""])
    created_s: float = Field(description="UTC, s", examples=[1760000000.0])
    deleted_s: float | None = Field(description="Moved to the bin, UTC, s", examples=[None])


class FlightIn(Wire):
    name: str = Field("", max_length=80, description="Empty: named by its time", examples=["First flight"])


class FlightOut(Wire):
    """One flight; everything recorded belongs to exactly one."""

    id: int = Field(examples=[7])
    project_id: int = Field(examples=[1])
    name: str = Field(examples=["First flight"])
    notes: str = Field(examples=[""])
    simulated: bool
    started_s: float = Field(examples=[1760000000.0])
    ended_s: float | None = Field(description="null while it is being recorded", examples=[1760000600.0])
    clean: bool = Field(description="False when the program ended without closing it")


class FaultOut(Wire):
    """Something in trouble, or out of it again."""

    time_s: float = Field(examples=[1760000000.0])
    source: str = Field(examples=["receiver"])
    text: str = Field(examples=["The receiver was unplugged; plug it in again"])
    ended: bool
    count: int = Field(description="How often since start", examples=[1])


class SetAsideOut(Wire):
    kept_as: str | None = Field(description="null: there was none", examples=["kestrel.db.damaged-1"])


class StatusOut(Wire):
    """Everything as it stands; null: not known yet. The WebSocket's hello carries the same and a little history."""

    state: MissionStatusOut | None
    gate: GateReportOut | None
    control: ControlOut
    plan: SearchPlanOut | None
    telemetry: TelemetryOut | None
    vehicle: VehicleStateOut | None
    link: LinkStateOut | None
    radio: RadioStateOut | None
    audio: AudioOut | None
    levels: list[LevelOut]
    reports: list[TargetReportOut]
    targets: TargetsOut | None
    estimate: EstimateOut | None
    project: ProjectOut | None
    flight: FlightOut | None = Field(description="The one being recorded")
    recording: RecordingStateOut
    jobs: list[JobOut] = Field(description="Those that wait or run")


class LiveOut(Wire):
    status: str = Field(examples=["live"])


class ComponentOut(Wire):
    """One part of the station."""

    name: str = Field(examples=["radio"])
    ok: bool
    text: str = Field(description="In words: why not, and what to do", examples=["No receiver is connected"])


class HealthOut(Wire):
    """Every component; ``ready`` when what is asked of the station can be kept: the store and the recorder work."""

    ready: bool
    components: list[ComponentOut]


class InfoOut(Wire):
    """The program and the computer it runs on."""

    version: str = Field(examples=["0.1.0"])
    python: str = Field(examples=["3.11.2"])
    platform: str = Field(examples=["Linux-6.1.0-x86_64-with-glibc2.36"])
    time_s: float = Field(description="The station's clock, UTC, s", examples=[1760000000.0])
    clock_rate: float = Field(description="Above 1: a simulation runs faster than true time", examples=[1.0])
    uptime_s: float = Field(description="On the station's clock", examples=[360.0])
    store_path: str = Field(examples=["/home/kim/.local/share/kestrel/kestrel.db"])
    store_bytes: int = Field(examples=[4_096_000])
    disk_free_bytes: int = Field(examples=[120_000_000_000])


LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class LogLineOut(Wire):
    """One line of the program's log."""

    time_s: float = Field(description="True time, UTC, s", examples=[1760000000.0])
    level: str = Field(examples=["WARNING"])
    source: str = Field(description="The module", examples=["app.workers.link"])
    text: str = Field(examples=["the link was lost"])
    thread: str = Field(examples=["link"])
    correlation_id: str = Field(description="Of the request that caused it; empty: none", examples=["5f0c3a9be1d24c77"])


class SpreadOut(Wire):
    """Times of one kind; percentiles of the last 1000, null: there was none."""

    count: int = Field(description="Since the start", examples=[420])
    errors: int = Field(description="Of the count", examples=[0])
    total_s: float = Field(examples=[1.26])
    p50_s: float | None = Field(examples=[0.0021])
    p95_s: float | None = Field(examples=[0.0045])
    p99_s: float | None = Field(examples=[0.0093])
    longest_s: float | None = Field(examples=[0.0121])


class RequestFiguresOut(Wire):
    method: str = Field(examples=["GET"])
    path: str = Field(examples=["/api/v1/projects/{project_id}"])
    times: SpreadOut


class PerformanceOut(Wire):
    start_up_s: float | None = Field(description="From the start of the process until it could be used", examples=[2.1])
    requests: list[RequestFiguresOut]
    levels: SpreadOut = Field(description="From the last sample of a level until it was told; errors: none are counted")
    frames: SpreadOut = Field(description="Between two frames of the window's waterfall; none without a window")
    lost_samples: int = Field(description="Since the receiver was opened", examples=[0])


class HostOut(Wire):
    """The computer and this program on it."""

    cores: int = Field(examples=[4])
    cpu_percent: float = Field(description="Of all cores, since the last look", examples=[23.0])
    memory_bytes: int = Field(examples=[8_000_000_000])
    memory_free_bytes: int = Field(examples=[5_000_000_000])
    temperature_c: float | None = Field(description="The hottest sensor; null: none is known", examples=[61.0])
    program_cpu_percent: float = Field(description="100: one core", examples=[35.0])
    program_memory_bytes: int = Field(examples=[310_000_000])
    program_threads: int = Field(examples=[18])


class EnvelopeOut(Wire):
    """A list each, one entry for each pixel whose time holds values."""

    first_s: list[float] = Field(description="UTC, s", examples=[[1760000000.0]])
    last_s: list[float] = Field(examples=[[1760000000.9]])
    lowest: list[float | None] = Field(description="null: infinite", examples=[[3.0]])
    highest: list[float | None] = Field(examples=[[17.5]])
    count: list[int] = Field(examples=[[10]])


Row = dict[str, Any]

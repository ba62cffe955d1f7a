"""The tables: projects, their targets and flights, and every fact recorded in a flight; values only, any thread.

A measured value may be NULL: SQLite keeps NaN that way, and one bad number must not cost the row.
"""

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Double, ForeignKey, Index, Integer, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

BIG = BigInteger().with_variant(Integer(), "sqlite")  # SQLite's own are of 64 bits, and its keys must be called INTEGER


class Base(DeclarativeBase):
    """All tables; the migrations make them, a test compares both."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {float: Double()}


class ProjectRow(Base):
    __tablename__ = "project"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    notes: Mapped[str]
    created_s: Mapped[float]
    deleted_s: Mapped[float | None]
    in_use: Mapped[bool]  # the one that is open now; at most one row
    selected_target_id: Mapped[str]


class TargetRow(Base):
    __tablename__ = "target"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    removed: Mapped[bool]  # kept, because readings and detections still name it
    name: Mapped[str]
    kind: Mapped[str]
    frequency_hz: Mapped[float]
    bandwidth_hz: Mapped[float]
    period_s: Mapped[float]
    pulse_s: Mapped[float]
    mortality_period_s: Mapped[float]


class FlightRow(Base):
    __tablename__ = "flight"
    __table_args__ = (Index("ix_flight_project_started", "project_id", "started_s"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str]
    notes: Mapped[str]
    simulated: Mapped[bool]
    started_s: Mapped[float]
    ended_s: Mapped[float | None]
    clean: Mapped[bool]


class RecordingRow(Base):
    """Samples in files beside the store; ``flight_id`` names the flight that was under way when it began."""

    __tablename__ = "recording"
    __table_args__ = (Index("ix_recording_project_started", "project_id", "started_s"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    flight_id: Mapped[int | None] = mapped_column(ForeignKey("flight.id"))
    deleted_s: Mapped[float | None]  # when its files were deleted
    name: Mapped[str] = mapped_column(unique=True)
    cause: Mapped[str]
    started_s: Mapped[float]
    ended_s: Mapped[float | None]
    rate_hz: Mapped[float]
    centre_hz: Mapped[float]
    datatype: Mapped[str]
    samples: Mapped[int] = mapped_column(BIG)
    size_bytes: Mapped[int] = mapped_column(BIG)
    lost_samples: Mapped[int] = mapped_column(BIG)
    captures: Mapped[int]
    detections: Mapped[int]
    simulated: Mapped[bool]
    complete: Mapped[bool]


class WaterfallRow(Base):
    """Some seconds of a flight's waterfall, packed; ``time_s`` is that of its first row, ``until_s`` of its last."""

    __tablename__ = "waterfall"
    __table_args__ = (Index("ix_waterfall_flight_time", "flight_id", "time_s"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    flight_id: Mapped[int] = mapped_column(ForeignKey("flight.id"))
    time_s: Mapped[float]
    until_s: Mapped[float]
    centre_hz: Mapped[float]
    rate_hz: Mapped[float]
    rows: Mapped[int]
    bins: Mapped[int]
    content: Mapped[bytes]


class FactRow(Base):
    """What every fact of a flight has; read by flight and time."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BIG, primary_key=True, sort_order=-3)
    flight_id: Mapped[int] = mapped_column(ForeignKey("flight.id"), sort_order=-2)
    time_s: Mapped[float] = mapped_column(sort_order=-1)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Index, ...]:
        return (Index(f"ix_{cls.__tablename__}_flight_time", "flight_id", "time_s"),)


class TelemetryRow(FactRow):
    __tablename__ = "telemetry"

    vehicle_id: Mapped[int]
    lat_deg: Mapped[float | None]
    lon_deg: Mapped[float | None]
    altitude_m: Mapped[float | None]
    height_m: Mapped[float | None]
    roll_deg: Mapped[float | None]
    pitch_deg: Mapped[float | None]
    heading_deg: Mapped[float | None]
    north_mps: Mapped[float | None]
    east_mps: Mapped[float | None]
    down_mps: Mapped[float | None]


class ReadingRow(FactRow):
    __tablename__ = "reading"

    duration_s: Mapped[float | None]
    target_id: Mapped[str]
    frequency_hz: Mapped[float | None]
    power_dbfs: Mapped[float | None]
    power_db: Mapped[float | None]
    noise_dbfs: Mapped[float | None]
    snr_db: Mapped[float | None]
    heard: Mapped[bool]
    overload: Mapped[bool]
    lat_deg: Mapped[float | None]
    lon_deg: Mapped[float | None]
    height_m: Mapped[float | None]
    heading_deg: Mapped[float | None]
    roll_deg: Mapped[float | None]
    pitch_deg: Mapped[float | None]
    power_dbm: Mapped[float | None]


class DetectionRow(FactRow):
    __tablename__ = "detection"

    duration_s: Mapped[float | None]
    target_id: Mapped[str]
    kind: Mapped[str]
    frequency_hz: Mapped[float | None]
    bandwidth_hz: Mapped[float | None]
    power_dbfs: Mapped[float | None]
    snr_db: Mapped[float | None]
    confirmed: Mapped[bool]
    text: Mapped[str]
    power_dbm: Mapped[float | None]


class DecodedRow(FactRow):
    """What a 406 MHz burst said; fields are objects with bits, name, value."""

    __tablename__ = "decoded"

    target_id: Mapped[str]
    kind: Mapped[str]
    frequency_hz: Mapped[float | None]
    cn0_dbhz: Mapped[float | None]
    id_hex: Mapped[str]
    country_code: Mapped[int]
    country: Mapped[str]
    protocol: Mapped[str]
    beacon: Mapped[str]
    test: Mapped[bool]
    lat_deg: Mapped[float | None]
    lon_deg: Mapped[float | None]
    resolution_deg: Mapped[float | None]
    ok: Mapped[bool]
    verdict: Mapped[str]
    corrected_bits: Mapped[int]
    message_hex: Mapped[str]
    fields: Mapped[list[Any]] = mapped_column(JSON)


class EstimateRow(FactRow):
    """The posterior in figures; regions are rings of [lat_deg, lon_deg]. Its grid follows from the readings."""

    __tablename__ = "estimate"

    target_id: Mapped[str]
    readings: Mapped[int]
    enough: Mapped[bool]
    text: Mapped[str]
    mode_lat_deg: Mapped[float | None]
    mode_lon_deg: Mapped[float | None]
    mean_lat_deg: Mapped[float | None]
    mean_lon_deg: Mapped[float | None]
    radius_50_m: Mapped[float | None]
    radius_90_m: Mapped[float | None]
    area_50_m2: Mapped[float | None]
    area_90_m2: Mapped[float | None]
    entropy_bits: Mapped[float | None]
    region_50: Mapped[list[Any]] = mapped_column(JSON)
    region_90: Mapped[list[Any]] = mapped_column(JSON)


class BearingRow(FactRow):
    """Where a target lies from a place, true north; slices are objects with heading_deg, power_db, heard."""

    __tablename__ = "bearing"

    target_id: Mapped[str]
    lat_deg: Mapped[float | None]
    lon_deg: Mapped[float | None]
    bearing_deg: Mapped[float | None]
    sigma_deg: Mapped[float | None]
    other_deg: Mapped[float | None]
    magnetic_deg: Mapped[float | None]
    quality: Mapped[float | None]
    ambiguous: Mapped[bool]
    source: Mapped[str]
    actor: Mapped[str]
    text: Mapped[str]
    slices: Mapped[list[Any]] = mapped_column(JSON)


class TransitionRow(FactRow):
    __tablename__ = "transition"

    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[str]
    actor: Mapped[str]
    forced: Mapped[bool]


class CommandRow(FactRow):
    __tablename__ = "command"

    actor: Mapped[str]
    verb: Mapped[str]
    arguments: Mapped[str]
    outcome: Mapped[str]
    detail: Mapped[str]


class MessageRow(FactRow):
    __tablename__ = "message"

    vehicle_id: Mapped[int]
    severity: Mapped[int]
    text: Mapped[str]


class FaultRow(FactRow):
    __tablename__ = "fault"

    source: Mapped[str]
    text: Mapped[str]
    ended: Mapped[bool]
    count: Mapped[int]


class GateRow(FactRow):
    """The safety gate when a rule's answer changed; verdicts are objects with rule, passed, text."""

    __tablename__ = "gate"

    purpose: Mapped[str]
    open: Mapped[bool]
    verdicts: Mapped[list[Any]] = mapped_column(JSON)


PROJECT: Table = Base.metadata.tables["project"]
TARGET: Table = Base.metadata.tables["target"]
FLIGHT: Table = Base.metadata.tables["flight"]
RECORDING: Table = Base.metadata.tables["recording"]
WATERFALL: Table = Base.metadata.tables["waterfall"]
FACTS: dict[str, Table] = {
    row.__tablename__: Base.metadata.tables[row.__tablename__] for row in FactRow.__subclasses__()
}
NUMBERS: dict[str, frozenset[str]] = {  # of each table of facts: the columns of measured values
    name: frozenset(column.name for column in table.columns if isinstance(column.type, Double))
    for name, table in FACTS.items()
}

"""The first tables: projects, targets, flights and the facts of a flight; run by Alembic."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _projects()
    _vehicle_facts()
    _radio_facts()
    _mission_facts()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _figures(*names: str) -> list[sa.Column[float]]:
    """Measured values: NULL where the number was not one."""
    return [sa.Column(name, sa.Double(), nullable=True) for name in names]


def _integers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _flags(*names: str) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]


def _fact_table(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("id", BIG, primary_key=True),
        sa.Column("flight_id", sa.Integer(), sa.ForeignKey("flight.id"), nullable=False),
        sa.Column("time_s", sa.Double(), nullable=False),
        *columns,
    )
    op.create_index(f"ix_{name}_flight_time", name, ["flight_id", "time_s"])


def _projects() -> None:
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_texts("name", "notes"),
        sa.Column("created_s", sa.Double(), nullable=False),
        sa.Column("deleted_s", sa.Double(), nullable=True),
        *_flags("in_use"),
        *_texts("selected_target_id"),
    )
    op.create_table(
        "target",
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        *_integers("position"),
        *_flags("removed"),
        *_texts("name", "kind"),
        *[sa.Column(name, sa.Double(), nullable=False) for name in ("frequency_hz", "bandwidth_hz")],
        *[sa.Column(name, sa.Double(), nullable=False) for name in ("period_s", "pulse_s")],
    )
    op.create_table(
        "flight",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        *_texts("name", "notes"),
        *_flags("simulated"),
        sa.Column("started_s", sa.Double(), nullable=False),
        sa.Column("ended_s", sa.Double(), nullable=True),
        *_flags("clean"),
    )
    op.create_index("ix_flight_project_started", "flight", ["project_id", "started_s"])


def _vehicle_facts() -> None:
    _fact_table(
        "telemetry",
        *_integers("vehicle_id"),
        *_figures("lat_deg", "lon_deg", "altitude_m", "height_m", "roll_deg", "pitch_deg", "heading_deg"),
        *_figures("north_mps", "east_mps", "down_mps"),
    )
    _fact_table("message", *_integers("vehicle_id", "severity"), *_texts("text"))
    _fact_table("command", *_texts("actor", "verb", "arguments", "outcome", "detail"))


def _radio_facts() -> None:
    _fact_table(
        "reading",
        *_figures("duration_s"),
        *_texts("target_id"),
        *_figures("frequency_hz", "power_dbfs", "power_db", "noise_dbfs", "snr_db"),
        *_flags("heard", "overload"),
        *_figures("lat_deg", "lon_deg", "height_m", "heading_deg", "roll_deg", "pitch_deg"),
    )
    _fact_table(
        "detection",
        *_figures("duration_s"),
        *_texts("target_id", "kind"),
        *_figures("frequency_hz", "bandwidth_hz", "power_dbfs", "snr_db"),
        *_flags("confirmed"),
        *_texts("text"),
    )
    _fact_table(
        "estimate",
        *_texts("target_id"),
        *_integers("readings"),
        *_flags("enough"),
        *_texts("text"),
        *_figures("mode_lat_deg", "mode_lon_deg", "mean_lat_deg", "mean_lon_deg"),
        *_figures("radius_50_m", "radius_90_m", "area_50_m2", "area_90_m2", "entropy_bits"),
        sa.Column("region_50", sa.JSON(), nullable=False),
        sa.Column("region_90", sa.JSON(), nullable=False),
    )


def _mission_facts() -> None:
    _fact_table("transition", *_texts("before", "after", "reason", "actor"), *_flags("forced"))
    _fact_table("fault", *_texts("source", "text"), *_flags("ended"), *_integers("count"))
    _fact_table("gate", *_texts("purpose"), *_flags("open"), sa.Column("verdicts", sa.JSON(), nullable=False))

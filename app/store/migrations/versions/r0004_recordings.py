"""Recordings of samples, and the waterfall of a flight; run by Alembic."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("flight_id", sa.Integer(), sa.ForeignKey("flight.id"), nullable=True),
        sa.Column("deleted_s", sa.Double(), nullable=True),
        sa.Column("name", sa.String(), nullable=False, unique=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("started_s", sa.Double(), nullable=False),
        sa.Column("ended_s", sa.Double(), nullable=True),
        *[sa.Column(name, sa.Double(), nullable=False) for name in ("rate_hz", "centre_hz")],
        sa.Column("datatype", sa.String(), nullable=False),
        *[sa.Column(name, BIG, nullable=False) for name in ("samples", "size_bytes", "lost_samples")],
        *[sa.Column(name, sa.Integer(), nullable=False) for name in ("captures", "detections")],
        *[sa.Column(name, sa.Boolean(), nullable=False) for name in ("simulated", "complete")],
    )
    op.create_index("ix_recording_project_started", "recording", ["project_id", "started_s"])
    op.create_table(
        "waterfall",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("flight_id", sa.Integer(), sa.ForeignKey("flight.id"), nullable=False),
        *[sa.Column(name, sa.Double(), nullable=False) for name in ("time_s", "until_s", "centre_hz", "rate_hz")],
        *[sa.Column(name, sa.Integer(), nullable=False) for name in ("rows", "bins")],
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_waterfall_flight_time", "waterfall", ["flight_id", "time_s"])

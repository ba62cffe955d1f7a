"""A table for bearings; run by Alembic."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    numbers = ("lat_deg", "lon_deg", "bearing_deg", "sigma_deg", "other_deg", "magnetic_deg", "quality")
    op.create_table(
        "bearing",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("flight_id", sa.Integer(), sa.ForeignKey("flight.id"), nullable=False),
        sa.Column("time_s", sa.Double(), nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        *[sa.Column(name, sa.Double(), nullable=True) for name in numbers],
        sa.Column("ambiguous", sa.Boolean(), nullable=False),
        *[sa.Column(name, sa.String(), nullable=False) for name in ("source", "actor", "text")],
        sa.Column("slices", sa.JSON(), nullable=False),
    )
    op.create_index("ix_bearing_flight_time", "bearing", ["flight_id", "time_s"])

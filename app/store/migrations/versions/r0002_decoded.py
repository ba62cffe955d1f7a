"""A table for the contents of 406 MHz bursts; run by Alembic."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "decoded",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("flight_id", sa.Integer(), sa.ForeignKey("flight.id"), nullable=False),
        sa.Column("time_s", sa.Double(), nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("frequency_hz", sa.Double(), nullable=True),
        sa.Column("cn0_dbhz", sa.Double(), nullable=True),
        sa.Column("id_hex", sa.String(), nullable=False),
        sa.Column("country_code", sa.Integer(), nullable=False),
        *[sa.Column(name, sa.String(), nullable=False) for name in ("country", "protocol", "beacon")],
        sa.Column("test", sa.Boolean(), nullable=False),
        *[sa.Column(name, sa.Double(), nullable=True) for name in ("lat_deg", "lon_deg", "resolution_deg")],
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("corrected_bits", sa.Integer(), nullable=False),
        sa.Column("message_hex", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
    )
    op.create_index("ix_decoded_flight_time", "decoded", ["flight_id", "time_s"])

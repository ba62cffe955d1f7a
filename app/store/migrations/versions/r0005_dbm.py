"""Levels at the antenna's socket, where the receiver was calibrated; run by Alembic."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("reading", "detection"):
        op.add_column(table, sa.Column("power_dbm", sa.Double(), nullable=True))

"""The period of a tag whose animal does not move any more; run by Alembic."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("target", sa.Column("mortality_period_s", sa.Double(), nullable=False, server_default="0"))

"""Jobs: work that takes its time, asked for in a project; run by Alembic."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        *[sa.Column(name, sa.String(), nullable=False) for name in ("actor", "state")],
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_s", sa.Double(), nullable=False),
        *[sa.Column(name, sa.Double(), nullable=True) for name in ("started_s", "ended_s")],
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
    )
    op.create_index("ix_job_project_created", "job", ["project_id", "created_s"])

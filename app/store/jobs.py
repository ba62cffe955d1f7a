"""The table of jobs: how they become rows and rows become them again, and what is written; the writer's thread."""

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import JSON, Engine, ForeignKey, Index, Select, Table, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.job import ENDED, Job, JobKind, JobState
from app.errors import NotFound
from app.store.database import Database
from app.store.models import PROJECT, Base


class JobRow(Base):
    __tablename__ = "job"
    __table_args__ = (Index("ix_job_project_created", "project_id", "created_s"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor: Mapped[str]
    state: Mapped[str]
    progress: Mapped[float]
    text: Mapped[str]
    created_s: Mapped[float]
    started_s: Mapped[float | None]
    ended_s: Mapped[float | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str]


JOB: Table = Base.metadata.tables["job"]


class JobWriter:
    """Each method is one transaction and raises ``StoreError`` when the store cannot be written."""

    def __init__(self, engine: Engine, database: Database) -> None:
        self._engine = engine
        self._database = database

    def add(self, job: Job) -> Job:
        """Keep a job that is to be done; returns it with its number. Raises ``NotFound`` without its project."""
        values = asdict(job)
        del values["id"]
        with self._database.told(), self._engine.begin() as connection:
            if connection.execute(select(PROJECT.c.id).where(PROJECT.c.id == job.project_id)).first() is None:
                raise NotFound(f"There is no project {job.project_id}.")
            key = connection.execute(insert(JOB).values(values)).inserted_primary_key
        if not key:
            raise RuntimeError("the database gave no key for a new row")
        return replace(job, id=key[0])

    def save(self, job: Job) -> None:
        """Bring what is known of it up to date."""
        values = asdict(job)
        with self._database.told(), self._engine.begin() as connection:
            connection.execute(update(JOB).where(JOB.c.id == values.pop("id")).values(values))

    def left_open(self) -> list[Job]:
        """Those that have not ended, of all projects, oldest first: what an ended program left."""
        with self._database.told(), self._engine.connect() as connection:
            mine = select(JOB).where(JOB.c.state.not_in(ENDED)).order_by(JOB.c.id)
            return [job_of(row) for row in connection.execute(mine)]


def listed(
    project_id: int, kind: JobKind | None, state: JobState | None, before_id: int | None, limit: int
) -> Select[Any]:
    """The project's jobs, newest first; those before ``before_id`` make the next page."""
    mine = select(JOB).where(JOB.c.project_id == project_id).order_by(JOB.c.id.desc()).limit(limit)
    if kind is not None:
        mine = mine.where(JOB.c.kind == kind)
    if state is not None:
        mine = mine.where(JOB.c.state == state)
    return mine if before_id is None else mine.where(JOB.c.id < before_id)


def job_of(row: Any) -> Job:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    return Job(**values | {"kind": JobKind(row.kind), "state": JobState(row.state)})

"""What is read from the database: nothing of a flight without naming its project; short sessions, any thread."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Boolean, Column, CursorResult, Engine, Select, func, select

from app.domain.job import Job, JobKind, JobState
from app.domain.project import Flight, Project
from app.domain.radio import BeaconKind, Target, Targets
from app.domain.recording import StoredRecording
from app.domain.rows import Rows
from app.domain.waterfall import Stretch
from app.errors import NotFound
from app.store.database import Database
from app.store.jobs import JOB, job_of, listed
from app.store.models import FACTS, FLIGHT, PROJECT, RECORDING, TARGET, WATERFALL
from app.store.recordings import between, recording_of, stretch_of
from app.store.writer import flight_of, project_of


class ProjectQueries:
    """The rows of one project: there is no query for facts that is not bound to one.

    Every method raises ``NotFound`` for a flight of another project and ``StoreError`` when the file cannot be read.
    """

    def __init__(self, engine: Engine, database: Database, project_id: int) -> None:
        self._engine = engine
        self._database = database
        self._project_id = project_id

    def project(self) -> Project:
        row = self._one(select(PROJECT).where(PROJECT.c.id == self._project_id))
        if row is None:
            raise NotFound(f"There is no project {self._project_id}.")
        return project_of(row)

    def targets(self) -> Targets:
        """The targets as last saved; none when the project has never had one."""
        mine = select(TARGET).where(TARGET.c.project_id == self._project_id, ~TARGET.c.removed)
        chosen = self._one(select(PROJECT.c.selected_target_id).where(PROJECT.c.id == self._project_id))
        with self._database.told(), self._engine.connect() as connection:
            rows = connection.execute(mine.order_by(TARGET.c.position)).all()
        return Targets(tuple(_target(row) for row in rows), chosen[0] if chosen else "")

    def flights(self) -> list[Flight]:
        """Newest first. Raises ``NotFound`` when there is no such project."""
        self.project()
        mine = select(FLIGHT).where(FLIGHT.c.project_id == self._project_id)
        with self._database.told(), self._engine.connect() as connection:
            rows = connection.execute(mine.order_by(FLIGHT.c.started_s.desc(), FLIGHT.c.id.desc())).all()
        return [flight_of(row) for row in rows]

    def flight(self, flight_id: int) -> Flight:
        row = self._one(select(FLIGHT).where(FLIGHT.c.id == flight_id, FLIGHT.c.project_id == self._project_id))
        if row is None:
            raise NotFound(f"There is no flight {flight_id} in project {self._project_id}.")
        return flight_of(row)

    def rows(
        self,
        table: str,
        flight_id: int,
        since_s: float | None = None,
        until_s: float | None = None,
        limit: int | None = None,
        only: Sequence[str] = (),
    ) -> Rows:
        """Facts of a flight with since_s <= time_s <= until_s, oldest first, at most ``limit``.

        ``table`` is one of ``FACTS``; ``only`` names the columns that are wanted, which saves as much time as it
        leaves out.
        """
        self.flight(flight_id)
        facts = FACTS[table]
        every = [column for column in facts.columns if column.name not in {"id", "flight_id"}]
        columns = [facts.c[name] for name in only] or every
        mine = (
            select(*columns)
            .join(FLIGHT, FLIGHT.c.id == facts.c.flight_id)
            .where(facts.c.flight_id == flight_id, FLIGHT.c.project_id == self._project_id)
            .order_by(facts.c.time_s, facts.c.id)
        )
        if since_s is not None:
            mine = mine.where(facts.c.time_s >= since_s)
        if until_s is not None:
            mine = mine.where(facts.c.time_s <= until_s)
        with self._database.told(), self._engine.connect() as connection:
            found = connection.execute(mine.limit(limit))
            return Rows(tuple(column.name for column in columns), _values(found, columns))

    def envelope(
        self, table: str, flight_id: int, column: str, since_s: float, until_s: float, pixels: int
    ) -> list[tuple[float, float, float, float, int]]:
        """For each of ``pixels`` parts of the time that holds values: its first and last time, the lowest and highest
        value, and how many there are; oldest first. The database thins them out: a plot loses no peak.

        ``column`` is one of numbers, since_s < until_s.
        """
        self.flight(flight_id)
        facts = FACTS[table]
        value = facts.c[column]
        part = func.floor((facts.c.time_s - since_s) * (pixels / (until_s - since_s)))
        query = (
            select(func.min(facts.c.time_s), func.max(facts.c.time_s), func.min(value), func.max(value), func.count())
            .join(FLIGHT, FLIGHT.c.id == facts.c.flight_id)
            .where(facts.c.flight_id == flight_id, FLIGHT.c.project_id == self._project_id, value.is_not(None))
            .where(facts.c.time_s >= since_s, facts.c.time_s < until_s)
            .group_by(part)
            .order_by(part)
        )
        with self._database.told(), self._engine.connect() as connection:
            return [(row[0], row[1], row[2], row[3], row[4]) for row in connection.execute(query)]

    def counts(self, flight_id: int) -> dict[str, int]:
        """Rows of the flight in each table of facts."""
        self.flight(flight_id)
        with self._database.told(), self._engine.connect() as connection:
            return {
                name: connection.execute(
                    select(func.count())
                    .select_from(table)
                    .join(FLIGHT, FLIGHT.c.id == table.c.flight_id)
                    .where(table.c.flight_id == flight_id, FLIGHT.c.project_id == self._project_id)
                ).scalar_one()
                for name, table in FACTS.items()
            }

    def recording_names(self) -> list[str]:
        """Of all that may have files, also where the project is deleted."""
        mine = select(RECORDING.c.name).where(RECORDING.c.project_id == self._project_id)
        with self._database.told(), self._engine.connect() as connection:
            return list(connection.execute(mine).scalars())

    def recordings(self) -> list[StoredRecording]:
        """Those whose files were not deleted, newest first."""
        self.project()
        mine = select(RECORDING).where(RECORDING.c.project_id == self._project_id, RECORDING.c.deleted_s.is_(None))
        with self._database.told(), self._engine.connect() as connection:
            found = connection.execute(mine.order_by(RECORDING.c.started_s.desc(), RECORDING.c.id.desc()))
            return [recording_of(row) for row in found]

    def recording(self, recording_id: int) -> StoredRecording:
        mine = select(RECORDING).where(RECORDING.c.id == recording_id, RECORDING.c.project_id == self._project_id)
        row = self._one(mine.where(RECORDING.c.deleted_s.is_(None)))
        if row is None:
            raise NotFound(f"There is no recording {recording_id} in project {self._project_id}.")
        return recording_of(row)

    def waterfall(self, flight_id: int, since_s: float | None = None, until_s: float | None = None) -> list[Stretch]:
        """The flight's waterfall with since_s <= time_s <= until_s, oldest first."""
        self.flight(flight_id)
        mine = (
            select(WATERFALL)
            .join(FLIGHT, FLIGHT.c.id == WATERFALL.c.flight_id)
            .where(WATERFALL.c.flight_id == flight_id, FLIGHT.c.project_id == self._project_id)
            .order_by(WATERFALL.c.time_s, WATERFALL.c.id)
        )
        if since_s is not None:
            mine = mine.where(WATERFALL.c.until_s >= since_s)
        if until_s is not None:
            mine = mine.where(WATERFALL.c.time_s <= until_s)
        with self._database.told(), self._engine.connect() as connection:
            found = connection.execute(mine).all()
        stretches = (between(stretch_of(row), since_s, until_s) for row in found)
        return [stretch for stretch in stretches if stretch.time_s.size]

    def jobs(
        self,
        kind: JobKind | None = None,
        state: JobState | None = None,
        before_id: int | None = None,
        limit: int = 100,
    ) -> list[Job]:
        """Newest first, at most ``limit``; those before ``before_id`` make the next page."""
        self.project()
        with self._database.told(), self._engine.connect() as connection:
            return [job_of(row) for row in connection.execute(listed(self._project_id, kind, state, before_id, limit))]

    def job(self, job_id: int) -> Job:
        row = self._one(select(JOB).where(JOB.c.id == job_id, JOB.c.project_id == self._project_id))
        if row is None:
            raise NotFound(f"There is no job {job_id} in project {self._project_id}.")
        return job_of(row)

    def _one(self, query: Select[Any]) -> Any:
        with self._database.told(), self._engine.connect() as connection:
            return connection.execute(query).first()


def all_projects(engine: Engine, database: Database, deleted: bool) -> list[Project]:
    """The projects in the order of their names; the deleted ones too when asked."""
    query = select(PROJECT).order_by(func.lower(PROJECT.c.name), PROJECT.c.id)
    if not deleted:
        query = query.where(PROJECT.c.deleted_s.is_(None))
    with database.told(), engine.connect() as connection:
        return [project_of(row) for row in connection.execute(query)]


def project_in_use(engine: Engine, database: Database) -> Project | None:
    query = select(PROJECT).where(PROJECT.c.in_use, PROJECT.c.deleted_s.is_(None))
    with database.told(), engine.connect() as connection:
        row = connection.execute(query).first()
    return project_of(row) if row else None


def _values(found: CursorResult[Any], columns: Sequence[Column[Any]]) -> list[tuple[Any, ...]]:
    """The driver's own rows where they need no translation: a fifth faster."""
    if any(isinstance(column.type, Boolean | JSON) for column in columns):
        return [tuple(row) for row in found]
    values = list[tuple[Any, ...]](found.cursor.fetchall() if found.cursor is not None else ())
    found.close()
    return values


def _target(row: Any) -> Target:
    return Target(
        id=row.id,
        name=row.name,
        kind=BeaconKind(row.kind),
        frequency_hz=row.frequency_hz,
        bandwidth_hz=row.bandwidth_hz,
        period_s=row.period_s,
        pulse_s=row.pulse_s,
        mortality_period_s=row.mortality_period_s,
    )

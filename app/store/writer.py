"""The one writer to the database; used by one thread at a time, the recorder's once the station runs."""

from collections.abc import Iterable, Sequence

import psycopg
from sqlalchemy import Connection, Engine, Row, Table, func, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, ProgrammingError

from app.domain.project import Flight, Project
from app.domain.radio import Target, Targets
from app.domain.recording import Recording
from app.domain.rows import Sheet
from app.domain.waterfall import Stretch
from app.errors import BadFile, NotFound
from app.store import purge, recordings
from app.store.database import Database, upsert
from app.store.facts import KINDS, Fact, Kind
from app.store.facts import Row as Values
from app.store.jobs import JobWriter
from app.store.models import FACTS, FLIGHT, PROJECT, RECORDING, TARGET, WATERFALL
from app.store.sheets import Adoption

# what a value does that the database cannot hold: the row's fault, not the disk's
UNFIT = (
    *(IntegrityError, DataError, InterfaceError, ProgrammingError, OverflowError, UnicodeEncodeError),
    *(psycopg.DataError, psycopg.IntegrityError),
)

OPEN_FLIGHTS = select(FLIGHT.c.id, FLIGHT.c.started_s).where(FLIGHT.c.ended_s.is_(None))


class Writer:
    """Each method is one transaction and raises ``StoreError`` when the file cannot be written; then nothing was."""

    def __init__(self, engine: Engine, database: Database) -> None:
        self._engine = engine
        self._database = database
        self.jobs = JobWriter(engine, database)

    def write(self, flight_id: int, facts: Iterable[Fact]) -> int:
        """Store facts of a flight, all or none; returns how many had values that no table can hold and were left out.

        Rows go straight to the driver: no ORM entity is made.
        """
        rows: dict[type[Fact], list[Values]] = {}
        for fact in facts:
            rows.setdefault(type(fact), []).append((flight_id, *KINDS[type(fact)].row(fact)))
        if not rows:
            return 0
        with self._database.told():
            try:
                with self._engine.begin() as connection:
                    for kind, batch in rows.items():
                        self._insert(connection, KINDS[kind], batch)
            except UNFIT:
                return self._write_singly(rows)
        return 0

    def _write_singly(self, rows: dict[type[Fact], list[Values]]) -> int:
        """After a bad row: store the good ones one by one."""
        with self._engine.begin() as connection:
            return sum(not self._fits(connection, KINDS[kind], one) for kind, batch in rows.items() for one in batch)

    def _insert(self, connection: Connection, kind: Kind, batch: list[Values]) -> None:
        self._database.insert(connection, kind.table.name, kind.columns, batch)

    def _fits(self, connection: Connection, kind: Kind, values: Values) -> bool:
        try:
            with connection.begin_nested():
                self._insert(connection, kind, [values])
        except UNFIT:
            return False
        return True

    def first_project(self, time_s: float) -> None:
        """Make sure that a project is in use: the newest there is, else a new one."""
        with self._database.told(), self._engine.begin() as connection:
            in_use = select(PROJECT.c.id).where(PROJECT.c.in_use, PROJECT.c.deleted_s.is_(None))
            if connection.execute(in_use).first():
                return
            newest = select(func.max(PROJECT.c.id)).where(PROJECT.c.deleted_s.is_(None))
            project_id = connection.execute(newest).scalar() or _add_project(connection, "First project", "", time_s)
            _use(connection, project_id)

    def create_project(self, name: str, notes: str, time_s: float) -> Project:
        with self._database.told(), self._engine.begin() as connection:
            return _project(connection, _add_project(connection, name, notes, time_s))

    def change_project(self, project_id: int, **values: str | float | None) -> Project:
        """Set columns of a project. Raises ``NotFound``."""
        with self._database.told(), self._engine.begin() as connection:
            _project(connection, project_id)
            connection.execute(update(PROJECT).where(PROJECT.c.id == project_id).values(values))
            return _project(connection, project_id)

    def use_project(self, project_id: int) -> Project:
        """Make this the project in use, at this start and the next. Raises ``NotFound``."""
        with self._database.told(), self._engine.begin() as connection:
            project = _project(connection, project_id)
            _use(connection, project_id)
            return project

    def save_targets(self, project_id: int, targets: Targets) -> None:
        """Keep these as the project's targets; one that is gone is marked, never deleted."""
        with self._database.told(), self._engine.begin() as connection:
            mine = update(TARGET).where(TARGET.c.project_id == project_id)
            connection.execute(mine.values(removed=True))
            for position, target in enumerate(targets.all):
                _save_target(connection, project_id, position, target)
            chosen = update(PROJECT).where(PROJECT.c.id == project_id)
            connection.execute(chosen.values(selected_target_id=targets.selected_id))

    def begin_flight(self, project_id: int, name: str, simulated: bool, time_s: float) -> Flight:
        """A new flight; without a name it is counted. Raises ``NotFound`` when the project is not there."""
        with self._database.told(), self._engine.begin() as connection:
            _project(connection, project_id)
            count = connection.execute(select(func.count()).where(FLIGHT.c.project_id == project_id)).scalar_one()
            row = {
                "project_id": project_id,
                "name": name or f"Flight {count + 1}",
                "notes": "",
                "simulated": simulated,
                "started_s": time_s,
                "ended_s": None,
                "clean": True,
            }
            key = connection.execute(insert(FLIGHT).values(row)).inserted_primary_key
            return _flight(connection, _first(key))

    def change_flight(self, flight_id: int, **values: str | float | bool | None) -> Flight:
        """Set columns of a flight. Raises ``NotFound``."""
        with self._database.told(), self._engine.begin() as connection:
            connection.execute(update(FLIGHT).where(FLIGHT.c.id == flight_id).values(values))
            return _flight(connection, flight_id)

    def save_recording(self, project_id: int, flight_id: int | None, recording: Recording) -> None:
        """Keep what is known of a recording; its name tells whether it is known already."""
        with self._database.told(), self._engine.begin() as connection:
            recordings.save(connection, project_id, flight_id, recording)

    def delete_recording(self, recording_id: int, time_s: float) -> None:
        """Say that its files are gone; what is known of it is kept."""
        with self._database.told(), self._engine.begin() as connection:
            connection.execute(update(RECORDING).where(RECORDING.c.id == recording_id).values(deleted_s=time_s))

    def write_waterfall(self, flight_id: int, stretches: Iterable[Stretch]) -> None:
        """Add stretches to a flight's waterfall."""
        rows = [recordings.packed(flight_id, stretch) for stretch in stretches]
        if rows:
            with self._database.told(), self._engine.begin() as connection:
                connection.execute(insert(WATERFALL), rows)

    def adopt_project(self, sheets: Iterable[Sheet], name: str = "") -> tuple[Project, int]:
        """A project with everything in it from another store; returns it and how many recordings were here already.

        Raises ``BadFile``, also for values that this store cannot hold.
        """
        with self._database.told():
            try:
                with self._engine.begin() as connection:
                    adoption = Adoption(connection, self._database, name)
                    adoption.take(sheets)
                    return _project(connection, adoption.project_id), adoption.left_out
            except UNFIT as error:
                raise BadFile("The bundle holds values that no store can have. Nothing was imported.") from error

    def remove_project(self, project_id: int) -> int:
        """Remove a deleted project with everything in it, for good; returns how many rows."""
        with self._database.told(), self._engine.begin() as connection:
            return purge.remove_project(connection, project_id)

    def left_open(self) -> bool:
        """Whether a killed program left a flight open; takes the write lock, so that a read-only file is met here."""
        with self._database.told(), self._engine.begin() as connection:
            return connection.execute(OPEN_FLIGHTS).first() is not None

    def close_left_open(self) -> list[Flight]:
        """End the flights a killed program left open, at the time of their last row, as not clean."""
        with self._database.told(), self._engine.begin() as connection:
            left = connection.execute(OPEN_FLIGHTS).all()
            for flight_id, started_s in left:
                last = [_last_time(connection, table, flight_id) for table in FACTS.values()]
                ended_s = max([started_s, *(time_s for time_s in last if time_s is not None)])
                here = update(FLIGHT).where(FLIGHT.c.id == flight_id)
                connection.execute(here.values(ended_s=ended_s, clean=False))
            return [_flight(connection, flight_id) for flight_id, _ in left]


def _first(key: Sequence[int] | None) -> int:
    if not key:
        raise RuntimeError("the database gave no key for a new row")
    return key[0]


def _add_project(connection: Connection, name: str, notes: str, time_s: float) -> int:
    row = {"name": name, "notes": notes, "created_s": time_s, "in_use": False, "selected_target_id": ""}
    return _first(connection.execute(insert(PROJECT).values(row)).inserted_primary_key)


def _use(connection: Connection, project_id: int) -> None:
    connection.execute(update(PROJECT).values(in_use=PROJECT.c.id == project_id))


def _save_target(connection: Connection, project_id: int, position: int, target: Target) -> None:
    values = {
        "position": position,
        "removed": False,
        "name": target.name,
        "kind": target.kind,
        "frequency_hz": target.frequency_hz,
        "bandwidth_hz": target.bandwidth_hz,
        "period_s": target.period_s,
        "pulse_s": target.pulse_s,
        "mortality_period_s": target.mortality_period_s,
    }
    adding = upsert(connection, TARGET).values(project_id=project_id, id=target.id, **values)
    connection.execute(adding.on_conflict_do_update(index_elements=["project_id", "id"], set_=values))


def _last_time(connection: Connection, table: Table, flight_id: int) -> float | None:
    time_s: float | None = connection.execute(
        select(func.max(table.c.time_s)).where(table.c.flight_id == flight_id)
    ).scalar()
    return time_s


def _project(connection: Connection, project_id: int) -> Project:
    row = connection.execute(select(PROJECT).where(PROJECT.c.id == project_id)).first()
    if row is None:
        raise NotFound(f"There is no project {project_id}.")
    return project_of(row)


def _flight(connection: Connection, flight_id: int) -> Flight:
    row = connection.execute(select(FLIGHT).where(FLIGHT.c.id == flight_id)).first()
    if row is None:
        raise NotFound(f"There is no flight {flight_id}.")
    return flight_of(row)


def project_of(row: Row[tuple[int, str, str, float, float | None]]) -> Project:
    return Project(row.id, row.name, row.notes, row.created_s, row.deleted_s)


def flight_of(row: Row[tuple[int, int, str, str, bool, float, float | None, bool]]) -> Flight:
    return Flight(row.id, row.project_id, row.name, row.notes, row.simulated, row.started_s, row.ended_s, row.clean)

"""Projects, their flights and targets, and what was recorded in them; any thread."""

from concurrent.futures import Future
from dataclasses import asdict
from typing import Any

from app.bus import Bus
from app.domain.project import Flight, Project
from app.domain.radio import Targets
from app.domain.vehicle import CommandRecord, Outcome
from app.errors import Conflict, OutOfRange
from app.insights.flight import FIGURED, figures_of
from app.services.flights import FlightFacts, export
from app.services.waterfall import FlightWaterfall
from app.store import Store
from app.workers.recorder import RecorderWorker

LONGEST_NAME = 80


class ProjectService:
    """What is written goes through the recorder and comes back by a ``Future``; what is read is read at once.

    Every method raises ``StoreError`` (by the future where there is one) while the store is in trouble, and
    ``NotFound`` for what is not there; a flight is only found under its own project.
    """

    def __init__(self, store: Store, recorder: RecorderWorker, bus: Bus) -> None:
        self._store = store
        self._recorder = recorder
        self._bus = bus
        self._current: Project | None = None
        self.telemetry = FlightFacts(store, "telemetry")
        self.readings = FlightFacts(store, "reading")
        self.detections = FlightFacts(store, "detection")
        self.decoded = FlightFacts(store, "decoded")
        self.estimates = FlightFacts(store, "estimate")
        self.bearings = FlightFacts(store, "bearing")
        self.transitions = FlightFacts(store, "transition")
        self.commands = FlightFacts(store, "command")
        self.messages = FlightFacts(store, "message")
        self.faults = FlightFacts(store, "fault")
        self.gates = FlightFacts(store, "gate")
        self.waterfall = FlightWaterfall(store)
        bus.project.subscribe(self._note)

    def projects(self, deleted: bool = False) -> list[Project]:
        return self._store.projects(deleted)

    def current(self) -> Project:
        """The project in use: what is recorded now goes into it."""
        return self._current or self._store.current()

    def create(self, name: str, notes: str = "") -> "Future[Project]":
        """A new project, not yet in use. Raises ``OutOfRange`` when the name is empty or too long."""
        name = _fit(name)
        return self._recorder.ask(lambda: self._store.writer.create_project(name, notes, self._recorder.now_s()))

    def rename(self, project_id: int, name: str, notes: str | None = None) -> "Future[Project]":
        values = {"name": _fit(name)} if notes is None else {"name": _fit(name), "notes": notes}
        return self._recorder.ask(lambda: self._change(project_id, **values))

    def delete(self, project_id: int) -> "Future[Project]":
        """Hide a project; nothing of it is lost and ``restore`` brings it back. ``Conflict`` for the one in use."""
        return self._recorder.ask(lambda: self._delete(project_id))

    def restore(self, project_id: int) -> "Future[Project]":
        return self._recorder.ask(lambda: self._change(project_id, deleted_s=None))

    def open(self, project_id: int) -> "Future[Project]":
        """Use this project from now on. ``Conflict`` while a flight is being recorded or when it is deleted."""
        if self._store.of(project_id).project().deleted_s is not None:
            raise Conflict("This project is deleted: restore it before it is opened.")
        return self._recorder.use(project_id)

    def targets(self) -> Targets:
        """The targets of the project in use as last saved (``TargetKeeper``); none when it has never had one."""
        return self._store.of(self.current().id).targets()

    def flights(self, project_id: int) -> list[Flight]:
        """Newest first."""
        return self._store.of(project_id).flights()

    def flight(self, project_id: int, flight_id: int) -> Flight:
        return self._store.of(project_id).flight(flight_id)

    def export(self, project_id: int, flight_id: int, form: str) -> tuple[str, bytes]:
        """A file's name and content; ``form`` is one of ``FORMS``. Raises ``OutOfRange`` for another."""
        return export(self._store, project_id, flight_id, form)

    def figures(self, project_id: int, flight_id: int) -> dict[str, Any]:
        """The fields of ``FlightFigures``; None where the flight holds no data for one."""
        of = self._store.of(project_id)
        tables = [of.rows(table, flight_id) for table in FIGURED]
        return asdict(figures_of(of.flight(flight_id), *tables))

    def current_flight(self) -> Flight | None:
        return self._recorder.flight

    def start_flight(self, name: str, actor: str) -> "Future[Flight]":
        """Begin recording by hand, into the project in use; without a name the flight is counted."""
        name = _fit(name) if name.strip() else ""
        self._record(actor, "start_flight", name)
        return self._recorder.begin(name)

    def end_flight(self, actor: str) -> "Future[Flight]":
        self._record(actor, "end_flight", "")
        return self._recorder.end()

    def _record(self, actor: str, verb: str, arguments: str) -> None:
        self._bus.command.publish(CommandRecord(self._recorder.now_s(), actor, verb, arguments, Outcome.ASKED))

    def _note(self, project: Project) -> None:
        self._current = project

    def _change(self, project_id: int, **values: str | float | None) -> Project:
        project = self._store.writer.change_project(project_id, **values)
        if project_id == self.current().id:
            self._bus.project.publish(project)
        return project

    def _delete(self, project_id: int) -> Project:
        if project_id == self.current().id:
            raise Conflict("This project is in use: open another before it is deleted.")
        return self._change(project_id, deleted_s=self._recorder.now_s())


def _fit(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise OutOfRange(f"A name has 1 to {LONGEST_NAME} characters.")
    return name

"""Jobs of the project in use: how far they are, cancelled, repeated, begun; their files saved; GUI thread."""

import shutil
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QMenu, QWidget

from app.domain.job import Job, JobKind, JobState
from app.errors import StoreError
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge
from widgets.dialogs import ask_open, ask_save
from widgets.figures import duration_text, time_text
from widgets.parts import IconButton, muted
from widgets.reprocess import ReprocessDialog
from widgets.rows_model import Column, RowsModel, RowsView, lay_out_table
from widgets.theme import Look

SETTLED_MS = 300
KINDS = {
    JobKind.REPROCESS: "Reprocess",
    JobKind.EXPORT: "Export",
    JobKind.IMPORT: "Import",
    JobKind.BACKUP: "Backup",
    JobKind.BUNDLE_OUT: "Bundle out",
    JobKind.BUNDLE_IN: "Bundle in",
}
STATES = {
    JobState.RUNNING: "accent",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.INTERRUPTED: "warn",
}
EMPTY = (
    "No job in this project yet. “Begin …” starts one: a backup, a bundle of the project, other settings over a "
    "flight. The window and the flight go on meanwhile."
)
BLOCKS = 12


def bar(progress: float) -> str:
    """Progress as a bar of text and a share, which a table shows as quickly as any other text."""
    full = round(progress * BLOCKS)
    return f"{'█' * full}{'░' * (BLOCKS - full)} {progress:4.0%}"


def _progress(job: Job) -> str:
    return bar(job.progress) if job.state is JobState.RUNNING else ""


def _lasted(job: Job) -> str:
    if job.started_s is None or job.ended_s is None:
        return ""
    return duration_text(job.ended_s - job.started_s)


class JobsPanel(QWidget):
    """The table and what can be done with the row that is chosen."""

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._station, self._jobs, self._bridge = station, station.jobs, bridge
        columns = (
            Column[Job]("No.", lambda job: str(job.id), figure=True),
            Column[Job]("Job", lambda job: KINDS[job.kind]),
            Column[Job]("Asked (UTC)", lambda job: time_text(job.created_s), figure=True),
            Column[Job]("By", lambda job: job.actor, colour=lambda _: "muted"),
            Column[Job]("State", lambda job: job.state.value, colour=lambda job: STATES.get(job.state, "muted")),
            Column[Job]("Progress", _progress, colour=lambda _: "accent"),
            Column[Job]("Lasted", _lasted, figure=True),
            Column[Job]("What", lambda job: job.error or job.text, stretch=True, colour=lambda _: "muted"),
        )
        self.model = RowsModel(columns, look)
        self.view = RowsView(self.model, EMPTY, (46, 92, 150, 84, 88, 200, 66))
        self._make_buttons(look)
        self._lay_out()
        self._timer = QTimer(self, interval=SETTLED_MS, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        bridge.project.connect(self._refresh_soon)
        bridge.job.connect(self._note)
        self.view.table.selectionModel().selectionChanged.connect(self._enable)
        self.model.modelReset.connect(self._enable)
        self._timer.start()

    def _make_buttons(self, look: Look) -> None:
        self.begin = IconButton("Begin …", "plus", look, "Have something done that takes its time")
        self.menu = QMenu(self)
        self.begin.setMenu(self.menu)
        self.menu.addAction("Back the store up", partial(self._create, JobKind.BACKUP))
        self.menu.addAction("Project as a bundle", partial(self._create, JobKind.BUNDLE_OUT))
        self.menu.addAction("Bring a bundle in …", self._ask_bundle)
        self.menu.addAction("Import a flight …", self._ask_log)
        self.menu.addAction("Reprocess …", self._ask_reprocess)
        self.cancel = IconButton("Cancel", "close", look, "End it, whatever it is doing")
        self.repeat = IconButton("Repeat", "forward", look, "The same again")
        self.save = IconButton("Save its file …", "export", look)
        self.cancel.clicked.connect(self._cancel)
        self.repeat.clicked.connect(self._repeat)
        self.save.clicked.connect(self._ask_where)
        self._said = muted()

    def _lay_out(self) -> None:
        lay_out_table(self, (self.begin, self.cancel, self.repeat, self.save), self._said, self.view)
        self._enable()

    @Slot()
    def refresh(self) -> None:
        """Ask the store anew, outside the GUI thread."""
        self._bridge.work(self._read, "List the jobs", self._show)

    @Slot(object)
    def _refresh_soon(self, _: object = None) -> None:
        self._timer.start()

    @Slot(object)
    def _note(self, job: Job) -> None:
        """A row that is shown changes where it stands; another is asked for."""
        rows = list(self.model.rows)
        at = next((number for number, row in enumerate(rows) if row.id == job.id), None)
        if at is None:
            self._refresh_soon()
            return
        rows[at] = job
        self._show(rows)

    def _read(self) -> list[Job]:
        return self._jobs.jobs(self._station.projects.current().id)

    def _show(self, found: list[Job]) -> None:
        self.model.update_rows(found)
        under_way = sum(not job.ended for job in found)
        self._said.setText(f"{under_way} under way" if under_way else "")
        self._enable()

    @Slot()
    def _enable(self) -> None:
        job = self.view.selected
        self.cancel.setEnabled(job is not None and not job.ended)
        self.repeat.setEnabled(job is not None and job.ended)
        self.save.setEnabled(job is not None and bool((job.result or {}).get("file")))

    def _create(self, kind: JobKind, arguments: dict[str, Any] | None = None) -> None:
        project = self._station.projects.current().id
        ask = partial(self._jobs.create, project, kind, arguments or {}, OPERATOR, local=True)
        self._bridge.order(ask, KINDS[kind], self._refresh_soon)

    @Slot()
    def _ask_bundle(self) -> None:
        take = lambda path: self._create(JobKind.BUNDLE_IN, {"file": str(path)})  # noqa: E731
        ask_open(self, "Bring a bundle in", "Bundle of a project (*.kestrel)", take)

    @Slot()
    def _ask_log(self) -> None:
        take = lambda path: self._create(JobKind.IMPORT, {"file": str(path)})  # noqa: E731
        ask_open(self, "Import a flight", "Flight logs (*.tlog *.bin *.BIN)", take)

    @Slot()
    def _ask_reprocess(self) -> None:
        self._bridge.work(
            lambda: self._station.projects.flights(self._station.projects.current().id),
            "List the flights",
            self._choose,
        )

    def _choose(self, flights: Any) -> None:
        dialog = ReprocessDialog(self, flights, self._station.settings.locate)
        dialog.asked.connect(self._reprocess)
        dialog.open()

    @Slot(object)
    def _reprocess(self, arguments: dict[str, Any]) -> None:
        self._create(JobKind.REPROCESS, arguments)

    @Slot()
    def _cancel(self) -> None:
        if (job := self.view.selected) is not None:
            self._bridge.order(
                lambda: self._jobs.cancel(job.project_id, job.id, OPERATOR), f"Cancel job {job.id}", self._note
            )

    @Slot()
    def _repeat(self) -> None:
        if (job := self.view.selected) is not None:
            self._bridge.order(
                lambda: self._jobs.repeat(job.project_id, job.id, OPERATOR), f"Repeat job {job.id}", self._refresh_soon
            )

    @Slot()
    def _ask_where(self) -> None:
        if (job := self.view.selected) is not None:
            name = str((job.result or {}).get("file"))
            ask_save(self, "Save the file", "All files (*)", name, partial(self._save, job))

    def _save(self, job: Job, place: Path) -> None:
        copy = lambda: _copied(self._jobs.file(job.project_id, job.id), place)  # noqa: E731
        self._bridge.work(copy, "Save the file", lambda path: self._bridge.tell("Saved", str(path)))


def _copied(file: Path, place: Path) -> Path:
    try:
        return Path(shutil.copyfile(file, place))
    except OSError as error:
        raise StoreError(f"{place} cannot be written: {error.strerror}. Choose another place.") from error

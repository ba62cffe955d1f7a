"""Projects and their flights: open, create, rename, record, export; GUI thread."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QInputDialog, QMenu, QVBoxLayout, QWidget

from app.domain.project import Flight, Project
from app.errors import StoreError
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge
from widgets.figures import date_text, duration_text
from widgets.parts import IconButton, muted
from widgets.project_bin import choose
from widgets.rows_model import Column, RowsModel, RowsView
from widgets.theme import Look

Found = tuple[list[Project], int, list[Flight]]
FORMS = (
    ("csv", "CSV tables (zip)"),
    ("parquet", "Parquet tables (zip)"),
    ("geojson", "GeoJSON"),
    ("kml", "KML for Google Earth"),
    ("kmz", "KMZ, the same packed"),
    ("gpx", "GPX track"),
    ("cot", "Cursor on Target, for TAK"),
)


def _lasted(flight: Flight) -> str:
    return "recording" if flight.ended_s is None else duration_text(flight.ended_s - flight.started_s)


def _note(flight: Flight) -> str:
    parts = ["simulation"] if flight.simulated else []
    parts += [] if flight.clean or flight.ended_s is None else ["ended by a crash of the program"]
    return ", ".join([*parts, flight.notes] if flight.notes else parts)


class ProjectsPanel(QWidget):
    """``waterfall_asked`` gives the flight whose waterfall is to be seen."""

    waterfall_asked = Signal(object)

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._projects, self._bridge = station.projects, bridge
        self._all: list[Project] = []
        self._others: list[Project] = []
        self._bin: list[Project] = []
        self._choice = QComboBox()
        self._choice.setMinimumWidth(200)
        columns = (
            Column[Flight]("Flight", lambda f: f.name),
            Column[Flight]("Started (UTC)", lambda f: date_text(f.started_s), figure=True),
            Column[Flight]("Lasted", _lasted, figure=True, colour=lambda f: "bad" if f.ended_s is None else "text"),
            Column[Flight]("Notes", _note, stretch=True, colour=lambda _: "muted"),
        )
        self.model = RowsModel(columns, look)
        empty = "No flight in this project yet. Recording begins when the vehicle arms, or with “Record”."
        self.view = RowsView(self.model, empty, (180, 130, 84))
        self._make_buttons(look)
        self._lay_out()
        bridge.project.connect(self._refresh)
        bridge.flight.connect(self._refresh)
        self._refresh()

    @property
    def current(self) -> Project | None:
        index = self._choice.currentIndex()
        return self._all[index] if 0 <= index < len(self._all) else None

    def _make_buttons(self, look: Look) -> None:
        self._new = IconButton("New …", "plus", look, "Begin another project")
        self._rename = IconButton("Rename …", "edit", look)
        self._delete = IconButton("Delete …", "remove", look, "Put another project into the bin")
        self._restore = IconButton("Restore …", "home", look, "Bring a project back from the bin")
        self._record = IconButton("Record", "record", look, "Begin or end the recording of a flight by hand")
        self._waterfall = IconButton("Waterfall", "display", look, "Scroll through what was heard in this flight")
        self._waterfall.clicked.connect(self._ask_waterfall)
        self._exports = IconButton("Export …", "export", look, "The selected flight, or the newest, as a file")
        self._forms = QMenu(self)
        self._exports.setMenu(self._forms)
        self._new.clicked.connect(self._ask_new)
        self._rename.clicked.connect(self._ask_rename)
        self._delete.clicked.connect(self._ask_delete)
        self._restore.clicked.connect(self._ask_restore)
        self._record.clicked.connect(self._start_or_end)
        for form, text in FORMS:
            self._forms.addAction(text).setData(form)
        self._forms.triggered.connect(self._export)
        self._choice.activated.connect(self._open)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        row.addWidget(muted("Project"))
        parts = (self._choice, self._new, self._rename, self._delete, self._restore, self._record, self._waterfall)
        for part in parts:
            row.addWidget(part)
        row.addStretch()
        row.addWidget(self._exports)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self.view)

    @Slot()
    @Slot(object)
    def _refresh(self, _: object = None) -> None:
        """Ask the store anew, outside the GUI thread."""
        self._bridge.work(self._read, "Read the projects", self._show)

    def _read(self) -> Found:
        current = self._projects.current()
        every, flights = self._projects.projects(deleted=True), self._projects.flights(current.id)
        return every, current.id, flights

    def _show(self, found: Found) -> None:
        every, current_id, flights = found
        self._all = [project for project in every if project.deleted_s is None]
        self._bin = [project for project in every if project.deleted_s is not None]
        self._others = [project for project in self._all if project.id != current_id]
        self._delete.setEnabled(bool(self._others))
        self._restore.setEnabled(bool(self._bin))
        self._choice.clear()
        self._choice.addItems([project.name for project in self._all])
        at = next((index for index, project in enumerate(self._all) if project.id == current_id), -1)
        self._choice.setCurrentIndex(at)
        self.model.update_rows(flights)
        recording = self._projects.current_flight() is not None
        self._record.choose("End recording" if recording else "Record", "close" if recording else "record")

    @Slot(int)
    def _open(self, index: int) -> None:
        project = self._all[index]
        self._bridge.order(lambda: self._projects.open(project.id), "Open the project", self._refresh)

    @Slot()
    def _ask_new(self) -> None:
        self._ask_name("New project", "", self._create)

    @Slot()
    def _ask_rename(self) -> None:
        if self.current is not None:
            self._ask_name("Rename the project", self.current.name, self._rename_to)

    @Slot()
    def _ask_delete(self) -> None:
        words = "Put into the bin; the project in use cannot be. Nothing is lost: it can be restored."
        choose(self, "Delete", words, self._others, self._delete_one)

    @Slot()
    def _ask_restore(self) -> None:
        choose(self, "Restore", "Bring back from the bin", self._bin, self._restore_one)

    def _delete_one(self, project: Project) -> None:
        self._bridge.order(lambda: self._projects.delete(project.id), "Delete the project", self._refresh)

    def _restore_one(self, project: Project) -> None:
        self._bridge.order(lambda: self._projects.restore(project.id), "Restore the project", self._refresh)

    def _ask_name(self, title: str, name: str, take: object) -> None:
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(title)
        dialog.setLabelText("Name")
        dialog.setTextValue(name)
        dialog.textValueSelected.connect(take)
        dialog.open()

    @Slot(str)
    def _create(self, name: str) -> None:
        self._bridge.order(lambda: self._projects.create(name), "New project", self._open_created)

    def _open_created(self, project: Project) -> None:
        self._bridge.order(lambda: self._projects.open(project.id), "Open the project", self._refresh)

    @Slot(str)
    def _rename_to(self, name: str) -> None:
        project = self.current
        if project is not None:
            self._bridge.order(lambda: self._projects.rename(project.id, name), "Rename the project", self._refresh)

    @Slot()
    def _start_or_end(self) -> None:
        if self._projects.current_flight() is None:
            self._bridge.order(lambda: self._projects.start_flight("", OPERATOR), "Record a flight", self._refresh)
        else:
            self._bridge.order(lambda: self._projects.end_flight(OPERATOR), "End the recording", self._refresh)

    @property
    def chosen(self) -> Flight | None:
        """The flight that is chosen, else the newest."""
        return self.view.selected or (self.model.rows[0] if self.model.rows else None)

    @Slot()
    def _ask_waterfall(self) -> None:
        if self.chosen is not None:
            self.waterfall_asked.emit(self.chosen)

    @Slot(QAction)
    def _export(self, action: QAction) -> None:
        flight = self.chosen
        if flight is None:
            return
        form = action.data()
        job = lambda: self._projects.export(flight.project_id, flight.id, form)  # noqa: E731
        self._bridge.work(job, f"Export {flight.name}", self._ask_where)

    def _ask_where(self, made: tuple[str, bytes]) -> None:
        name, content = made
        dialog = QFileDialog(self, "Save the export")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: self._save(Path(path), content))
        dialog.open()

    def _save(self, path: Path, content: bytes) -> None:
        self._bridge.work(lambda: _write(path, content), "Save the export", self._told)

    def _told(self, path: Path) -> None:
        self._bridge.tell("Exported", str(path))


def _write(path: Path, content: bytes) -> Path:
    """Raises ``StoreError`` when the place cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}. Choose another place.") from error
    return path

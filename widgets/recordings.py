"""Recordings of the project in use: listed, looked through, mended, played, taken along, deleted; GUI thread."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.recording import Cause, RecordingState
from app.services.recordings import FoundRecording
from app.services.station import Station
from widgets.bridge import OPERATOR, Bridge, Notice, Severity
from widgets.figures import duration_text, size_text, time_text
from widgets.parts import IconButton, confirm, muted
from widgets.rows_model import Column, RowsModel, RowsView, lay_out_table
from widgets.theme import Look

SETTLED_MS = 400  # several facts come when a recording begins or ends
CAUSES = {Cause.ASKED: "by hand", Cause.SAVED: "saved", Cause.DETECTION: "detection"}
EMPTY = (
    "No recording in this project yet. Press the round button above the spectrum to record the samples, "
    "or the one beside it to save what was just received."
)
Found = FoundRecording


class RecordingsPanel(QWidget):
    """The table and what can be done with the row that is chosen."""

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._station, self._recordings, self._bridge = station, station.recordings, bridge
        self._shown: tuple[object, ...] = ()
        self._doomed: Found | None = None  # asked about
        columns = (
            Column[Found]("Recorded (UTC)", lambda one: time_text(one.stored.recording.started_s), figure=True),
            Column[Found]("Lasted", _lasted, figure=True),
            Column[Found]("Centre", lambda one: f"{one.stored.recording.centre_hz / 1e6:.4f} MHz", figure=True),
            Column[Found]("Rate", lambda one: f"{one.stored.recording.rate_hz / 1e3:g} kS/s", figure=True),
            Column[Found]("Size", lambda one: size_text(one.stored.recording.size_bytes), figure=True),
            Column[Found]("Heard", lambda one: str(one.stored.recording.detections), figure=True),
            Column[Found]("Begun", lambda one: CAUSES[one.stored.recording.cause], colour=lambda _: "muted"),
            Column[Found]("State", _state, stretch=True, colour=_colour),
        )
        self.model = RowsModel(columns, look)
        self.view = RowsView(self.model, EMPTY, (150, 66, 118, 88, 78, 54, 84))
        self._make_buttons(look)
        self._lay_out()
        self._timer = QTimer(self, interval=SETTLED_MS, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        bridge.project.connect(self._refresh_soon)
        bridge.recording.connect(self._note)
        self.view.table.selectionModel().selectionChanged.connect(self._enable)
        self.model.modelReset.connect(self._enable)
        self._timer.start()

    @Slot()
    def refresh(self) -> None:
        """Ask the store and the disk anew, outside the GUI thread."""
        self._bridge.work(self._read, "List the recordings", self._show)

    def _make_buttons(self, look: Look) -> None:
        self.play = IconButton("Play", "play", look, "Play it in the receiver's place")
        self.verify = IconButton("Verify", "check", look, "Read all of it and compare its sum")
        self.repair = IconButton("Repair", "edit", look, "Mend what a killed program or a full disk left")
        self.export = IconButton("Export …", "export", look, "Description and samples as one SigMF archive")
        self.delete = IconButton("Delete …", "remove", look, "Delete the files of this recording")
        self.play.clicked.connect(self._play)
        self.verify.clicked.connect(self._verify)
        self.repair.clicked.connect(self._repair)
        self.export.clicked.connect(self._ask_where)
        self.delete.clicked.connect(self._ask_delete)
        self._said = muted()
        self._said.setTextFormat(Qt.TextFormat.PlainText)

    def _lay_out(self) -> None:
        lay_out_table(self, (self.play, self.verify, self.repair, self.export, self.delete), self._said, self.view)
        self._enable()

    @Slot(object)
    def _refresh_soon(self, _: object = None) -> None:
        self._timer.start()

    @Slot(object)
    def _note(self, state: RecordingState) -> None:
        """Once a second while something is recorded: the list changes only when one begins or ends."""
        shown = (tuple(one.name for one in state.running), state.problem)
        if shown != self._shown:
            self._shown = shown
            self._refresh_soon()

    def _read(self) -> list[Found]:
        return self._recordings.found(self._station.projects.current().id)

    def _show(self, found: list[Found]) -> None:
        self.model.update_rows(found)
        seconds = sum(one.stored.recording.samples / one.stored.recording.rate_hz for one in found)
        total = size_text(sum(one.stored.recording.size_bytes for one in found))
        self._said.setText(f"{len(found)} recordings, {duration_text(seconds)}, {total}" if found else "")
        self._enable()

    @Slot()
    def _enable(self) -> None:
        one = self.view.selected
        there = one is not None and not one.running
        for button in (self.play, self.verify, self.export, self.delete):
            button.setEnabled(there)
        self.repair.setEnabled(one is not None and there and one.mendable)

    @Slot()
    def _play(self) -> None:
        one = self.view.selected
        if one is None:
            return
        ids = one.stored.project_id, one.stored.id
        self._bridge.order(lambda: self._recordings.play(*ids, OPERATOR), f"Play {one.name}", self._refresh_soon)

    @Slot()
    def _verify(self) -> None:
        one = self.view.selected
        if one is None:
            return
        self._said.setText(f"Reading all {size_text(one.stored.recording.size_bytes)} …")
        ids = one.stored.project_id, one.stored.id
        self._bridge.order(lambda: self._recordings.verify(*ids), f"Verify {one.name}", self._tell_verdict)

    def _tell_verdict(self, found: Found) -> None:
        if found.problems:
            texts = tuple(f"{one.text}{' Repair mends it.' if one.mendable else ''}" for one in found.problems)
            self._bridge.notice.emit(Notice(Severity.ERROR, f"{found.name} is damaged", texts))
        else:
            self._bridge.tell(f"{found.name} is sound", "Every sample is as it was written.")
        self.refresh()

    @Slot()
    def _repair(self) -> None:
        one = self.view.selected
        if one is None:
            return
        ids = one.stored.project_id, one.stored.id
        self._bridge.order(lambda: self._recordings.repair(*ids, OPERATOR), f"Repair {one.name}", self._tell_mended)

    def _tell_mended(self, mended: tuple[str, ...]) -> None:
        self._bridge.tell("Mended" if mended else "Nothing was wrong", *mended)
        self.refresh()

    @Slot()
    def _ask_where(self) -> None:
        one = self.view.selected
        if one is None:
            return
        dialog = QFileDialog(self, "Export the recording", "", "SigMF archive (*.sigmf)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("sigmf")
        dialog.selectFile(f"{one.name}.sigmf")
        dialog.setProperty("ids", [one.stored.project_id, one.stored.id])
        dialog.fileSelected.connect(self._export)
        dialog.open()

    @Slot(str)
    def _export(self, path: str) -> None:
        project_id, recording_id = self.sender().property("ids")
        self._said.setText(f"Writing {Path(path).name} …")
        self._bridge.order(
            lambda: self._recordings.export(project_id, recording_id, Path(path)), "Export the recording", self._told
        )

    def _told(self, path: Path) -> None:
        self._bridge.tell("Exported", str(path))
        self.refresh()

    @Slot()
    def _ask_delete(self) -> None:
        one = self.view.selected
        if one is None:
            return
        size = size_text(one.stored.recording.size_bytes)
        text = f"The samples of {one.name} ({size}) are deleted for good. The flight's other data stay."
        self._doomed = one
        confirm(self, "Delete the recording", text, "Delete", self._delete)

    @Slot()
    def _delete(self) -> None:
        if self._doomed is None:
            return
        ids = self._doomed.stored.project_id, self._doomed.stored.id
        self._bridge.order(lambda: self._recordings.delete(*ids, OPERATOR), "Delete the recording", self._refresh_soon)


def _lasted(one: Found) -> str:
    recording = one.stored.recording
    return duration_text(recording.samples / recording.rate_hz) if recording.rate_hz else ""


def _state(one: Found) -> str:
    if one.running:
        return "being recorded"
    recording = one.stored.recording
    parts = ["simulation"] if recording.simulated else []
    parts += [problem.text.rstrip(".") for problem in one.problems] or ["sound"]
    parts += [f"{recording.lost_samples} samples were lost"] if recording.lost_samples else []
    return ", ".join(parts)


def _colour(one: Found) -> str:
    if one.running:
        return "bad"
    return "warn" if one.problems else "muted"

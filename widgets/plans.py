"""Mission, geofence and rally points of the vehicle: read, looked at, saved; files sent to it; GUI thread."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.services import transfer_files as files
from app.services.station import Station
from app.services.transfer_files import LISTS, ItemRow, PlanOnDisk
from app.services.transfers import PLAN
from widgets.bridge import OPERATOR, Bridge
from widgets.dialogs import ask_open, ask_save
from widgets.parts import IconButton, confirm
from widgets.rows_model import Column, RowsModel, RowsView
from widgets.theme import Look
from widgets.transfer_line import TransferLine

PATTERNS = "Plans (*.plan *.waypoints)"
EMPTY = "Press “Read” to ask the vehicle for this list, or open a file to look at it before it is sent."
NOTHING_READ = "nothing read yet"


class PlansPanel(QWidget):
    """The table shows one list, as the vehicle last said it or as an opened file holds it; it says which."""

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._transfers, self._bridge, self._look = station.transfers, bridge, look
        self._file: PlanOnDisk | None = None
        self._held: dict[str, tuple[ItemRow, ...]] = {}
        columns = (
            Column[ItemRow]("#", lambda one: str(one.number), figure=True),
            Column[ItemRow]("Command", lambda one: one.command),
            Column[ItemRow]("Latitude", lambda one: one.lat, figure=True),
            Column[ItemRow]("Longitude", lambda one: one.lon, figure=True),
            Column[ItemRow]("Height", lambda one: one.height),
            Column[ItemRow]("Parameters 1-4", lambda one: one.parameters, stretch=True),
        )
        self.model = RowsModel(columns, look)
        self.view = RowsView(self.model, EMPTY, (44, 210, 110, 110, 150))
        self.line = TransferLine(station.transfers, PLAN, bridge, look)
        self._choice = QComboBox()
        self._choice.addItems(list(LISTS))
        self._source = QLabel()
        self._source.setObjectName("muted")
        self._buttons = self._make_buttons()
        self._lay_out()
        self._choice.currentTextChanged.connect(self._show)
        self.line.busy.connect(self._hold)
        self._show()

    def _make_buttons(self) -> dict[str, IconButton]:
        look = self._look
        made = {
            "Read": IconButton("Read", "down", look, "Ask the vehicle for this list"),
            "Open": IconButton("Open a file …", "plus", look, "Look through a .plan or .waypoints file"),
            "Send": IconButton("Send to the vehicle", "takeoff", look, "Replace the vehicle's lists by the file's"),
            "Save": IconButton("Save …", "export", look, "Write what the vehicle has to a .plan or .waypoints file"),
            "Clear": IconButton("Clear …", "remove", look, "Have the vehicle forget this list"),
        }
        acts = (self._read, self._ask_open, self._ask_send, self._ask_save, self._ask_clear)
        for button, act in zip(made.values(), acts, strict=True):
            button.clicked.connect(act)
        return made

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 5, 8, 5)
        top.setSpacing(6)
        top.addWidget(self._choice)
        top.addWidget(self._buttons["Read"])
        top.addWidget(self._source, 1)
        for name in ("Open", "Send", "Save", "Clear"):
            top.addWidget(self._buttons[name])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)
        self.line.setContentsMargins(8, 5, 8, 5)
        layout.addWidget(self.line)

    @property
    def _list(self) -> str:
        return self._choice.currentText()

    @Slot()
    def _show(self) -> None:
        name = self._list
        if self._file is not None:
            rows = self._file.lists.get(name, ())
            said = "" if name in self._file.lists else " does not touch this list"
            self._source.setText(f"{self._file.name}{said or f': {len(rows)} items, not sent'}")
        else:
            rows = self._held.get(name, ())
            self._source.setText(f"in the vehicle: {len(rows)} items" if name in self._held else NOTHING_READ)
        self.model.set_rows(rows)
        self._buttons["Send"].setEnabled(self._file is not None)

    @Slot(bool)
    def _hold(self, busy: bool) -> None:
        for button in self._buttons.values():
            button.setEnabled(not busy)
        self._choice.setEnabled(not busy)
        if not busy:
            self._buttons["Send"].setEnabled(self._file is not None)

    @Slot()
    def _read(self) -> None:
        name = self._list

        def took(items: Any) -> None:
            self._file, self._held = None, {**self._held, name: files.item_rows(items)}
            self._show()
            self.line.tell(f"{name} read from the vehicle", "good")

        self.line.run(lambda: self._transfers.read(LISTS[name]), f"Read: {name.lower()}", took)

    @Slot()
    def _ask_open(self) -> None:
        ask_open(self, "Open a plan", PATTERNS, self._open)

    def _open(self, path: Path) -> None:
        self._bridge.work(lambda: files.open_plan(path), f"Read {path.name}", self._opened)

    def _opened(self, file: PlanOnDisk) -> None:
        self._file = file
        self._show()
        self.line.tell(f"{file.name} is in order; it has not been sent yet.")

    @Slot()
    def _ask_send(self) -> None:
        file = self._file
        if file is None:
            return
        counts = ", ".join(f"{name.lower()} ({len(rows)})" for name, rows in file.lists.items())
        text = f"{file.name} replaces these lists of the vehicle: {counts}."
        confirm(self, "Send the plan", text, "Replace them", lambda: self._send(file))

    def _send(self, file: PlanOnDisk) -> None:
        def sent(said: str) -> None:
            self._file, self._held = None, {**self._held, **file.lists}
            self._show()
            self.line.tell(f"The vehicle has taken it: {said}", "good")

        self.line.run(lambda: self._transfers.load_plan(file.text, OPERATOR), f"Send {file.name}", sent)

    @Slot()
    def _ask_clear(self) -> None:
        name = self._list
        text = f"The vehicle forgets this list: {name.lower()}. It cannot be undone; save it first."
        confirm(self, "Clear", text, "Forget it", lambda: self._clear(name))

    def _clear(self, name: str) -> None:
        def cleared(said: str) -> None:
            self._file, self._held = None, {**self._held, name: ()}
            self._show()
            self.line.tell(said, "good")

        self.line.run(lambda: self._transfers.write(LISTS[name], (), OPERATOR), f"Clear: {name.lower()}", cleared)

    @Slot()
    def _ask_save(self) -> None:
        ask_save(self, "Save the vehicle's plan", PATTERNS, "vehicle.plan", self._save)

    def _save(self, path: Path) -> None:
        form = self._bridge.attempt(lambda: files.plan_form(path), "Save the vehicle's plan")
        if form is None:
            return

        def got(text: str) -> None:
            self._bridge.work(lambda: files.save(path, text), "Save the vehicle's plan", self._saved)

        self.line.run(lambda: self._transfers.plan_file(form), f"Save to {path.name}", got)

    def _saved(self, path: Path) -> None:
        self.line.tell(f"{path} written", "good")

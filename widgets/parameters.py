"""The vehicle's parameters: read, searched, compared with a file, saved, loaded, set one by one; GUI thread."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.errors import OutOfRange
from app.services import transfer_files as files
from app.services.station import Station
from app.services.transfer_files import ParameterRow, ParametersOnDisk, figure
from app.services.transfers import PARAMETERS
from widgets.bridge import OPERATOR, Bridge
from widgets.dialogs import ask_open, ask_save
from widgets.parts import IconButton, confirm
from widgets.rows_model import Column, RowsModel, RowsView
from widgets.theme import Look
from widgets.transfer_line import TransferLine

PATTERNS = "Parameters (*.param *.parm *.params *.txt);;All files (*)"
EMPTY = "Press “Read” to ask the vehicle for all of its parameters, or compare it with a file."


class ParametersPanel(QWidget):
    """The table is what the vehicle last said; a value is true only once the vehicle has said it back."""

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._transfers, self._bridge, self._look = station.transfers, bridge, look
        self._held: dict[str, Any] = {}
        self._differences: tuple[Any, ...] = ()
        self._file = ""
        columns = (
            Column[ParameterRow]("Name", lambda one: one.name),
            Column[ParameterRow]("Vehicle", lambda one: figure(one.value) or "has none", figure=True, colour=_colour),
            Column[ParameterRow]("File", self._in_file, figure=True, colour=_colour),
            Column[ParameterRow]("", lambda one: "differs" if one.differs else "", stretch=True, colour=_colour),
        )
        self.model = RowsModel(columns, look)
        self.view = RowsView(self.model, EMPTY, (190, 150, 150))
        self.line = TransferLine(station.transfers, PARAMETERS, bridge, look)
        self._search = QLineEdit(placeholderText="Search: part of a name", clearButtonEnabled=True)
        self._only = QCheckBox("Only what differs")
        self._name = QLabel("No parameter chosen")
        self._value = QLineEdit(placeholderText="new value")
        self._value.setFixedWidth(130)
        self._buttons = self._make_buttons()
        self._lay_out()
        self._search.textChanged.connect(self._show)
        self._only.toggled.connect(self._show)
        self._value.returnPressed.connect(self._set)
        self.view.table.selectionModel().selectionChanged.connect(self._choose)
        self.line.busy.connect(self._hold)
        self._choose()

    def _make_buttons(self) -> dict[str, IconButton]:
        look = self._look
        made = {
            "Read": IconButton("Read", "down", look, "Ask the vehicle for all of its parameters"),
            "Compare": IconButton("Compare with …", "fit", look, "Which values of a file the vehicle has otherwise"),
            "Load": IconButton("Load …", "plus", look, "Set what a file says otherwise than the vehicle"),
            "Save": IconButton("Save …", "export", look, "Write all of the vehicle's parameters to a file"),
            "Set": IconButton("Set", "check", look, "Give the vehicle this value and wait for what it says"),
        }
        acts = (self._read, self._ask_compare, self._ask_load, self._ask_save, self._set)
        for button, act in zip(made.values(), acts, strict=True):
            button.clicked.connect(act)
        return made

    def _lay_out(self) -> None:
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for row in (top, bottom):
            row.setContentsMargins(8, 5, 8, 5)
            row.setSpacing(6)
        top.addWidget(self._buttons["Read"])
        top.addWidget(self._search, 1)
        top.addWidget(self._only)
        for name in ("Compare", "Load", "Save"):
            top.addWidget(self._buttons[name])
        bottom.addWidget(self._name)
        bottom.addWidget(self._value)
        bottom.addWidget(self._buttons["Set"])
        bottom.addSpacing(12)
        bottom.addWidget(self.line, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)
        layout.addLayout(bottom)

    def _in_file(self, one: ParameterRow) -> str:
        if not self._file:
            return ""
        return figure(one.file) or "has none"

    @Slot()
    def _read(self) -> None:
        self.line.run(self._transfers.parameters, "Read the parameters", self._took)

    def _took(self, held: dict[str, Any]) -> None:
        self._held, self._differences, self._file = held, (), ""
        self._only.setChecked(False)
        self._show()
        self.line.tell(f"{len(held)} parameters", "good")

    @Slot()
    def _show(self) -> None:
        sought = self._search.text().strip().upper()
        rows = files.parameter_rows(self._held, self._differences)
        kept = [one for one in rows if sought in one.name and (one.differs or not self._only.isChecked())]
        self.model.update_rows(kept)
        self._choose()

    @Slot()
    def _choose(self) -> None:
        one = self.view.selected
        self._name.setText(one.name if one is not None else "No parameter chosen")
        for part in (self._value, self._buttons["Set"]):
            part.setEnabled(one is not None)
        if one is None or not self._value.hasFocus():
            self._value.setText(figure(one.value) if one is not None else "")

    @Slot(bool)
    def _hold(self, busy: bool) -> None:
        for button in self._buttons.values():
            button.setEnabled(not busy)
        if not busy:
            self._choose()

    @Slot()
    def _set(self) -> None:
        one = self.view.selected
        if one is None:
            return
        name, text = one.name, self._value.text().strip().replace(",", ".")
        try:
            value = float(text)
        except ValueError:
            self.line.tell(str(OutOfRange(f"{text!r} is no number, so {name} stays {figure(one.value)}.")), "bad")
            return
        self.line.run(
            lambda: self._transfers.set_parameter(name, value, OPERATOR),
            f"Set {name}",
            lambda said: self._was_set(one, said),
        )

    def _was_set(self, before: ParameterRow, said: Any) -> None:
        self._held = {**self._held, said.name: said}
        if self._file:
            self._differences = files.set_since(self._differences, before, said)
        self._show()
        self.line.tell(f"{said.name} is now {figure(said.value)}, says the vehicle.", "good")

    @Slot()
    def _ask_compare(self) -> None:
        ask_open(self, "Compare with a parameter file", PATTERNS, lambda path: self._look_through(path, self._compare))

    @Slot()
    def _ask_load(self) -> None:
        ask_open(self, "Load a parameter file", PATTERNS, lambda path: self._look_through(path, self._ask_sure))

    def _look_through(self, path: Path, then: Any) -> None:
        self._bridge.work(lambda: files.open_parameters(path), f"Read {path.name}", then)

    def _compare(self, file: ParametersOnDisk) -> None:
        def compared(found: tuple[Any, ...]) -> None:
            self._differences, self._file = found, file.name
            self._only.setChecked(True)
            self._show()
            said = f"{len(found)} differ from {file.name}" if found else f"The vehicle has all as {file.name} says"
            self.line.tell(said, "warn" if found else "good")

        self.line.run(lambda: self._transfers.compare(file.text), f"Compare with {file.name}", compared)

    def _ask_sure(self, file: ParametersOnDisk) -> None:
        text = f"{file.name} holds {file.count} parameters. Those that the vehicle has otherwise are set in it now."
        confirm(self, "Load parameters", text, "Set them", lambda: self._load(file))

    def _load(self, file: ParametersOnDisk) -> None:
        def loaded(found: Any) -> None:
            if found.refused or found.unknown:
                unknown = [f"{name}: the vehicle has no such parameter" for name in found.unknown]
                self._bridge.tell(f"Not all of {file.name} could be set", *found.refused, *unknown)
            self._differences, self._file = (), ""
            self.line.tell(
                f"{len(found.changed)} set, {len(found.refused)} refused, {len(found.unknown)} unknown", "good"
            )

        self.line.run(lambda: self._transfers.load_parameters(file.text, OPERATOR), f"Load {file.name}", loaded)

    @Slot()
    def _ask_save(self) -> None:
        ask_save(self, "Save the parameters", PATTERNS, "vehicle.param", self._save)

    def _save(self, path: Path) -> None:
        def got(text: str) -> None:
            self._bridge.work(lambda: files.save(path, text), "Save the parameters", self._saved)

        form = files.parameter_form(path)
        self.line.run(lambda: self._transfers.parameter_file(form), f"Save to {path.name}", got)

    def _saved(self, path: Path) -> None:
        self.line.tell(f"{path} written", "good")


def _colour(one: ParameterRow) -> str:
    return "warn" if one.differs else "text"

"""Faults, the vehicle's words, commands and steps of the mission in one list; GUI thread."""

from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.fault import Fault
from app.domain.mission import Transition
from app.domain.vehicle import CommandRecord, Outcome, VehicleMessage
from app.services.station import Station
from widgets.bridge import Bridge, Notice, Severity
from widgets.figures import clock_text
from widgets.parts import muted
from widgets.rows_model import Column, RowsModel, RowsView
from widgets.theme import Look

MOST = 2_000
ALL, BAD_ONES = "everything", "faults and refusals"
TOLD_AT_ONCE = {"overload"}  # nowhere else in the window with what to do
WARNING_SEVERITY = 4  # MAV_SEVERITY_WARNING; smaller is worse


@dataclass(frozen=True, slots=True)
class Line:
    time_s: float
    source: str
    kind: str  # good, text, warn, bad: the theme's colour
    text: str


def _of_message(message: VehicleMessage) -> Line:
    kind = "bad" if message.severity < WARNING_SEVERITY else "warn" if message.severity == WARNING_SEVERITY else "text"
    return Line(message.time_s, "vehicle", kind, message.text)


def _of_command(record: CommandRecord) -> Line:
    kind = {Outcome.ACCEPTED: "good", Outcome.ASKED: "text"}.get(record.outcome, "bad")
    text = f"{record.verb} {record.arguments}".strip() + f": {record.outcome}"
    return Line(record.time_s, "command", kind, f"{text} {record.detail} ({record.actor})")


def _of_fault(fault: Fault, troubled: set[str]) -> Line:
    """``troubled``: sources in trouble, kept up to date; the end of a trouble that never began is a warning."""
    again = f" (time {fault.count})" if fault.count > 1 else ""
    kind = "bad" if not fault.ended else "good" if fault.source in troubled else "warn"
    (troubled.discard if fault.ended else troubled.add)(fault.source)
    return Line(fault.time_s, fault.source, kind, fault.text + again)


def _of_transition(step: Transition) -> Line:
    return Line(step.time_s, "mission", "text", f"{step.before} → {step.after}: {step.reason} ({step.actor})")


class LogPanel(QWidget):
    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._bridge = bridge
        self._troubled: set[str] = set()
        self._lines: deque[Line] = deque(maxlen=MOST)
        columns = (
            Column[Line]("UTC", lambda line: clock_text(line.time_s), figure=True),
            Column[Line]("Source", lambda line: line.source, colour=lambda _: "muted"),
            Column[Line]("What", lambda line: line.text, colour=lambda line: line.kind, stretch=True),
        )
        self.model = RowsModel(columns, look, MOST)
        self._choice = QComboBox()
        self._choice.addItems([ALL, BAD_ONES, "vehicle", "command", "mission"])
        self._choice.currentTextChanged.connect(self._filter)
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        row.addWidget(muted("Show"))
        row.addWidget(self._choice)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(RowsView(self.model, "Nothing to tell yet.", (76, 92)))
        bridge.message.connect(self._add_message)
        bridge.command.connect(self._add_command)
        bridge.fault.connect(self._add_fault)
        bridge.transition.connect(self._add_transition)
        first = [_of_fault(fault, self._troubled) for fault in station.system.faults()]
        first += [_of_message(message) for message in station.vehicle.messages()]
        first += [_of_transition(step) for step in station.mission.history()]
        for line in sorted(first, key=lambda line: line.time_s):
            self._add(line)

    @Slot(object)
    def _add_message(self, message: VehicleMessage) -> None:
        self._add(_of_message(message))

    @Slot(object)
    def _add_command(self, record: CommandRecord) -> None:
        self._add(_of_command(record))

    @Slot(object)
    def _add_fault(self, fault: Fault) -> None:
        line = _of_fault(fault, self._troubled)
        self._add(line)
        if line.kind == "warn" or (fault.source in TOLD_AT_ONCE and not fault.ended):
            self._bridge.notice.emit(Notice(Severity.WARNING, fault.source.capitalize(), (fault.text,)))

    @Slot(object)
    def _add_transition(self, step: Transition) -> None:
        self._add(_of_transition(step))

    def _add(self, line: Line) -> None:
        self._lines.append(line)
        if self._wanted(line):
            self.model.add([line])

    def _wanted(self, line: Line) -> bool:
        choice = self._choice.currentText()
        return choice in {ALL, line.source} or (choice == BAD_ONES and line.kind in {"warn", "bad"})

    @Slot()
    def _filter(self) -> None:
        self.model.set_rows([line for line in reversed(self._lines) if self._wanted(line)])

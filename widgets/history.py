"""How the mission came to be in its state: the last steps, newest on top; GUI thread."""

from html import escape

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.mission import Transition
from widgets.bridge import Bridge
from widgets.figures import clock_text
from widgets.parts import heading, muted

SHOWN = 5


class HistoryList(QWidget):
    def __init__(self, bridge: Bridge, history: tuple[Transition, ...]) -> None:
        super().__init__()
        self._steps: list[Transition] = []
        self._text = muted("Nothing has happened yet.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(heading("How it got here"))
        layout.addWidget(self._text)
        bridge.transition.connect(self.add)
        for step in history[-SHOWN:]:
            self.add(step)

    @Slot(object)
    def add(self, step: Transition) -> None:
        self._steps = [*self._steps, step][-SHOWN:]
        lines = []
        for one in reversed(self._steps):
            why = escape(f"{one.reason} ({one.actor})")
            lines.append(f"{clock_text(one.time_s)}  {one.before} → {one.after}<br>&nbsp;&nbsp;{why}")
        self._text.setText("<br>".join(lines))

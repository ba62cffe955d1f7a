"""Scrolled back: the waterfall of a whole flight as it is kept, in place of the live one; GUI thread."""

import numpy as np
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollBar, QVBoxLayout, QWidget

from app.domain.project import Flight
from app.domain.waterfall import Stretch
from app.services.station import Station
from widgets.bridge import Bridge
from widgets.figures import clock_text, time_text
from widgets.flight_canvas import FlightCanvas
from widgets.frequency_view import FrequencyView
from widgets.parts import muted
from widgets.theme import Look
from widgets.waterfall import WaterfallView

STEPS_S = {"0.25 s a line": 0.25, "1 s a line": 1.0, "5 s a line": 5.0, "30 s a line": 30.0}
WHOLE = "The whole flight"
LEAST_STEP_S = 0.25  # what is kept
GROWING_MS = 2000
QUIET = 10.0  # percentile of the noise: stretches at less gain are to be seen too
AROUND = 1.0  # share of what is shown that is read before and behind it
NOTHING = "Nothing was kept of this time: no receiver was connected."
READING = "Reading what was kept …"
NO_FLIGHT = "No flight in this project yet. The waterfall is kept from when the vehicle arms, or from “Record”."


class FlightWaterfallView(QWidget):
    """A scroll bar over the flight, newest on top; wheel and drag scroll too, Ctrl and wheel zoom the frequencies."""

    def __init__(self, station: Station, bridge: Bridge, look: Look, live: WaterfallView) -> None:
        super().__init__()
        self._projects, self._clock, self._bridge, self._live = station.projects, station.clock, bridge, live
        self._flight: Flight | None = None
        self._until_s: float | None = None  # of the top line; None: the newest
        self._kept: tuple[Stretch, ...] = ()
        self._span_s = (0.0, 0.0, 0.0)  # what ``_kept`` is of: since, until, step
        self._asking = self._again = False
        self.view = FrequencyView()
        self.canvas = FlightCanvas(self.view, look)
        self.bar = QScrollBar(Qt.Orientation.Vertical)
        self.bar.setAccessibleName("Time in the flight")
        self.scale = QComboBox()
        self.scale.setAccessibleName("Time of a line")
        self.scale.addItems([*STEPS_S, WHOLE])
        self._name = muted()
        self._name.setWordWrap(False)
        self._timer = QTimer(self, interval=GROWING_MS)
        self._timer.timeout.connect(self.refresh)
        self._lay_out()
        self.bar.valueChanged.connect(self._scroll_to)
        self.canvas.scrolled.connect(self._scroll_by)
        self.canvas.resized.connect(self.refresh)
        self.scale.activated.connect(self.refresh)

    @property
    def step_s(self) -> float:
        """Time of one line."""
        chosen = STEPS_S.get(self.scale.currentText())
        return chosen or max(self._length_s() / self.canvas.height_lines, LEAST_STEP_S)

    def show_flight(self, flight: Flight | None) -> None:
        """Show the newest of it; None: there is none."""
        self._flight, self._until_s, self._kept, self._span_s = flight, None, (), (0.0, 0.0, 0.0)
        self.canvas.simulated = flight is not None and flight.simulated
        self.canvas.empty = READING if flight is not None else NO_FLIGHT
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Set the bar to the flight's length and read what is to be seen."""
        flight = self._flight
        if flight is None:
            self.canvas.update()
            return
        length = round(self._length_s() / self.step_s)
        self.bar.blockSignals(True)
        self.bar.setPageStep(self.canvas.height_lines)
        self.bar.setRange(0, max(length - self.canvas.height_lines, 0))
        self.bar.setValue(round((self._end_s() - self._top_s()) / self.step_s))
        self.bar.blockSignals(False)
        self._look_up()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(10, 4, 8, 4)
        row.addWidget(self._name, 1)
        row.addWidget(self.scale)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.canvas, 1)
        below.addWidget(self.bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addLayout(below, 1)

    def _end_s(self) -> float:
        flight = self._flight
        if flight is None:
            return 0.0
        return flight.ended_s if flight.ended_s is not None else self._clock.now_s()

    def _length_s(self) -> float:
        return max(self._end_s() - self._flight.started_s, 1.0) if self._flight is not None else 1.0

    def _top_s(self) -> float:
        return self._end_s() if self._until_s is None else min(self._until_s, self._end_s())

    @Slot(int)
    def _scroll_to(self, value: int) -> None:
        self._until_s = self._end_s() - value * self.step_s if value else None
        self._look_up()

    @Slot(int)
    def _scroll_by(self, lines: int) -> None:
        self.bar.setValue(self.bar.value() + lines)

    def _look_up(self) -> None:
        """Show what is there already; ask for more where that does not reach."""
        top_s, step_s = self._top_s(), self.step_s
        since_s = top_s - self.canvas.height_lines * step_s
        has_since_s, has_until_s, has_step_s = self._span_s
        self._show()
        growing = self._flight is not None and self._flight.ended_s is None and self._until_s is None
        if growing or has_step_s != step_s or since_s < has_since_s or top_s > has_until_s:
            self._ask(since_s, top_s, step_s)

    def _ask(self, since_s: float, until_s: float, step_s: float) -> None:
        flight = self._flight
        if flight is None:
            return
        if self._asking:
            self._again = True
            return
        self._asking = True
        around_s = AROUND * (until_s - since_s)
        span_s = since_s - around_s, until_s + around_s, step_s
        rows = max(round((span_s[1] - span_s[0]) / step_s), 1)

        def read() -> tuple[Flight, tuple[float, float, float], tuple[Stretch, ...]]:
            found = self._projects.waterfall(flight.project_id, flight.id, span_s[0], span_s[1], min(rows, 20_000))
            return flight, span_s, tuple(found)

        self._bridge.work(read, "Read the waterfall", self._take, self._fail)

    def _take(self, found: tuple[Flight, tuple[float, float, float], tuple[Stretch, ...]]) -> None:
        flight, span_s, stretches = found
        self._asking = False
        if flight == self._flight:
            self._span_s, self._kept = span_s, stretches
            self._set_levels()
            self._show()
        if self._again:
            self._again = False
            self._look_up()

    def _fail(self, text: str) -> None:
        self._asking = self._again = False
        self.canvas.empty = text
        self.canvas.update()

    def _set_levels(self) -> None:
        """The colours of the live waterfall; its levels too where they are set by hand."""
        image, live = self.canvas.image, self._live.image
        image.set_colours(live.colours)
        if not self._live.automatic:
            image.floor_db, image.top_db = live.floor_db, live.top_db
        elif self._kept:
            image.floor_db = float(np.percentile([np.median(one.power_dbfs) for one in self._kept], QUIET)) - 3.0
            image.top_db = max(*(float(one.power_dbfs.max()) for one in self._kept), image.floor_db + 30.0)

    def _show(self) -> None:
        flight = self._flight
        if flight is None:
            return
        top_s, step_s = self._top_s(), self.step_s
        since_s = max(top_s - self.canvas.height_lines * step_s, flight.started_s)
        self._name.setText(f"{flight.name}: {time_text(since_s)} – {clock_text(top_s)} UTC")
        self.canvas.show_stretches(self._kept, top_s, step_s)
        seen = any(line is not None for line in self.canvas.lines)
        read = self._span_s[2] == step_s
        self.canvas.empty = "" if seen else NOTHING if read else READING
        self.canvas.update()

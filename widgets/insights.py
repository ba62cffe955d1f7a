"""Insights: what flights came to beside their goals, what was measured over time, what stands out; GUI thread."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app.domain.project import Flight
from app.services.station import Station
from widgets.bridge import Bridge
from widgets.figures import date_text
from widgets.parts import IconButton, muted
from widgets.rows_model import Column, RowsModel, RowsView
from widgets.theme import Look

SETTLED_MS = 300
EMPTY = "No flight in this project yet: insights are reckoned from what flights recorded, and from nothing else."
NOTHING = "Nothing to tell: no goal was missed, nothing stood out."
Row = dict[str, Any]


def value_text(row: Row) -> str:
    return "–" if row["value"] is None else f"{row['value']:.4g} {row['unit']}".rstrip()


def status_text(row: Row) -> str:
    return {True: "met", False: "missed", None: "no data" if row["value"] is None else ""}[row["ok"]]


def _colour(row: Row) -> str:
    return {True: "good", False: "bad", None: "muted"}[row["ok"]]


class InsightsPanel(QWidget):
    """``panel_asked`` names the panel that shows what a finding or figure rests on."""

    panel_asked = Signal(str)

    def __init__(self, station: Station, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._station, self._bridge, self._look = station, bridge, look
        self._flights: list[Flight] = []
        self._series: list[Row] = []
        self._choice = QComboBox()
        self._choice.setMinimumWidth(220)
        self._which = QComboBox()
        self._which.setMinimumWidth(120)
        self._again = IconButton("Reckon again", "forward", look)
        self._said = muted()
        self._make_tables(look)
        self._make_plot()
        self._lay_out()
        self._choice.activated.connect(self._ask)
        self._which.activated.connect(self._draw)
        self._again.clicked.connect(self.refresh)
        for view in (self.figures_view, self.findings_view):
            view.table.doubleClicked.connect(self._show_panel)
        self._timer = QTimer(self, interval=SETTLED_MS, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        bridge.project.connect(self._refresh_soon)
        bridge.flight.connect(self._refresh_soon)
        look.changed.connect(self._dress)
        self._dress()
        self._timer.start()

    def _make_tables(self, look: Look) -> None:
        self.figures = RowsModel(
            (
                Column[Row]("Figure", lambda row: row["title"]),
                Column[Row]("Value", value_text, figure=True),
                Column[Row]("Goal", lambda row: row["goal"] or "", figure=True),
                Column[Row]("Status", status_text, colour=_colour),
                Column[Row]("Rests on", lambda row: row["why"], stretch=True, colour=lambda _: "muted"),
            ),
            look,
        )
        self.findings = RowsModel(
            (
                Column[Any]("Finding", lambda one: one.text, stretch=True, colour=_weight),
                Column[Any]("What to do", lambda one: one.recommendation),
                Column[Any]("Seen in", lambda one: one.panel, colour=lambda _: "muted"),
            ),
            look,
        )
        self.figures_view = RowsView(self.figures, EMPTY, (290, 124, 76, 64))
        self.findings_view = RowsView(self.findings, NOTHING, (400, 330, 120))

    def _make_plot(self) -> None:
        self._graphics = pg.GraphicsLayoutWidget()
        self._plot = self._graphics.addPlot()
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.getAxis("bottom").enableAutoSIPrefix(False)
        self._plot.getAxis("left").enableAutoSIPrefix(False)
        self._plot.setLabel("bottom", "seconds after the flight's start")
        self._line = self._plot.plot([], [])
        self._odd = pg.ScatterPlotItem(size=7, pen=None)
        self._plot.addItem(self._odd)
        self._anomalies: list[Any] = []

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        for part in (muted("Flight"), self._choice, self._again, muted("Series"), self._which):
            row.addWidget(part)
        row.addWidget(self._said, 1)
        side = QSplitter(Qt.Orientation.Vertical)
        side.addWidget(self._graphics)
        side.addWidget(self.findings_view)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.addWidget(self.figures_view)
        across.addWidget(side)
        across.setSizes([600, 700])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(across, 1)

    @Slot()
    def refresh(self) -> None:
        """Ask anew which flights there are, and for the one that is chosen; outside the GUI thread."""
        projects = self._station.projects
        self._bridge.work(lambda: projects.flights(projects.current().id), "List the flights", self._list)

    @Slot(object)
    def _refresh_soon(self, _: object = None) -> None:
        self._timer.start()

    def _list(self, flights: list[Flight]) -> None:
        chosen = self.chosen.id if self.chosen is not None else None
        self._flights = [flight for flight in flights if flight.ended_s is not None]
        self._choice.clear()
        self._choice.addItems([f"{flight.name}, {date_text(flight.started_s)}" for flight in self._flights])
        at = next((number for number, flight in enumerate(self._flights) if flight.id == chosen), 0)
        self._choice.setCurrentIndex(at)
        self._ask()

    @property
    def chosen(self) -> Flight | None:
        at = self._choice.currentIndex()
        return self._flights[at] if 0 <= at < len(self._flights) else None

    @Slot()
    def _ask(self, _: int = 0) -> None:
        flight, asked = self.chosen, self._station.insights
        if flight is None:
            self._show(({"figures": [], "findings": [], "anomalies": []}, []))
            return
        self._said.setText("Reckoning …")
        ids = flight.project_id, flight.id
        self._bridge.work(lambda: (asked.flight(*ids), asked.series(*ids)), "Insights", self._show)

    def _show(self, found: tuple[Row, list[Row]]) -> None:
        insights, self._series = found
        self.figures.update_rows(insights["figures"])
        self.findings.update_rows(insights["findings"])
        self._anomalies = insights["anomalies"]
        missed = sum(row["ok"] is False for row in insights["figures"])
        known = sum(row["value"] is not None for row in insights["figures"])
        self._said.setText(f"{known} figures, {missed} goals missed" if insights["figures"] else "")
        chosen = self._which.currentText()
        self._which.clear()
        self._which.addItems([row["name"] for row in self._series])
        self._which.setCurrentIndex(max(self._which.findText(chosen), 0) if self._series else -1)
        self._draw()

    @Slot()
    def _draw(self, _: int = 0) -> None:
        at, flight = self._which.currentIndex(), self.chosen
        if not 0 <= at < len(self._series) or flight is None:
            self._line.setData([], [])
            self._odd.setData([], [])
            return
        row = self._series[at]
        self._line.setData(np.asarray(row["time_s"]) - flight.started_s, np.asarray(row["values"]))
        odd = [one for one in self._anomalies if one.series == row["name"]]
        self._odd.setData([one.start_s - flight.started_s for one in odd], [one.value for one in odd])
        self._plot.setLabel("left", f"{row['name']} ({row['unit']})")
        self._plot.autoRange()

    @Slot()
    def _show_panel(self) -> None:
        """The panel in which the evidence of the row is seen."""
        if self.sender() is self.figures_view.table:
            row = self.figures_view.selected
            name = "" if row is None else row["panel"]
        else:
            finding = self.findings_view.selected
            name = "" if finding is None else finding.panel
        if name:
            self.panel_asked.emit(name)

    @Slot()
    def _dress(self) -> None:
        theme = self._look.theme
        self._graphics.setBackground(theme.colour("panel"))
        self._line.setPen(pg.mkPen(theme.colour("accent"), width=1))
        self._odd.setBrush(pg.mkBrush(theme.colour("warn")))
        for side in ("left", "bottom"):
            self._plot.getAxis(side).setPen(pg.mkPen(theme.colour("line"), width=1))
            self._plot.getAxis(side).setTextPen(pg.mkPen(theme.colour("muted")))
        self._plot.showGrid(x=True, y=True, alpha=0.12)


def _weight(one: Any) -> str:
    return {"good": "good", "note": "text", "bad": "bad"}[one.weight]

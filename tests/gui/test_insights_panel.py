"""The insights' panel: figures beside goals, the series that is chosen, and the panel that shows the evidence."""

from typing import Any, cast

import numpy as np
import pytest

from app.insights.anomalies import Anomaly
from app.insights.findings import Evidence, Finding, Weight
from app.services.station import Station
from tests.gui.station import FLIGHTS, Spy
from widgets.bridge import Bridge
from widgets.insights import InsightsPanel, status_text, value_text
from widgets.theme import Look

FIGURES: list[dict[str, Any]] = [
    {"name": "a", "title": "A", "value": 12.0, "unit": "m", "goal": "<= 20", "ok": True, "why": "x", "panel": "Map"},
    {
        "name": "b",
        "title": "B",
        "value": None,
        "unit": "s",
        "goal": "<= 3",
        "ok": None,
        "why": "none",
        "panel": "Vehicle",
    },
    {"name": "c", "title": "C", "value": 5.0, "unit": "", "goal": ">= 9", "ok": False, "why": "y", "panel": "Level"},
]
FINDING = Finding(Weight.BAD, "C: 5, goal >= 9", "Do more.", (Evidence("c", 5.0),), "Level")
SERIES = [
    {"name": name, "unit": "dB", "time_s": 1_700_000_000.0 + np.arange(5.0), "values": np.arange(5.0)}
    for name in ("noise_dbfs", "snr_db")
]
ODD = Anomaly("snr_db", 1_700_000_003.0, 1_700_000_003.0, 3.0, 0.0, 9.0)


@pytest.fixture
def panel(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> InsightsPanel:
    told = {"figures": FIGURES, "findings": [FINDING], "anomalies": [ODD]}
    cast(Spy, station.insights).answers.update(flight=told, series=SERIES)
    made = InsightsPanel(station, bridge, look)
    qtbot.addWidget(made)
    made._list(FLIGHTS)
    made._show((told, SERIES))
    return made


def test_what_is_known_is_shown_and_what_is_not_says_so(panel: InsightsPanel) -> None:
    assert [(value_text(row), status_text(row)) for row in FIGURES] == [
        ("12 m", "met"),
        ("–", "no data"),
        ("5", "missed"),
    ]
    assert panel.figures.rowCount() == 3
    assert panel._said.text() == "2 figures, 1 goals missed"
    assert panel._choice.count() == 1  # the one that is being recorded is not there


def test_the_series_that_is_chosen_is_drawn_with_what_stands_out(panel: InsightsPanel) -> None:
    panel._which.setCurrentIndex(1)
    panel._draw()
    time_s, values = panel._line.getOriginalDataset()
    assert (time_s[0], values[-1]) == (0.0, 4.0)
    assert panel._odd.getData()[0].tolist() == [3.0]


def test_the_panel_that_shows_the_evidence_is_asked_for(panel: InsightsPanel, qtbot: Any) -> None:
    asked: list[str] = []
    panel.panel_asked.connect(asked.append)
    panel.findings_view.table.selectRow(0)
    panel.findings_view.table.doubleClicked.emit(panel.findings.index(0, 0))
    panel.figures_view.table.selectRow(1)
    panel.figures_view.table.doubleClicked.emit(panel.figures.index(1, 0))
    assert asked == ["Level", "Vehicle"]


def test_without_a_flight_nothing_is_shown(panel: InsightsPanel) -> None:
    panel._list([])
    assert (panel.figures.rowCount(), panel.findings.rowCount(), panel._said.text()) == (0, 0, "")

"""The jobs' panel: what is shown of a job as it goes on, and what the buttons ask of the service."""

from dataclasses import replace
from typing import Any, cast

import pytest

from app.domain.job import Job, JobKind, JobState
from app.services.station import Station
from tests.gui.station import FLIGHTS, Spy
from widgets.bridge import Bridge
from widgets.jobs import JobsPanel, bar
from widgets.reprocess import ReprocessDialog
from widgets.theme import Look

RUNS = Job(7, 1, JobKind.REPROCESS, {"flight_id": 1}, "operator", JobState.RUNNING, 0.25, "steep", 1_700_000_000.0, 1.0)
MADE = replace(
    RUNS, id=6, kind=JobKind.EXPORT, state=JobState.DONE, ended_s=66.0, result={"file": "a.kml"}, text="a.kml, 0.1 MB"
)


@pytest.fixture
def panel(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> JobsPanel:
    made = JobsPanel(station, bridge, look)
    qtbot.addWidget(made)
    made._show([RUNS, MADE])
    return made


def row(panel: JobsPanel, number: int) -> list[str]:
    return [panel.model.data(panel.model.index(number, column)) for column in range(panel.model.columnCount())]


def test_a_job_is_followed_where_it_stands(panel: JobsPanel, bridge: Bridge) -> None:
    assert row(panel, 0)[4:6] == ["running", bar(0.25)]
    panel.view.table.selectRow(0)
    bridge.job.emit(replace(RUNS, progress=0.5, text="more"))
    assert row(panel, 0)[5:] == [bar(0.5), "", "more"]
    assert panel.view.selected is not None
    bridge.job.emit(replace(RUNS, state=JobState.FAILED, ended_s=61.0, error="The disk is full."))
    assert row(panel, 0)[4:] == ["failed", "", "1:00", "The disk is full."]
    assert (panel.cancel.isEnabled(), panel.repeat.isEnabled(), panel.save.isEnabled()) == (False, True, False)


def test_the_buttons_ask_for_the_job_that_is_chosen(panel: JobsPanel, station: Station) -> None:
    spy = cast(Spy, station.jobs)
    panel.view.table.selectRow(0)
    assert (panel.cancel.isEnabled(), panel.repeat.isEnabled(), panel.save.isEnabled()) == (True, False, False)
    panel.cancel.click()
    assert spy.asked("cancel") == [[1, 7, "operator"]]
    panel.view.table.selectRow(1)
    assert (panel.cancel.isEnabled(), panel.repeat.isEnabled(), panel.save.isEnabled()) == (False, True, True)
    panel.repeat.click()
    assert spy.asked("repeat") == [[1, 6, "operator"]]
    panel.menu.actions()[0].trigger()
    assert spy.asked("create")[-1] == [1, JobKind.BACKUP, {}, "operator", True]


def test_only_what_differs_is_asked_for(panel: JobsPanel, station: Station) -> None:
    panel._choose(FLIGHTS)
    dialog = panel.findChildren(ReprocessDialog)[-1]
    dialog.values["exponent"].setValue(3.1)
    dialog._ask()
    arguments = {"flight_id": 2, "variants": [{"locate": {"exponent": 3.1}}]}
    assert cast(Spy, station.jobs).asked("create")[-1] == [1, JobKind.REPROCESS, arguments, "operator", True]

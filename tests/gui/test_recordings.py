"""The panel of recordings: what it lists, and what it asks for."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.bus import Bus
from app.domain.recording import Cause, Recording, RecordingState, StoredRecording
from app.exchange.recordings import Problem
from app.services.recordings import FoundRecording
from app.services.station import Station
from tests.gui import facts
from tests.gui.station import Spy, make_station
from widgets.bridge import OPERATOR, Bridge, Notice, Severity
from widgets.recordings import EMPTY, RecordingsPanel
from widgets.theme import Look

SOUND = Recording(
    "20231114T221320Z_433920000Hz_240000sps_cu8", Cause.ASKED, 1_700_000_000.0, 1_700_000_060.0, 240e3, 433.92e6,
    "cu8", 14_400_000, 28_800_000, 0, 1, 3, True, True,
)  # fmt: skip
CUT = (Problem("It was not ended.", mendable=True),)


def found(number: int, *problems: Problem, running: bool = False, **changes: Any) -> FoundRecording:
    return FoundRecording(StoredRecording(number, 1, None, replace(SOUND, **changes)), problems, running)


@pytest.fixture
def station(bus: Bus, tmp_path: Path) -> Station:
    made = make_station(bus, tmp_path)
    cast(Spy, made.recordings).answers["found"] = [
        found(3, running=True, name="c", cause=Cause.DETECTION),
        found(2, *CUT, name="b", complete=False, lost_samples=12, cause=Cause.SAVED),
        found(1),
    ]
    return made


@pytest.fixture
def panel(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> RecordingsPanel:
    made = RecordingsPanel(station, bridge, look)
    qtbot.addWidget(made)
    made.refresh()
    qtbot.waitUntil(lambda: made.model.rowCount() == 3)
    return made


def texts(panel: RecordingsPanel, row: int) -> list[str]:
    model = panel.model
    return [str(model.data(model.index(row, column))) for column in range(model.columnCount())]


def asked(station: Station, name: str) -> list[list[Any]]:
    return cast(Spy, station.recordings).asked(name)


def test_each_recording_says_what_it_is_and_how_it_fares(panel: RecordingsPanel) -> None:
    assert texts(panel, 2) == [
        "2023-11-14 22:13:20", "1:00", "433.9200 MHz", "240 kS/s", "28.8 MB", "3", "by hand", "simulation, sound",
    ]  # fmt: skip
    assert texts(panel, 1)[-2:] == ["saved", "simulation, It was not ended, 12 samples were lost"]
    assert texts(panel, 0)[-2:] == ["detection", "being recorded"]


def test_what_cannot_be_done_cannot_be_pressed(panel: RecordingsPanel) -> None:
    buttons = (panel.play, panel.verify, panel.repair, panel.export, panel.delete)
    assert [button.isEnabled() for button in buttons] == [False] * 5
    for row, states in ((0, [False] * 5), (1, [True] * 5), (2, [True, True, False, True, True])):
        panel.view.table.selectRow(row)
        assert [button.isEnabled() for button in buttons] == states


def test_each_button_asks_for_the_chosen_row(
    panel: RecordingsPanel, station: Station, bridge: Bridge, tmp_path: Path, qtbot: Any
) -> None:
    notices: list[Notice] = []
    bridge.notice.connect(notices.append)
    panel.view.table.selectRow(1)
    panel.play.click()
    panel.verify.click()
    panel.repair.click()
    assert (asked(station, "play"), asked(station, "verify")) == ([[1, 2, OPERATOR]], [[1, 2]])
    assert asked(station, "repair") == [[1, 2, OPERATOR]]
    cast(Spy, station.recordings).futures["verify"].set_result(found(2, *CUT, name="b"))
    qtbot.waitUntil(lambda: bool(notices))
    assert notices[0] == Notice(Severity.ERROR, "b is damaged", ("It was not ended. Repair mends it.",))
    cast(Spy, station.recordings).futures["repair"].set_result(("It was not ended.",))
    qtbot.waitUntil(lambda: len(notices) == 2)
    assert notices[1].title == "Mended"
    panel.export.click()
    dialog = panel.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "b.sigmf"))
    assert asked(station, "export") == [[1, 2, tmp_path / "b.sigmf"]]
    dialog.reject()


def test_it_is_deleted_only_after_a_question(panel: RecordingsPanel, station: Station) -> None:
    panel.view.table.selectRow(2)
    panel.delete.click()
    box = panel.findChild(QMessageBox)
    assert box is not None
    assert asked(station, "delete") == []
    next(one for one in box.buttons() if one.text() == "Delete").click()
    assert asked(station, "delete") == [[1, 1, OPERATOR]]


def test_the_list_is_read_anew_when_one_begins_or_ends_and_not_each_second(
    panel: RecordingsPanel, station: Station, bus: Bus, bridge: Bridge, qtbot: Any
) -> None:
    qtbot.waitUntil(lambda: not panel._timer.isActive())
    qtbot.waitUntil(lambda: len(asked(station, "found")) == 2)
    state: RecordingState = replace(facts.no_recording(), running=(SOUND,))
    for samples in (1000, 2000, 3000):
        bus.recording.publish(replace(state, running=(replace(SOUND, samples=samples),)))
        bridge.deliver()
    qtbot.waitUntil(lambda: not panel._timer.isActive())
    qtbot.waitUntil(lambda: len(asked(station, "found")) == 3)


def test_without_any_it_says_how_to_make_one(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> None:
    cast(Spy, station.recordings).answers["found"] = []
    panel = RecordingsPanel(station, bridge, look)
    qtbot.addWidget(panel)
    assert panel.view._empty.text() == EMPTY

"""The panel of parameters: what it asks, and that only the vehicle's own answer changes what it shows."""

from pathlib import Path
from typing import Any, cast

import pytest

from app.errors import VehicleRefused
from app.exchange.parameters import Difference, Loaded
from app.services.station import Station
from app.vehicle.parameters import Parameter
from app.vehicle.progress import Progress
from tests.gui.station import Spy
from widgets.bridge import OPERATOR, Bridge, Notice
from widgets.parameters import ParametersPanel
from widgets.theme import Look

HELD = {
    name: Parameter(name, value, 9, at, 3) for at, (name, value) in enumerate({"A": 1.0, "BAT": 0.1, "C": 3.0}.items())
}


@pytest.fixture
def panel(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> ParametersPanel:
    made = ParametersPanel(station, bridge, look)
    qtbot.addWidget(made)
    spy(station).answers["progress"] = ()
    return made


def spy(station: Station) -> Spy:
    return cast(Spy, station.transfers)


def shown(panel: ParametersPanel) -> list[str]:
    return [one.name for one in panel.model.rows]


def settle(station: Station, name: str, result: Any) -> None:
    future = spy(station).futures.pop(name)
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)


def read(panel: ParametersPanel, station: Station, qtbot: Any) -> None:
    panel._buttons["Read"].click()
    settle(station, "parameters", HELD)
    qtbot.waitUntil(lambda: shown(panel) == ["A", "BAT", "C"], timeout=5000)


def test_read_shows_progress_then_all_of_them(panel: ParametersPanel, station: Station, qtbot: Any) -> None:
    panel._buttons["Read"].click()
    assert not panel._buttons["Load"].isEnabled()
    spy(station).answers["progress"] = (Progress("parameters", 2, 3),)
    panel.line._show_progress()
    assert panel.line.text == "Read the parameters: 2 of 3"
    settle(station, "parameters", HELD)
    qtbot.waitUntil(lambda: panel.line.text == "3 parameters", timeout=5000)
    assert panel._buttons["Load"].isEnabled()
    panel._search.setText("ba")
    assert shown(panel) == ["BAT"]


def test_a_value_is_what_the_vehicle_says(panel: ParametersPanel, station: Station, qtbot: Any) -> None:
    read(panel, station, qtbot)
    panel.view.table.selectRow(1)
    assert panel._value.text() == "0.1"
    panel._value.setText("0,5")
    panel._buttons["Set"].click()
    assert spy(station).asked("set_parameter") == [["BAT", 0.5, OPERATOR]]
    assert panel.model.rows[1].value == 0.1  # it has not said so yet
    settle(station, "set_parameter", Parameter("BAT", 0.4, 9, 1, 3))
    qtbot.waitUntil(lambda: panel.line.text == "BAT is now 0.4, says the vehicle.", timeout=5000)
    assert panel.model.rows[1].value == 0.4


def test_a_refusal_stays_to_be_read(panel: ParametersPanel, station: Station, qtbot: Any) -> None:
    read(panel, station, qtbot)
    panel.view.table.selectRow(0)
    panel._value.setText("seven")
    panel._set()
    assert "'seven' is no number" in panel.line.text
    assert not spy(station).asked("set_parameter")
    panel._value.setText("7")
    panel._set()
    settle(station, "set_parameter", VehicleRefused("The vehicle kept A at 1 instead of 7"))
    qtbot.waitUntil(lambda: "kept A at 1" in panel.line.text, timeout=5000)
    assert panel.model.rows[0].value == 1.0


def test_compared_with_a_file_only_what_differs_is_shown(
    panel: ParametersPanel, station: Station, tmp_path: Path, qtbot: Any
) -> None:
    read(panel, station, qtbot)
    path = tmp_path / "other.param"
    path.write_text("A,1\nBAT,0.2\nNEW,4\n")
    panel._look_through(path, panel._compare)
    qtbot.waitUntil(lambda: "compare" in spy(station).futures, timeout=5000)
    settle(station, "compare", (Difference("BAT", 0.2, 0.1), Difference("C", None, 3.0), Difference("NEW", 4.0, None)))
    qtbot.waitUntil(lambda: panel.line.text == "3 differ from other.param", timeout=5000)
    assert [[panel.model.index(row, column).data() for column in range(3)] for row in range(3)] == [
        ["BAT", "0.1", "0.2"],
        ["C", "3", "has none"],
        ["NEW", "has none", "4"],
    ]


def test_a_wrong_file_is_told_and_nothing_is_asked(
    panel: ParametersPanel, station: Station, bridge: Bridge, tmp_path: Path, qtbot: Any
) -> None:
    notices: list[Notice] = []
    bridge.notice.connect(notices.append)
    path = tmp_path / "wrong.param"
    path.write_text("A,one\n")
    panel._look_through(path, panel._compare)
    qtbot.waitUntil(lambda: bool(notices), timeout=5000)
    assert "line 1" in notices[0].reasons[0]
    assert not spy(station).asked("compare")


def test_what_could_not_be_loaded_is_told(
    panel: ParametersPanel, station: Station, bridge: Bridge, tmp_path: Path, qtbot: Any
) -> None:
    notices: list[Notice] = []
    bridge.notice.connect(notices.append)
    path = tmp_path / "other.param"
    path.write_text("A,2\n")
    panel._look_through(path, panel._load)
    qtbot.waitUntil(lambda: "load_parameters" in spy(station).futures, timeout=5000)
    assert spy(station).asked("load_parameters") == [["A,2\n", OPERATOR]]
    settle(station, "load_parameters", Loaded((Difference("A", 2.0, 1.0),), ("B: kept",), ("X",)))
    qtbot.waitUntil(lambda: panel.line.text == "1 set, 1 refused, 1 unknown", timeout=5000)
    assert notices[0].reasons == ("B: kept", "X: the vehicle has no such parameter")


def test_they_are_saved_as_the_name_asks(panel: ParametersPanel, station: Station, tmp_path: Path, qtbot: Any) -> None:
    path = tmp_path / "mine.params"
    panel._save(path)
    assert spy(station).asked("parameter_file") == [["qgc"]]
    settle(station, "parameter_file", "# mine\n")
    qtbot.waitUntil(path.exists, timeout=5000)
    qtbot.waitUntil(lambda: panel.line.text.endswith("written"), timeout=5000)
    assert path.read_text() == "# mine\n"

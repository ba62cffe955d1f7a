"""The panel of mission, fence and rally points: what it shows, whose it is, and what it asks for."""

from pathlib import Path
from typing import Any, cast

import pytest

from app.domain.geometry import LatLon
from app.errors import DeviceError
from app.services.station import Station
from app.vehicle.missions import MissionItem, PlanKind
from tests.gui.station import Spy
from widgets.bridge import OPERATOR, Bridge, Notice
from widgets.plans import PlansPanel
from widgets.theme import Look

ITEMS = (
    MissionItem(22, LatLon(0.0, 0.0), 40.0),
    MissionItem(16, LatLon(47.1, 8.1), 20.0),
    MissionItem(9999, LatLon(0, 0), 0.0, frame=2),
)
WAYPOINTS = "QGC WPL 110\n0 1 0 16 0 0 0 0 47 8 500 1\n1 0 3 16 0 0 0 0 47.1 8.1 20 1\n"


@pytest.fixture
def panel(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> PlansPanel:
    made = PlansPanel(station, bridge, look)
    qtbot.addWidget(made)
    spy(station).answers["progress"] = ()
    return made


def spy(station: Station) -> Spy:
    return cast(Spy, station.transfers)


def table(panel: PlansPanel) -> list[list[str]]:
    return [[panel.model.index(row, column).data() for column in range(5)] for row in range(panel.model.rowCount())]


def opened(panel: PlansPanel, folder: Path, qtbot: Any) -> None:
    path = folder / "way.waypoints"
    path.write_text(WAYPOINTS)
    panel._open(path)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1, timeout=5000)


def test_the_vehicles_list_is_read_and_said_in_words(panel: PlansPanel, station: Station, qtbot: Any) -> None:
    panel._buttons["Read"].click()
    assert spy(station).asked("read") == [[PlanKind.MISSION]]
    spy(station).futures.pop("read").set_result(ITEMS)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3, timeout=5000)
    assert table(panel) == [
        ["1", "nav takeoff", "", "", "40 m above home"],
        ["2", "nav waypoint", "47.1000000", "8.1000000", "20 m above home"],
        ["3", "command 9999", "", "", ""],
    ]
    assert panel._source.text() == "in the vehicle: 3 items"
    panel._choice.setCurrentText("Geofence")
    assert panel._source.text() == "nothing read yet"
    assert panel.model.rowCount() == 0


def test_a_file_is_looked_at_before_it_is_sent(panel: PlansPanel, station: Station, tmp_path: Path, qtbot: Any) -> None:
    assert not panel._buttons["Send"].isEnabled()
    opened(panel, tmp_path, qtbot)
    assert panel._source.text() == "way.waypoints: 1 items, not sent"
    assert panel._buttons["Send"].isEnabled()
    panel._choice.setCurrentText("Rally points")
    assert panel._source.text() == "way.waypoints does not touch this list"
    assert panel._file is not None
    panel._send(panel._file)
    assert spy(station).asked("load_plan") == [[WAYPOINTS, OPERATOR]]
    spy(station).futures.pop("load_plan").set_result("mission: 1 items")
    qtbot.waitUntil(lambda: panel.line.text == "The vehicle has taken it: mission: 1 items", timeout=5000)
    panel._choice.setCurrentText("Mission")
    assert panel._source.text() == "in the vehicle: 1 items"
    assert not panel._buttons["Send"].isEnabled()


def test_the_reason_of_a_failure_stays(panel: PlansPanel, station: Station, tmp_path: Path, qtbot: Any) -> None:
    opened(panel, tmp_path, qtbot)
    assert panel._file is not None
    panel._send(panel._file)
    spy(station).futures.pop("load_plan").set_exception(DeviceError("The vehicle fell silent after 1 of 2 items"))
    qtbot.waitUntil(lambda: "fell silent after 1 of 2" in panel.line.text, timeout=5000)
    assert panel._source.text() == "way.waypoints: 1 items, not sent"
    assert panel._buttons["Send"].isEnabled()


def test_a_list_is_cleared_and_saved(panel: PlansPanel, station: Station, tmp_path: Path, qtbot: Any) -> None:
    panel._choice.setCurrentText("Geofence")
    panel._clear("Geofence")
    assert spy(station).asked("write") == [[PlanKind.FENCE, (), OPERATOR]]
    spy(station).futures.pop("write").set_result("geofence cleared")
    qtbot.waitUntil(lambda: panel.line.text == "geofence cleared", timeout=5000)
    path = tmp_path / "vehicle.plan"
    panel._save(path)
    spy(station).futures.pop("plan_file").set_result("{}")
    qtbot.waitUntil(path.exists, timeout=5000)


def test_another_ending_is_told(panel: PlansPanel, bridge: Bridge, tmp_path: Path) -> None:
    notices: list[Notice] = []
    bridge.notice.connect(notices.append)
    panel._save(tmp_path / "vehicle.kml")
    assert ".plan or .waypoints" in notices[0].reasons[0]

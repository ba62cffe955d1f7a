"""Reports of what was heard of a target, or that it was nothing, are shown below the targets; levels in dBm or dB."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.bus import Bus
from app.domain.radio import TargetReport
from tests.gui import facts
from tests.gui.station import make_station
from widgets.bridge import Bridge
from widgets.level_plot import LevelPlotPanel
from widgets.targets import TargetsPanel, report_text
from widgets.theme import Look

NOTHING = TargetReport(
    1_010.0, 10.0, "t1", False, 995.0, 11.4, -88.0, "Beacon: nothing heard; -88 dBFS would have been"
)
HEARD = TargetReport(1_020.0, 10.0, "t2", True, 1_019.0, 14.0, None, "Tag 7: period 1.2 s")


@pytest.fixture
def panel(bus: Bus, bridge: Bridge, look: Look, tmp_path: Path, qtbot: Any) -> TargetsPanel:
    made = TargetsPanel(make_station(bus, tmp_path), bridge, look)
    qtbot.addWidget(made)
    return made


def test_a_report_says_when_what_and_when_it_was_heard_last() -> None:
    assert report_text(NOTHING) == (
        "00:16:50, 10 s: Beacon: nothing heard; -88 dBFS would have been. Last heard 00:16:35 with 11 dB SNR"
    )
    assert report_text(HEARD) == "00:17:00, 10 s: Tag 7: period 1.2 s"


def test_the_row_that_is_selected_is_told_of(panel: TargetsPanel, bus: Bus, bridge: Bridge) -> None:
    assert panel._report.isHidden()
    ids = {target.name: target.id for target in panel.model.rows}
    bus.report.publish(replace(NOTHING, target_id=ids["Beacon"]))
    bus.report.publish(replace(HEARD, target_id=ids["Tag 7"]))
    bridge.deliver()
    panel.view.table.selectRow([target.name for target in panel.model.rows].index("Tag 7"))
    assert panel._report.text() == report_text(HEARD)
    panel.view.table.selectRow([target.name for target in panel.model.rows].index("Beacon"))
    assert "nothing heard" in panel._report.accessibleName()


def test_levels_are_told_in_dbm_where_they_are_calibrated(
    bus: Bus, bridge: Bridge, look: Look, tmp_path: Path, qtbot: Any
) -> None:
    station = make_station(bus, tmp_path)
    plot = LevelPlotPanel(station, bridge, look)
    qtbot.addWidget(plot)
    target = station.targets.targets().selected_id
    level = facts.level(-60.0, target_id=target)
    bus.level.publish(level)
    bridge.deliver()
    assert (plot._figures["RSSI"].text, plot._figures["Noise"].text) == ("-60.0 dB", "-95.0 dBFS")
    bus.level.publish(replace(level, power_dbm=level.power_dbfs - 50.0))
    bridge.deliver()
    assert (plot._figures["RSSI"].text, plot._figures["Noise"].text) == ("-90.0 dBm", "-145.0 dBm")
    assert [value[1] for value in plot._values] == [-90.0]  # those in dB are gone

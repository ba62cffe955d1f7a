"""The log: what is a warning, what is the end of a trouble, and what is also told at once."""

from pathlib import Path
from typing import Any

import pytest

from app.bus import Bus
from app.domain.fault import Fault
from tests.gui.station import make_station
from widgets.bridge import Bridge, Notice, Severity
from widgets.log import BAD_ONES, LogPanel
from widgets.theme import Look

FULL = Fault(1.0, "sample recorder", "The disk takes 14 s more.", ended=True)


@pytest.fixture
def notices(bridge: Bridge) -> list[Notice]:
    told: list[Notice] = []
    bridge.notice.connect(told.append)
    return told


@pytest.fixture
def panel(bus: Bus, bridge: Bridge, look: Look, tmp_path: Path, qtbot: Any) -> LogPanel:
    made = LogPanel(make_station(bus, tmp_path), bridge, look)
    qtbot.addWidget(made)
    return made


def kinds(panel: LogPanel) -> list[str]:
    """Oldest first."""
    return [line.kind for line in reversed(panel.model.rows)]


def test_a_warning_is_told_at_once_and_the_end_of_a_trouble_is_not(
    panel: LogPanel, notices: list[Notice], bus: Bus, bridge: Bridge
) -> None:
    bus.fault.publish(FULL)
    bus.fault.publish(Fault(2.0, "link", "The wire broke"))
    bus.fault.publish(Fault(3.0, "link", "It works again", ended=True))
    bridge.deliver()
    assert kinds(panel) == ["warn", "bad", "good"]
    assert notices == [Notice(Severity.WARNING, "Sample recorder", ("The disk takes 14 s more.",))]


def test_an_overload_is_told_when_it_begins(panel: LogPanel, notices: list[Notice], bus: Bus, bridge: Bridge) -> None:
    bus.fault.publish(Fault(1.0, "overload", "Set less gain"))
    bus.fault.publish(Fault(9.0, "overload", "No longer", ended=True))
    bridge.deliver()
    assert kinds(panel) == ["bad", "good"]
    assert [notice.title for notice in notices] == ["Overload"]


def test_warnings_are_among_the_faults(panel: LogPanel, bus: Bus, bridge: Bridge) -> None:
    bus.fault.publish(FULL)
    bridge.deliver()
    panel._choice.setCurrentText(BAD_ONES)
    assert [line.text for line in panel.model.rows] == [FULL.text]

"""The vehicle's panel: the quality of each link."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.bus import Bus
from tests.gui import facts
from tests.gui.station import make_station
from widgets.bridge import Bridge
from widgets.theme import Look
from widgets.vehicle import VehiclePanel


@pytest.fixture
def panel(bus: Bus, bridge: Bridge, look: Look, tmp_path: Path, qtbot: Any) -> VehiclePanel:
    made = VehiclePanel(make_station(bus, tmp_path), bridge, look)
    qtbot.addWidget(made)
    return made


def test_each_links_quality_is_shown(panel: VehiclePanel, bus: Bus, qtbot: Any) -> None:
    figure = panel._figures["Link"]
    bus.vehicle.publish(replace(facts.vehicle(), autopilot="PX4", mode="OFFBOARD", guided="OFFBOARD"))
    bus.link.publish(facts.link())
    qtbot.waitUntil(lambda: figure.text == "100 % 87/s")
    assert figure.toolTip() == ""
    radio = replace(facts.link(), url="serial:COM5:57600", lost_percent=12.0, received_per_s=20.0)
    gone = replace(facts.link(connected=False), url="tcpin:127.0.0.1:5760")
    bus.link.publish(replace(facts.link(), others=(radio, gone)))
    qtbot.waitUntil(lambda: figure.text == "100 % 87/s +1")
    assert figure.toolTip().split("\n") == [
        "tcp:127.0.0.1:5760: 100 % 87/s",
        "serial:COM5:57600: 88 % 20/s",
        "tcpin:127.0.0.1:5760: not connected",
    ]

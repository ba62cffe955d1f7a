"""Bearings in the window: the panel with its polar plot, the wedges on the map, one set by hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QMessageBox, QPushButton

from app.bus import Bus
from app.domain.antenna import AntennaSetup
from app.domain.bearing import Bearing, BearingSlice, BearingSource
from app.services.station import Station
from tests.gui import facts
from tests.gui.station import make_station
from widgets.bearing_dialog import ask_bearing
from widgets.bearings import BearingsPanel
from widgets.bridge import OPERATOR, Bridge
from widgets.map_bearings import BearingLayer
from widgets.map_projection import Projection
from widgets.polar import CURVE_DEG, PolarView, curve_db
from widgets.theme import DARK, Look

YAGI = AntennaSetup("yagi2")


@pytest.fixture
def station(bus: Bus, tmp_path: Path) -> Station:
    return make_station(bus, tmp_path)


def bearing(target_id: str, bearing_deg: float = 60.0) -> Bearing:
    slices = tuple(BearingSlice(30.0 * i, -50.0 - abs(i - 2), i < 6) for i in range(12))
    return Bearing(
        1.76e9, target_id, facts.HOME.lat_deg, facts.HOME.lon_deg, bearing_deg, 4.0, False, None, 0.9,
        BearingSource.ROTATION, "operator", "Heard in 6 of 12 directions", slices,
    )  # fmt: skip


def painted(layer: BearingLayer) -> np.ndarray[Any, Any]:
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(0)
    with QPainter(image) as painter:
        layer.paint(painter, Projection(facts.HOME, 1.0, 200, 200), DARK)
    return np.frombuffer(image.constBits(), np.uint32).reshape(200, 200) & 0xFFFFFF


def test_a_wedge_lies_on_its_side_of_the_map(qapp: object) -> None:
    layer = BearingLayer()
    layer.add(bearing("t", 90.0))
    east = painted(layer)
    assert (east[95:105, 150:] > 0).any()
    assert not (east[60:140, :90] > 0).any()
    layer.set([replace(bearing("t", 90.0), ambiguous=True, other_deg=270.0)])
    assert (painted(layer)[95:105, :50] > 0).any()


def test_the_curve_goes_through_what_was_heard() -> None:
    curve = curve_db(bearing("t"), YAGI)
    assert curve is not None
    assert CURVE_DEG[curve.argmax()] == pytest.approx(60.0, abs=3.0)
    assert curve_db(bearing("t"), AntennaSetup()) is None
    assert curve_db(replace(bearing("t"), slices=()), YAGI) is None


def test_the_plot_paints_also_without_levels(qtbot: Any, look: Look) -> None:
    view = PolarView(look)
    qtbot.addWidget(view)
    view.resize(240, 240)
    blank = view.grab().toImage()
    for one in (bearing("t"), replace(bearing("t"), slices=(), ambiguous=True, other_deg=240.0)):
        view.show_bearing(one, YAGI)
        assert view.grab().toImage() != blank


def test_bearings_of_the_chosen_target_are_listed(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> None:
    panel = BearingsPanel(station, bridge, look)
    qtbot.addWidget(panel)
    chosen = station.targets.targets().selected_id
    station.bus.bearing.publish(bearing(chosen))
    station.bus.bearing.publish(bearing("another"))
    bridge.deliver()
    assert [one.target_id for one in panel.model.rows] == [chosen]
    turn = next(button for button in panel.findChildren(QPushButton) if button.text().strip().startswith("Turn"))
    turn.click()
    asked = panel.findChildren(QMessageBox)
    assert "safety gate" in asked[0].text() + asked[0].informativeText()
    asked[0].close()


def test_one_set_by_hand_goes_to_the_station(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> None:
    panel = BearingsPanel(station, bridge, look)
    qtbot.addWidget(panel)
    dialog = ask_bearing(panel, station, bridge, "t", facts.HOME)
    dialog.bearing.setValue(42.0)
    dialog.magnetic.setChecked(True)
    dialog.accept()
    asked = cast(Any, station.bearings).asked("add")
    assert asked == [["t", facts.HOME, 42.0, OPERATOR, 10.0, True]]

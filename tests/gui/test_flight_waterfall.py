"""Scrolling back over a flight: what is read, what is shown, and what is said where nothing was kept."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from app.bus import Bus
from app.domain.waterfall import Stretch
from app.errors import StoreError
from app.ring import SpectrumRing
from app.services.station import Station
from tests.gui.station import FLIGHTS, Spy, make_station
from widgets.bridge import Bridge
from widgets.flight_waterfall import NO_FLIGHT, NOTHING, WHOLE, FlightWaterfallView
from widgets.frequency_view import FrequencyView
from widgets.theme import Look
from widgets.waterfall import WaterfallView

FLIGHT = replace(FLIGHTS[1], ended_s=FLIGHTS[1].started_s + 3600.0, simulated=True)
BINS = 64


def kept(project_id: int, flight_id: int, since_s: float, until_s: float, rows: int) -> list[Stretch]:
    """The noise of an hour, its level rising by 10 dB; no more rows than asked for."""
    del project_id, flight_id
    first_s, last_s = max(since_s, FLIGHT.started_s), min(until_s, FLIGHT.started_s + 3600.0)
    times_s = np.linspace(first_s, last_s, rows)
    level_db = -100.0 + (times_s - FLIGHT.started_s) / 360.0
    power = np.repeat(level_db.astype(np.float32)[:, None], BINS, axis=1)
    return [Stretch(times_s, 433.92e6, 240e3, np.zeros(rows, np.int64), power)]


@pytest.fixture
def station(bus: Bus, tmp_path: Path) -> Station:
    made = make_station(bus, tmp_path)
    cast(Spy, made.projects).answers["waterfall"] = kept
    return made


@pytest.fixture
def view(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> FlightWaterfallView:
    live = WaterfallView(SpectrumRing(64), FrequencyView(), look)
    made = FlightWaterfallView(station, bridge, look, live)
    qtbot.addWidget(live)
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    made.scale.setCurrentText("1 s a line")
    return made


def asked(station: Station) -> list[list[Any]]:
    return cast(Spy, station.projects).asked("waterfall")


def opened(view: FlightWaterfallView, qtbot: Any) -> FlightWaterfallView:
    view.show_flight(FLIGHT)
    qtbot.waitUntil(lambda: any(view.canvas.lines))
    return view


def newest_dbfs(view: FlightWaterfallView) -> float:
    line = next(line for line in view.canvas.lines if line is not None)
    return float(line.power_dbfs[0])


def test_it_begins_with_the_newest_and_names_the_times(view: FlightWaterfallView, qtbot: Any) -> None:
    opened(view, qtbot)
    assert view.canvas.empty == ""
    assert newest_dbfs(view) == pytest.approx(-90.0, abs=0.1)
    assert view.bar.maximum() == 3600 - view.canvas.height_lines
    assert view._name.text().endswith("23:13:20 UTC")
    assert view.view.known
    assert view.canvas.simulated


def test_the_bar_the_wheel_and_a_drag_go_back_over_the_whole_flight(
    view: FlightWaterfallView, station: Station, qtbot: Any
) -> None:
    opened(view, qtbot)
    view.bar.setValue(view.bar.maximum())
    qtbot.waitUntil(lambda: any(view.canvas.lines) and newest_dbfs(view) < -99.0)
    assert view.canvas.until_s == pytest.approx(FLIGHT.started_s + view.canvas.height_lines)
    before = view.bar.value()
    wheel = QWheelEvent(
        QPointF(200.0, 50.0), QPointF(200.0, 50.0), QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    view.canvas.wheelEvent(wheel)
    assert view.bar.value() == before - 40
    number = len(asked(station))
    qtbot.mousePress(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 50))
    qtbot.mouseMove(view.canvas, QPoint(200, 60))
    qtbot.waitUntil(lambda: view.bar.value() == before - 50)
    assert len(asked(station)) == number  # that much was read around it


def test_the_whole_flight_is_shown_in_as_many_rows_as_there_are_lines(
    view: FlightWaterfallView, station: Station, qtbot: Any
) -> None:
    opened(view, qtbot)
    view.scale.setCurrentText(WHOLE)
    view.scale.activated.emit(0)
    qtbot.waitUntil(lambda: all(view.canvas.lines))
    assert view.bar.maximum() == 0
    assert asked(station)[-1][-1] == pytest.approx(3 * view.canvas.height_lines, abs=1)
    oldest = view.canvas.lines[-1]
    assert oldest is not None
    assert float(oldest.power_dbfs[0]) < -99.0


def test_where_nothing_was_kept_it_says_so(view: FlightWaterfallView, station: Station, qtbot: Any) -> None:
    cast(Spy, station.projects).answers["waterfall"] = []
    view.show_flight(FLIGHT)
    qtbot.waitUntil(lambda: view.canvas.empty == NOTHING)
    view.show_flight(None)
    assert view.canvas.empty == NO_FLIGHT


def test_a_store_in_trouble_is_said_in_its_place(view: FlightWaterfallView, station: Station, qtbot: Any) -> None:
    def fail(*_: object) -> None:
        raise StoreError("The store is damaged.")

    cast(Spy, station.projects).answers["waterfall"] = fail
    view.show_flight(FLIGHT)
    qtbot.waitUntil(lambda: view.canvas.empty == "The store is damaged.")


def test_a_flight_under_way_grows_and_what_is_looked_at_stays(view: FlightWaterfallView, qtbot: Any) -> None:
    running = replace(FLIGHT, started_s=view._clock.now_s() - 1000.0, ended_s=None)
    view.show_flight(running)
    view.bar.setValue(400)
    until_s = view._top_s()
    view._flight = replace(running, ended_s=view._clock.now_s() + 60.0)
    view.refresh()
    assert view._top_s() == until_s
    assert view.bar.value() == pytest.approx(460, abs=2)

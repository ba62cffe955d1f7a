import gc
import weakref
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.bus import Bus
from app.domain.estimate import Estimate
from app.domain.fault import Fault
from app.domain.mission import MissionState, Transition
from app.domain.vehicle import CommandRecord, Outcome, VehicleMessage
from app.errors import NotConnected, Refused
from app.services.station import Station
from tests.gui import facts
from tests.gui.station import Spy
from widgets import face
from widgets.bridge import Bridge
from widgets.theme import THEMES
from widgets.window import MainWindow

NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, station: Station, bridge: Bridge) -> Iterator[MainWindow]:
    made = MainWindow(station, bridge)
    made.resize(1366, 768)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.leave()
    made.deleteLater()


def spy(service: object) -> Spy:
    return cast(Spy, service)


def words(widget: QWidget) -> str:
    """Everything the widget's labels say where they can be seen."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def press_escape(widget: QWidget) -> None:
    QTest.keyClick(widget, Qt.Key.Key_Escape)


def test_stop_is_there_and_stops(window: MainWindow, station: Station) -> None:
    assert window.top_bar._stop.isVisible()
    QTest.mouseClick(window.top_bar._stop, LEFT)
    assert spy(station.safety).asked("emergency_stop") == [["operator"]]


def test_escape_twice_stops(window: MainWindow, station: Station) -> None:
    press_escape(window)
    assert spy(station.safety).asked("emergency_stop") == []
    press_escape(window)
    assert len(spy(station.safety).asked("emergency_stop")) == 1


def test_escape_twice_stops_out_of_a_dialog(qtbot: QtBot, window: MainWindow, station: Station) -> None:
    window.vehicle.connect_vehicle()
    dialog = window.findChild(QDialog)
    assert dialog is not None
    press_escape(dialog)
    press_escape(window)
    assert len(spy(station.safety).asked("emergency_stop")) == 1


def test_one_press_that_reaches_many_widgets_counts_once(window: MainWindow, station: Station) -> None:
    QTest.keyPress(window, Qt.Key.Key_Escape)
    QTest.keyPress(window, Qt.Key.Key_Escape)
    QTest.keyRelease(window, Qt.Key.Key_Escape)
    assert spy(station.safety).asked("emergency_stop") == []


def test_a_failed_stop_is_told(qtbot: QtBot, window: MainWindow, station: Station) -> None:
    window.emergency_stop()
    spy(station.safety).futures["emergency_stop"].set_exception(NotConnected("No vehicle. Use the pilot's remote."))
    qtbot.waitUntil(lambda: any("remote" in text for text in window.notices.texts))


def test_the_emergency_is_shown_and_reset_with_a_reason(
    qtbot: QtBot, window: MainWindow, station: Station, bus: Bus
) -> None:
    bus.mission.publish(facts.status(MissionState.EMERGENCY))
    qtbot.waitUntil(lambda: "EMERGENCY STOP IN FORCE" in words(window.top_bar))
    assert "EMERGENCY" in words(window.state)
    window.state._reason.setText("Bird strike, checked")
    window.state._reset.click()
    assert spy(station.safety).asked("reset") == [["Bird strike, checked", "operator"]]


def test_homing_takes_two_steps(qtbot: QtBot, window: MainWindow, station: Station, bus: Bus) -> None:
    bus.mission.publish(facts.status(MissionState.DETECTING))
    state = window.state
    qtbot.waitUntil(lambda: state._activate.isVisible() and state._activate.isEnabled())
    assert not state._slider.isVisible()
    state._activate.click()
    assert state._slider.isVisible()
    QTest.mouseClick(state._slider, LEFT, NONE, QPoint(state._slider.width() - 20, 20))
    assert spy(station.homing).asked("confirm") == []
    QTest.mousePress(state._slider, LEFT, NONE, QPoint(20, 20))
    QTest.mouseMove(state._slider, QPoint(state._slider.width() // 2, 20))
    QTest.mouseRelease(state._slider, LEFT, NONE, QPoint(state._slider.width() // 2, 20))
    assert spy(station.homing).asked("confirm") == []
    QTest.mousePress(state._slider, LEFT, NONE, QPoint(20, 20))
    QTest.mouseMove(state._slider, QPoint(state._slider.width(), 20))
    QTest.mouseRelease(state._slider, LEFT, NONE, QPoint(state._slider.width(), 20))
    assert spy(station.homing).asked("confirm") == [["1234", "operator"]]


def test_the_slider_works_by_keyboard(qtbot: QtBot, window: MainWindow, station: Station, bus: Bus) -> None:
    bus.mission.publish(facts.status(MissionState.DETECTING))
    qtbot.waitUntil(window.state._activate.isEnabled)
    window.state._activate.click()
    for _ in range(8):
        QTest.keyClick(window.state._slider, Qt.Key.Key_Right)
    assert len(spy(station.homing).asked("confirm")) == 1


def test_an_activation_that_is_not_confirmed_lapses(window: MainWindow, station: Station) -> None:
    window.state._code = "1234"
    window.state._expire()
    assert not window.state._slider.isVisible()


def test_a_refusal_lists_the_reasons(qtbot: QtBot, window: MainWindow, station: Station) -> None:
    window.state._end_mission()
    spy(station.mission).futures["stop"].set_exception(Refused(["GPS fix 2D", "Battery 12 %"]))
    qtbot.waitUntil(lambda: bool(window.notices.texts))
    assert "GPS fix 2D" in window.notices.texts[0]
    assert "Battery 12 %" in window.notices.texts[0]


def test_the_gate_says_why_in_words(qtbot: QtBot, window: MainWindow, bus: Bus) -> None:
    bus.gate.publish(facts.gate(is_open=False))
    qtbot.waitUntil(lambda: "GPS fix 2D: wait for a 3D fix" in words(window.state))
    assert "CLOSED (1)" in words(window.state)
    bus.gate.publish(facts.gate(is_open=True))
    qtbot.waitUntil(lambda: "OPEN" in words(window.state))


def test_how_it_got_here(qtbot: QtBot, window: MainWindow, bus: Bus) -> None:
    step = Transition(1_000.0, MissionState.IDLE, MissionState.SEARCHING, "<b>start</b>", "operator")
    bus.transition.publish(step)
    qtbot.waitUntil(lambda: "IDLE → SEARCHING" in words(window.state))
    assert "&lt;b&gt;" in words(window.state)


def test_simulation_is_written_everywhere(qtbot: QtBot, window: MainWindow, bus: Bus) -> None:
    assert "SIMULATION" not in window.windowTitle()
    bus.radio.publish(facts.radio(simulated=True))
    qtbot.waitUntil(lambda: "SIMULATION" in window.windowTitle())
    assert window.radio.waterfall.simulated
    assert window.map.view.simulated
    assert "SIMULATION" in words(window.status_line)
    qtbot.waitUntil(lambda: "SIMULATION" in words(window.top_bar))
    bus.radio.publish(facts.radio(simulated=False))
    qtbot.waitUntil(lambda: "SIMULATION" not in window.windowTitle())
    bus.vehicle.publish(facts.vehicle(simulated=True))
    qtbot.waitUntil(lambda: "SIMULATION" in window.windowTitle())


def test_nothing_connected_says_what_to_do(window: MainWindow) -> None:
    assert "No receiver is set" in words(window.radio)
    assert "Connect" in words(window.vehicle)
    assert "Connect" in window.map.view.hint
    assert "nothing heard yet" in words(window.map)
    assert "Detections appear here" in words(window.detections)


def test_not_enough_shows_no_fix(qtbot: QtBot, window: MainWindow, station: Station, bus: Bus) -> None:
    def of_mine(enough: bool) -> Estimate:
        return facts.estimate(enough)

    bus.estimate.publish(of_mine(enough=False))
    qtbot.waitUntil(lambda: "not enough to say" in words(window.map))
    assert "°" not in words(window.map)
    assert not window.map.view.estimate.shown
    bus.estimate.publish(of_mine(enough=True))
    qtbot.waitUntil(lambda: "90 % within 41 m" in words(window.map))
    assert window.map.view.estimate.shown


def test_the_vehicle_panel_shows_what_is_known(qtbot: QtBot, window: MainWindow, bus: Bus) -> None:
    bus.vehicle.publish(facts.vehicle())
    bus.telemetry.publish(facts.pose(30.0, 40.0))
    bus.link.publish(facts.link())
    bus.message.publish(VehicleMessage(1_000.0, 1, 4, "PreArm: Compass not healthy"))
    figures = window.vehicle._figures
    qtbot.waitUntil(lambda: figures["From home"].text == "50 m")
    assert figures["Mode"].text == "GUIDED"
    assert figures["Battery"].text == "81 % 15.4 V"
    assert "Compass" in words(window.vehicle)
    assert "Compass" in window.log.model.rows[0].text


def accept(window: MainWindow, verb: str) -> None:
    """Press the button that says ``verb`` in the question that is asked."""
    box = window.findChild(QMessageBox)
    assert box is not None
    next(button for button in box.buttons() if button.text() == verb).click()


def test_arming_asks_first(qtbot: QtBot, window: MainWindow, station: Station, bus: Bus) -> None:
    bus.vehicle.publish(facts.vehicle(armed=False))
    qtbot.waitUntil(window.vehicle._arm.isEnabled)
    worker = spy(cast(Any, station.vehicle)._worker)
    window.vehicle._arm.click()
    assert worker.asked("arm") == []
    accept(window, "Arm")
    assert worker.asked("arm") == [["operator"]]
    refusal = CommandRecord(1_000.0, "operator", "arm", "", Outcome.REFUSED, "PreArm: Compass not healthy")
    worker.futures["arm"].set_result(refusal)
    qtbot.waitUntil(lambda: any("Compass" in text for text in window.notices.texts))


def test_fly_here_asks_first(qtbot: QtBot, window: MainWindow, station: Station) -> None:
    worker = spy(cast(Any, station.vehicle)._worker)
    window.map._ask_goto(facts.at(10.0, 10.0))
    assert worker.calls == []
    accept(window, "Fly there")
    assert len(worker.calls) == 1


def test_a_search_is_previewed_and_started(qtbot: QtBot, window: MainWindow, station: Station, bus: Bus) -> None:
    window.search.ask()
    assert not window.search._start.isEnabled()
    bus.vehicle.publish(facts.vehicle(armed=False))
    window.search.preview()
    assert window.map.view.plan == facts.plan()
    assert "86%" in words(window.search)
    window.search._start.click()
    ((actor, settings),) = spy(station.search).asked("start")
    assert actor == "operator"
    assert settings == station.settings.search


def test_connecting_says_what_went_wrong(qtbot: QtBot, window: MainWindow, station: Station) -> None:
    dialog = window.radio._dialog
    window.radio.connect_receiver()
    dialog.use("rtl_tcp://nowhere:1")
    dialog._try()
    future: Future[Any] = spy(cast(Any, station.radio)._worker).futures["ask"]
    future.set_exception(NotConnected("Nobody listens at nowhere:1. Is rtl_tcp running?"))
    qtbot.waitUntil(lambda: "Is rtl_tcp running" in dialog.answer)
    assert dialog.isVisible()


def test_targets_are_added_and_chosen(window: MainWindow, station: Station, qtbot: QtBot) -> None:
    window.targets.add(434.1e6)
    dialog = window.targets.findChild(QDialog)
    assert dialog is not None
    dialog.accept()
    assert station.targets.targets().all[-1].frequency_hz == pytest.approx(434.1e6)
    qtbot.waitUntil(lambda: len(window.targets.model.rows) == 3)
    window.targets.view.table.selectRow(2)
    window.targets._select()
    assert station.targets.targets().selected_id == station.targets.targets().all[-1].id


def test_facts_fill_the_tables(qtbot: QtBot, window: MainWindow, bus: Bus) -> None:
    for _ in range(3):
        bus.detection.publish(facts.detection())
    bus.level.publish(facts.level())
    bus.fault.publish(Fault(1_000.0, "link", "The link is lost"))
    qtbot.waitUntil(lambda: len(window.detections.model.rows) == 3)
    qtbot.waitUntil(lambda: any(line.text == "The link is lost" for line in window.log.model.rows))
    qtbot.waitUntil(lambda: len(window.projects.model.rows) == 2)
    assert window.levels._figures["SNR"].text == "35.0 dB"
    assert window.projects.current is not None
    assert window.projects.current.name == "Valley search"


def test_the_log_can_be_narrowed(qtbot: QtBot, window: MainWindow, bus: Bus) -> None:
    bus.fault.publish(Fault(1_000.0, "link", "The link is lost"))
    bus.message.publish(VehicleMessage(1_000.0, 1, 6, "Mode GUIDED"))
    qtbot.waitUntil(lambda: len(window.log.model.rows) == 2)
    window.log._choice.setCurrentText("faults and refusals")
    assert [line.text for line in window.log.model.rows] == ["The link is lost"]


def test_facts_are_shown_after_a_frame_of_the_waterfall(
    qtbot: QtBot, window: MainWindow, bus: Bus, bridge: Bridge
) -> None:
    bridge._timer.setInterval(3_600_000)  # none but the frame brings them
    bus.message.publish(VehicleMessage(1_000.0, 1, 6, "Mode GUIDED"))
    with qtbot.waitSignal(bridge.message):
        window.radio.waterfall.update()


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_every_theme_is_painted(window: MainWindow, bus: Bus, bridge: Bridge, theme: str) -> None:
    bus.mission.publish(facts.status())
    bus.gate.publish(facts.gate())
    bus.telemetry.publish(facts.pose())
    bridge.deliver()
    window.look.choose(theme)
    assert not window.grab().isNull()


def test_the_layout_is_kept(qtbot: QtBot, bus: Bus, station: Station, loop: Any) -> None:
    for expected in ("dark", "light"):
        bridge = Bridge(bus, loop)
        window = MainWindow(station, bridge)
        assert window.look.theme.name == expected
        window.look.choose("light")
        window.leave()
        window.deleteLater()


def test_closing_in_a_mission_asks(qtbot: QtBot, window: MainWindow, station: Station) -> None:
    spy(station.mission).answers["status"] = facts.status(MissionState.SEARCHING)
    window.close()
    assert window.isVisible()
    accept(window, "End and close")
    assert not window.isVisible()


def test_a_closed_window_is_let_go(qtbot: QtBot, bus: Bus, station: Station, loop: Any) -> None:
    bridge = Bridge(bus, loop)
    window = MainWindow(station, bridge)
    window.show()
    qtbot.waitExposed(window)
    window.leave()
    assert bridge._unsubscribe == []
    gone = weakref.ref(bridge)
    window.deleteLater()
    del window, bridge
    QTest.qWait(0)
    gc.collect()
    bus.fault.publish(Fault(0.0, "link", "late"))
    assert gone() is None or gone()._closed  # type: ignore[union-attr]


def test_the_face_writes_a_screenshot_and_ends(qapp: object, bus: Bus, station: Station, tmp_path: Path) -> None:
    ready: list[bool] = []
    picture = tmp_path / "window.png"
    code = face.run(station, screenshot=picture, after_s=0.2, on_ready=lambda: ready.append(True))
    assert code == 0
    assert ready == [True]
    assert QImage(str(picture)).width() > 1000


def test_a_screenshot_that_cannot_be_written_fails(
    qapp: object, station: Station, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert face.run(station, screenshot=tmp_path / "nowhere" / "window.png", after_s=0.1) == 1
    assert "cannot be written" in caplog.text


def test_typing_escape_in_a_field_counts_too(window: MainWindow, station: Station) -> None:
    field = window.state.findChild(QLineEdit)
    assert field is not None
    press_escape(field)
    press_escape(field)
    assert len(spy(station.safety).asked("emergency_stop")) == 1

import threading
from concurrent.futures import Future
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.bus import Bus
from app.domain.fault import Fault
from app.domain.radio import Level
from app.domain.vehicle import CommandRecord, Outcome, Telemetry
from app.errors import NotConnected, Refused
from widgets.bridge import Bridge, Notice, Severity


def level(number: int) -> Level:
    return Level(float(number), 0.1, "t", 433.92e6, -50.0, -70.0, -80.0, 30.0, True, False)


def telemetry(number: int) -> Telemetry:
    return Telemetry(float(number), 1, 47.0, 8.0, 400.0, 40.0, 0.0, 0.0, 90.0, 0.0, 0.0, 0.0)


def from_a_worker(work: Any) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_facts_come_in_the_gui_thread_in_order(qtbot: QtBot, bus: Bus, bridge: Bridge) -> None:
    got: list[tuple[str, bool]] = []
    bridge.fault.connect(lambda fault: got.append((fault.text, threading.current_thread() is threading.main_thread())))

    def publish() -> None:
        for i in range(3):
            bus.fault.publish(Fault(0.0, "link", str(i)))

    from_a_worker(publish)
    qtbot.waitUntil(lambda: len(got) == 3)
    assert got == [("0", True), ("1", True), ("2", True)]


def test_fast_facts_are_put_together(qtbot: QtBot, bus: Bus, bridge: Bridge) -> None:
    poses: list[Telemetry] = []
    levels: list[Level] = []
    signals: list[int] = []
    bridge.telemetry.connect(poses.append)
    bridge.levels.connect(levels.extend)
    bridge.levels.connect(lambda batch: signals.append(len(batch)))

    def publish() -> None:
        for i in range(500):
            bus.telemetry.publish(telemetry(i))
            bus.level.publish(level(i))

    from_a_worker(publish)
    qtbot.waitUntil(lambda: len(levels) == 500)
    assert [one.time_s for one in levels] == list(range(500))
    assert poses[-1].time_s == 499
    assert len(poses) < 20
    assert len(signals) < 20


def test_a_refusal_is_shown_with_its_reasons(qtbot: QtBot, bridge: Bridge) -> None:
    notices: list[Notice] = []
    bridge.notice.connect(notices.append)
    future: Future[None] = Future()
    bridge.watch(future, "Activate homing")
    from_a_worker(lambda: future.set_exception(Refused(["GPS fix 2D", "Battery 12 %"])))
    qtbot.waitUntil(lambda: bool(notices))
    assert notices[0].severity is Severity.ERROR
    assert "Activate homing" in notices[0].title
    assert notices[0].reasons == ("GPS fix 2D", "Battery 12 %")


def test_a_result_is_given_in_the_gui_thread(qtbot: QtBot, bridge: Bridge) -> None:
    got: list[object] = []
    future: Future[int] = Future()
    bridge.watch(future, "Tune", lambda value: got.append((value, threading.current_thread().name)))
    from_a_worker(lambda: future.set_result(7))
    qtbot.waitUntil(lambda: bool(got))
    assert got == [(7, "MainThread")]


def test_the_vehicles_no_is_shown(qtbot: QtBot, bridge: Bridge) -> None:
    notices: list[Notice] = []
    bridge.notice.connect(notices.append)
    future: Future[CommandRecord] = Future()
    bridge.watch(future, "Arm")
    future.set_result(CommandRecord(0.0, "operator", "arm", "", Outcome.REFUSED, "PreArm: Compass not healthy"))
    qtbot.waitUntil(lambda: bool(notices))
    assert notices[0].reasons == ("PreArm: Compass not healthy",)


def test_a_cancelled_future_is_told(qtbot: QtBot, bridge: Bridge) -> None:
    notices: list[Notice] = []
    bridge.notice.connect(notices.append)
    future: Future[int] = Future()
    bridge.watch(future, "Tune")
    future.cancel()
    qtbot.waitUntil(lambda: bool(notices))
    assert "Cancelled" in notices[0].reasons[0]


def test_an_error_before_there_is_a_future(bridge: Bridge) -> None:
    notices: list[Notice] = []
    bridge.notice.connect(notices.append)

    def ask() -> "Future[int]":
        raise NotConnected("No receiver. Connect one.")

    bridge.order(ask, "Tune")
    assert notices[0].reasons == ("No receiver. Connect one.",)


def test_a_bug_is_logged_whole(qtbot: QtBot, bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    notices: list[Notice] = []
    bridge.notice.connect(notices.append)
    bridge.work(lambda: 1 // 0, "Count")
    qtbot.waitUntil(lambda: bool(notices))
    assert "ZeroDivisionError" in notices[0].reasons[0]
    assert "Count failed" in caplog.text
    assert caplog.records[-1].exc_info is not None


def test_what_comes_after_the_end_is_dropped(bus: Bus, bridge: Bridge) -> None:
    notices: list[Notice] = []
    bridge.notice.connect(notices.append)
    future: Future[int] = Future()
    bridge.watch(future, "Tune")
    bridge.close()
    future.set_exception(NotConnected("gone"))
    bus.fault.publish(Fault(0.0, "link", "late"))
    bridge.deliver()
    assert notices == []

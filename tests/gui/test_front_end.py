"""The receiver's switches: what they order, what they show, and that voltage is asked about first."""

from dataclasses import replace
from typing import Any, TypeVar, cast

import pytest
from PySide6.QtWidgets import QLineEdit, QMessageBox

from app.bus import Bus
from app.domain.radio import DirectSampling, FrontEnd, RadioState
from app.services.station import Station
from tests.gui import facts
from tests.gui.station import RadioSpy, Spy
from widgets.bridge import OPERATOR, Bridge, Notice
from widgets.front_end import FrontEndForm
from widgets.profile_dialogs import AskingDialog

SWITCHES = ("ppm", "agc", "bias_tee", "direct_sampling", "offset_tuning")


def radio(**more: Any) -> RadioState:
    return replace(facts.radio(), **({"switches": SWITCHES} | more))


@pytest.fixture
def form(station: Station, bridge: Bridge, bus: Bus, qtbot: Any) -> FrontEndForm:
    made = FrontEndForm(station, bridge)
    qtbot.addWidget(made)
    bus.radio.publish(radio())
    bridge.deliver()
    return made


WidgetT = TypeVar("WidgetT", QMessageBox, AskingDialog)


def open_dialog(form: FrontEndForm, kind: type[WidgetT]) -> WidgetT:
    """The one that is open."""
    found: WidgetT | None = form.findChild(kind)
    assert found is not None
    return found


def asked(station: Station) -> list[FrontEnd]:
    """Front ends the worker was asked for, each carried out."""
    worker = cast(RadioSpy, station.radio._worker)
    for (work,) in worker.asked("ask"):
        work()
    return [one for (one,) in worker.asked("set_front_end")]


def test_each_switch_orders_its_change_and_takes_back_none_still_under_way(
    form: FrontEndForm, station: Station
) -> None:
    form.agc.click()
    assert asked(station)[-1] == FrontEnd(agc=True)
    form.ppm.setValue(-12)
    assert asked(station)[-1] == FrontEnd(agc=True, ppm=-12)
    form.iq.click()
    assert asked(station)[-1] == FrontEnd(agc=True, ppm=-12, correct_iq=True)
    form.direct.setCurrentIndex(2)
    form.direct.activated.emit(2)
    everything = FrontEnd(agc=True, ppm=-12, correct_iq=True, direct_sampling=DirectSampling.Q)
    assert asked(station)[-1] == everything


def test_it_shows_what_is_in_force_and_orders_nothing_by_that(
    form: FrontEndForm, station: Station, bus: Bus, bridge: Bridge
) -> None:
    now = FrontEnd(7, True, True, DirectSampling.I, True, True, True)
    bus.radio.publish(radio(front_end=now))
    bridge.deliver()
    boxes = (form.agc, form.bias, form.offset, form.dc, form.iq)
    assert all(box.isChecked() for box in boxes)
    assert (form.ppm.value(), form.direct.currentText()) == (7, "Input I")
    assert asked(station) == []


def test_what_the_receiver_does_not_have_cannot_be_set(form: FrontEndForm, bus: Bus, bridge: Bridge) -> None:
    bus.radio.publish(radio(switches=("ppm",)))
    bridge.deliver()
    parts = (form.ppm, form.agc, form.bias, form.direct, form.offset, form.dc)
    assert [part.isEnabled() for part in parts] == [True, False, False, False, False, True]
    bus.radio.publish(radio(connected=False))
    bridge.deliver()
    assert not any(part.isEnabled() for part in (*parts, form.calibrate, form.keep))


def test_voltage_on_the_antenna_is_asked_about_first(form: FrontEndForm, station: Station, qtbot: Any) -> None:
    form.bias.click()
    box = open_dialog(form, QMessageBox)
    assert "voltage" in box.windowTitle().lower() or "4.5 V" in box.text()
    assert (asked(station), form.bias.isChecked()) == ([], False)
    box.reject()
    assert asked(station) == []
    qtbot.waitUntil(lambda: form.findChild(QMessageBox) is None)
    form.bias.click()
    next(one for one in open_dialog(form, QMessageBox).buttons() if one.text() == "Switch it on").click()
    assert asked(station) == [FrontEnd(bias_tee=True)]


def test_it_goes_off_without_a_question(form: FrontEndForm, station: Station, bus: Bus, bridge: Bridge) -> None:
    bus.radio.publish(radio(front_end=FrontEnd(bias_tee=True)))
    bridge.deliver()
    form.bias.click()
    assert form.findChild(QMessageBox) is None
    assert asked(station) == [FrontEnd()]


def test_what_is_refused_is_said_and_undone(form: FrontEndForm, station: Station, bridge: Bridge, qtbot: Any) -> None:
    notices: list[Notice] = []
    bridge.notice.connect(notices.append)
    form.agc.click()
    cast(RadioSpy, station.radio._worker).futures["ask"].set_exception(RuntimeError("no"))
    qtbot.waitUntil(lambda: bool(notices))
    assert not form.agc.isChecked()


def test_why_there_is_no_dbm_is_said(form: FrontEndForm, bus: Bus, bridge: Bridge) -> None:
    bus.radio.publish(radio(uncalibrated="The receiver's AGC is on", antenna="whip"))
    bridge.deliver()
    assert form.calibration.text() == "Whip, levels in dBFS: The receiver's AGC is on."
    bus.radio.publish(radio(uncalibrated="", profile="Roof", dbm_offset_db=-40.0))
    bridge.deliver()
    assert form.calibration.text() == "Profile Roof, calibrated: levels in dBm."


def test_calibrating_and_keeping_ask_the_station_and_say_what_it_says(
    form: FrontEndForm, station: Station, qtbot: Any
) -> None:
    profiles = cast(Spy, station.profiles)
    form.calibrate.click()
    dialog = open_dialog(form, AskingDialog)
    dialog.go.click()
    assert profiles.asked("calibrate") == [[-60.0, pytest.approx(433.92e6), OPERATOR]]
    profiles.futures["calibrate"].set_exception(RuntimeError("no tone"))
    qtbot.waitUntil(lambda: "no tone" in dialog.answer.text())
    assert dialog.go.isEnabled()
    dialog.reject()
    qtbot.waitUntil(lambda: form.findChild(AskingDialog) is None)
    form.keep.click()
    dialog = open_dialog(form, AskingDialog)
    name, antenna = dialog.findChildren(QLineEdit)
    name.setText(" Roof ")
    antenna.setText("Yagi")
    dialog.go.click()
    assert profiles.asked("save") == [["Roof", OPERATOR, "Yagi"]]
    profiles.futures["save"].set_result(radio())
    qtbot.waitUntil(lambda: form.findChild(AskingDialog) is None)

"""The remote panel over the real services of accounts, sessions and control."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app.bus import Bus
from app.clock import Clock
from app.domain.access import OPERATOR, Identity, Role
from app.services.accounts import AccountService
from app.services.control import ControlService
from app.services.reach import Place, ReachService
from app.services.sessions import Caller, SessionService
from app.services.station import Access, Station
from app.store.accounts import AccountStore
from tests.gui.station import make_station
from widgets.bridge import Bridge
from widgets.remote import HERE, RemotePanel
from widgets.theme import Look

PHONE = Caller("192.168.1.20", "Firefox")


@pytest.fixture
def station(bus: Bus, tmp_path: Path) -> Iterator[Station]:
    people = AccountStore(tmp_path)
    accounts = AccountService(people)
    control, reach = ControlService(bus, Clock(), OPERATOR), ReachService()
    reach.opened(Place("http://127.0.0.1:8137/", "", open_to_network=False))
    yield replace(
        make_station(bus, tmp_path), access=Access(accounts, SessionService(people, accounts), control, reach)
    )
    people.close()


@pytest.fixture
def panel(station: Station, bridge: Bridge, look: Look, qtbot: Any) -> RemotePanel:
    made = RemotePanel(station, bridge, look)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_address_is_shown_and_copied(panel: RemotePanel, station: Station) -> None:
    assert panel._address.text() == "http://127.0.0.1:8137/"
    assert panel._fingerprint.text() == HERE
    panel._copy.click()
    assert QApplication.clipboard().text() == "http://127.0.0.1:8137/"
    station.reach.opened(Place("https://10.0.0.5:8137/", "AB:CD" * 10, open_to_network=True))
    panel._look_again()
    assert panel._fingerprint.text().startswith("Certificate AB:CD")
    station.reach.closed()
    panel._look_again()
    assert not panel._show.isEnabled()
    assert "port" in panel._address.text()


def test_a_code_lets_one_device_in_once(panel: RemotePanel, station: Station) -> None:
    panel._role.setCurrentIndex(panel._role.findData(Role.VIEWER))
    panel._show.click()
    code = panel._code.text().partition(":")[0]
    assert panel._picture.renderer().isValid()
    assert station.sessions.paired(code, PHONE).session.role is Role.VIEWER
    panel._look_again()
    assert [(one.role, one.address) for one in panel.model.rows] == [(Role.VIEWER, PHONE.address)]


def test_who_is_signed_in_can_be_signed_out(
    panel: RemotePanel, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.sessions.begin(Identity("ann", Role.OPERATOR), PHONE)
    panel._look_again()
    assert not panel._out.isEnabled()
    panel.view.table.selectRow(0)
    assert panel._out.isEnabled()
    monkeypatch.setattr("widgets.remote.confirm", lambda *asked: asked[-1]())
    panel._out.click()
    assert station.sessions.sessions() == []
    assert panel.model.rows == ()


def test_control_is_seen_taken_and_given(panel: RemotePanel, station: Station, qtbot: Any) -> None:
    assert panel._holder.text().startswith("Nobody")
    station.control.commanding("ann")
    qtbot.waitUntil(lambda: panel._holder.text().startswith("ann commands"), timeout=5000)
    panel._take.click()
    assert panel._holder.text().startswith("This window")
    station.control.ask("ann")
    qtbot.waitUntil(panel._give.isEnabled, timeout=5000)
    panel._give.click()
    assert station.control.control().holder == "ann"
    assert not panel._give.isEnabled()

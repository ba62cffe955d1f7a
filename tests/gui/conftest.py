"""Fixtures of the window's tests: a loop, a bus, a bridge; offscreen."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from app.bus import Bus
from app.services.station import Station
from tests.gui.station import make_station
from widgets.bridge import Bridge
from widgets.theme import Look


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    made = qasync.QEventLoop(qapp)
    yield made
    made.close()


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def bridge(bus: Bus, loop: qasync.QEventLoop) -> Iterator[Bridge]:
    made = Bridge(bus, loop)
    yield made
    made.close()


@pytest.fixture
def station(bus: Bus, tmp_path: Path) -> Station:
    return make_station(bus, tmp_path)


@pytest.fixture
def look(qapp: QApplication) -> Look:
    return Look("dark")

"""Information, health and faults of the station."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.fault import Fault
from app.domain.vehicle import LinkState
from app.logbook import Logbook
from app.ring import SpectrumRing
from app.services.system import Component, SystemService
from app.store import Store
from app.workers.recorder import RecorderWorker
from tests.unit.store import samples


class Station:
    def __init__(self, directory: Path) -> None:
        self.bus = Bus()
        self.store = Store(directory)
        clock = Clock()
        self.recorder = RecorderWorker(self.store, SpectrumRing(256), clock, self.bus)
        self.system = SystemService(self.store, self.recorder, Logbook(self.bus), clock, self.bus)

    def of(self, name: str) -> Component:
        return next(component for component in self.system.health() if component.name == name)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = Station(tmp_path / "not" / "yet" / "there")
    yield station
    station.store.close()


def test_a_station_with_nothing_connected_says_so(station: Station) -> None:
    assert [(component.name, component.ok) for component in station.system.health()] == [
        ("store", False),
        ("recorder", True),
        ("disk", True),
        ("radio", False),
        ("link", False),
        ("vehicle", False),
    ]
    assert station.of("store").text == "The store is not open yet."
    info = station.system.info()
    assert (info.store_bytes, info.clock_rate) == (0, 1.0)
    assert info.disk_free_bytes > 0


def test_health_follows_what_the_components_say(station: Station) -> None:
    station.store.open()
    bus = station.bus
    bus.radio.publish(samples.radio(1.0, simulated=True))
    bus.link.publish(LinkState(1.0, "tcp:x:1", True, 50.0, 0.5, 0))
    bus.vehicle.publish(samples.vehicle(1.0, armed=False))
    assert all(component.ok for component in station.system.health())
    assert "GUIDED" in station.of("vehicle").text
    bus.radio.publish(replace(samples.radio(1.0, simulated=True), connected=False, problem="Unplugged: plug it in"))
    assert station.of("radio") == Component("radio", False, "Unplugged: plug it in")
    bus.radio.publish(replace(samples.radio(1.0, simulated=True), overload=True, lost_samples=7))
    assert station.of("radio") == Component("radio", False, "R820T, 7 samples lost, overload")


def test_a_fault_is_trouble_until_it_has_ended(station: Station) -> None:
    station.bus.fault.publish(Fault(1.0, "locator", "Out of memory"))
    station.bus.fault.publish(Fault(1.0, "recorder", "The disk is full"))
    assert station.of("locator") == Component("locator", False, "Out of memory")
    assert station.of("recorder").text == "The disk is full (2 facts wait)"
    station.bus.fault.publish(Fault(2.0, "locator", "Works again", ended=True))
    station.bus.fault.publish(Fault(2.0, "recorder", "Works again", ended=True))
    assert "locator" not in {component.name for component in station.system.health()}
    assert station.of("recorder").ok
    assert len(station.system.faults()) == 4


def test_only_the_last_faults_are_kept(station: Station) -> None:
    for number in range(250):
        station.bus.fault.publish(Fault(float(number), "link", "lost"))
    assert [station.system.faults()[at].time_s for at in (0, -1)] == [50.0, 249.0]

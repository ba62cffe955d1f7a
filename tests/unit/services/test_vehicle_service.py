"""The vehicle service: snapshots from the bus, arguments checked before the worker is asked."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.geometry import LatLon
from app.domain.vehicle import LinkState, VehicleMessage
from app.errors import NotConnected, OutOfRange
from app.services.vehicle import MESSAGES, TRAIL, VehicleService
from app.settings import VehicleSettings
from app.workers.link import LinkWorker
from hardware.wires import wire_for
from tests.unit.store import samples
from tests.unit.workers.smallgate import SmallGate


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def service(bus: Bus) -> Iterator[VehicleService]:
    worker = LinkWorker(VehicleSettings(), wire_for, SmallGate(), Clock(), bus)
    worker.start()
    yield VehicleService(worker, bus)
    worker.stop()


def test_it_keeps_the_newest_of_everything_for_those_who_come_late(service: VehicleService, bus: Bus) -> None:
    assert (service.vehicle(), service.telemetry()) == (None, None)
    link = LinkState(1.0, "udpin:x", True, 10.0, 0.0, 0)
    bus.link.publish(link)
    assert service.link() == link
    for number in range(MESSAGES + 1):
        bus.message.publish(VehicleMessage(float(number), 1, 6, f"text {number}"))
    assert [service.messages()[0].text, service.messages()[-1].text] == ["text 1", f"text {MESSAGES}"]


def test_the_trail_is_thinned_and_belongs_to_one_vehicle(service: VehicleService, bus: Bus) -> None:
    pose = samples.telemetry(0.0)
    bus.vehicle.publish(samples.vehicle(0.0, armed=True))
    for step in range(TRAIL + 10):
        moved = replace(pose, time_s=step * 0.1, lat_deg=pose.lat_deg + step * 2e-5)
        bus.telemetry.publish(moved)
        bus.telemetry.publish(replace(moved, time_s=step * 0.1 + 0.05))
    trail = service.trail()
    assert TRAIL / 2 < len(trail) <= TRAIL
    assert [one.time_s for one in trail] == sorted(one.time_s for one in trail)
    assert (trail[0].time_s, service.telemetry() is not None) == (0.0, True)
    bus.vehicle.publish(replace(samples.vehicle(1.0, armed=True), vehicle_id=9))
    assert service.trail() == ()


def test_what_is_no_place_or_height_is_refused_before_the_worker_is_asked(service: VehicleService) -> None:
    for goal in (LatLon(91.0, 0.0), LatLon(float("nan"), 0.0)):
        with pytest.raises(OutOfRange, match="no place"):
            service.goto(goal, 10.0, "anna")
    for height_m in (float("nan"), -1.0, 0.0):
        with pytest.raises(OutOfRange, match="no height"):
            service.takeoff(height_m, "anna")
    with pytest.raises(OutOfRange, match="no height"):
        service.goto(LatLon(1.0, 1.0), float("inf"), "anna")


def test_every_verb_says_when_there_is_no_vehicle(service: VehicleService) -> None:
    for asked in (
        service.arm("anna"),
        service.disarm("anna"),
        service.takeoff(10.0, "anna"),
        service.set_mode("guided", "anna"),
        service.rtl("anna"),
        service.land("anna"),
        service.brake("anna"),
        service.goto(LatLon(1.0, 1.0), None, "anna"),
    ):
        with pytest.raises(NotConnected, match="No vehicle"):
            asked.result(10)
    with pytest.raises(OutOfRange, match="no address"):
        service.connect("nonsense", "anna").result(10)

"""Target and radio services: their rules and snapshots."""

import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.radio import BeaconKind, Detection, Level, Target, TargetReport, Targets
from app.errors import Conflict, NotConnected, NotFound, OutOfRange
from app.ports import Receiver
from app.ring import SpectrumRing
from app.services.radio import RadioService
from app.services.targets import TargetService
from app.settings import RadioSettings, TargetSettings
from app.tape import SampleTape
from app.workers.receiver import ReceiverWorker


def _no_receiver(radio: RadioSettings) -> Receiver:
    raise AssertionError(radio.source)


def _targets() -> tuple[TargetService, list[Targets]]:
    bus = Bus()
    seen: list[Targets] = []
    bus.targets.subscribe(seen.append)
    return TargetService(bus, TargetSettings()), seen


def test_it_begins_with_the_target_of_the_settings() -> None:
    service, seen = _targets()
    (first,) = service.targets().all
    assert (first.name, first.frequency_hz, first.kind) == ("Beacon", 433.92e6, BeaconKind.CARRIER)
    assert service.targets().selected == first
    assert seen == [service.targets()]


def test_adding_changing_selecting_removing_are_published() -> None:
    service, seen = _targets()
    first = service.targets().selected_id
    added = service.add(Target("", "Fox", BeaconKind.PULSED, 150e6)).all[1]
    assert added.id
    service.change(Target(added.id, "Wolf", BeaconKind.PULSED, 151e6))
    assert service.select(added.id).selected == Target(added.id, "Wolf", BeaconKind.PULSED, 151e6)
    assert service.remove(added.id).selected_id == first
    assert service.remove(first) == Targets((), "")
    assert len(seen) == 6


def test_what_cannot_be_is_refused() -> None:
    service, _ = _targets()
    known = service.targets().selected_id
    with pytest.raises(Conflict):
        service.add(Target(known, "Twice", BeaconKind.CARRIER, 1e8))
    for call in (service.remove, service.select):
        with pytest.raises(NotFound):
            call("nobody")
    with pytest.raises(NotFound):
        service.change(Target("nobody", "N", BeaconKind.CARRIER, 1e8))
    for bad in (
        Target("a", "", BeaconKind.CARRIER, 1e8),
        Target("a", "A", BeaconKind.CARRIER, float("nan")),
        Target("a", "A", BeaconKind.CARRIER, 7e9),
        Target("a", "A", BeaconKind.CARRIER, 1e8, bandwidth_hz=1.0),
        Target("a", "A", BeaconKind.PULSED, 1e8, period_s=0.01),
        Target("a", "A", BeaconKind.PULSED, 1e8, mortality_period_s=-1.0),
    ):
        with pytest.raises(OutOfRange):
            service.add(bad)
    for number in range(49):
        service.add(Target("", f"T{number}", BeaconKind.CARRIER, 1e8))
    with pytest.raises(Conflict):
        service.add(Target("", "Too many", BeaconKind.CARRIER, 1e8))


def test_the_radio_service_keeps_the_newest() -> None:
    bus = Bus()
    ring = SpectrumRing(256)
    worker = ReceiverWorker(RadioSettings(), _no_receiver, ring, SampleTape(1.0, 1_000_000), Clock(), bus)
    service = RadioService(worker, ring, bus)
    for time_s in (1.0, 2.0):
        bus.level.publish(Level(time_s, 0.1, "t", 1e8, -50.0, -50.0, -60.0, 10.0, True, False))
        bus.detection.publish(Detection(time_s, 1.0, "t", BeaconKind.CARRIER, 1e8, 4e3, -50.0, 10.0, False, "x"))
    assert service.levels()["t"].time_s == 2.0
    assert [detection.time_s for detection in service.detections()] == [1.0, 2.0]
    assert service.state() is worker.state
    bus.targets.publish(Targets((), ""))
    assert service.levels() == {}
    with pytest.raises(OutOfRange):
        service.tune(1.0, "me")
    with pytest.raises(OutOfRange):
        service.set_gain(500.0, "me")
    worker.stop()
    with pytest.raises(NotConnected):
        service.tune(1e8, "me").result(1.0)


def test_the_radio_service_reports_what_was_heard_of_each_target() -> None:
    bus = Bus()
    ring = SpectrumRing(256)
    worker = ReceiverWorker(RadioSettings(), _no_receiver, ring, SampleTape(1.0, 1_000_000), Clock(), bus)
    service = RadioService(worker, ring, bus)
    told: list[TargetReport] = []
    bus.report.subscribe(told.append)
    bus.targets.publish(Targets((Target("t", "T", BeaconKind.CARRIER, 1e8),), "t"))
    for number in range(120):
        bus.level.publish(Level(0.1 * number, 0.1, "t", 1e8, -80.0, -80.0, -90.0, 1.0, False, False))
    assert [report.heard for report in told] == [False]
    assert service.reports() == {"t": told[0]}
    bus.targets.publish(Targets((), ""))
    assert service.reports() == {}
    worker.stop()

"""A receiver on the drone: its messages through the link, to levels, to readings with the vehicle's place."""

from collections.abc import Callable, Iterator

import pytest
from pymavlink import mavutil
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bus import Bus
from app.clock import Clock
from app.domain.radio import BeaconKind, RadioState, Reading, Target, Targets
from app.domain.safety import SafetyLimits
from app.ports import Wire
from app.safety import SafetyGate
from app.settings import LocateSettings, MissionSettings, VehicleSettings
from app.workers.link import LinkWorker
from app.workers.locator import LocatorWorker
from hardware.wires import wire_for
from hardware.wires.udp import UdpInWire
from tests.unit.workers.scripted import ScriptedVehicle
from tests.unit.workers.test_link_worker import wait_for

TARGET = Target("a", "A", BeaconKind.CARRIER, 433.92e6)
COMPUTER = 191


class Rig:
    """Link and locator as the root wires them, a vehicle, and a computer on it with the vehicle's system id."""

    def __init__(self) -> None:
        self.clock, self.bus = Clock(), Bus()
        self.readings: list[Reading] = []
        self.bus.reading.subscribe(self.readings.append)
        self.wires: list[UdpInWire] = []
        gate = SafetyGate(SafetyLimits(), self.clock, self.bus)
        self.link = LinkWorker(VehicleSettings(link="udpin:127.0.0.1:0"), self._open, gate, self.clock, self.bus)
        self.locator = LocatorWorker(LocateSettings(), MissionSettings(), SafetyLimits(), self.clock, self.bus)
        self.bus.targets.publish(Targets((TARGET,), "a"))
        self.link.start()
        self.locator.start()
        wait_for(lambda: self.wires and self.wires[0]._socket is not None)
        port = self.wires[0].port
        self.vehicle = ScriptedVehicle(port)
        self.vehicle.height_m = 30.0
        self.computer = mavutil.mavlink_connection(
            f"udpout:127.0.0.1:{port}", source_system=1, source_component=COMPUTER
        )

    def _open(self, url: str) -> Wire:
        wire = wire_for(url)
        assert isinstance(wire, UdpInWire)
        self.wires.append(wire)
        return wire

    def tell(self, boot_ms: int, rssi_db: float) -> None:
        self.computer.mav.named_value_float_send(boot_ms, b"NOISE", -95.0)
        self.computer.mav.named_value_float_send(boot_ms, b"RSSI", rssi_db)

    def close(self) -> None:
        self.computer.close()
        self.vehicle.close()
        self.locator.stop()
        self.link.stop()


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.close()


def heard(rig: Rig, tell: Callable[[int], None]) -> Reading:
    """The first reading, while it is told again and again."""
    count = 0

    def told() -> Reading | None:
        nonlocal count
        count += 1
        if count % 40 == 1:
            tell(1000 + 10 * count)
        return rig.readings[-1] if rig.readings else None

    found: Reading = wait_for(told)
    return found


def test_what_the_drones_receiver_measures_becomes_readings_where_the_drone_is(rig: Rig) -> None:
    reading = heard(rig, lambda boot_ms: rig.tell(boot_ms, -70.0))
    assert (reading.level.target_id, reading.level.snr_db, reading.level.heard) == ("a", 25.0, True)
    assert (reading.lat_deg, reading.lon_deg) == pytest.approx((47.3, 8.5))
    assert reading.height_m == pytest.approx(30.0)


def test_with_a_receiver_of_the_stations_own_it_is_left_out(rig: Rig) -> None:
    now_s, said = rig.clock.now_s(), list[str]()
    rig.bus.message.subscribe(lambda one: said.append(one.text))
    rig.bus.radio.publish(RadioState(now_s, "x", "x", True, True, 433.9e6, 24e4, 20.0, True, (), 0, 0, False))
    wait_for(lambda: rig.link.vehicles)
    for boot_ms in range(1000, 3000, 100):
        rig.tell(boot_ms, -70.0)
    rig.vehicle.say(mavlink.MAVLink_statustext_message(6, b"after them"))
    wait_for(lambda: "after them" in said)
    rig.bus.radio.publish(RadioState(now_s, "x", "x", False, True, 433.9e6, 24e4, 20.0, True, (), 0, 0, False))
    reading = heard(rig, lambda boot_ms: rig.tell(10_000 + boot_ms, -60.0))
    assert {one.level.power_db for one in rig.readings} == {reading.level.power_db} == {-60.0}

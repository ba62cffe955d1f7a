"""Several wires at once: to one vehicle, and to several."""

import queue
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bench.homingworld import HandClock
from app.bus import Bus
from app.clock import Clock
from app.domain.vehicle import Outcome, VehicleState
from app.errors import NotConnected, OutOfRange
from app.ports import Wire, WireBytes
from app.settings import VehicleSettings
from app.vehicle.frames import FrameReader, FrameWriter
from app.vehicle.tlog import entries
from app.workers.link import LinkWorker
from app.workers.links import Links, make_links
from hardware.wires import wire_for
from hardware.wires.udp import UdpInWire
from tests.unit.workers.scripted import ScriptedVehicle
from tests.unit.workers.smallgate import SmallGate
from tests.unit.workers.test_link_worker import wait_for


class Line:
    """A wire in memory."""

    def __init__(self) -> None:
        self.coming: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.sent: list[bytes] = []
        self.dead = False

    def open(self) -> None:
        if self.dead:
            raise NotConnected("The cable is out")

    def read(self, timeout_s: float) -> WireBytes | None:
        del timeout_s
        if self.dead:
            raise NotConnected("The cable is out")
        return WireBytes(self.coming.get()) if not self.coming.empty() else None

    def write(self, data: bytes) -> None:
        self.open()
        self.sent.append(data)

    def close(self) -> None:
        """Nothing is held."""

    def kinds(self) -> list[str]:
        return [frame.message.get_type() for frame in FrameReader().feed(b"".join(self.sent))]


class Rig:
    """Two lines, and vehicles that say what a test has them say."""

    def __init__(self, *more: str) -> None:
        self.clock, self.lines = HandClock(), {"radio": Line(), "network": Line()}
        self.faults: list[str] = []
        self.spread: list[bytes] = []
        self._writers: dict[tuple[str, int], FrameWriter] = {}
        settings = VehicleSettings(link="radio", links=("network", *more))
        self.links: Links = make_links(settings, self._open, self.clock, self._teller, self.spread.extend)
        self.links.main.use("radio")

    def _open(self, url: str) -> Wire:
        if url not in self.lines:
            raise OutOfRange(f"{url} is no address")
        return self.lines[url]

    def _teller(self, source: str) -> Callable[[str, bool], None]:
        return lambda text, ended: self.faults.append(f"{source}: {text}")

    def say(self, line: str, system: int = 1, lost: int = 0) -> None:
        """A heartbeat over one line, after some that were lost."""
        writer = self._writers.setdefault((line, system), FrameWriter(system, 1))
        beat = mavlink.MAVLink_heartbeat_message(2, 3, 1, 4, 3, 3)
        for _ in range(lost):
            writer.pack(beat)
        self.lines[line].coming.put(writer.pack(beat))

    def heard(self) -> int:
        return sum(len(arrival.frames) for arrival in self.links.read(0.0))

    def live(self, seconds: float, *lines: str, lost: int = 0) -> int:
        """Ten heartbeats a second over these lines; how many were taken. ``lost`` concerns the first line."""
        taken = 0
        for _ in range(round(seconds * 10)):
            self.clock.at_s += 0.1
            for number, line in enumerate(lines):
                self.say(line, lost=lost if number == 0 else 0)
            taken += self.heard()
        return taken

    def command(self, system: int = 1) -> str:
        """Over which line a command goes."""
        for line in self.lines.values():
            line.sent.clear()
        self.links.send(mavlink.MAVLink_command_long_message(system, 1, 400, 0, *[0.0] * 7))
        return "+".join(name for name, line in self.lines.items() if line.sent)


def test_what_comes_twice_is_taken_once_and_answered_where_it_was_taken() -> None:
    rig = Rig()
    assert rig.live(2.0, "radio", "network") == 20
    assert rig.command() == "radio"
    assert rig.links.moved() == set()


def test_our_own_heartbeat_goes_out_everywhere_but_is_recorded_and_passed_on_once(tmp_path: Path) -> None:
    rig = Rig()
    rig.live(0.2, "radio", "network")
    rig.links.record_to(tmp_path / "a.tlog")
    rig.spread.clear()
    rig.links.send(mavlink.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3))
    rig.links.close()
    assert [line.kinds() for line in rig.lines.values()] == [["HEARTBEAT"], ["HEARTBEAT"]]
    assert len(rig.spread) == 1
    assert len(list(entries((tmp_path / "a.tlog").read_bytes()))) == 1


def test_when_one_falls_silent_the_other_carries_on() -> None:
    rig = Rig()
    rig.live(2.0, "radio", "network")
    assert rig.live(3.0, "network") >= 14
    assert rig.command() == "network"
    assert rig.links.moved() == {1}
    assert rig.links.moved() == set()
    rig.live(2.0, "radio", "network")
    assert rig.command() == "network"  # what works is not changed for what works again


def test_a_broken_cable_is_told_and_is_no_loss_of_the_vehicle() -> None:
    rig = Rig()
    rig.live(2.0, "radio", "network")
    rig.lines["radio"].dead = True
    assert rig.live(3.0, "network") >= 14
    assert any("cable" in fault for fault in rig.faults)
    assert rig.command() == "network"


def test_commands_go_over_the_better_one_and_not_to_and_fro() -> None:
    rig = Rig()
    rig.live(2.0, "radio", "network")
    rig.live(6.0, "radio", "network", lost=1)  # half of the radio's are lost
    assert rig.command() == "network"
    rig.live(3.0, "network", "radio", lost=3)  # now the network is the worse, but it was only just changed to
    assert rig.command() == "network"
    rig.live(9.0, "network", "radio", lost=3)
    assert rig.command() == "radio"


def test_each_of_two_vehicles_is_told_over_its_own() -> None:
    rig = Rig()
    rig.say("radio", system=1)
    rig.say("network", system=2)
    assert rig.heard() == 2
    assert (rig.command(1), rig.command(2)) == ("radio", "network")
    assert rig.command(9) == "radio+network"  # not heard yet: wherever it may be


def test_another_stations_frames_go_the_same_way() -> None:
    rig = Rig()
    rig.say("network", system=2)
    rig.heard()
    rig.links.relay(FrameWriter(200, 190).pack(mavlink.MAVLink_param_request_list_message(2, 1)))
    assert (rig.lines["radio"].sent, rig.lines["network"].kinds()) == ([], ["PARAM_REQUEST_LIST"])


def test_the_state_is_of_the_wire_that_carries_and_of_the_others() -> None:
    rig = Rig()
    rig.live(2.0, "radio", "network")
    state = rig.links.state(1, True, None, None)
    assert (state.url, state.connected) == ("radio", True)
    assert [(one.url, one.connected) for one in state.others] == [("network", True)]
    rig.live(5.0, "network")
    state = rig.links.state(1, True, None, None)
    assert (state.url, [(one.url, one.connected) for one in state.others]) == ("network", [("radio", False)])


def test_an_address_that_is_none_is_told_and_the_others_go_on() -> None:
    rig = Rig("nonsense")
    assert any("nonsense is no address" in fault for fault in rig.faults)
    assert rig.live(1.0, "radio", "network") == 10
    assert rig.links.state(1, True, None, None).others[1].problem == "nonsense is no address"


class Bench:
    """A worker on two UDP ports."""

    def __init__(self, *systems: int) -> None:
        self.bus = Bus()
        self.wires: list[UdpInWire] = []
        self.states: list[VehicleState] = []
        self.bus.vehicle.subscribe(self.states.append)
        self.link: Any = None
        self.bus.link.subscribe(lambda state: setattr(self, "link", state))
        urls = ["udpin:127.0.0.1:0"] * 2
        settings = VehicleSettings(link=urls[0], links=(urls[1],))
        self.worker = LinkWorker(settings, self._open, SmallGate(), Clock(), self.bus)
        self.worker.start()
        wait_for(lambda: sum(wire._socket is not None for wire in self.wires) == 2)
        opened = [wire for wire in self.wires if wire._socket is not None]
        self.vehicles = [
            ScriptedVehicle(wire.port, system=system) for wire, system in zip(opened, systems, strict=True)
        ]

    def _open(self, url: str) -> Wire:
        wire = wire_for(url)
        assert isinstance(wire, UdpInWire)
        self.wires.append(wire)
        return wire

    def close(self) -> None:
        for vehicle in self.vehicles:
            vehicle.close()
        self.worker.stop()


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(*systems: int) -> Bench:
        made.append(Bench(*systems))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_vehicle_on_two_links_is_commanded_when_the_one_in_use_dies(bench: Callable[..., Bench]) -> None:
    rig = bench(1, 1)
    wait_for(lambda: rig.states and rig.states[-1].home is not None and rig.states[-1].ready_to_arm)
    assert rig.worker.arm("anna").result(20).outcome is Outcome.ACCEPTED
    used = next(one for one in rig.vehicles if one.armed)
    spare = next(one for one in rig.vehicles if one is not used)
    assert spare.commands(mavlink.MAV_CMD_COMPONENT_ARM_DISARM) == []
    spare.armed = True  # both stand for one vehicle
    used.silent = True
    seen = len(rig.states)
    assert rig.worker.brake("anna").result(20).detail == "BRAKE"
    wait_for(lambda: spare.intervals, "the streams are asked for there too")
    assert all(state.connected for state in rig.states[seen:])
    wait_for(lambda: [one.connected for one in rig.link.others] == [False])


def shown(rig: Bench, system: int) -> bool:
    return rig.states[-1].vehicle_id == system and rig.states[-1].connected


def test_two_vehicles_on_two_links_are_both_heard_and_selected(bench: Callable[..., Bench]) -> None:
    rig = bench(1, 2)
    wait_for(lambda: sorted(state.vehicle_id for state in rig.worker.vehicles) == [1, 2])
    for system in (2, 1):
        rig.worker.selection.select(system).result(10)
        wait_for(partial(shown, rig, system))
        vehicle = next(one for one in rig.vehicles if one._writer.system == system)
        until = time.monotonic() + 20
        while not vehicle.armed and time.monotonic() < until:
            rig.worker.arm("anna").result(20)
        assert vehicle.armed
        vehicle.armed = False

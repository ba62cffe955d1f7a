"""Forwarding over real UDP sockets, with a scripted vehicle behind a link worker."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.bus import Bus
from app.clock import Clock
from app.ports import Wire
from app.settings import ForwardSettings, VehicleSettings
from app.vehicle.frames import FrameReader, FrameWriter
from app.workers.forwarding import Forwarding
from app.workers.link import LinkWorker
from hardware.wires import wire_for
from hardware.wires.udp import UdpInWire
from tests.unit.workers.scripted import ScriptedVehicle
from tests.unit.workers.smallgate import SmallGate
from tests.unit.workers.test_link_worker import wait_for


class Peer:
    """Another ground station that listens on a UDP port."""

    def __init__(self, system: int = 250) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.01)
        self.url = f"udpout:127.0.0.1:{self.socket.getsockname()[1]}"
        self._reader, self._writer = FrameReader(), FrameWriter(system)
        self._from: Any = None
        self.heard: list[Any] = []

    def listen(self) -> list[Any]:
        try:
            data, self._from = self.socket.recvfrom(65536)
        except TimeoutError:
            return self.heard
        self.heard += [frame.message for frame in self._reader.feed(data)]
        return self.heard

    def hears(self, kind: str, fits: Callable[[Any], bool] = lambda _: True) -> bool:
        return any(message.get_type() == kind and fits(message) for message in self.listen())

    def say(self, message: Any) -> None:
        self.socket.sendto(self._writer.pack(message), self._from)


class Rig:
    def __init__(self, undo: ExitStack, relay: str) -> None:
        self.peer = Peer()
        undo.callback(self.peer.socket.close)
        wires: list[UdpInWire] = []

        def opened(url: str) -> Wire:
            wire = wire_for(url)
            if isinstance(wire, UdpInWire):
                wires.append(wire)
            return wire

        forward = ForwardSettings.model_validate({"url": self.peer.url, "relay": relay})
        settings = VehicleSettings(link="udpin:127.0.0.1:0", forward=(forward,))
        self.worker = LinkWorker(settings, opened, SmallGate(), Clock(), Bus())
        self.worker.start()
        undo.callback(self.worker.stop)
        wait_for(lambda: wires and wires[0]._socket is not None)
        self.vehicle = ScriptedVehicle(wires[0].port)
        undo.callback(self.vehicle.close)
        wait_for(lambda: self.peer.hears("ATTITUDE"), "the vehicle's frames at the other station")


@pytest.fixture
def make() -> Iterator[Callable[[str], Rig]]:
    with ExitStack() as undo:
        yield lambda relay: Rig(undo, relay)


def test_the_other_station_hears_the_vehicle_and_this_station(make: Callable[[str], Rig]) -> None:
    rig = make("listen")
    wait_for(lambda: rig.peer.hears("HEARTBEAT", lambda beat: beat.get_srcSystem() == 1))
    wait_for(lambda: rig.peer.hears("HEARTBEAT", lambda beat: beat.get_srcSystem() == 255))


@pytest.mark.parametrize(
    ("relay", "heard"),
    [("listen", set()), ("ask", {"PARAM_REQUEST_LIST"}), ("command", {"PARAM_REQUEST_LIST", "PARAM_SET"})],
)
def test_it_may_say_as_much_as_was_set(make: Callable[[str], Rig], relay: str, heard: set[str]) -> None:
    rig = make(relay)
    rig.peer.say(mavlink.MAVLink_param_request_list_message(1, 1))
    rig.peer.say(mavlink.MAVLink_param_set_message(1, 1, b"A", 1.0, 9))
    wait_for(lambda: all(rig.vehicle.of(kind) for kind in heard))
    rig.peer.heard.clear()
    wait_for(lambda: rig.peer.hears("ATTITUDE"))
    assert {kind for kind in ("PARAM_REQUEST_LIST", "PARAM_SET") if rig.vehicle.of(kind)} == heard


def test_nobody_speaks_in_the_vehicles_name(make: Callable[[str], Rig]) -> None:
    rig = make("command")
    rig.peer._writer = FrameWriter(1, 1)
    rig.peer.say(mavlink.MAVLink_param_request_list_message(1, 1))
    rig.peer._writer = FrameWriter(250)
    rig.peer.say(mavlink.MAVLink_param_request_read_message(1, 1, b"A", -1))
    wait_for(lambda: rig.vehicle.of("PARAM_REQUEST_READ"))
    assert not rig.vehicle.of("PARAM_REQUEST_LIST")


def test_a_port_in_use_is_told_once_and_tried_again() -> None:
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taken.bind(("127.0.0.1", 0))
    url = f"udpin:127.0.0.1:{taken.getsockname()[1]}"
    told: list[tuple[str, bool]] = []
    forwarding = Forwarding([ForwardSettings(url=url)], wire_for, lambda text, ended: told.append((text, ended)))
    try:
        for _ in range(3):
            forwarding.spread([b"x"])
        assert len(told) == 1
        assert "forwarded" in told[0][0]
        taken.close()

        def mended() -> bool:
            forwarding.spread([b"x"])
            return len(told) == 2

        wait_for(mended)
        assert told[1][1]
    finally:
        taken.close()
        forwarding.close()

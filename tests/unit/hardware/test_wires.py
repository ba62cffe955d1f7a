"""Wires over real sockets, a pseudo terminal and recorded files; loopback only."""

import os
import socket
import struct
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.clock import Clock
from app.domain.vehicle import Playback
from app.errors import BadFile, NotConnected, OutOfRange
from app.ports import EndOfRecording, Wire
from app.vehicle.frames import FrameReader, FrameWriter
from app.vehicle.tlog import entries
from hardware.wires import wire_for
from hardware.wires.serialport import SerialWire
from hardware.wires.tcp import TcpInWire, TcpWire
from hardware.wires.tlog import TlogWire
from hardware.wires.udp import UdpInWire, UdpOutWire


def heard(wire: Wire, count: int = 1) -> bytes:
    data, until = b"", time.monotonic() + 10.0
    while len(data) < count:
        assert time.monotonic() < until, "nothing came"
        data += came.data if (came := wire.read(0.05)) is not None else b""
    return data


def raised(wire: Wire, error: type[Exception], match: str) -> None:
    """Reading ends in this error before long."""

    def read_on() -> None:
        until = time.monotonic() + 10.0
        while time.monotonic() < until:
            wire.read(0.05)

    with pytest.raises(error, match=match):
        read_on()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("udpin:0.0.0.0:14550", UdpInWire),
        ("udpout:127.0.0.1:14550", UdpOutWire),
        ("tcp:127.0.0.1:5760", TcpWire),
        ("tcp://127.0.0.1:5760", TcpWire),
        ("tcpin:[::1]:0", TcpInWire),
        ("serial:/dev/ttyACM0:115200", SerialWire),
        ("serial:COM3", SerialWire),
        ("tlog:C:\\flights\\one.tlog", TlogWire),
    ],
)
def test_an_address_names_its_wire(url: str, kind: type) -> None:
    assert isinstance(wire_for(url), kind)


@pytest.mark.parametrize(
    "url", ["", "nonsense", "udpin:", "udpin:host", "tcp:host:99999", "tcp:host:x", "serial:", "tlog:", "serial:a:7"]
)
def test_an_address_that_is_none_says_what_to_write(url: str) -> None:
    with pytest.raises(OutOfRange):
        wire_for(url)


def test_udp_both_ways_and_the_listener_answers_whom_it_heard() -> None:
    listening = UdpInWire("127.0.0.1", 0)
    listening.open()
    listening.write(b"nobody there")  # dropped
    calling = UdpOutWire("127.0.0.1", listening.port)
    calling.open()
    calling.write(b"one")
    calling.write(b"two")
    assert heard(listening, 6) == b"onetwo"
    listening.write(b"three")
    assert heard(calling) == b"three"
    assert calling.read(0.0) is None
    for wire in (listening, calling):
        wire.close()
        wire.close()
        with pytest.raises(NotConnected):
            wire.read(0.0)


def test_udp_to_nobody_is_no_error() -> None:
    wire = UdpOutWire("127.0.0.1", free_port())
    wire.open()
    for _ in range(3):
        wire.write(b"anyone?")
        wire.read(0.02)
    wire.close()


def test_a_port_in_use_says_what_to_do() -> None:
    first = UdpInWire("127.0.0.1", 0)
    first.open()
    with pytest.raises(NotConnected, match="other ground station"):
        UdpInWire("127.0.0.1", first.port).open()
    first.close()
    server = TcpInWire("127.0.0.1", 0)
    server.open()
    with pytest.raises(NotConnected, match="another one"):
        TcpInWire("127.0.0.1", server.port).open()
    server.close()


def test_tcp_both_ways_the_other_side_leaves_and_comes_back() -> None:
    server = TcpInWire("127.0.0.1", 0)
    server.open()
    port = server.port
    client = TcpWire("127.0.0.1", port)
    client.open()
    assert client.read(0.05) is None
    assert server.read(0.05) is None
    client.write(b"hello")
    assert heard(server, 5) == b"hello"
    server.write(b"and back")
    assert heard(client, 8) == b"and back"
    client.close()
    for _ in range(10):
        assert server.read(0.02) is None  # the server stays
    again = TcpWire("127.0.0.1", port)
    again.open()
    again.read(0.05)
    again.write(b"again")
    assert heard(server, 5) == b"again"
    server.close()
    raised(again, NotConnected, "closed|broke")
    again.close()
    again.close()


@pytest.mark.parametrize("kind", [TcpWire, UdpOutWire, UdpInWire])
def test_no_such_host(kind: Callable[[str, int], Any]) -> None:
    wire = kind("no.such.host.invalid", 1)
    with pytest.raises(NotConnected, match="no host"):
        wire.open()
    wire.close()


def test_tcp_to_a_closed_port_is_told_by_open_or_read() -> None:
    def connect() -> None:
        wire = TcpWire("127.0.0.1", free_port())
        try:
            wire.open()
            for _ in range(200):
                wire.read(0.05)
        finally:
            wire.close()

    with pytest.raises(NotConnected, match="No connection"):
        connect()


def test_a_serial_port_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    wire = SerialWire(str(tmp_path / "ttyUSB9"), 57_600)
    with pytest.raises(NotConnected, match="Plug it in"):
        wire.open()
    wire.close()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo terminals on this system")
def test_serial_both_ways_over_a_pseudo_terminal_until_it_is_unplugged() -> None:
    ours, theirs = os.openpty()
    wire = SerialWire(os.ttyname(theirs), 57_600)
    wire.open()
    os.write(ours, b"\xfd\x00\xfe")
    assert heard(wire, 3) == b"\xfd\x00\xfe"
    wire.write(b"\x01\x02")
    assert os.read(ours, 10) == b"\x01\x02"
    assert wire.read(0.01) is None
    os.close(ours)
    raised(wire, NotConnected, "Plug it in again")
    wire.close()
    wire.close()
    os.close(theirs)


def entry(time_s: float, writer: FrameWriter) -> bytes:
    beat = mavlink.MAVLink_heartbeat_message(2, 3, 1, 4, 4, 3)
    return struct.pack(">Q", int(time_s * 1e6)) + writer.pack(beat)


def test_a_tlog_is_played_at_the_pace_of_the_clock(tmp_path: Path) -> None:
    writer, path = FrameWriter(1, 1), tmp_path / "one.tlog"
    times = [1.5e9, 1.5e9 + 20.0 / 40.0, 1.5e9 + 40.0 / 40.0, 1.5e9 + 4000.0]
    path.write_bytes(b"".join(entry(time_s, writer) for time_s in times))
    clock = Clock(10.0)
    wire = TlogWire(str(path), clock)
    wire.open()
    began_s = clock.now_s()
    found: list[tuple[float | None, float]] = []
    while len(found) < 4:
        came = wire.read(0.02)
        if came is not None:
            found.append((came.time_s, clock.now_s() - began_s))
    assert [time_s for time_s, _ in found] == times
    assert found[1][1] >= 0.49
    assert found[2][1] >= 0.99
    assert found[3][1] < 1000.0  # a cut in the recording is not waited for
    with pytest.raises(EndOfRecording):
        wire.read(0.0)
    wire.close()


class Hand:
    """A clock turned by hand."""

    rate = 1.0

    def __init__(self) -> None:
        self.time_s = 1000.0

    def now_s(self) -> float:
        return self.time_s


def played(wire: TlogWire) -> list[float]:
    """Recorded times of all that is due, as told."""
    found = []
    while (came := wire.read(0.0)) is not None:
        assert came.time_s is not None
        found.append(came.time_s)
    return found


def minute(tmp_path: Path, hand: Hand) -> TlogWire:
    """A recording of a minute with a frame each second, opened."""
    writer, path = FrameWriter(1, 1), tmp_path / "minute.tlog"
    path.write_bytes(b"".join(entry(1.5e9 + number, writer) for number in range(61)))
    wire = TlogWire(str(path), cast(Clock, hand))
    wire.open()
    return wire


def test_a_tlog_is_played_faster_slower_and_halted(tmp_path: Path) -> None:
    hand = Hand()
    wire = minute(tmp_path, hand)
    assert played(wire) == [1.5e9]
    wire.play(10.0, None)
    hand.time_s += 1.0
    told = played(wire)
    assert len(told) == 10
    assert [round(after - before, 3) for before, after in pairwise(told)] == [0.1] * 9  # as it is played
    wire.play(0.25, None)
    hand.time_s += 3.9
    assert played(wire) == []
    hand.time_s += 0.2
    assert len(played(wire)) == 1
    wire.play(0.0, None)
    hand.time_s += 1000.0
    assert played(wire) == []
    at_s = wire.playback().position_s
    assert at_s == pytest.approx(11.0, abs=0.1)
    assert wire.playback() == Playback(1.5e9, at_s, 60.0, 0.0)
    wire.close()


def test_any_place_of_a_tlog_can_be_gone_to_and_times_told_do_not_jump(tmp_path: Path) -> None:
    hand = Hand()
    wire = minute(tmp_path, hand)
    before = played(wire)[-1]
    for at_s, left in ((50.0, 11), (0.0, 61), (1e6, 1)):
        wire.play(1.0, at_s)
        assert wire.playback().position_s == min(at_s, 60.0)
        hand.time_s += 100.0
        told = played_to_its_end(wire)
        assert len(told) == left
        assert before <= told[0] <= before + 62.0
        before = told[-1]
    wire.close()
    with pytest.raises(NotConnected, match="end"):
        wire.playback()


def played_to_its_end(wire: TlogWire) -> list[float]:
    found: list[float] = []
    while True:
        try:
            came = wire.read(0.0)
        except EndOfRecording:
            return found
        assert came is not None
        assert came.time_s is not None
        found.append(came.time_s)


def test_a_damaged_tlog_gives_what_is_whole(tmp_path: Path) -> None:
    writer = FrameWriter(1, 1)
    whole = [entry(1.5e9 + number, writer) for number in range(3)]
    assert len(list(entries(whole[0] + b"\x00garbage" + whole[1] + whole[2][:-4]))) == 2
    for name, contents in (("empty.tlog", b""), ("text.tlog", b"not a recording" * 50)):
        path = tmp_path / name
        path.write_bytes(contents)
        with pytest.raises(BadFile, match="no tlog"):
            TlogWire(str(path), Clock()).open()
    with pytest.raises(BadFile, match="cannot be read"):
        TlogWire(str(tmp_path / "absent.tlog"), Clock()).open()


@pytest.mark.shared
def test_a_real_flight_is_read_whole(shared_data: Path) -> None:
    data = (shared_data / "mavlink" / "dronekit_flight.tlog").read_bytes()
    reader, positions = FrameReader(), 0
    for _, raw in entries(data):
        for frame in reader.feed(raw):
            positions += frame.message.get_type() == "GLOBAL_POSITION_INT" and frame.message.lat != 0
    # pymavlink's mavutil finds the same in it; the bad ones are message 142 of 2015, whose definition has changed
    assert (reader.frames, reader.bad, positions) == (75_477, 1_314, 2_684)

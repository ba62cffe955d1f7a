"""The rtl_tcp client against a real socket server that behaves, dies, stalls and talks nonsense."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from app.domain.radio import DirectSampling, FrontEnd
from app.errors import DeviceError, NotConnected, OutOfRange
from app.ports import Block
from app.settings import RadioSettings
from hardware import rtl_tcp
from hardware.bytering import ByteRing
from hardware.receivers import receiver_for
from hardware.rtl_tcp import SIMULATOR, Command, RtlTcpReceiver

SETTINGS = RadioSettings(rate_hz=240_000.0, centre_hz=433e6)
R820T = struct.pack(">4sII", b"RTL0", 5, 29)
Serve = Callable[[socket.socket, threading.Event], None]


@contextmanager
def serving(serve: Serve) -> Iterator[int]:
    """A server for one client on a free port; ``serve`` has the connection until it returns or the event is set."""
    ending = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5.0)

        def run() -> None:
            connection, _ = listener.accept()
            with connection:
                serve(connection, ending)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ending.set()
            thread.join()


@contextmanager
def receiver(serve: Serve, settings: RadioSettings = SETTINGS) -> Iterator[RtlTcpReceiver]:
    with serving(serve) as port:
        client = RtlTcpReceiver("127.0.0.1", port, settings)
        try:
            yield client
        finally:
            client.close()


def sends(data: bytes) -> Serve:
    def serve(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(data)
        ending.wait(10.0)

    return serve


def read_all(client: RtlTcpReceiver, samples: int) -> list[Block]:
    blocks = []
    got = 0
    while got < samples:
        block = client.read(2.0)
        assert block is not None
        blocks.append(Block(block.first_sample, block.lost, block.iq.copy(), block.clipped, block.raw, block.datatype))
        got += block.iq.size
    return blocks


def test_samples_come_whole_and_in_order() -> None:
    raw = np.random.default_rng(1).integers(1, 255, 2 * 300_000, np.uint8)
    with receiver(sends(R820T + raw.tobytes())) as client:
        info = client.open()
        assert info.device.startswith("RTL-SDR (Rafael Micro R820T)")
        assert not info.simulated
        assert len(info.gains_db) == 29
        assert info.gains_db[-1] == 49.6
        blocks = read_all(client, 300_000)
    iq = np.concatenate([block.iq for block in blocks])
    np.testing.assert_allclose(iq.view(np.float32), (raw - 127.5) / 127.5, atol=1e-5)
    assert [block.first_sample for block in blocks] == list(np.cumsum([0, *(block.iq.size for block in blocks[:-1])]))
    assert not any(block.lost for block in blocks)


def test_a_simulator_is_labelled() -> None:
    with receiver(sends(struct.pack(">4sII", b"RTL0", SIMULATOR, 29))) as client:
        info = client.open()
    assert info.simulated
    assert info.device == "Kestrel simulator"


def test_commands_are_sent_as_rtl_tcp_reads_them() -> None:
    heard: list[tuple[int, int]] = []

    def serve(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(R820T)
        data = b""
        while part := connection.recv(4096):
            data += part
        heard.extend(struct.iter_unpack(">BI", data))

    with receiver(serve, RadioSettings(rate_hz=2.4e6, centre_hz=121.5e6, ppm=-3)) as client:
        client.open()
        assert client.tune(433_920_000.4) == 433_920_000.0
        assert client.set_gain(30.1) == 29.7
        client.send(Command.BIAS_TEE, 1)
        client.set_front_end(FrontEnd(4, True, True, DirectSampling.Q, True))
        client.close()
    assert heard == [
        (2, 2_400_000), (7, 0), (5, 0xFFFFFFFD), (8, 0), (14, 0), (9, 0), (10, 0), (1, 121_500_000),
        (1, 433_920_000), (3, 1), (4, 297), (14, 1), (5, 4), (8, 1), (14, 1), (9, 2), (10, 1),
    ]  # fmt: skip


def test_out_of_range_is_refused() -> None:
    with receiver(sends(struct.pack(">4sII", b"RTL0", 77, 3))) as client:
        info = client.open()
        assert info.gains_db == ()
        with pytest.raises(OutOfRange):
            client.tune(9e9)
        with pytest.raises(OutOfRange):
            client.set_gain(10.0)


def test_a_server_that_dies_is_a_device_error_after_its_last_samples() -> None:
    def serve(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(R820T + bytes(2 * 50_000))
        connection.shutdown(socket.SHUT_WR)
        ending.wait(10.0)

    with receiver(serve) as client:
        client.open()
        assert sum(block.iq.size for block in read_all(client, 50_000)) == 50_000
        with pytest.raises(DeviceError, match="closed the connection"):
            client.read(5.0)


def test_a_server_that_stalls_is_a_device_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtl_tcp, "ANSWER_S", 0.2)
    with receiver(sends(R820T)) as client:
        client.open()
        assert client.read(0.01) is None
        with pytest.raises(DeviceError, match="no samples"):
            client.read(0.3)


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"RTL"])
def test_what_is_not_rtl_tcp_is_said(greeting: bytes) -> None:
    def serve(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(greeting)

    with receiver(serve) as client, pytest.raises(NotConnected, match=r"not rtl_tcp|greet"):
        client.open()


def test_silence_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtl_tcp, "ANSWER_S", 0.2)
    with receiver(sends(b"")) as client, pytest.raises(NotConnected, match="does not greet"):
        client.open()


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(NotConnected, match="Start rtl_tcp"):
        RtlTcpReceiver("127.0.0.1", port, SETTINGS).open()


@pytest.mark.parametrize("source", ["rtl_tcp://", "rtl_tcp://host:99999", "nonsense:1", "http://x"])
def test_addresses_that_are_none(source: str) -> None:
    with pytest.raises(OutOfRange):
        receiver_for(source, SETTINGS)


def _fill(ring: ByteRing, data: bytes) -> None:
    at = 0
    while at < len(data):
        room = ring.room()
        count = min(len(room), len(data) - at)
        room[:count] = data[at : at + count]
        ring.put(count)
        at += count


def test_overflow_is_counted_where_it_was_and_keeps_i_and_q_apart() -> None:
    ring = ByteRing(1 << 20)
    data = (np.arange(3 << 20) // 2 * 2 % 251 + np.arange(3 << 20) % 2).astype(np.uint8)  # Q is I plus one
    sent = 0
    for piece in (777_777, 1_000_001, 333):
        _fill(ring, data[sent : sent + piece].tobytes())
        sent += piece
    out = np.zeros(4 << 20, np.uint8)
    got = ring.take(out, 2, 0.0, 0.1)
    assert ring.lost_before() == 0
    _fill(ring, data[sent : sent + 100_000].tobytes())
    sent += 100_000
    after = np.zeros(4 << 20, np.uint8)
    more = ring.take(after, 2, 0.0, 0.1)
    lost = ring.lost_before()
    assert lost > 0
    assert lost % 2 == 0
    assert got + lost + more + 1 >= sent >= got + lost + more
    np.testing.assert_array_equal(out[:got], data[:got])
    np.testing.assert_array_equal(after[:more], data[got + lost : got + lost + more])

"""Atheris on the rtl_tcp client: python tests/unit/hardware/fuzz_rtl_tcp.py -runs=100000.

Whatever listens sends the input and hangs up. Any end but ``NotConnected``, or every byte after the greeting and then
``DeviceError``, is a find, and so is more memory than that is worth (``-rss_limit_mb``).
"""

import contextlib
import socket
import sys
import threading

import atheris

with atheris.instrument_imports(include=["hardware.rtl_tcp", "hardware.bytering"]):
    from app.errors import DeviceError, NotConnected
    from app.settings import RadioSettings
    from hardware.rtl_tcp import HEADER, RtlTcpReceiver

READ_S = 5.0


def served(listening: socket.socket, data: bytes) -> None:
    """One client: everything at once, then the end; commands are read and forgotten."""
    connection, _ = listening.accept()
    with connection, contextlib.suppress(OSError):
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass


def one(data: bytes) -> None:
    server = threading.Thread(target=served, args=(LISTENING, data))
    server.start()
    try:
        taken = read(data)
    finally:
        CLIENT.close()
        server.join()
    assert taken is None or taken == (len(data) - HEADER.size) // 2, (taken, len(data))


def read(data: bytes) -> int | None:
    """Samples that came or were told as lost; None when the greeting was refused."""
    try:
        CLIENT.open()
    except NotConnected:
        assert len(data) < HEADER.size or not data.startswith(b"RTL0"), data[:20]
        return None
    except DeviceError:  # it hung up before it was told what to do
        return None
    taken = 0
    try:
        while True:
            if (block := CLIENT.read(READ_S)) is not None:
                taken += block.lost + block.iq.size
    except DeviceError:
        return taken


LISTENING = socket.create_server(("127.0.0.1", 0))
CLIENT = RtlTcpReceiver("127.0.0.1", LISTENING.getsockname()[1], RadioSettings())

if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()

"""MAVLink over TCP, as client and as server; used by the one thread that owns the wire."""

import contextlib
import select
import socket
import time

from app.errors import NotConnected
from app.ports import WireBytes

CONNECT_S = 5.0
BIGGEST = 65_536
MOST_UNSENT = 65_536  # bytes; a peer that takes nothing for so long is gone


class _Stream:
    """One connected socket with what could not be sent yet."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.socket.setblocking(False)
        with contextlib.suppress(OSError):  # not every system lets it be set before the connection stands
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unsent = b""

    def read(self) -> bytes:
        """What is there; raises ``NotConnected`` when the other side has closed."""
        try:
            data = self.socket.recv(BIGGEST)
        except (BlockingIOError, InterruptedError):
            return b""
        except OSError as error:
            raise NotConnected(f"The TCP connection broke: {error.strerror or error}") from error
        if not data:
            raise NotConnected("The other side closed the TCP connection")
        return data

    def write(self, data: bytes) -> None:
        self._unsent += data
        try:
            sent = self.socket.send(self._unsent)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            raise NotConnected(f"The TCP connection broke: {error.strerror or error}") from error
        self._unsent = self._unsent[sent:]
        if len(self._unsent) > MOST_UNSENT:
            raise NotConnected("The other side takes no more data")


class TcpWire:
    """Connects to a server. ``open`` begins to connect, ``read`` ends it, so that neither waits long."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._socket: socket.socket | None = None
        self._stream: _Stream | None = None
        self._until_s = 0.0

    def open(self) -> None:
        try:
            family, _, _, _, address = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)[0]
        except (OSError, UnicodeError) as error:
            raise NotConnected(f"There is no host named {self._host!r}. Correct the vehicle's address.") from error
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._until_s = time.monotonic() + CONNECT_S
        try:
            self._socket.connect(address)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self.close()
            raise self._failed(error.strerror or str(error)) from error

    def read(self, timeout_s: float) -> WireBytes | None:
        if self._stream is None and not self._connected(timeout_s):
            return None
        if self._stream is None or not select.select([self._stream.socket], [], [], timeout_s)[0]:
            return None
        data = self._stream.read()
        return WireBytes(data) if data else None

    def write(self, data: bytes) -> None:
        if self._stream is not None:
            self._stream.write(data)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = self._stream = None

    def _connected(self, timeout_s: float) -> bool:
        if self._socket is None:
            raise NotConnected("The TCP link is closed")
        _, ready, failed = select.select([], [self._socket], [self._socket], timeout_s)  # Windows fails by the third
        if not ready and not failed:
            if time.monotonic() > self._until_s:
                raise self._failed("no answer")
            return False
        number = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            raise self._failed(str(OSError(number, "").strerror or "connection refused"))
        self._stream = _Stream(self._socket)
        return True

    def _failed(self, reason: str) -> NotConnected:
        return NotConnected(
            f"No connection to {self._host}:{self._port}: {reason}. Start the vehicle or correct its address."
        )


class TcpInWire:
    """A server for one vehicle at a time; the newest connection takes the place of the one before."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._server: socket.socket | None = None
        self._stream: _Stream | None = None

    @property
    def port(self) -> int:
        """The port in use once open."""
        return int(self._opened().getsockname()[1])

    def open(self) -> None:
        try:
            self._server = socket.create_server((self._host, self._port))
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise NotConnected(
                f"TCP port {self._port} on {self._host} cannot be used: {reason}. Choose another one."
            ) from error
        self._server.setblocking(False)

    def read(self, timeout_s: float) -> WireBytes | None:
        server = self._opened()
        waiting = [server] if self._stream is None else [server, self._stream.socket]
        ready = select.select(waiting, [], [], timeout_s)[0]
        if server in ready:
            with contextlib.suppress(OSError):  # it went away before it was accepted
                connected, _ = server.accept()
                self._end_stream()
                self._stream = _Stream(connected)
            return None
        if self._stream is None or not ready:
            return None
        try:
            data = self._stream.read()
        except NotConnected:
            self._end_stream()
            return None  # the server stays open for the next connection
        return WireBytes(data) if data else None

    def write(self, data: bytes) -> None:
        if self._stream is not None:
            try:
                self._stream.write(data)
            except NotConnected:
                self._end_stream()

    def close(self) -> None:
        self._end_stream()
        if self._server is not None:
            self._server.close()
            self._server = None

    def _end_stream(self) -> None:
        if self._stream is not None:
            self._stream.socket.close()
            self._stream = None

    def _opened(self) -> socket.socket:
        if self._server is None:
            raise NotConnected("The TCP link is closed")
        return self._server

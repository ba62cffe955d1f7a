"""Sockets between the simulated vehicle and its stations: a TCP server and a UDP client; the world's thread."""

import selectors
import socket
from collections.abc import Callable

from hardware.sim.channel import Channel
from hardware.sim.stations import Stations

# the first bytes after a connection can be text: a parser must find its way through
_BOOT_TEXT = b"\r\n\r\nInit ArduCopter V4.6.0-dev (Kestrel sim)\r\n\r\nFree RAM: 131072\r\n"
_MOST_WAITING = 1_000_000  # bytes kept for a station that does not read; then its frames are lost


class Links:
    """Owns the sockets; ``serve`` reads what has come, ``flush`` sends what is due."""

    def __init__(self, stations: Stations, host: str, port: int, udp: str, boot_text: bool) -> None:
        self._stations = stations
        self._selector = selectors.DefaultSelector()
        self._boot_text = _BOOT_TEXT if boot_text else b""
        self._tcp: dict[socket.socket, tuple[Channel, bytearray]] = {}
        self._server = socket.create_server((host, port), backlog=8)
        self._server.setblocking(False)
        self._watch(self._server, self._accept)
        self._udp: socket.socket | None = None
        if udp:
            self._dial(udp)

    @property
    def port(self) -> int:
        return int(self._server.getsockname()[1])

    def serve(self, timeout_s: float) -> None:
        """Wait for bytes at most ``timeout_s`` true seconds and take what has come."""
        for key, _ in self._selector.select(timeout_s):
            act: Callable[[], None] = key.data
            act()

    def flush(self) -> None:
        """Send every frame that is to leave by now."""
        for connection in list(self._tcp):
            channel, waiting = self._tcp[connection]
            for frame in channel.frames():
                if len(waiting) < _MOST_WAITING:
                    waiting += frame
            if waiting:
                self._send(connection, waiting)
        if self._udp is not None:
            for frame in self._udp_channel.frames():
                self._send_udp(self._udp, frame)

    def close(self) -> None:
        for connection in list(self._tcp):
            self._drop(connection)
        if self._udp is not None:
            self._udp.close()
        self._server.close()
        self._selector.close()

    def _watch(self, watched: socket.socket, act: Callable[[], None]) -> None:
        self._selector.register(watched, selectors.EVENT_READ, act)

    def _dial(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._udp_address = socket.getaddrinfo(host, int(port), type=socket.SOCK_DGRAM)[0]
        self._udp = udp = socket.socket(self._udp_address[0], socket.SOCK_DGRAM)
        udp.setblocking(False)
        self._udp_channel = self._stations.join()
        self._send_udp(udp, b"")  # binds, so that it can be read
        self._watch(udp, lambda: self._read_udp(udp))

    def _send_udp(self, udp: socket.socket, frame: bytes) -> None:
        try:
            udp.sendto(frame, self._udp_address[4])
        except OSError:
            return  # nobody listens there yet, or the buffer is full: lost, as UDP does

    def _read_udp(self, udp: socket.socket) -> None:
        try:
            data, _ = udp.recvfrom(65_536)
        except (BlockingIOError, ConnectionError):
            return
        self._udp_channel.receive(data)

    def _accept(self) -> None:
        connection, _ = self._server.accept()
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._tcp[connection] = (self._stations.join(), bytearray(self._boot_text))
        self._boot_text = b""
        self._watch(connection, lambda: self._read(connection))

    def _read(self, connection: socket.socket) -> None:
        try:
            data = connection.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._tcp[connection][0].receive(data)
        else:
            self._drop(connection)

    def _send(self, connection: socket.socket, waiting: bytearray) -> None:
        try:
            sent = connection.send(waiting)
        except BlockingIOError:
            return
        except OSError:
            self._drop(connection)
            return
        del waiting[:sent]

    def _drop(self, connection: socket.socket) -> None:
        channel, _ = self._tcp.pop(connection)
        self._stations.leave(channel)
        self._selector.unregister(connection)
        connection.close()

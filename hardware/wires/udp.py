"""MAVLink over UDP; used by the one thread that owns the wire."""

import select
import socket

from app.errors import NotConnected
from app.ports import WireBytes

BIGGEST = 65_536
AT_ONCE = 256  # datagrams of one read, so that a flood cannot keep the caller


class _UdpWire:
    """What both ends share: a socket, read until it is empty."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._socket: socket.socket | None = None

    @property
    def port(self) -> int:
        """The port in use once open: the one asked for, or the one the system gave for 0."""
        return int(self._opened().getsockname()[1])

    def read(self, timeout_s: float) -> WireBytes | None:
        opened = self._opened()
        if not select.select([opened], [], [], timeout_s)[0]:
            return None
        parts: list[bytes] = []
        for _ in range(AT_ONCE):
            try:
                data, sender = opened.recvfrom(BIGGEST)
            except BlockingIOError:
                break
            except ConnectionError:
                continue  # an ICMP "port unreachable" for something sent before: nobody listens there yet
            self._heard_from(sender)
            parts.append(data)
        return WireBytes(b"".join(parts)) if parts else None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _heard_from(self, sender: tuple[str, int]) -> None:
        """Note who sent; a listening wire answers there."""

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise NotConnected("The UDP link is closed")
        return self._socket

    def _address(self) -> tuple[socket.AddressFamily, tuple[str, int]]:
        try:
            family, _, _, _, address = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)[0]
        except (OSError, UnicodeError) as error:
            raise NotConnected(f"There is no host named {self._host!r}. Correct the vehicle's address.") from error
        return family, (str(address[0]), int(address[1]))

    def _send(self, data: bytes, address: tuple[str, int]) -> None:
        try:
            self._opened().sendto(data, address)
        except (BlockingIOError, ConnectionError):
            return  # the same as a datagram lost on its way
        except OSError as error:
            raise NotConnected(f"UDP to {address[0]}:{address[1]} failed: {error}. Check the network.") from error


class UdpInWire(_UdpWire):
    """Listens; answers go to every address heard from, the newest last."""

    MOST_PEERS = 8

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self._peers: dict[tuple[str, int], None] = {}

    def open(self) -> None:
        family, address = self._address()
        self._peers.clear()
        opened = socket.socket(family, socket.SOCK_DGRAM)
        opened.setblocking(False)
        try:
            opened.bind(address)
        except OSError as error:
            opened.close()
            raise NotConnected(
                f"UDP port {self._port} on {self._host} cannot be used: {error.strerror or error}. "
                "Close the other ground station that listens there, or choose another port."
            ) from error
        self._socket = opened

    def write(self, data: bytes) -> None:
        for peer in tuple(self._peers):
            self._send(data, peer)

    def _heard_from(self, sender: tuple[str, int]) -> None:
        if sender not in self._peers:
            self._peers[sender] = None
            while len(self._peers) > self.MOST_PEERS:
                del self._peers[next(iter(self._peers))]


class UdpOutWire(_UdpWire):
    """Sends to one address and hears what comes back."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self._to = ("", 0)

    def open(self) -> None:
        family, self._to = self._address()
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("" if family == socket.AF_INET else "::", 0))

    def write(self, data: bytes) -> None:
        self._send(data, self._to)

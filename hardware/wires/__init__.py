"""Wires to vehicles: sockets, serial ports and recorded tlogs; each used by the one thread that owns it."""

from collections.abc import Callable

from app.clock import Clock
from app.errors import OutOfRange
from app.ports import Wire
from hardware.wires.serialport import SerialWire
from hardware.wires.tcp import TcpInWire, TcpWire
from hardware.wires.tlog import TlogWire
from hardware.wires.udp import UdpInWire, UdpOutWire

KINDS = "udpin:HOST:PORT, udpout:HOST:PORT, tcp:HOST:PORT, tcpin:HOST:PORT, serial:DEVICE:BAUD, tlog:FILE"
_SOCKETS: dict[str, Callable[[str, int], Wire]] = {
    "udpin": UdpInWire,
    "udpout": UdpOutWire,
    "tcp": TcpWire,
    "tcpin": TcpInWire,
}
_USUAL_BAUD = 57_600


def wire_for(url: str, clock: Clock | None = None) -> Wire:
    """The wire an address names; nothing is opened yet.

    ``clock`` paces a recording: at its rate of 5 a tlog is played five times as fast. Raises ``OutOfRange`` for an
    address that is none.
    """
    kind, _, rest = url.partition(":")
    if kind in _SOCKETS:
        return _SOCKETS[kind](*_host_port(url, rest))
    if kind == "serial" and rest:
        device, baud = _device_baud(rest)
        return SerialWire(device, baud)
    if kind == "tlog" and rest:
        return TlogWire(rest, clock or Clock())
    raise OutOfRange(f"{url!r} is no address of a vehicle. Write one of {KINDS}.")


def _host_port(url: str, rest: str) -> tuple[str, int]:
    host, _, port = rest.removeprefix("//").rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port) <= 65_535:
        raise OutOfRange(f"{url!r} needs a host and a port from 0 to 65535, for example udpin:0.0.0.0:14550.")
    return host.strip("[]"), int(port)


def _device_baud(rest: str) -> tuple[str, int]:
    """A device's name may hold colons itself; the rate is what follows the last one when it is a number."""
    device, _, baud = rest.rpartition(":")
    if not device or not baud.isdecimal():
        return rest, _USUAL_BAUD
    return device, int(baud)

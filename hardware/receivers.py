"""From the address of a receiver, as the operator writes it, to the receiver; any thread."""

from urllib.parse import urlsplit

from app.errors import OutOfRange
from app.ports import Receiver
from app.settings import RadioSettings
from hardware.rtl_tcp import RtlTcpReceiver

RTL_TCP_PORT = 1234


def receiver_for(source: str, settings: RadioSettings) -> Receiver:
    """The receiver at ``source``, not yet open: ``rtl_tcp://host:port``.

    Raises ``OutOfRange`` when the address is none of these.
    """
    kind = source.partition(":")[0]
    if kind == "rtl_tcp":
        return _rtl_tcp(source, settings)
    raise OutOfRange(f"{source!r} is no receiver. Write rtl_tcp://host:port.")


def _rtl_tcp(source: str, settings: RadioSettings) -> Receiver:
    parts = urlsplit("//" + source.partition("://")[2])  # urlsplit takes no scheme with an underscore
    try:
        port = parts.port or RTL_TCP_PORT
    except ValueError as error:
        raise OutOfRange(f"{source!r}: the port must be a number up to 65535") from error
    if not parts.hostname:
        raise OutOfRange(f"{source!r} names no host. Write rtl_tcp://host:port, for example rtl_tcp://10.0.0.5:1234.")
    return RtlTcpReceiver(parts.hostname, port, settings)

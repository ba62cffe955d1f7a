"""From the address of a receiver, as the operator writes it, to the receiver; any thread."""

from urllib.parse import urlsplit

from app.errors import OutOfRange
from app.ports import Receiver
from app.settings import RadioSettings
from hardware.playback import PlaybackReceiver, playback_options
from hardware.rtl_tcp import RtlTcpReceiver
from hardware.rtlsdr import SERIAL, RtlSdrReceiver
from hardware.soapy import SoapyReceiver

RTL_TCP_PORT = 1234


def receiver_for(source: str, settings: RadioSettings, clock_rate: float = 1.0) -> Receiver:
    """The receiver at ``source``, not yet open: rtl_tcp://host:port, rtlsdr:0, rtlsdr:serial=…, soapy:driver=…
    or file:PATH?options.

    ``clock_rate`` is how fast the station's clock runs; recordings are played by it. Raises ``OutOfRange`` when the
    address is none of these.
    """
    kind = source.partition(":")[0]
    if kind == "rtl_tcp":
        return _rtl_tcp(source, settings)
    if kind == "rtlsdr":
        return RtlSdrReceiver(_dongle(source), settings)
    if kind == "soapy" and source.partition(":")[2]:
        return SoapyReceiver(source.partition(":")[2], settings)
    if kind == "file":
        return PlaybackReceiver(playback_options(source), settings, clock_rate)
    raise OutOfRange(f"{source!r} is no receiver. Write rtl_tcp://host:port, rtlsdr:0, soapy:driver=… or file:PATH.")


def _dongle(source: str) -> str:
    which = source.partition(":")[2] or "0"
    if not which.isdecimal() and not (which.startswith(SERIAL) and len(which) > len(SERIAL)):
        raise OutOfRange(f"{source!r}: dongles are numbered from 0, as in rtlsdr:0, or named as in rtlsdr:serial=0001")
    return which


def _rtl_tcp(source: str, settings: RadioSettings) -> Receiver:
    parts = urlsplit("//" + source.partition("://")[2])  # urlsplit takes no scheme with an underscore
    try:
        port = parts.port or RTL_TCP_PORT
    except ValueError as error:
        raise OutOfRange(f"{source!r}: the port must be a number up to 65535") from error
    if not parts.hostname:
        raise OutOfRange(f"{source!r} names no host. Write rtl_tcp://host:port, for example rtl_tcp://10.0.0.5:1234.")
    return RtlTcpReceiver(parts.hostname, port, settings)

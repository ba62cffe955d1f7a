"""Which receivers are plugged in, asked of each library that is there; any thread."""

from app.errors import NotConnected
from app.ports import FoundReceiver
from hardware import rtlsdr, soapy


def find_receivers() -> tuple[FoundReceiver, ...]:
    """Receivers on this computer; a library that is missing finds none. Takes up to some seconds."""
    found: list[FoundReceiver] = []
    for look in (rtlsdr.plugged_in, soapy.plugged_in):
        try:
            found += look()
        except NotConnected:
            continue
    return tuple(found)

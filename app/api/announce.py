"""Tells the local network by multicast DNS where the station is (_kestrel._tcp), and finds others; any thread."""

import logging
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from zeroconf import Error, InterfaceChoice, ServiceBrowser, ServiceInfo, ServiceListener, Zeroconf

from app.version import version

log = logging.getLogger(__name__)
TYPE = "_kestrel._tcp.local."
ASK_S = 3.0
Interfaces = Sequence[str] | InterfaceChoice


@dataclass(frozen=True, slots=True)
class Found:
    """A station in the network; ``fingerprint``: SHA-256 of its certificate, empty without TLS."""

    name: str
    url: str
    version: str
    fingerprint: str


class Announcement:
    """Lasts from ``start`` to ``stop``; a network where it cannot be made is logged and keeps nothing from starting."""

    def __init__(
        self, host: str, port: int, fingerprint: str, interfaces: Interfaces = InterfaceChoice.Default
    ) -> None:
        """``host`` is the address where the station is reached."""
        computer = socket.gethostname().partition(".")[0] or "station"
        properties = {"path": "/", "version": version(), "fingerprint": fingerprint}
        self._info = ServiceInfo(
            TYPE,
            f"Kestrel on {computer}.{TYPE}",
            port=port,
            parsed_addresses=[host],
            properties=properties,
            server=f"{computer}-kestrel.local.",
        )
        self._interfaces = interfaces
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="announce", daemon=True)

    def start(self) -> None:
        """Returns at once: asking whether the name is free takes a second."""
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(ASK_S)

    def _run(self) -> None:
        try:
            with Zeroconf(interfaces=self._interfaces) as network:
                network.register_service(self._info, allow_name_change=True)
                self._ending.wait()
                network.unregister_service(self._info)
        except (OSError, Error) as error:
            log.warning("the station is not announced in the network: %s", error or type(error).__name__)


class _Listener(ServiceListener):
    def __init__(self) -> None:
        self.names: dict[str, None] = {}

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        del zc, type_
        self.names[name] = None

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """What has changed is asked for at the end."""

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        del zc, type_
        self.names.pop(name, None)


def look_round(seconds: float, interfaces: Interfaces = InterfaceChoice.Default) -> list[Found]:
    """The stations that answer within ``seconds``. Raises ``OSError`` without a network."""
    with Zeroconf(interfaces=interfaces) as network:
        listener = _Listener()
        browser = ServiceBrowser(network, TYPE, listener)
        time.sleep(seconds)
        browser.cancel()
        told = [network.get_service_info(TYPE, name) for name in tuple(listener.names)]
        return [_found(info) for info in told if info is not None and info.parsed_scoped_addresses()]


def _found(info: ServiceInfo) -> Found:
    properties = {name: value or "" for name, value in info.decoded_properties.items()}
    fingerprint, address = properties.get("fingerprint", ""), info.parsed_scoped_addresses()[0]
    host = f"[{address}]" if ":" in address else address
    scheme = "https" if fingerprint else "http"
    name = info.name.removesuffix(f".{TYPE}")
    return Found(name, f"{scheme}://{host}:{info.port}/", properties.get("version", ""), fingerprint)

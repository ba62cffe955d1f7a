"""The API's server: uvicorn in a thread of its own."""

import asyncio
import ipaddress
import logging
import socket
import sys
import threading
from pathlib import Path

import psutil
import uvicorn

from app.api import certificate
from app.api.announce import Announcement
from app.api.application import build
from app.api.certificate import Identification
from app.api.token import Keys, station_token
from app.errors import Conflict, NotConnected, OutOfRange
from app.services.reach import Place
from app.services.station import Station
from app.settings import ApiSettings

log = logging.getLogger(__name__)
START_S = 10.0
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LARGEST_MESSAGE = 65_536  # bytes from a WebSocket client


class _Server(uvicorn.Server):
    """uvicorn that tells when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answering = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answering.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End as uvicorn does, then cut those that did not answer the farewell, so that no socket outlives the loop."""
        await super().shutdown(sockets)
        for left in tuple(self.server_state.connections):
            left.transport.abort()
        await asyncio.sleep(0)  # lets the cut connections be closed


class ApiServer:
    """The station's API; ``start`` and ``stop`` are called by the root."""

    def __init__(self, station: Station, settings: ApiSettings, data_dir: Path) -> None:
        self._station = station
        self._settings = settings
        self._data_dir = data_dir
        self._port = settings.port
        self._server: _Server | None = None
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._keys: Keys | None = None
        self._tls: Identification | None = None
        self._announcement: Announcement | None = None

    @property
    def url(self) -> str:
        """Address of the page, with the port in use once started."""
        host, scheme = reachable(self._settings.host), "https" if self._encrypted else "http"
        return f"{scheme}://[{host}]:{self._port}/" if ":" in host else f"{scheme}://{host}:{self._port}/"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the TLS certificate, as browsers show it; empty without TLS."""
        return self._tls.fingerprint if self._tls is not None else ""

    @property
    def _encrypted(self) -> bool:
        return self._settings.tls == "on" or self._settings.host not in LOOPBACK

    @property
    def token(self) -> str:
        """The token; raises ``NotConnected`` before ``start``."""
        if self._keys is None:
            raise NotConnected("The API has not been started.")
        return self._keys.token

    @property
    def sign_in_url(self) -> str:
        """``url`` with the token in the fragment, which browsers send to nobody."""
        return f"{self.url}#token={self.token}"

    def start(self) -> None:
        """Bind and serve.

        Raises ``OutOfRange`` for the network's address without an account, ``Conflict`` when the port is in use,
        ``SettingsError`` for a certificate that cannot be used, ``StoreError`` when the token cannot be kept.
        """
        if self._thread is not None:
            raise Conflict("The API runs already.")
        self._check_open()
        token = station_token(self._data_dir)
        self._tls = self._identification() if self._encrypted else None
        self._station.sessions.load()
        self._socket = _bound(self._settings.host, self._settings.port)
        self._port = self._socket.getsockname()[1]
        self._keys = Keys(token, self._port)
        config = uvicorn.Config(
            build(self._station, self._keys, self._settings.host),
            lifespan="on",
            http="httptools",
            ws="websockets-sansio",
            loop="asyncio",
            ws_max_size=LARGEST_MESSAGE,
            ws_per_message_deflate=False,  # loopback: costs more than it saves
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
            ssl_certfile=self._tls.certificate if self._tls else None,
            ssl_keyfile=self._tls.key if self._tls else None,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="api", daemon=True)
        self._thread.start()
        if not self._server.answering.wait(START_S):
            self.stop()
            raise NotConnected(f"The API did not start within {START_S:.0f} s; the log says why.")
        log.info("the API answers at %s", self.url)
        self._tell_where()

    def _tell_where(self) -> None:
        outside = self._settings.host not in LOOPBACK
        self._station.reach.opened(Place(self.url, self.fingerprint, outside))
        if self._settings.announce and outside:
            self._announcement = Announcement(reachable(self._settings.host), self._port, self.fingerprint)
            self._announcement.start()

    def _identification(self) -> Identification:
        files = self._settings.certificate, self._settings.key
        if files[0] is None or files[1] is None:
            return certificate.own(self._data_dir)
        return certificate.given(files[0], files[1])

    def _check_open(self) -> None:
        """Others may come in only where somebody has a password."""
        if self._settings.host not in LOOPBACK and not self._station.accounts.accounts():
            raise OutOfRange(
                f"Before the station listens at {self._settings.host} for the network, make an account: "
                f"kestrel users add NAME --role operator"
            )

    def stop(self, timeout_s: float = 6.0) -> None:
        """End the server and wait for its thread; may be called twice."""
        self._station.reach.closed()
        if self._announcement is not None:
            self._announcement.stop()
        self._announcement = None
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                self._server.force_exit = True
                self._thread.join(timeout_s)
        if self._socket is not None:
            self._socket.close()
        self._server, self._thread, self._socket = None, None, None


def reachable(host: str) -> str:
    """An address that others can use: one of this computer's own for "all addresses"."""
    if host not in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    own = [one.address for found in psutil.net_if_addrs().values() for one in found if one.family == family]
    outside = [address for address in own if not ipaddress.ip_address(address.partition("%")[0]).is_loopback]
    return min([one for one in outside if not one.startswith("fe80")] or own or [host])


def _bound(host: str, port: int) -> socket.socket:
    """A listening place of our own: on Windows nobody else may share it, elsewhere a restart need not wait for it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    own = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            own.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        own.bind((host, port))
        own.listen(256)
    except OSError as error:
        own.close()
        raise Conflict(
            f"Port {port} of {host} cannot be used: {error.strerror}. Another Kestrel may be running; end it, or "
            f"choose another port with --port (0: any free one)."
        ) from error
    return own

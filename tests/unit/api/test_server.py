import gc
import socket
import threading
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.server import ApiServer
from app.errors import Conflict, NotConnected, OutOfRange
from app.services.station import Station
from app.settings import ApiSettings


def test_it_starts_tells_its_address_and_ends(station: Station, tmp_path: Path) -> None:
    server = ApiServer(station, ApiSettings(port=0), tmp_path)
    with pytest.raises(NotConnected):
        _ = server.token
    server.start()
    assert httpx.get(f"{server.url}api/v1/health/live").json() == {"status": "live"}
    assert server.sign_in_url == f"{server.url}#token={server.token}"
    with pytest.raises(Conflict):
        server.start()
    server.stop()
    server.stop()
    assert "api" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}api/v1/health/live")


def test_a_port_in_use_is_told_with_what_to_do(station: Station, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Conflict, match=rf"Port {port} .*--port"):
            ApiServer(station, ApiSettings(port=port), tmp_path).start()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org"])
def test_it_is_not_opened_to_the_network_without_encryption(station: Station, tmp_path: Path, host: str) -> None:
    with pytest.raises(OutOfRange, match="this computer only"):
        ApiServer(station, ApiSettings(host=host, port=0), tmp_path).start()


def test_the_token_survives_a_restart(station: Station, tmp_path: Path) -> None:
    tokens = []
    for _ in range(2):
        server = ApiServer(station, ApiSettings(port=0), tmp_path)
        server.start()
        tokens.append(server.token)
        server.stop()
    assert tokens[0] == tokens[1]


def test_a_connection_that_came_while_it_ended_is_cut(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that reconnects at the wrong moment is taken after uvicorn said goodbye to all; nobody closes it."""
    server = ApiServer(station, ApiSettings(port=0), tmp_path)
    server.start()
    host, _, port = server.url.removeprefix("http://").rstrip("/").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as late:
        late.sendall(f"GET /api/v1/health/live HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        assert late.recv(12) == b"HTTP/1.1 200"
        monkeypatch.setattr(HttpToolsProtocol, "shutdown", lambda _protocol: None)
        server.stop()
        gc.collect()  # an unclosed socket would warn, and warnings are errors
        with suppress(ConnectionResetError):
            while late.recv(4096):
                pass

import gc
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api import certificate
from app.api.certificate import CERTIFICATE
from app.api.server import ApiServer, reachable
from app.domain.access import Role
from app.errors import Conflict, NotConnected, OutOfRange, SettingsError
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
def test_it_is_not_opened_to_the_network_without_an_account(station: Station, tmp_path: Path, host: str) -> None:
    with pytest.raises(OutOfRange, match="kestrel users add"):
        ApiServer(station, ApiSettings(host=host, port=0), tmp_path).start()


def test_for_the_network_it_is_encrypted_whatever_the_settings(station: Station, tmp_path: Path) -> None:
    station.accounts.add("ann", Role.OPERATOR, "correct horse battery")
    try:
        server = ApiServer(station, ApiSettings(host="192.0.2.1", port=0), tmp_path)
        with pytest.raises(Conflict, match="cannot be used"):  # an address of nobody's: RFC 5737
            server.start()
        assert server.url.startswith("https://192.0.2.1")
    finally:
        station.accounts.remove("ann")


def test_it_answers_encrypted_and_no_otherwise(station: Station, tmp_path: Path) -> None:
    server = ApiServer(station, ApiSettings(port=0, tls="on"), tmp_path)
    server.start()
    try:
        trusted = ssl.create_default_context(cafile=tmp_path / CERTIFICATE)
        answer = httpx.get(f"{server.url}api/v1/health/live", verify=trusted)
        assert answer.json() == {"status": "live"}
        with httpx.Client(base_url=server.url, verify=trusted) as client:
            told = client.post("/api/v1/auth/session", json={"token": server.token})
            assert all("Secure" in one for one in told.headers.get_list("set-cookie"))
            assert client.get("/api/v1/auth/me").json()["role"] == "admin"
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{server.url}api/v1/health/live")  # not trusted
        with pytest.raises(httpx.TransportError):
            httpx.get(server.url.replace("https", "http"))
        assert server.fingerprint.count(":") == 31
    finally:
        server.stop()


def test_a_certificate_of_ones_own_is_used_and_a_wrong_one_told(station: Station, tmp_path: Path) -> None:
    made = certificate.own(tmp_path / "mine")
    settings = ApiSettings(port=0, tls="on", certificate=made.certificate, key=made.key)
    server = ApiServer(station, settings, tmp_path)
    server.start()
    server.stop()
    assert server.fingerprint == made.fingerprint
    with pytest.raises(SettingsError, match="cannot be used"):
        ApiServer(station, settings.model_copy(update={"key": made.certificate}), tmp_path).start()


@pytest.mark.parametrize(
    ("host", "inner"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("example.org", "example.org")]
)
def test_the_address_told_is_one_that_can_be_opened(host: str, inner: str) -> None:
    assert reachable(host) == inner
    assert reachable("0.0.0.0") != "0.0.0.0"


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

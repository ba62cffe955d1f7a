import json
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app.api.server import ApiServer
from app.api.spectrum import HEADER
from app.domain.fault import Fault
from app.services.station import Station
from tests.unit.api.facts import estimate, telemetry


def _url(server: ApiServer) -> str:
    return server.url.replace("http", "ws") + "api/v1/ws"


@pytest.fixture
def socket(server: ApiServer) -> Iterator[ClientConnection]:
    headers = {"Authorization": f"Bearer {server.token}"}
    with connect(_url(server), additional_headers=headers, proxy=None) as made:
        yield made


def _next(socket: ClientConnection, topic: str) -> Any:
    """The next message of a topic; others are passed over."""
    while True:
        message = socket.recv(timeout=10)
        if isinstance(message, str) and (said := json.loads(message))["topic"] == topic:
            return said


def _ask(socket: ClientConnection, *topics: str, **more: Any) -> None:
    socket.send(json.dumps({"subscribe": topics, **more}))
    assert _next(socket, "subscribed")["data"]["topics"] == list(topics)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Origin": "http://evil.example"}])
def test_strangers_are_turned_away(server: ApiServer, headers: dict[str, str]) -> None:
    if "Origin" in headers:
        headers = headers | {"Authorization": f"Bearer {server.token}"}
    with pytest.raises(InvalidStatus) as refused, connect(_url(server), additional_headers=headers, proxy=None):
        pass
    assert refused.value.response.status_code == 403


def test_it_greets_with_a_snapshot(socket: ClientConnection, station: Station) -> None:
    hello = _next(socket, "hello")
    assert hello["seq"] == 1
    assert hello["data"]["snapshot"]["state"]["state"] == station.mission.status().state
    assert {"telemetry", "spectrum", "gate"} <= set(hello["data"]["topics"])


def test_facts_come_as_they_are_published(socket: ClientConnection, station: Station) -> None:
    _ask(socket, "telemetry", "faults", "estimate")
    station.bus.fault.publish(Fault(1.0, "receiver", "unplugged"))
    assert _next(socket, "faults")["data"]["text"] == "unplugged"
    station.bus.telemetry.publish(telemetry(station.clock.now_s()))
    assert _next(socket, "telemetry")["data"]["height_m"] == 40.0
    station.bus.estimate.publish(estimate())
    assert "grid" not in _next(socket, "estimate")["data"]


def test_the_gate_comes_from_the_running_mission(socket: ClientConnection) -> None:
    _ask(socket, "gate", "state", rate_hz=20)
    assert _next(socket, "gate")["data"]["open"] is False


def test_spectrum_rows_come_as_binary_frames(socket: ClientConnection, station: Station) -> None:
    _ask(socket, "spectrum", rate_hz=60, bins=128)
    row = np.full(station.radio.ring.bins, -90.0, np.float32)
    row[0] = -30.0
    station.radio.ring.write(row, 5.0, 433.9e6, 240e3)
    frame = b""
    while not frame or struct.unpack_from("<d", frame, HEADER.size)[0] != 5.0:
        message = socket.recv(timeout=10)
        frame = message if isinstance(message, bytes) else frame
    kind, _, rows, bins, *_ = HEADER.unpack_from(frame)
    assert (kind, rows, bins) == (1, 1, 128)
    assert frame[HEADER.size + 12] == 255


def test_it_answers_a_ping_and_explains_what_it_does_not_know(socket: ClientConnection) -> None:
    socket.send('{"ping": 7}')
    assert _next(socket, "pong")["data"] == 7
    for wrong in ('{"subscribe": ["weather"]}', "not json", '{"subscribe": 3}', '{"order": "fly"}'):
        socket.send(wrong)
        assert _next(socket, "error")["data"]["detail"]
    socket.send('{"ping": null}')
    assert _next(socket, "pong")["data"] is None


def test_a_client_that_goes_is_forgotten(server: ApiServer, station: Station) -> None:
    headers = {"Authorization": f"Bearer {server.token}"}
    for _ in range(3):
        with connect(_url(server), additional_headers=headers, proxy=None) as made:
            _ask(made, "faults", "spectrum")
    with connect(_url(server), additional_headers=headers, proxy=None) as last:
        _ask(last, "faults")
        station.bus.fault.publish(Fault(1.0, "link", "last"))
        assert _next(last, "faults")["data"]["text"] == "last"

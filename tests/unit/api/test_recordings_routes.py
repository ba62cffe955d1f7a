"""Recordings and the waterfall of a flight through a real server."""

import io
import struct
import tarfile
import time

import httpx
import numpy as np
import pytest

from app.api.spectrum import HEADER
from app.domain.radio import RadioState
from app.services.station import Station
from app.tape import Piece

RATE_HZ = 100_000.0


class Air:
    """Writes what a receiver would: pieces on the tape in true time."""

    def __init__(self, station: Station) -> None:
        self._clock = station.clock
        self._tape = station.recordings._worker._tape
        self._stream, self._position = self._tape.begin(), 0

    def feed(self, count: int) -> None:
        for _ in range(count):
            began_s = self._clock.now_s() - 0.01
            data = bytes(range(250)) * 8
            self._tape.write(Piece(self._stream, self._position, 1000, began_s, RATE_HZ, 433e6, 20.0, "cu8", data))
            self._position += 1000


@pytest.fixture
def air(station: Station) -> Air:
    air = Air(station)
    air.feed(3)
    return air


def test_start_stop_list_take_and_delete(client: httpx.Client, air: Air) -> None:
    assert client.post("/radio/recording/stop").status_code == 409
    assert client.post("/radio/recording/start").status_code == 201
    assert client.post("/radio/recording/start").status_code == 409
    air.feed(20)
    (one,) = client.post("/radio/recording/stop").json()
    assert (one["samples"], one["complete"], one["cause"]) == (20_000, True, "asked")
    assert client.get("/radio/recording").json()["running"] == []
    project = client.get("/projects/current").json()["id"]
    places = f"/projects/{project}/recordings"
    deadline = time.monotonic() + 10.0
    while not [known for known in client.get(places).json() if known["recording"]["complete"]]:
        assert time.monotonic() < deadline
    (known,) = client.get(places).json()
    assert known["recording"] == one
    place = f"{places}/{known['id']}"
    assert client.get(place).json() == known
    assert client.get(f"{place}/description").json()["global"]["core:datatype"] == "cu8"
    taken = client.get(f"{place}/archive")
    assert taken.headers["content-length"] == str(len(taken.content))
    with tarfile.open(fileobj=io.BytesIO(taken.content)) as tar:
        assert tar.getmember(f"{one['name']}/{one['name']}.sigmf-data").size == 40_000
    assert client.get(f"{place}/check").json() == {"sound": True, "problems": []}
    assert client.post(f"{place}/repair").json() == []
    assert client.post(f"{place}/play").status_code == 503  # this station's receiver does not run
    assert client.get(f"/projects/{project + 7}/recordings/{known['id']}").status_code == 404
    assert client.get(f"/projects/{project + 7}/recordings/{known['id']}/check").status_code == 404
    assert client.delete(place).status_code == 204
    assert client.get(f"{place}/archive").status_code == 404
    assert client.get(places).json() == []


def test_the_last_seconds_are_saved(client: httpx.Client, air: Air) -> None:
    air.feed(10)
    one = client.post("/radio/recording/save", json={"seconds": 5.0}).json()
    assert one["cause"] == "saved"
    assert one["samples"] >= 13_000
    assert client.post("/radio/recording/save", json={"seconds": 0.0}).status_code == 422


def test_the_state_is_in_the_status(client: httpx.Client) -> None:
    assert client.get("/status").json()["recording"]["running"] == []


def test_the_waterfall_of_a_flight_comes_in_frames(client: httpx.Client, station: Station) -> None:
    flight = client.post("/flights/start", json={"name": "Waterfall"}).json()
    ring = station.radio.ring
    now_s = station.clock.now_s()
    for number in range(30):
        row = np.full(ring.bins, -100.0, np.float32)
        row[1000] = -40.0
        ring.write(row, now_s + number, 433e6 if number < 20 else 434e6, 240e3, 3)
    client.post("/flights/end")
    place = f"/projects/{flight['project_id']}/flights/{flight['id']}/waterfall"
    content = client.get(place, params={"bins": 512}).content
    seen = []
    while content:
        _, _, rows, bins, _, _, centre, _, floor, step = HEADER.unpack_from(content)
        size = HEADER.size + rows * (12 + bins)
        levels = np.frombuffer(content, np.uint8, rows * bins, HEADER.size + rows * 12).reshape(rows, bins)
        first_s = struct.unpack_from("<d", content, HEADER.size)[0]
        seen.append((rows, bins, centre, round(first_s - now_s), round(floor + step * levels[:, 250].min())))
        content = content[size:]
    assert seen == [(20, 512, 433e6, 0, -40), (10, 512, 434e6, 20, -40)]
    assert client.get(place, params={"since_s": now_s + 100}).content == b""
    assert client.get(place, params={"rows": 0}).status_code == 422
    assert client.get(f"/projects/{flight['project_id'] + 9}/flights/{flight['id']}/waterfall").status_code == 404


def test_a_state_without_samples_says_so(station: Station) -> None:
    assert isinstance(station.radio.state(), RadioState)
    assert station.recordings.state().automatic is False

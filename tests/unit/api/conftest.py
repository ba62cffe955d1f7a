"""A running server on a quiet station."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.api.server import ApiServer
from app.services.station import Station
from app.settings import ApiSettings
from tests.stations import quiet_station


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    with quiet_station(tmp_path_factory.mktemp("store")) as made:
        yield made


@pytest.fixture(scope="module")
def server(station: Station, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    running = ApiServer(station, ApiSettings(port=0), tmp_path_factory.mktemp("data"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def client(server: ApiServer) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {server.token}"}
    with httpx.Client(base_url=f"{server.url}api/v1", headers=headers, timeout=20) as made:
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("api")

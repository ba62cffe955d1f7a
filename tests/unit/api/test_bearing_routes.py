from collections.abc import Iterator

import httpx
import pytest

from app.api.schemas.bearing import BearingOut
from app.services.station import Station

LINE = "1760000000000, 123, 87.5, -32.1, 433920000, UCA, 100, Van, 47.3977, 8.5456, 20.0, 18.0, GPS, R, R, R, R"
PLACE = {"lat_deg": 47.3977, "lon_deg": 8.5456}


@pytest.fixture
def target(client: httpx.Client) -> Iterator[str]:
    body = {"name": "Other", "kind": "carrier", "frequency_hz": 433.92e6}
    targets = client.post("/targets", json=body).json()["all"]
    target_id = next(one["id"] for one in targets if one["name"] == "Other")
    yield f"/estimate/{target_id}/bearings"
    client.delete(f"/targets/{target_id}")


def test_one_told_is_kept_with_its_actor(client: httpx.Client, target: str) -> None:
    body = {"position": PLACE, "bearing_deg": 140.0, "sigma_deg": 5.0, "magnetic": True}
    told = client.post(target, json=body)
    assert told.status_code == 201, told.text
    one = BearingOut.model_validate_json(told.content)
    assert 142.0 < one.bearing_deg < 145.0  # some 3.5 degrees east in Zurich
    assert (one.source, one.magnetic_deg) == ("other", 140.0)
    assert client.get(target).json() == [told.json()]


def test_krakensdr_posts_as_it_sends(client: httpx.Client, target: str) -> None:
    told = client.post(f"{target}/kraken", content=LINE, headers={"content-type": "text/csv"})
    assert told.status_code == 201, told.text
    assert told.json()[0]["bearing_deg"] == 143.0
    assert client.post(f"{target}/kraken", content=b"\xff\xfe").status_code == 422
    assert client.post(f"{target}/kraken", content="nonsense").status_code == 422


@pytest.mark.parametrize(
    "change", [{"bearing_deg": "nan"}, {"sigma_deg": 0.0}, {"position": {"lat_deg": 91.0, "lon_deg": 0.0}}, {"x": 1}]
)
def test_what_is_no_bearing_is_refused(client: httpx.Client, target: str, change: dict[str, object]) -> None:
    answer = client.post(target, json={"position": PLACE, "bearing_deg": 1.0} | change)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_there_is_no_bearing_of_no_target(client: httpx.Client, station: Station) -> None:
    del station
    answer = client.post("/estimate/nobody/bearings", json={"position": PLACE, "bearing_deg": 1.0})
    assert answer.status_code == 404
    assert client.get("/estimate/nobody/bearings").json() == []


def test_a_turn_needs_an_antenna_with_a_direction(client: httpx.Client, target: str) -> None:
    answer = client.post(f"{target}/turn", json={"directions": 8})
    assert answer.status_code == 409
    assert "profile" in answer.json()["detail"]
    assert client.delete(f"{target}/turn").status_code == 409
    assert client.post(f"{target}/turn", json={"directions": 3}).status_code == 422
    assert client.post(f"{target}/last", json={}).status_code in {400, 422}

"""Jobs over HTTP: asked for, followed by events, cancelled; files brought and taken away."""

import json
from typing import Any

import httpx
import pytest

from app.api.rights import PREFIX
from app.api.routes import jobs as routes
from app.api.schemas.job import JobOut
from app.services.station import Station
from tests.unit.workers.waiting import until


@pytest.fixture
def place(client: httpx.Client) -> str:
    return f"/projects/{client.get('/projects/current').json()['id']}"


def events(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    """What a client of server-sent events is told until the station ends the stream."""
    with client.stream("GET", path) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = list(answer.iter_lines())
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def test_a_job_is_followed_by_events_to_its_end(client: httpx.Client, place: str) -> None:
    made = client.post(f"{place}/jobs", json={"kind": "bundle_out"})
    assert made.status_code == 201
    number = JobOut.model_validate_json(made.content).id
    told = events(client, f"{place}/jobs/{number}/events")
    assert told[-1]["state"] == "done"
    assert client.get(f"{place}/jobs/{number}").json() == told[-1]
    file = client.get(f"{place}/jobs/{number}/file")
    assert (file.content[:2], len(file.content)) == (b"PK", told[-1]["result"]["size_bytes"])
    assert told[-1]["result"]["file"] in file.headers["content-disposition"]
    assert events(client, f"{place}/jobs/{number}/events") == [told[-1]]  # of one that has ended: how it ended
    again = client.post(f"{place}/jobs/{number}/repeat").json()
    assert client.get(f"{place}/jobs", params={"limit": 1}).json()[0]["id"] == again["id"]
    assert client.get(f"{place}/jobs", params={"before_id": again["id"], "limit": 1}).json()[0]["id"] == number
    assert client.post(f"{place}/jobs/{number}/cancel").status_code == 409
    events(client, f"{place}/jobs/{again['id']}/events")


def test_the_line_is_kept_alive(
    client: httpx.Client, station: Station, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "KEEP_ALIVE_S", 0.001)
    station.projects.current()
    flight = client.post("/flights/start", json={"name": "Held"}).json()["id"]
    client.post("/flights/end")
    arguments = {"kind": "export", "arguments": {"flight_id": flight}}

    def heard() -> list[str]:
        number = client.post(f"{place}/jobs", json=arguments).json()["id"]
        with client.stream("GET", f"{place}/jobs/{number}/events") as answer:
            return list(answer.iter_lines())

    assert any(": still here" in heard() for _ in range(20))  # a job may end before it is asked for


def test_what_cannot_be_is_refused(client: httpx.Client, place: str) -> None:
    for arguments in ({}, {"flight_id": 1, "folder": "/etc"}, {"folder": "../.."}, {"folder": "/etc"}):
        answer = client.post(f"{place}/jobs", json={"kind": "reprocess", "arguments": arguments})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:kestrel:problem:out-of-range")
    assert client.post(f"{place}/jobs", json={"kind": "mow"}).status_code == 422
    assert client.get(f"{place}/jobs/9999").status_code == 404
    assert client.post("/projects/9999/jobs", json={"kind": "backup"}).status_code == 404
    assert client.get("/projects/9999/jobs").status_code == 404
    assert client.get(f"{place}/jobs/9999/events").status_code == 404


def test_a_file_is_brought_and_imported(client: httpx.Client, place: str) -> None:
    bundle = client.post(f"{place}/jobs", json={"kind": "bundle_out"}).json()["id"]
    events(client, f"{place}/jobs/{bundle}/events")
    content = client.get(f"{place}/jobs/{bundle}/file").content + b"\0" * 1_500_000  # more than another body may have
    brought = client.put(f"{place}/files/theirs.kestrel", content=content)
    assert (brought.status_code, brought.json()) == (201, {"name": "theirs.kestrel", "size_bytes": len(content)})
    job = {"kind": "bundle_in", "arguments": {"file": "theirs.kestrel", "name": "Theirs"}}
    number = client.post(f"{place}/jobs", json=job).json()["id"]
    ended = events(client, f"{place}/jobs/{number}/events")[-1]
    assert ended["state"] in {"done", "failed"}  # zip readers may take what follows the end for a comment, or not
    for name in ("..%2Fapi-token", "con", "a%00b", "%20"):
        assert client.put(f"{place}/files/{name}", content=b"x").status_code in {404, 405, 422}, name
    assert client.put("/projects/9999/files/a.tlog", content=b"x").status_code == 404


def test_a_viewer_looks_and_asks_for_nothing(client: httpx.Client, station: Station, place: str) -> None:
    from app.api.rights import needed
    from app.domain.access import Role

    for method, path in (("POST", "/jobs"), ("POST", "/jobs/1/cancel"), ("PUT", "/files/a")):
        assert needed(method, f"{PREFIX}{place}{path}") is Role.OPERATOR
    for path in ("/jobs", "/jobs/1", "/jobs/1/events", "/jobs/1/file"):
        assert needed("GET", f"{PREFIX}{place}{path}") is Role.VIEWER
    until(lambda: not station.jobs.running())

"""What Prometheus and the pages of performance get; read by Prometheus' own parser."""

import httpx
from prometheus_client.parser import text_string_to_metric_families as families

from app.api.server import ApiServer
from app.domain.vehicle import LinkState
from app.services.station import Station


def _values(text: str) -> dict[str, float]:
    return {
        f"{one.name}{sorted(one.labels.items()) or ''}": one.value
        for family in families(text)
        for one in family.samples
    }


def test_prometheus_reads_what_is_known_and_nothing_else(
    client: httpx.Client, server: ApiServer, station: Station
) -> None:
    station.bus.link.publish(LinkState(1.0, "tcp:x", False, 0.0, 0.0, 0))
    client.get("/projects/999")
    values = _values(client.get("/metrics").text)
    assert values["kestrel_request_seconds_count[('method', 'GET'), ('path', '/api/v1/projects/{project_id}')]"] >= 1
    assert values["kestrel_mission_state[('state', 'IDLE')]"] == 1.0
    assert values["kestrel_gate_open"] == 0.0
    assert "kestrel_link_latency_seconds" not in values
    station.bus.link.publish(LinkState(2.0, "tcp:x", True, 100.0, 0.5, 0, latency_ms=40.0))
    assert _values(client.get("/metrics").text)["kestrel_link_latency_seconds"] == 0.04
    assert client.get(f"{server.url}metrics").headers["content-type"].startswith("text/plain; version=")


def test_prometheus_needs_a_token_too(server: ApiServer) -> None:
    with httpx.Client(timeout=20) as visitor:
        assert visitor.get(f"{server.url}metrics").status_code == 401


def test_what_a_request_took_is_told_and_counted(client: httpx.Client) -> None:
    answer = client.get("/info")
    assert answer.headers["server-timing"].startswith("app;dur=")
    asked = client.get("/performance").json()["requests"]
    mine = next(one for one in asked if one["path"] == "/api/v1/info")
    assert mine["times"]["count"] >= 1
    assert mine["times"]["p50_s"] > 0.0
    assert client.get("/host").json()["program_memory_bytes"] > 0


def test_the_log_is_read_by_level(client: httpx.Client) -> None:
    assert client.get("/logs", params={"limit": 5, "least": "ERROR"}).json() == []
    assert client.get("/logs", params={"least": "LOUD"}).status_code == 422

"""Every route there is, with the role it needs: a new one shows up here."""

import httpx
import pytest

from app.api.rights import PREFIX, commands_vehicle, needed
from app.api.server import ApiServer
from app.domain.access import Role

OPEN = {
    ("GET", "/health/live"), ("POST", "/auth/session"), ("DELETE", "/auth/session"), ("POST", "/auth/token"),
    ("POST", "/auth/refresh"),
}  # fmt: skip


def routes(server: ApiServer, client: httpx.Client) -> list[tuple[str, str]]:
    described = client.get(f"{server.url}openapi.json").json()
    return [(method.upper(), path) for path, methods in described["paths"].items() for method in methods]


def test_only_what_is_meant_to_be_is_open(server: ApiServer, client: httpx.Client) -> None:
    found = {(method, path.removeprefix(PREFIX)) for method, path in routes(server, client) if not needed(method, path)}
    assert found == OPEN


def test_every_route_refuses_who_shows_nothing(server: ApiServer, client: httpx.Client) -> None:
    with httpx.Client(base_url=server.url, timeout=20) as visitor:
        for method, path in routes(server, client):
            if (method, path.removeprefix(PREFIX)) not in OPEN:
                assert visitor.request(method, path.replace("{", "").replace("}", "")).status_code == 401, path


def test_a_viewer_changes_nothing_but_stops_the_vehicle(server: ApiServer, client: httpx.Client) -> None:
    changing = [(method, path) for method, path in routes(server, client) if method != "GET"]
    free = {path for method, path in changing if needed(method, path) is Role.VIEWER}
    own = {"/safety/emergency-stop", "/auth/password", "/auth/pair"}
    assert {path.removeprefix(PREFIX) for path in free} == own


def test_accounts_and_the_audit_trail_are_the_admins(server: ApiServer, client: httpx.Client) -> None:
    for method, path in routes(server, client):
        first = path.removeprefix(PREFIX).split("/")[1]
        admin = first in {"users", "keys", "sessions", "audit", "store", "webhooks"} or path.endswith("/mission/force")
        assert (needed(method, path) is Role.ADMIN) == admin, path


@pytest.mark.parametrize(
    ("method", "path", "commands"),
    [
        ("POST", "/vehicle/arm", True),
        ("POST", "/estimate/beacon/bearings/turn", True),
        ("DELETE", "/estimate/beacon/bearings/turn", False),
        ("POST", "/estimate/beacon/bearings", False),
        ("PUT", "/vehicle/parameters/RTL_ALT", True),
        ("POST", "/search/start", True),
        ("POST", "/homing/confirm", True),
        ("POST", "/safety/reset", True),
        ("GET", "/vehicle/link", False),
        ("POST", "/safety/emergency-stop", False),
        ("POST", "/homing/disable", False),
        ("POST", "/mission/stop", False),
        ("POST", "/search/preview", False),
        ("PUT", "/radio/frequency", False),
    ],
)
def test_control_is_needed_for_what_moves_the_vehicle_and_not_for_stopping_it(
    method: str, path: str, commands: bool
) -> None:
    assert commands_vehicle(method, f"{PREFIX}{path}") is commands


@pytest.mark.parametrize("path", ["/openapi.json", "/anything", "/assets", "/../etc/passwd"])
def test_what_is_not_the_page_is_closed(path: str) -> None:
    assert needed("GET", path) is Role.VIEWER

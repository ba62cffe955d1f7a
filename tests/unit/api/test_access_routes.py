"""Signing in, accounts, keys, control and audit over a running server."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import orjson
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from app.api.doorkeeper import CSRF_HEADER
from app.api.server import ApiServer
from app.domain.access import Role
from app.services.station import Station

WORDS = "correct horse battery"


@pytest.fixture(autouse=True)
def people(station: Station) -> Iterator[None]:
    for name, role in (("ann", Role.OPERATOR), ("vic", Role.VIEWER), ("ada", Role.ADMIN)):
        station.accounts.add(name, role, WORDS)
    yield
    for account in station.accounts.accounts():
        station.accounts.remove(account.name)
    station.control.take("nobody")
    station.control.let_go("nobody")


@pytest.fixture
def visitor(server: ApiServer) -> Iterator[httpx.Client]:
    """Somebody without a token."""
    with httpx.Client(base_url=f"{server.url}api/v1", timeout=30) as made:
        yield made


def signed_in(visitor: httpx.Client, name: str) -> dict[str, Any]:
    answer = visitor.post("/auth/session", json={"name": name, "password": WORDS})
    assert answer.status_code == 200, answer.text
    csrf = next(value for key, value in visitor.cookies.items() if key.startswith("kestrel_csrf"))
    visitor.headers[CSRF_HEADER] = csrf
    return dict(answer.json())


def bearer(visitor: httpx.Client, name: str) -> dict[str, str]:
    told = visitor.post("/auth/token", json={"name": name, "password": WORDS}).json()
    return {"authorization": f"Bearer {told['access_token']}"}


def test_a_browser_signs_in_stays_so_and_signs_out(visitor: httpx.Client, server: ApiServer) -> None:
    assert visitor.get("/auth/me").status_code == 401
    me = signed_in(visitor, "ann")
    assert (me["actor"], me["role"]) == ("ann", "operator")
    assert visitor.get("/auth/me").json() == me
    before = dict(visitor.cookies)
    refreshed = visitor.post("/auth/refresh", json={})
    assert refreshed.json() == me
    assert all(visitor.cookies[name] != value for name, value in before.items())
    visitor.headers[CSRF_HEADER] = next(value for key, value in visitor.cookies.items() if "csrf" in key)
    assert visitor.post("/targets/none/select").status_code == 404
    assert visitor.delete("/auth/session").status_code == 204
    assert visitor.get("/auth/me").status_code == 401


def test_cookies_are_kept_from_scripts_and_other_sites(visitor: httpx.Client) -> None:
    answer = visitor.post("/auth/session", json={"name": "ann", "password": WORDS})
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 3
    assert all("SameSite=strict" in one for one in cookies)
    assert sum("HttpOnly" in one for one in cookies) == 2
    assert WORDS not in answer.text


def test_the_wrong_way_in_is_told_the_same_whatever_is_wrong(visitor: httpx.Client) -> None:
    told = {
        visitor.post("/auth/token", json=body).json()["detail"]
        for body in ({"name": "ann", "password": "wrong"}, {"name": "nobody-here", "password": WORDS})
    }
    assert len(told) == 1
    for body in ({}, {"name": "ann", "token": "x"}, {"name": "ann", "password": "x" * 500}):
        assert visitor.post("/auth/token", json=body).status_code == 422
    assert visitor.post("/auth/session", json={"token": "wrong"}).status_code == 401


def test_guessing_is_told_to_wait(visitor: httpx.Client, station: Station) -> None:
    answers = [visitor.post("/auth/token", json={"name": "guessed", "password": "x"}) for _ in range(8)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    station.sessions._throttle.succeeded("name guessed", "address 127.0.0.1")


def test_tokens_of_a_program_are_refreshed_once(visitor: httpx.Client) -> None:
    told = visitor.post("/auth/token", json={"name": "ann", "password": WORDS}).json()
    assert told["token_type"] == "Bearer"
    again = visitor.post("/auth/refresh", json={"refresh_token": told["refresh_token"]}).json()
    headers = {"authorization": f"Bearer {again['access_token']}"}
    assert visitor.get("/auth/me", headers=headers).json()["actor"] == "ann"
    assert visitor.get("/auth/me", headers={"authorization": f"Bearer {told['access_token']}"}).status_code == 401
    assert visitor.post("/auth/refresh", json={"refresh_token": "none"}).status_code == 401
    assert visitor.post("/auth/refresh", json={}).status_code == 401


def test_accounts_are_the_admins_alone(visitor: httpx.Client) -> None:
    for name in ("vic", "ann"):
        headers = bearer(visitor, name)
        for path in ("/users", "/keys", "/sessions", "/audit"):
            assert visitor.get(path, headers=headers).status_code == 403, (name, path)
        body = {"name": "eve", "role": "admin", "password": WORDS}
        assert visitor.post("/users", json=body, headers=headers).status_code == 403
    headers = bearer(visitor, "ada")
    made = visitor.post("/users", json={"name": "eve", "role": "viewer", "password": WORDS}, headers=headers)
    assert made.status_code == 201
    assert WORDS not in made.text
    assert "password" not in visitor.get("/users", headers=headers).text
    assert visitor.put("/users/eve/role", json={"role": "operator"}, headers=headers).status_code == 204
    assert visitor.put("/users/ada/role", json={"role": "viewer"}, headers=headers).status_code == 409
    assert visitor.delete("/users/ada", headers=headers).status_code == 409
    assert visitor.put("/users/eve/password", json={"password": "short"}, headers=headers).status_code == 422
    assert visitor.delete("/users/eve", headers=headers).status_code == 204
    assert visitor.delete("/users/eve", headers=headers).status_code == 404


def test_ones_own_password_is_changed_with_the_old_one(visitor: httpx.Client) -> None:
    headers = bearer(visitor, "vic")
    wrong = {"old": "wrong wrong wrong", "new": WORDS + " staple"}
    assert visitor.put("/auth/password", json=wrong, headers=headers).status_code == 401
    right = {"old": WORDS, "new": WORDS + " staple"}
    assert visitor.put("/auth/password", json=right, headers=headers).status_code == 204
    assert visitor.get("/auth/me", headers=headers).status_code == 401
    assert visitor.post("/auth/token", json={"name": "vic", "password": WORDS + " staple"}).status_code == 200


def test_a_key_is_told_once_and_opens_until_revoked(visitor: httpx.Client) -> None:
    admin = bearer(visitor, "ada")
    made = visitor.post("/keys", json={"name": "plotter", "role": "viewer", "days": 1}, headers=admin).json()
    key = {"authorization": f"Bearer {made['secret']}"}
    assert visitor.get("/auth/me", headers=key).json() == {"actor": "plotter", "role": "viewer", "session": ""}
    assert visitor.post("/targets/x/select", headers=key).status_code == 403
    assert made["secret"] not in visitor.get("/keys", headers=admin).text
    assert visitor.delete(f"/keys/{made['id']}", headers=admin).status_code == 204
    assert visitor.get("/auth/me", headers=key).status_code == 401


def test_a_phone_is_paired_by_a_code_at_most_as_high_as_who_lets_it_in(visitor: httpx.Client) -> None:
    ann = bearer(visitor, "ann")
    assert visitor.post("/auth/pair", json={"role": "admin"}, headers=ann).status_code == 403
    pairing = visitor.post("/auth/pair", json={"role": "operator"}, headers=ann).json()
    assert pairing["url"].endswith(f"#pair={pairing['code']}")
    assert pairing["qr_svg"].startswith("<svg")
    answer = visitor.post("/auth/session", json={"code": pairing["code"]})
    assert answer.json()["role"] == "operator"
    assert visitor.post("/auth/session", json={"code": pairing["code"]}).status_code == 401


def test_control_goes_from_one_to_the_other(visitor: httpx.Client) -> None:
    ann, ada = bearer(visitor, "ann"), bearer(visitor, "ada")
    assert visitor.post("/control/ask", headers=ann).json()["holder"] == "ann"
    assert visitor.post("/vehicle/brake", headers=ada).json()["detail"].startswith("ann has control")
    assert visitor.post("/control/ask", headers=ada).json()["asked_by"] == "ada"
    assert visitor.post("/control/give", headers=ann).json()["holder"] == "ada"
    assert visitor.post("/control/take", headers=ann).json()["how"] == "took over from ada"
    assert visitor.get("/control", headers=ada).json()["holder"] == "ann"
    assert visitor.post("/control/let-go", headers=ada).status_code == 409
    assert visitor.post("/control/let-go", headers=ann).json()["holder"] == ""
    assert visitor.post("/control/ask", headers=bearer(visitor, "vic")).status_code == 403


def test_a_viewer_can_stop_the_vehicle_and_nothing_else(visitor: httpx.Client, client: httpx.Client) -> None:
    vic = bearer(visitor, "vic")
    assert visitor.get("/status", headers=vic).status_code == 200
    assert visitor.post("/search/start", json={}, headers=vic).status_code == 403
    assert visitor.post("/safety/reset", json={"reason": "x"}, headers=vic).status_code == 403
    assert visitor.post("/safety/emergency-stop", headers=vic).status_code == 200
    assert client.post("/safety/reset", json={"reason": "tried"}).status_code == 200


def test_the_audit_trail_names_who_did_what(visitor: httpx.Client) -> None:
    ada = bearer(visitor, "ada")
    visitor.post("/control/ask", headers=ada | {"x-correlation-id": "find-me"})
    while not (found := visitor.get("/audit", params={"actor": "ada"}, headers=ada).json()):
        pass
    assert (found[0]["what"], found[0]["status"]) == ("POST /api/v1/control/ask", 200)
    assert found[0]["correlation_id"] == "find-me"


def test_who_is_signed_out_hears_nothing_more(visitor: httpx.Client, server: ApiServer) -> None:
    ada = bearer(visitor, "ada")
    vic = bearer(visitor, "vic")
    session = visitor.get("/auth/me", headers=vic).json()["session"]
    address = f"{server.url.replace('http', 'ws', 1)}api/v1/ws"
    with connect(address, additional_headers=vic) as stream:
        assert orjson.loads(stream.recv(timeout=20))["topic"] == "hello"
        assert visitor.delete(f"/sessions/{session}", headers=ada).status_code == 204
        with pytest.raises(ConnectionClosed) as closed:
            deque(iter(lambda: stream.recv(timeout=30), None), maxlen=0)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def test_two_windows_refresh_at_once(visitor: httpx.Client) -> None:
    signed_in(visitor, "ann")
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())}
    visitor.cookies.clear()
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(visitor.post, "/auth/refresh", json={}, headers=headers) for _ in range(2)]
        assert [one.result().status_code for one in asked] == [200, 200]

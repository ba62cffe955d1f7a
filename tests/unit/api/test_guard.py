import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import Message

from app.api import guard, problems
from app.api.doorkeeper import CSRF_HEADER, csrf_of
from app.api.guard import LARGEST_BODY, Guard
from app.domain.access import Identity, Role
from app.logbook import CORRELATION
from app.services.sessions import Caller
from tests.unit.api.asking import ask
from tests.unit.api.doors import KEYS, TOKEN, Doors


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    made = Doors(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def cookies(doors: Doors) -> dict[str, str]:
    access = doors.sessions.station(Caller("127.0.0.1")).access
    return {"cookie": f"{KEYS.access_cookie}={access}", CSRF_HEADER: csrf_of(access)}


@pytest.fixture
def app(doors: Doors) -> Guard:
    inner = FastAPI(openapi_url=None)
    problems.install(inner, Path("station"))

    @inner.get("/")
    @inner.get("/api/v1/health/live")
    async def free() -> str:
        return "free"

    @inner.get("/api/v1/correlation")
    async def correlation() -> str:
        return CORRELATION.get()

    @inner.post("/api/v1/who")
    async def who(request: Request) -> str:
        await request.body()
        return str(request.scope["actor"])

    return doors.guard(inner)


@pytest.mark.parametrize("path", ["/", "/api/v1/health/live"])
def test_the_page_and_the_pulse_need_no_token(app: Guard, path: str) -> None:
    assert ask(app, "GET", path).status_code == 200


def test_what_is_logged_meanwhile_belongs_to_the_request(app: Guard) -> None:
    answer = ask(app, "GET", "/api/v1/correlation", TOKEN)
    assert answer.json() == answer.headers["x-correlation-id"]
    assert ask(app, "GET", "/api/v1/correlation", TOKEN | {"x-correlation-id": "mine-1"}).json() == "mine-1"
    assert "bad" not in ask(app, "GET", "/api/v1/correlation", TOKEN | {"x-correlation-id": "bad id"}).json()


@pytest.mark.parametrize(
    ("headers", "actor"),
    [(TOKEN, "api"), ({"authorization": "bearer secret"}, "api")],
)
def test_who_asks_is_known_by_what_is_shown(app: Guard, headers: Mapping[str, str], actor: str) -> None:
    assert ask(app, "POST", "/api/v1/who", headers).json() == actor


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": "Basic secret"},
        {"authorization": "secret"},
        {"cookie": f"{KEYS.access_cookie}=secret"},
        {"cookie": "kestrel_1=x; =;"},
        {"authorization": "Bearer kak_wrong"},
    ],
)
def test_everyone_else_is_turned_away(app: Guard, headers: Mapping[str, str]) -> None:
    answer = ask(app, "POST", "/api/v1/who", headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["type"] == "urn:kestrel:problem:denied"


def test_what_is_not_there_needs_the_token_too(app: Guard) -> None:
    assert ask(app, "GET", "/api/v1/nothing").status_code == 401
    assert ask(app, "GET", "/api/v1/nothing", TOKEN).status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8137", "LOCALHOST", "[::1]:8137", "192.168.1.5:8137"])
def test_addresses_and_localhost_are_ours(app: Guard, host: str) -> None:
    assert ask(app, "GET", "/", {"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8137", "127.0.0.1.evil.example", "localhost.evil", ""])
def test_names_that_could_be_rebound_are_refused(app: Guard, host: str) -> None:
    assert ask(app, "POST", "/api/v1/who", TOKEN | {"host": host}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
    ],
)
def test_other_origins_are_refused(app: Guard, cookies: dict[str, str], headers: Mapping[str, str]) -> None:
    assert ask(app, "POST", "/api/v1/who", {**cookies, **headers}).status_code == 403


def test_our_own_page_is_not(app: Guard, cookies: dict[str, str]) -> None:
    headers = cookies | {"origin": "http://127.0.0.1:8137", "sec-fetch-site": "same-origin"}
    assert ask(app, "POST", "/api/v1/who", headers).status_code == 200


def test_a_large_body_is_refused_by_its_stated_length(app: Guard) -> None:
    answer = ask(app, "POST", "/api/v1/who", TOKEN, content=b"x" * (LARGEST_BODY + 1))
    assert answer.status_code == 413


def test_a_large_body_is_refused_without_a_length(app: Guard) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 65_536 + 2):
            yield b"x" * 65_536

    answer = ask(app, "POST", "/api/v1/who", TOKEN, content=endless())
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("drops", [0, 3])
def test_a_body_that_never_ends_is_given_up(app: Guard, monkeypatch: pytest.MonkeyPatch, drops: int) -> None:
    async def halting() -> AsyncIterator[bytes]:
        for _ in range(drops):
            yield b"x"
        await asyncio.Event().wait()

    monkeypatch.setattr(guard, "BODY_S", 0.05)
    answer = ask(app, "POST", "/api/v1/who", TOKEN, content=halting())
    assert answer.status_code == 408
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("path", "headers"), [("/", {}), ("/api/v1/who", {})])
def test_every_answer_carries_the_security_headers(app: Guard, path: str, headers: Mapping[str, str]) -> None:
    answer = ask(app, "GET", path, headers)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert float(answer.headers["x-process-time"]) >= 0.0
    assert "access-control-allow-origin" not in answer.headers


def test_the_correlation_id_is_kept_or_made(app: Guard) -> None:
    assert ask(app, "GET", "/", {"x-correlation-id": "abc-1"}).headers["x-correlation-id"] == "abc-1"
    assert ask(app, "GET", "/", {"x-correlation-id": "a b\tc"}).headers["x-correlation-id"] not in {"a b\tc", ""}


@pytest.mark.parametrize(
    ("token", "cookie", "origin", "accepted"),
    [
        (True, False, b"", True),
        (False, True, b"http://127.0.0.1:8137", True),
        (False, True, b"http://evil.example", False),
        (False, False, b"", False),
    ],
)
def test_websockets_are_held_to_the_same(
    doors: Doors, cookies: dict[str, str], token: bool, cookie: bool, origin: bytes, accepted: bool
) -> None:
    headers = [(b"authorization", b"Bearer secret")] * token + [(b"cookie", cookies["cookie"].encode())] * cookie
    headers += [(b"origin", origin)] * bool(origin)

    async def inner(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/api/v1/ws", "headers": [(b"host", b"127.0.0.1:8137"), *headers]}
    asyncio.run(doors.guard(inner)(scope, receive, send))
    assert [message["type"] for message in sent] == ["websocket.accept" if accepted else "websocket.close"]


def test_a_cookie_changes_something_only_with_what_its_page_knows(app: Guard, cookies: dict[str, str]) -> None:
    assert ask(app, "POST", "/api/v1/who", cookies).json() == "browser"
    told = ask(app, "POST", "/api/v1/who", {"cookie": cookies["cookie"]})
    assert (told.status_code, told.json()["type"]) == (403, "urn:kestrel:problem:forbidden")
    assert ask(app, "POST", "/api/v1/who", cookies | {CSRF_HEADER: csrf_of("other")}).status_code == 403
    assert ask(app, "GET", "/api/v1/nothing", {"cookie": cookies["cookie"]}).status_code == 404


def test_a_wrong_token_is_not_made_good_by_a_cookie(app: Guard, cookies: dict[str, str]) -> None:
    assert ask(app, "POST", "/api/v1/who", cookies | {"authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (Role.VIEWER, "GET", "/api/v1/nothing", 404),
        (Role.VIEWER, "POST", "/api/v1/who", 403),
        (Role.VIEWER, "POST", "/api/v1/safety/emergency-stop", 404),  # let through: the inner application has none
        (Role.OPERATOR, "POST", "/api/v1/who", 200),
        (Role.OPERATOR, "GET", "/api/v1/users", 403),
        (Role.ADMIN, "GET", "/api/v1/users", 404),
    ],
)
def test_each_role_may_what_its_table_says(
    app: Guard, doors: Doors, role: Role, method: str, path: str, status: int
) -> None:
    access = doors.sessions.begin(Identity("ann", role), Caller("127.0.0.1")).access
    answer = ask(app, method, path, {"authorization": f"Bearer {access}"})
    assert answer.status_code == status
    if status == 403:
        assert f"ann is {role}" in answer.json()["detail"]


def test_who_commands_the_vehicle_has_control_and_others_are_told_who(app: Guard, doors: Doors) -> None:
    ann, ben = (
        {"authorization": f"Bearer {doors.sessions.begin(Identity(name, Role.OPERATOR), Caller('')).access}"}
        for name in ("ann", "ben")
    )
    assert ask(app, "POST", "/api/v1/vehicle/arm", ann).status_code == 404  # let through
    assert doors.control.control().holder == "ann"
    told = ask(app, "POST", "/api/v1/vehicle/arm", ben)
    assert told.status_code == 409
    assert "ann has control" in told.json()["detail"]
    for stopping in ("safety/emergency-stop", "homing/disable", "mission/stop"):
        assert ask(app, "POST", f"/api/v1/{stopping}", ben).status_code == 404
    doors.wall.now_s += 61.0
    assert ask(app, "POST", "/api/v1/vehicle/arm", ben).status_code == 404
    assert doors.control.control().holder == "ben"


def test_what_changes_something_is_noted_whoever_asked_and_however_it_ended(app: Guard, doors: Doors) -> None:
    ask(app, "GET", "/api/v1/health/live")
    ask(app, "POST", "/api/v1/who", TOKEN | {"x-correlation-id": "abc"})
    ask(app, "POST", "/api/v1/who")
    told = [(one.actor, one.role, one.what, one.status) for one in doors.noted]
    assert told == [("api", "admin", "POST /api/v1/who", 200), ("", "", "POST /api/v1/who", 401)]
    assert doors.noted[0].correlation_id == "abc"
    assert doors.noted[0].address == "127.0.0.1"


@pytest.mark.parametrize(
    "shown",
    [
        # header.payload.signature with alg none; expired; signed with another key: no JWT opens anything
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4iLCJyb2xlIjoiYWRtaW4ifQ.",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4iLCJleHAiOjF9.c2lnbmF0dXJl",
        "secre", "secret0", "", "x" * 5000,
    ],
)  # fmt: skip
def test_no_made_up_token_opens(app: Guard, shown: str) -> None:
    headers = {"authorization": f"Bearer {shown}"}
    assert ask(app, "GET", "/api/v1/nothing", headers).status_code == 401

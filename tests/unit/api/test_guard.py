import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import Message

from app.api import problems
from app.api.guard import LARGEST_BODY, Guard
from app.api.token import Keys
from tests.unit.api.asking import ask

KEYS = Keys("secret", 8137)
TOKEN = {"authorization": "Bearer secret"}
COOKIE = {"cookie": f"{KEYS.cookie_name}={KEYS.cookie_value}"}


@pytest.fixture
def app() -> Guard:
    inner = FastAPI(openapi_url=None)
    problems.install(inner)

    @inner.get("/")
    @inner.get("/api/v1/health/live")
    async def free() -> str:
        return "free"

    @inner.post("/api/v1/who")
    async def who(request: Request) -> str:
        await request.body()
        return str(request.scope["actor"])

    return Guard(inner, KEYS, "127.0.0.1")


@pytest.mark.parametrize("path", ["/", "/api/v1/health/live"])
def test_the_page_and_the_pulse_need_no_token(app: Guard, path: str) -> None:
    assert ask(app, "GET", path).status_code == 200


@pytest.mark.parametrize(
    ("headers", "actor"),
    [(TOKEN, "api"), ({"authorization": "bearer secret"}, "api"), (COOKIE, "browser")],
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
        {"cookie": f"{KEYS.cookie_name}=secret"},
        {"cookie": "kestrel_1=x; =;"},
        COOKIE | {"authorization": "Bearer wrong"},
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
def test_other_origins_are_refused(app: Guard, headers: Mapping[str, str]) -> None:
    assert ask(app, "POST", "/api/v1/who", {**COOKIE, **headers}).status_code == 403


def test_our_own_page_is_not(app: Guard) -> None:
    headers = COOKIE | {"origin": "http://127.0.0.1:8137", "sec-fetch-site": "same-origin"}
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
    ("headers", "accepted"),
    [
        ([(b"authorization", b"Bearer secret")], True),
        ([(b"cookie", COOKIE["cookie"].encode()), (b"origin", b"http://127.0.0.1:8137")], True),
        ([(b"cookie", COOKIE["cookie"].encode()), (b"origin", b"http://evil.example")], False),
        ([], False),
    ],
)
def test_websockets_are_held_to_the_same(headers: list[tuple[bytes, bytes]], accepted: bool) -> None:
    async def inner(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/api/v1/ws", "headers": [(b"host", b"127.0.0.1:8137"), *headers]}
    asyncio.run(Guard(inner, KEYS, "127.0.0.1")(scope, receive, send))
    assert [message["type"] for message in sent] == ["websocket.accept" if accepted else "websocket.close"]

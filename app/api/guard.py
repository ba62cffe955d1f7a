"""Who is let in and may send how much, the audit trail, the security headers of every answer; the server's thread."""

import asyncio
import ipaddress
import re
import secrets
import socket
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.doorkeeper import Doorkeeper, caller_of
from app.api.problems import app_problem, problem
from app.api.rights import SAFE
from app.domain.access import AuditEntry, Identity
from app.errors import AppError, Denied
from app.logbook import CORRELATION

LARGEST_BODY = 1_000_000  # bytes
BODY_S, SLOWEST_BYTES_S = 30.0, 5_000.0  # a body has this long, and longer as it grows
LARGEST_FILE = 4_000_000_000  # brought for a job, by who may change something
_FILES = re.compile(r"/api/v1/projects/\d+/files/[^/]+")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


class Guard:
    """The outermost ASGI layer: host, origin, credentials, size; nothing behind it is reached without them.

    A page of another origin cannot get here through a name that points to this computer (DNS rebinding): the Host
    header must be an address, localhost, or the name the station was bound to.
    """

    def __init__(
        self,
        app: ASGIApp,
        keeper: Doorkeeper,
        bound_to: str,
        note: Callable[[AuditEntry], None],
        took: Callable[[Scope, int, float], None],
    ) -> None:
        self._app = app
        self._keeper = keeper
        self._note = note
        self._took = took
        self._names = frozenset({"localhost", bound_to.lower(), *own_names()})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-correlation-id", "")
        scope["correlation_id"] = given if _ID.fullmatch(given) else secrets.token_hex(8)
        CORRELATION.set(scope["correlation_id"])  # each request is a task of its own
        refusal = self._refusal(scope, headers)
        if scope["type"] == "websocket":
            await self._websocket(refusal, scope, receive, send)
            return
        send = self._audited(_with_headers(send, scope, headers, self._timed(scope)), scope, headers)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, _limited(receive, _most(scope)), send)

    async def _websocket(self, refusal: Response | None, scope: Scope, receive: Receive, send: Send) -> None:
        if refusal is None:
            await self._app(scope, receive, send)
            return
        await receive()  # websocket.connect
        await send({"type": "websocket.close", "code": 1008, "reason": ""})  # before accept: HTTP 403

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        correlation_id = scope["correlation_id"]
        if not self._own_host(headers.get("host", "")):
            return problem(400, "host", "Unknown host", "The Host header names no address of here.", correlation_id)
        if not _own_origin(headers):
            return problem(
                403, "origin", "Cross-origin request", "Only the station's own page may ask.", correlation_id
            )
        if _too_large(headers, _most(scope)):
            detail = f"The body may have {_most(scope)} bytes at most."
            return problem(413, "too-large", "Body too large", detail, correlation_id)
        scope["identity"], scope["actor"] = None, None
        try:
            who = self._keeper.admit(scope, headers)
        except AppError as error:
            answer = app_problem(error, correlation_id)
            if isinstance(error, Denied):
                answer.headers["www-authenticate"] = "Bearer"
            return answer
        if who is not None:
            scope["identity"], scope["actor"] = who, who.actor
        return None

    def _audited(self, send: Send, scope: Scope, headers: Headers) -> Send:
        """``send`` that also notes what became of a request that is to change something."""
        method = str(scope["method"])
        if method in SAFE:
            return send

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                who: Identity | None = scope.get("identity")
                actor, role = (who.actor, who.role.value) if who is not None else ("", "")
                what, status = f"{method} {scope['path']}"[:300], int(message["status"])
                address = caller_of(scope, headers).address
                self._note(AuditEntry(time.time(), actor, role, address, what, status, scope["correlation_id"]))
            await send(message)

        return sent

    def _timed(self, scope: Scope) -> Callable[[int], float]:
        """What tells, when the answer begins with a status, how long that took, s."""
        start_s = time.perf_counter()

        def took(status: int) -> float:
            seconds = time.perf_counter() - start_s
            self._took(scope, status, seconds)
            return seconds

        return took

    def _own_host(self, host: str) -> bool:
        name = _without_port(host)
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def own_names() -> tuple[str, ...]:
    """What this computer is called in its network."""
    name = socket.gethostname().lower().partition(".")[0]
    return (name, f"{name}.local") if name else ()


def _without_port(host: str) -> str:
    """Name or address of a Host header: "[::1]:80" -> "::1"."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _own_origin(headers: Headers) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        host = headers.get("host", "")
        return origin in {f"http://{host}", f"https://{host}"}
    return (
        headers.get("sec-fetch-site", "none") in {"none", "same-origin"} or headers.get("sec-fetch-mode") == "navigate"
    )


def _most(scope: Scope) -> int:
    """Bytes that a body may have."""
    return LARGEST_FILE if _FILES.fullmatch(str(scope["path"])) else LARGEST_BODY


def _too_large(headers: Headers, most: int) -> bool:
    length = headers.get("content-length", "0")
    return not length.isdecimal() or int(length) > most


def _limited(receive: Receive, most: int) -> Receive:
    """``receive`` that gives up on a body that has grown too large, or that comes too slowly to be meant well."""
    got, whole, begun_s = 0, False, time.monotonic()

    async def counted() -> Message:
        nonlocal got, whole
        left_s = None if whole else begun_s + BODY_S + got / SLOWEST_BYTES_S - time.monotonic()
        try:
            async with asyncio.timeout(left_s):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, f"The body came too slowly: {got} bytes so far.") from None
        got, whole = got + len(message.get("body", b"")), not message.get("more_body", False)
        if got > most:
            raise HTTPException(413, f"The body may have {most} bytes at most.")
        return message

    return counted


def _policy(host: str) -> str:
    """The content security policy; older Safari does not count ws: as 'self'."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        f"connect-src 'self' ws://{host} wss://{host}; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


def _with_headers(send: Send, scope: Scope, asked: Headers, took: Callable[[int], float]) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers["content-security-policy"] = _policy(asked.get("host", ""))
            headers["x-correlation-id"] = scope["correlation_id"]
            seconds = took(int(message["status"]))
            headers["x-process-time"] = f"{seconds:.6f}"
            headers["server-timing"] = f"app;dur={seconds * 1e3:.3f}"
            if str(scope["path"]).startswith("/api/"):
                headers.setdefault("cache-control", "no-store")
        await send(message)

    return sent

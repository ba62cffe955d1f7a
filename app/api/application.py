"""The FastAPI application: routes, errors, pages, hub, behind the guard; the server's thread."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Scope

from app.api import pages, problems
from app.api.audit import AuditTrail
from app.api.courier import Courier
from app.api.doorkeeper import CSRF_HEADER, Doorkeeper
from app.api.guard import Guard
from app.api.hub import Hub
from app.api.problems import ProblemOut
from app.api.rights import PREFIX, needed
from app.api.routes import (
    auth,
    bearings,
    control,
    estimate,
    insights,
    jobs,
    mission,
    projects,
    radio,
    recordings,
    sound,
    stream,
    system,
    transfer,
    upkeep,
    users,
    vehicle,
    webhooks,
)
from app.api.token import Keys
from app.services.station import Station

AREAS = (
    system, auth, users, control, radio, recordings, sound, transfer, vehicle, mission, estimate, bearings, insights,
    projects, jobs, upkeep, webhooks, stream,
)  # fmt: skip
log = logging.getLogger(__name__)
DESCRIPTION = """
Everything the window can do, through the same service methods. SI units, named in the fields; times are UTC in seconds
since 1970; `null` is "not known". Authenticate with `Authorization: Bearer TOKEN`: the station's token, a key, or an
access token of `/auth/token`. What changes something needs the role `operator`, accounts and keys `admin`; what
commands the vehicle needs control of it (`/control`), which nobody's is until somebody commands. Errors are
problem+json (RFC 9457); a motion refused by the safety gate is 409 with the list of `reasons`. The stream
is the WebSocket `/api/v1/ws`.
"""
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemOut} for status in (400, 401, 403, 404, 408, 409, 413, 422, 429, 503)
}
_PROBLEM = "#/components/schemas/ProblemOut"


def build(station: Station, keys: Keys, bound_to: str, dist: Path = pages.DIST) -> ASGIApp:
    """The whole application; its hub listens to the bus while its lifespan lasts."""
    hub, trail = Hub(station.bus), AuditTrail(station.accounts)
    courier = Courier(station.webhooks, station.bus, station.settings.api.webhook_hosts)
    keeper = Doorkeeper(keys, station.accounts, station.sessions, station.control)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        hub.open()
        courier.open()
        tasks = [asyncio.create_task(work) for work in (trail.run(), trail.watch(station.sessions))]
        try:
            yield
        finally:
            hub.close()
            await courier.close()
            for task in tasks:
                task.cancel()
            await trail.finish()

    app = FastAPI(
        title="Kestrel", version="1", description=DESCRIPTION, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    app.state.station, app.state.keys, app.state.hub, app.state.keeper = station, keys, hub, keeper
    app.state.trail = trail
    problems.install(app, station.settings.store.directory)
    for area in AREAS:
        for router in area.ROUTERS:  # not nested: each level of routers is searched on each request
            app.include_router(router, prefix=PREFIX, responses=_ERRORS)
    app.add_api_route("/metrics", system.prometheus, include_in_schema=False)  # where Prometheus looks for it
    pages.install(app, dist)
    app.openapi_schema = _described(app.openapi())
    return Guard(app, keeper, bound_to, trail.note, _timer(station))


def _timer(station: Station) -> Callable[[Scope, int, float], None]:
    """What notes each answered request, and logs the slow ones."""
    slow_s = station.settings.api.slow_request_s

    def took(scope: Scope, status: int, seconds: float) -> None:
        method, route = str(scope["method"]), scope.get("route")
        path = (
            f"{PREFIX}{route.path_format}"
            if isinstance(route, APIRoute) and scope["path"].startswith(PREFIX)
            else "other"
        )
        station.performance.note_request(method, path, seconds, status >= HTTPStatus.INTERNAL_SERVER_ERROR)
        if seconds > slow_s:
            log.warning("slow request: %s %s took %.2f s (%d)", method, scope["path"], seconds, status)

    return took


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """The description with what FastAPI cannot know: the token, and that errors are problem+json."""
    schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schema["security"] = [{"token": []}]
    schema["components"]["securitySchemes"]["cookie"] = {
        "type": "apiKey", "in": "cookie", "name": f"kestrel_PORT, with the header {CSRF_HEADER}"
    }  # fmt: skip
    for name, path in schema["paths"].items():
        for method, operation in path.items():
            if needed(method.upper(), name) is None:
                operation["security"] = []
            for answered in operation["responses"].values():
                content = answered.get("content", {})
                if content.get("application/json", {}).get("schema", {}).get("$ref") == _PROBLEM:
                    content[problems.MEDIA_TYPE] = content.pop("application/json")
    return schema

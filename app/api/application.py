"""The FastAPI application: routes, errors, pages, hub, behind the guard; the server's thread."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from app.api import pages, problems
from app.api.guard import Guard
from app.api.hub import Hub
from app.api.problems import ProblemOut
from app.api.routes import estimate, mission, projects, radio, recordings, sound, stream, system, transfer, vehicle
from app.api.token import Keys
from app.services.station import Station

PREFIX = "/api/v1"
DESCRIPTION = """
Everything the window can do, through the same service methods. SI units, named in the fields; times are UTC in seconds
since 1970; `null` is "not known". Authenticate with `Authorization: Bearer TOKEN`. Errors are problem+json (RFC 9457);
a motion refused by the safety gate is 409 with the list of `reasons`. The stream is the WebSocket `/api/v1/ws`.
"""
_ERRORS: dict[int | str, dict[str, Any]] = {status: {"model": ProblemOut} for status in (401, 404, 409, 422, 503)}
_PROBLEM = "#/components/schemas/ProblemOut"


def build(station: Station, keys: Keys, bound_to: str, dist: Path = pages.DIST) -> ASGIApp:
    """The whole application; its hub listens to the bus while its lifespan lasts."""
    hub = Hub(station.bus)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        hub.open()
        try:
            yield
        finally:
            hub.close()

    app = FastAPI(
        title="Kestrel", version="1", description=DESCRIPTION, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    app.state.station, app.state.keys, app.state.hub = station, keys, hub
    problems.install(app)
    for area in (system, radio, recordings, sound, transfer, vehicle, mission, estimate, projects, stream):
        for router in area.ROUTERS:  # not nested: each level of routers is searched on each request
            app.include_router(router, prefix=PREFIX, responses=_ERRORS)
    pages.install(app, dist)
    app.openapi_schema = _described(app.openapi())
    return Guard(app, keys, bound_to)


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """The description with what FastAPI cannot know: the token, and that errors are problem+json."""
    schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schema["security"] = [{"token": []}]
    for path in schema["paths"].values():
        for operation in path.values():
            for answered in operation["responses"].values():
                content = answered.get("content", {})
                if content.get("application/json", {}).get("schema", {}).get("$ref") == _PROBLEM:
                    content[problems.MEDIA_TYPE] = content.pop("application/json")
    return schema

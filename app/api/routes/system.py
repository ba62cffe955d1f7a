"""Health, the station as a whole, faults."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.api import metrics, snapshot
from app.api.access import Actor, StationDep, done, reading
from app.api.encoding import answer
from app.api.schemas.station import (
    FaultOut,
    HealthOut,
    HostOut,
    InfoOut,
    LiveOut,
    LogLevel,
    LogLineOut,
    PerformanceOut,
    SetAsideOut,
    StatusOut,
)
from app.logbook import KEPT
from app.services.station import Station

system = APIRouter(tags=["system"])
NEEDED = frozenset({"store", "recorder"})


@system.get("/health/live", response_model=LiveOut)
async def live() -> Response:
    """The server answers; needs no token."""
    return answer({"status": "live"})


@system.get("/health/ready", response_model=HealthOut, responses={503: {"model": HealthOut}})
async def ready(station: StationDep) -> Response:
    """503 while what is flown could not be stored; no radio or no vehicle yet is no reason."""
    health = await reading(_health, station)
    return answer(health, 200 if health["ready"] else 503)


@system.get("/health/detailed", response_model=HealthOut)
async def detailed(station: StationDep) -> Response:
    return answer(await reading(_health, station))


def _health(station: Station) -> dict[str, Any]:
    components = station.system.health()
    return {"ready": all(one.ok for one in components if one.name in NEEDED), "components": components}


@system.get("/info", response_model=InfoOut)
async def info(station: StationDep) -> Response:
    return answer(await reading(station.system.info))


@system.get("/logs", response_model=list[LogLineOut])
async def logs(
    station: StationDep, limit: Annotated[int, Query(ge=1, le=KEPT)] = 200, least: LogLevel = "INFO"
) -> Response:
    """The last lines of the program's log, oldest first."""
    return answer(station.system.logs(limit, least))


@system.get("/performance", response_model=PerformanceOut)
async def performance(station: StationDep) -> Response:
    """Times of requests, levels and frames since the start; percentiles of the last 1000 of each."""
    return answer(
        {
            "start_up_s": station.performance.start_up_s,
            "requests": station.performance.requests(),
            "levels": station.performance.levels(),
            "frames": station.performance.frames(),
            "lost_samples": station.performance.lost_samples,
        }
    )


@system.get("/host", response_model=HostOut)
async def host(station: StationDep) -> Response:
    """The computer and this program on it."""
    return answer(await reading(station.performance.host))


@system.get("/metrics", response_class=Response, responses={200: {"content": {metrics.MEDIA_TYPE: {}}}})
async def prometheus(request: Request, station: StationDep) -> Response:
    """For Prometheus; also at /metrics."""
    state = request.app.state
    text = await reading(metrics.text, station, state.hub.clients, state.trail.waiting)
    return Response(text, media_type=metrics.MEDIA_TYPE)


@system.get("/status", response_model=StatusOut)
async def status(station: StationDep) -> Response:
    return answer(await reading(snapshot.now, station))


@system.get("/faults", response_model=list[FaultOut])
async def faults(station: StationDep) -> Response:
    """The last 200, oldest first."""
    return answer(station.system.faults())


@system.post("/store/set-aside", response_model=SetAsideOut)
async def set_store_aside(station: StationDep, actor: Actor) -> Response:
    """Keep a damaged store under another name and begin an empty one; nothing is deleted."""
    kept = await done(station.system.set_store_aside(actor))
    return answer({"kept_as": kept.name if kept is not None else None})


ROUTERS = (system,)

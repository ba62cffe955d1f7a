"""Jobs of a project: work that takes its time, followed by WebSocket (topic `jobs`) or by server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response, StreamingResponse

from app.api.access import Actor, RowId, StationDep, done, reading
from app.api.doorkeeper import Doorkeeper
from app.api.encoding import answer, encode
from app.api.schemas.job import BroughtOut, JobIn, JobOut
from app.domain.job import Job, JobKind, JobState
from app.domain.project import LARGEST_ID
from app.errors import StoreError
from app.services.station import Station

router = APIRouter(prefix="/projects/{project_id:int}", tags=["jobs"])
KEEP_ALIVE_S = 10.0
EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}
FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}
BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {}}}}


@router.get("/jobs", response_model=list[JobOut])
async def jobs(
    project_id: RowId,
    station: StationDep,
    kind: JobKind | None = None,
    state: JobState | None = None,
    before_id: Annotated[
        int | None, Query(ge=1, le=LARGEST_ID, description="The page after the one that ended with this job")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Newest first."""
    return answer(await reading(station.jobs.jobs, project_id, kind, state, before_id, limit))


@router.post("/jobs", response_model=JobOut, status_code=201)
async def create(project_id: RowId, body: JobIn, station: StationDep, actor: Actor) -> Response:
    """Have it done; it waits for its turn."""
    asked = await reading(station.jobs.create, project_id, body.kind, body.arguments, actor)
    return answer(await done(asked), 201)


@router.get("/jobs/{job_id:int}", response_model=JobOut)
async def job(project_id: RowId, job_id: RowId, station: StationDep) -> Response:
    return answer(await reading(station.jobs.job, project_id, job_id))


@router.post("/jobs/{job_id:int}/cancel", response_model=JobOut)
async def cancel(project_id: RowId, job_id: RowId, station: StationDep, actor: Actor) -> Response:
    """End it, whatever it is doing; nothing of it stays behind."""
    return answer(await done(await reading(station.jobs.cancel, project_id, job_id, actor)))


@router.post("/jobs/{job_id:int}/repeat", response_model=JobOut, status_code=201)
async def repeat(project_id: RowId, job_id: RowId, station: StationDep, actor: Actor) -> Response:
    """Another job with the same arguments."""
    return answer(await done(await reading(station.jobs.repeat, project_id, job_id, actor)), 201)


@router.get("/jobs/{job_id:int}/file", response_class=FileResponse, responses=FILE)
async def file(project_id: RowId, job_id: RowId, station: StationDep) -> Response:
    """The file that it made."""
    path = await reading(station.jobs.file, project_id, job_id)
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)


@router.get("/jobs/{job_id:int}/events", response_class=StreamingResponse, responses=EVENTS)
async def events(project_id: RowId, job_id: RowId, station: StationDep, request: Request) -> Response:
    """Server-sent events: `job` with the job on each change, until it has ended; a comment keeps the line alive."""
    first = await reading(station.jobs.job, project_id, job_id)
    keeper: Doorkeeper = request.app.state.keeper
    who = request.scope["identity"]
    told = _told(station, first, lambda: keeper.still(who) is not None)
    return StreamingResponse(told, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _told(station: Station, first: Job, allowed: Any) -> AsyncIterator[bytes]:
    loop, news = asyncio.get_running_loop(), asyncio.Queue[Job]()

    def hand_over(fact: Job) -> None:
        if fact.id == first.id and not loop.is_closed():
            loop.call_soon_threadsafe(news.put_nowait, fact)

    leave = station.bus.job.subscribe(hand_over)
    try:
        now = await reading(station.jobs.job, first.project_id, first.id)  # it may have ended before we listened
        while True:
            yield b"event: job\nid: %d\ndata: %b\n\n" % (round(now.progress * 1000), encode(now))
            if now.ended:
                return
            while True:
                try:
                    now = await asyncio.wait_for(news.get(), KEEP_ALIVE_S)
                    break
                except TimeoutError:
                    if not allowed():
                        return
                    yield b": still here\n\n"
    finally:
        leave()


@router.put("/files/{name}", response_model=BroughtOut, status_code=201, openapi_extra=BODY)
async def bring(project_id: RowId, name: str, station: StationDep, request: Request) -> Response:
    """Bring a file for a job (a .tlog, a .bin, a bundle); another of that name is replaced."""
    await reading(station.projects.flights, project_id)  # the project is there
    place = await reading(station.jobs.place_for, name)
    part = place.with_name(f"{name}.part")
    size = 0
    try:
        with await run_in_threadpool(part.open, "wb") as out:
            async for piece in request.stream():
                size += await run_in_threadpool(out.write, piece)
        part.replace(place)
    except OSError as error:
        raise StoreError(f"{name} cannot be written: {error.strerror}. Make room on the station's disk.") from error
    finally:
        await run_in_threadpool(_forget, part)
    return answer({"name": name, "size_bytes": size}, 201)


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)


ROUTERS = (router,)

"""Recordings of samples: the recorder under the radio, what was recorded under its project."""

from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from app.api.access import Actor, RowId, StationDep, done, reading
from app.api.encoding import answer
from app.api.schemas.radio import RadioStateOut
from app.api.schemas.recording import (
    Description,
    FoundRecordingOut,
    RecordingOut,
    RecordingStateOut,
    SaveIn,
    StoredRecordingOut,
)
from app.api.spectrum import stretch_frame

recorder = APIRouter(prefix="/radio/recording", tags=["recordings"])
stored = APIRouter(prefix="/projects/{project_id:int}", tags=["recordings"])
LONGEST_CHECK_S = 600.0  # some 100 GB
ARCHIVE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/x-tar": {}}}}
FRAMES: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}


@recorder.get("", response_model=RecordingStateOut)
async def state(station: StationDep) -> Response:
    return answer(station.recordings.state())


@recorder.post("/start", response_model=RecordingStateOut, status_code=201)
async def start(station: StationDep, actor: Actor) -> Response:
    """Record from now on; 409 when it is done already, 503 without samples or room."""
    return answer(await done(station.recordings.start(actor)), 201)


@recorder.post("/stop", response_model=list[RecordingOut])
async def stop(station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.recordings.stop(actor)))


@recorder.post("/save", response_model=RecordingOut, status_code=201)
async def save(body: SaveIn, station: StationDep, actor: Actor) -> Response:
    """Record what was received in the last seconds."""
    return answer(await done(station.recordings.save(body.seconds, actor)), 201)


@stored.get("/recordings", response_model=list[StoredRecordingOut])
async def recordings(project_id: RowId, station: StationDep) -> Response:
    """Newest first."""
    return answer(await reading(station.recordings.recordings, project_id))


@stored.get("/recordings/{recording_id:int}", response_model=StoredRecordingOut)
async def recording(project_id: RowId, recording_id: RowId, station: StationDep) -> Response:
    return answer(await reading(station.recordings.recording, project_id, recording_id))


@stored.get("/recordings/{recording_id:int}/description", response_model=Description)
async def description(project_id: RowId, recording_id: RowId, station: StationDep) -> Response:
    """The SigMF description: captures, annotations, the vehicle's track."""
    return answer(await reading(station.recordings.description, project_id, recording_id))


@stored.get("/recordings/{recording_id:int}/archive", response_class=StreamingResponse, responses=ARCHIVE)
async def archive(project_id: RowId, recording_id: RowId, station: StationDep) -> Response:
    """Description and samples as one SigMF archive."""
    name, length, content = await reading(station.recordings.archive, project_id, recording_id)
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "content-length": str(length),
    }
    return StreamingResponse(content, media_type="application/x-tar", headers=headers)


@stored.get("/recordings/{recording_id:int}/check", response_model=FoundRecordingOut)
async def check(project_id: RowId, recording_id: RowId, station: StationDep) -> Response:
    """Read all of it and compare its sum: what is wrong with it, and whether ``repair`` mends that."""
    found = await done(await reading(station.recordings.verify, project_id, recording_id), LONGEST_CHECK_S)
    return answer({"sound": not found.problems, "problems": [asdict(one) for one in found.problems]})


@stored.post("/recordings/{recording_id:int}/repair", response_model=list[str])
async def repair(project_id: RowId, recording_id: RowId, station: StationDep, actor: Actor) -> Response:
    """Mend what a killed program left; answers with what was wrong, nothing when it was sound."""
    asked = await reading(station.recordings.repair, project_id, recording_id, actor)
    mended = await done(asked, LONGEST_CHECK_S)
    return answer(list(mended))


@stored.post("/recordings/{recording_id:int}/play", response_model=RadioStateOut)
async def play(project_id: RowId, recording_id: RowId, station: StationDep, actor: Actor) -> Response:
    """Leave the receiver in use and play it in its place."""
    return answer(await done(await reading(station.recordings.play, project_id, recording_id, actor)))


@stored.delete("/recordings/{recording_id:int}", response_model=None, status_code=204)
async def delete(project_id: RowId, recording_id: RowId, station: StationDep, actor: Actor) -> Response:
    """Delete the files; what is known of them stays in the store."""
    await done(await reading(station.recordings.delete, project_id, recording_id, actor))
    return Response(status_code=204)


@stored.get("/flights/{flight_id:int}/waterfall", response_class=Response, responses=FRAMES)
async def waterfall(
    project_id: RowId,
    flight_id: RowId,
    station: StationDep,
    since_s: Annotated[float | None, Query(description="UTC, s")] = None,
    until_s: Annotated[float | None, Query(description="UTC, s")] = None,
    rows: Annotated[int, Query(ge=1, le=20_000, description="Where there are more, the highest stand for several")] = (
        2000
    ),
    bins: Annotated[int, Query(ge=16, le=1024)] = 1024,
) -> Response:
    """What was seen, a row a quarter second: frames as the stream sends them (``GET /ws``), one after the other."""
    stretches = await reading(station.projects.waterfall, project_id, flight_id, since_s, until_s, rows)
    content = b"".join(stretch_frame(stretch, bins, number) for number, stretch in enumerate(stretches))
    return Response(content, media_type="application/octet-stream")


ROUTERS = (recorder, stored)

"""Projects and their flights; everything recorded is asked for under its own project."""

from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.api.access import Actor, RowId, StationDep, done, reading
from app.api.encoding import answer
from app.api.schemas.station import EnvelopeOut, FlightIn, FlightOut, ProjectIn, ProjectOut, Row
from app.domain.project import Project
from app.errors import NotFound
from app.services.flights import FlightFacts
from app.services.station import Station

router = APIRouter()
MEDIA_TYPES = {"csv": "text/csv", "geojson": "application/geo+json", "kml": "application/vnd.google-earth.kml+xml"}
MEDIA_TYPES |= {
    "kmz": "application/vnd.google-earth.kmz",
    "gpx": "application/gpx+xml",
    "parquet": "application/zip",
    "cot": "application/xml",
}
FILES: dict[int | str, dict[str, Any]] = {200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}}}


class Kind(StrEnum):
    """What a flight holds."""

    TELEMETRY = "telemetry"
    READINGS = "readings"
    DETECTIONS = "detections"
    DECODED = "decoded"
    ESTIMATES = "estimates"
    BEARINGS = "bearings"
    TRANSITIONS = "transitions"
    COMMANDS = "commands"
    MESSAGES = "messages"
    FAULTS = "faults"
    GATES = "gates"


@router.get("/projects", response_model=list[ProjectOut], tags=["projects"])
async def projects(
    station: StationDep, deleted: Annotated[bool, Query(description="Those in the bin instead")] = False
) -> Response:
    return answer(await reading(station.projects.projects, deleted))


@router.post("/projects", response_model=ProjectOut, status_code=201, tags=["projects"])
async def create(body: ProjectIn, station: StationDep) -> Response:
    return answer(await done(station.projects.create(body.name, body.notes)), 201)


@router.get("/projects/current", response_model=ProjectOut, tags=["projects"])
async def current(station: StationDep) -> Response:
    return answer(await reading(station.projects.current))


@router.get("/projects/{project_id:int}", response_model=ProjectOut, tags=["projects"])
async def project(project_id: RowId, station: StationDep) -> Response:
    return answer(await reading(_find, station, project_id))


def _find(station: Station, project_id: RowId) -> Project:
    every = [*station.projects.projects(), *station.projects.projects(deleted=True)]
    found = next((one for one in every if one.id == project_id), None)
    if found is None:
        raise NotFound(f"There is no project {project_id}.")
    return found


@router.put("/projects/{project_id:int}", response_model=ProjectOut, tags=["projects"])
async def rename(project_id: RowId, body: ProjectIn, station: StationDep) -> Response:
    return answer(await done(station.projects.rename(project_id, body.name, body.notes)))


@router.delete("/projects/{project_id:int}", response_model=ProjectOut, tags=["projects"])
async def delete(project_id: RowId, station: StationDep) -> Response:
    """Into the bin; ``restore`` brings it back."""
    return answer(await done(station.projects.delete(project_id)))


@router.post("/projects/{project_id:int}/restore", response_model=ProjectOut, tags=["projects"])
async def restore(project_id: RowId, station: StationDep) -> Response:
    return answer(await done(station.projects.restore(project_id)))


@router.post("/projects/{project_id:int}/open", response_model=ProjectOut, tags=["projects"])
async def open_project(project_id: RowId, station: StationDep) -> Response:
    """Make it the project in use: flights from now on belong to it."""
    return answer(await done(await reading(station.projects.open, project_id)))


@router.get("/flights/current", response_model=FlightOut | None, tags=["flights"])
async def current_flight(station: StationDep) -> Response:
    """The flight being recorded; null: none."""
    return answer(station.projects.current_flight())


@router.post("/flights/start", response_model=FlightOut, status_code=201, tags=["flights"])
async def start_flight(body: FlightIn, station: StationDep, actor: Actor) -> Response:
    """Begin recording by hand; arming does it by itself."""
    return answer(await done(station.projects.start_flight(body.name, actor)), 201)


@router.post("/flights/end", response_model=FlightOut, tags=["flights"])
async def end_flight(station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.projects.end_flight(actor)))


@router.get("/projects/{project_id:int}/flights", response_model=list[FlightOut], tags=["flights"])
async def flights(project_id: RowId, station: StationDep) -> Response:
    return answer(await reading(station.projects.flights, project_id))


@router.get("/projects/{project_id:int}/flights/{flight_id:int}", response_model=FlightOut, tags=["flights"])
async def flight(project_id: RowId, flight_id: RowId, station: StationDep) -> Response:
    return answer(await reading(station.projects.flight, project_id, flight_id))


@router.get("/projects/{project_id:int}/flights/{flight_id:int}/figures", response_model=Row, tags=["flights"])
async def figures(project_id: RowId, flight_id: RowId, station: StationDep) -> Response:
    return answer(await reading(station.projects.figures, project_id, flight_id))


@router.get(
    "/projects/{project_id:int}/flights/{flight_id:int}/export",
    response_class=Response,
    responses=FILES,
    tags=["flights"],
)
async def export(
    project_id: RowId,
    flight_id: RowId,
    station: StationDep,
    form: Annotated[Literal["csv", "geojson", "kml", "kmz", "gpx", "parquet", "cot"], Query()] = "csv",
) -> Response:
    name, content = await reading(station.projects.export, project_id, flight_id, form)
    kind = "application/zip" if name.endswith(".zip") else MEDIA_TYPES[form]
    return Response(
        content, media_type=kind, headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    )


@router.get("/projects/{project_id:int}/flights/{flight_id:int}/{kind}", response_model=list[Row], tags=["flights"])
async def rows(
    project_id: RowId,
    flight_id: RowId,
    kind: Kind,
    station: StationDep,
    since_s: Annotated[float | None, Query(description="UTC, s")] = None,
    until_s: Annotated[float | None, Query(description="UTC, s")] = None,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 10_000,
) -> Response:
    """What the flight holds of one kind, by time, oldest first."""
    facts: FlightFacts = getattr(station.projects, kind.value)
    return answer(await reading(facts, project_id, flight_id, since_s, until_s, limit))


@router.get(
    "/projects/{project_id:int}/flights/{flight_id:int}/{kind}/envelope", response_model=EnvelopeOut, tags=["flights"]
)
async def envelope(
    project_id: RowId,
    flight_id: RowId,
    kind: Kind,
    station: StationDep,
    column: Annotated[str, Query(description="One of measured values, for example snr_db")],
    since_s: Annotated[float, Query(description="UTC, s")],
    until_s: Annotated[float, Query(description="UTC, s")],
    pixels: Annotated[int, Query(ge=1, le=20_000)] = 1000,
) -> Response:
    """For a plot: the lowest and highest value in each pixel's time that holds any."""
    facts: FlightFacts = getattr(station.projects, kind.value)
    return answer(await reading(facts.envelope, project_id, flight_id, column, since_s, until_s, pixels))


ROUTERS = (router,)

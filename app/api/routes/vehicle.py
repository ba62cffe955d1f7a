"""The vehicle and its link."""

from fastapi import APIRouter
from starlette.responses import Response

from app.api.access import Actor, StationDep, done
from app.api.encoding import answer
from app.api.schemas.vehicle import (
    CommandRecordOut,
    GotoIn,
    LinkIn,
    LinkStateOut,
    ModeIn,
    PlaybackOut,
    PlayIn,
    SelectIn,
    TakeoffIn,
    TelemetryOut,
    VehicleMessageOut,
    VehicleStateOut,
)
from app.domain.geometry import LatLon

router = APIRouter(prefix="/vehicle", tags=["vehicle"])


@router.get("", response_model=VehicleStateOut | None)
async def state(station: StationDep) -> Response:
    """null: no vehicle heard yet."""
    return answer(station.vehicle.vehicle())


@router.get("/all", response_model=list[VehicleStateOut])
async def every(station: StationDep) -> Response:
    """All vehicles heard on the link; commands go to the first until another is selected."""
    return answer(station.fleet.vehicles())


@router.put("/selected", response_model=VehicleStateOut)
async def select(body: SelectIn, station: StationDep) -> Response:
    """Command this vehicle from now on; refused while another one is flown."""
    return answer(await done(station.fleet.select(body.vehicle_id)))


@router.get("/telemetry", response_model=TelemetryOut | None)
async def telemetry(station: StationDep) -> Response:
    return answer(station.vehicle.telemetry())


@router.get("/trail", response_model=list[TelemetryOut])
async def trail(station: StationDep) -> Response:
    """Where it was since the station started, thinned."""
    return answer(station.vehicle.trail())


@router.get("/messages", response_model=list[VehicleMessageOut])
async def messages(station: StationDep) -> Response:
    """The last 200 of the vehicle's own words, oldest first."""
    return answer(station.vehicle.messages())


@router.get("/link", response_model=LinkStateOut)
async def link(station: StationDep) -> Response:
    return answer(station.vehicle.link())


@router.put("/link", response_model=LinkStateOut)
async def connect(body: LinkIn, station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.vehicle.connect(body.url, actor)))


@router.get("/playback", response_model=PlaybackOut | None)
async def playback(station: StationDep) -> Response:
    """null: the link is no recording."""
    return answer(await done(station.replay.playback()))


@router.put("/playback", response_model=PlaybackOut)
async def play(body: PlayIn, station: StationDep) -> Response:
    """Speed and place of a recorded link, opened as ``tlog:FILE``."""
    return answer(await done(station.replay.play(body.speed, body.at_s)))


@router.post("/arm", response_model=CommandRecordOut)
async def arm(station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.vehicle.arm(actor)))


@router.post("/disarm", response_model=CommandRecordOut)
async def disarm(station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.vehicle.disarm(actor)))


@router.post("/takeoff", response_model=CommandRecordOut)
async def takeoff(body: TakeoffIn, station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.vehicle.takeoff(body.height_m, actor)))


@router.post("/rtl", response_model=CommandRecordOut)
async def rtl(station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.vehicle.rtl(actor)))


@router.post("/land", response_model=CommandRecordOut)
async def land(station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.vehicle.land(actor)))


@router.post("/brake", response_model=CommandRecordOut)
async def brake(station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.vehicle.brake(actor)))


@router.post("/mode", response_model=CommandRecordOut)
async def mode(body: ModeIn, station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.vehicle.set_mode(body.mode, actor)))


@router.post("/goto", response_model=CommandRecordOut)
async def goto(body: GotoIn, station: StationDep, actor: Actor) -> Response:
    """Fly to a place, through the safety gate (purpose ``goto``)."""
    goal = LatLon(body.lat_deg, body.lon_deg)
    return answer(await done(station.vehicle.goto(goal, body.height_m, actor)))


ROUTERS = (router,)

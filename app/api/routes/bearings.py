"""Bearings of a target: taken by turning, told by others, set by hand."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import LONGEST_TRANSFER_S, Actor, StationDep, done
from app.api.encoding import answer
from app.api.schemas.bearing import BearingIn, BearingOut, LastIn, TurnIn
from app.domain.bearing import BearingSource
from app.domain.geometry import LatLon
from app.errors import BadFile

router = APIRouter(prefix="/estimate/{target_id}/bearings", tags=["estimate"])
KRAKEN = {"requestBody": {"content": {"text/csv": {}, "application/json": {}}, "required": True}}


@router.get("", response_model=list[BearingOut])
async def bearings(target_id: str, station: StationDep) -> Response:
    """Since the start, oldest first."""
    return answer(station.bearings.bearings(target_id))


@router.post("", response_model=BearingOut, status_code=201)
async def add(target_id: str, body: BearingIn, station: StationDep, actor: Actor) -> Response:
    """One told by another program; against magnetic north it is turned by the declination there."""
    place = LatLon(body.position.lat_deg, body.position.lon_deg)
    asked = station.bearings.add(
        target_id, place, body.bearing_deg, actor, body.sigma_deg, magnetic=body.magnetic, source=BearingSource.OTHER
    )
    return answer(await done(asked), 201)


@router.post("/kraken", response_model=list[BearingOut], status_code=201, openapi_extra=KRAKEN)
async def add_kraken(target_id: str, request: Request, station: StationDep, actor: Actor) -> Response:
    """KrakenSDR's "Kraken App" CSV, or the JSON of its middleware, as it sends them."""
    try:
        text = (await request.body()).decode()
    except UnicodeDecodeError as error:
        raise BadFile("This is no text in UTF-8.") from error
    return answer(await done(station.bearings.add_kraken(target_id, text, actor)), 201)


@router.post("/turn", response_model=BearingOut, status_code=201)
async def turn(target_id: str, body: TurnIn, station: StationDep, actor: Actor) -> Response:
    """Turn the vehicle on the spot (or fly a circle) through the safety gate; answers when the bearing is taken."""
    asked = station.bearings.turn(target_id, actor, body.directions, body.radius_m)
    return answer(await done(asked, LONGEST_TRANSFER_S), 201)


@router.delete("/turn", status_code=204)
async def end_turn(target_id: str, station: StationDep, actor: Actor) -> Response:
    """End the turn under way; the vehicle hovers."""
    del target_id
    await done(station.bearings.end_turn(actor))
    return Response(status_code=204)


@router.post("/last", response_model=BearingOut, status_code=201)
async def take_last(target_id: str, body: LastIn, station: StationDep, actor: Actor) -> Response:
    """The bearing by the last readings, in which the pilot turned the vehicle."""
    return answer(await done(station.bearings.take_last(target_id, actor, body.seconds)), 201)


ROUTERS = (router,)

"""What the vehicle keeps: mission, fence, rally points, parameters."""

from fastapi import APIRouter
from starlette.responses import Response

from app.api.access import LONGEST_TRANSFER_S, Actor, StationDep, done
from app.api.encoding import answer
from app.api.schemas.transfer import (
    DifferenceOut,
    DoneOut,
    ListIn,
    ListName,
    LoadedOut,
    MissionItemOut,
    ParameterFileIn,
    ParameterIn,
    ParameterOut,
    PlanIn,
    ProgressOut,
)
from app.domain.geometry import LatLon
from app.exchange.parameters import ParameterForm
from app.exchange.plans import PlanForm
from app.vehicle.missions import MissionItem, PlanKind

plans = APIRouter(prefix="/vehicle", tags=["vehicle"])
parameters = APIRouter(prefix="/vehicle/parameters", tags=["vehicle"])
_TEXT: dict[int | str, dict[str, object]] = {200: {"content": {"text/plain": {}}}}


@plans.get("/lists/{name}", response_model=list[MissionItemOut])
async def read(name: ListName, station: StationDep) -> Response:
    """One of the vehicle's lists as it has it now, without home."""
    return answer(await done(station.transfers.read(_kind(name)), LONGEST_TRANSFER_S))


@plans.put("/lists/{name}", response_model=DoneOut)
async def write(name: ListName, body: ListIn, station: StationDep, actor: Actor) -> Response:
    """Replace one of the vehicle's lists; done when the vehicle has confirmed it."""
    items = [
        MissionItem(
            one.command,
            LatLon(one.position.lat_deg, one.position.lon_deg),
            one.height_m,
            one.parameters,
            one.frame,
        )
        for one in body.items
    ]
    return answer({"text": await done(station.transfers.write(_kind(name), items, actor), LONGEST_TRANSFER_S)})


@plans.delete("/lists/{name}", response_model=DoneOut)
async def clear(name: ListName, station: StationDep, actor: Actor) -> Response:
    return answer({"text": await done(station.transfers.write(_kind(name), (), actor), LONGEST_TRANSFER_S)})


@plans.get("/transfers", response_model=list[ProgressOut])
async def transfers(station: StationDep) -> Response:
    """How far the transfers that run have got; none when none runs."""
    return answer(station.transfers.progress())


@plans.get("/plan", response_class=Response, responses=_TEXT)
async def plan_file(station: StationDep, form: PlanForm = PlanForm.PLAN) -> Response:
    """Mission, fence and rally points of the vehicle as a file of QGroundControl; the mission alone as .waypoints."""
    text = await done(station.transfers.plan_file(form), LONGEST_TRANSFER_S)
    return _file(text, f"vehicle.{form}")


@plans.put("/plan", response_model=DoneOut)
async def load_plan(body: PlanIn, station: StationDep, actor: Actor) -> Response:
    """Give the vehicle the contents of a file: all three lists of a .plan, the mission of a .waypoints file."""
    return answer({"text": await done(station.transfers.load_plan(body.text, actor), LONGEST_TRANSFER_S)})


@parameters.get("", response_model=list[ParameterOut])
async def every(station: StationDep) -> Response:
    """All of the vehicle's parameters, by name."""
    found = await done(station.transfers.parameters(), LONGEST_TRANSFER_S)
    return answer([one for _, one in sorted(found.items())])


@parameters.get("/file", response_class=Response, responses=_TEXT)
async def parameter_file(station: StationDep, form: ParameterForm = ParameterForm.ARDUPILOT) -> Response:
    """All of them as a file for Mission Planner and MAVProxy, or for QGroundControl."""
    text = await done(station.transfers.parameter_file(form), LONGEST_TRANSFER_S)
    return _file(text, "vehicle.params" if form is ParameterForm.QGC else "vehicle.param")


@parameters.post("/compare", response_model=list[DifferenceOut])
async def compare(body: ParameterFileIn, station: StationDep) -> Response:
    """What a parameter file and the vehicle do not agree on."""
    return answer(await done(station.transfers.compare(body.text), LONGEST_TRANSFER_S))


@parameters.post("/load", response_model=LoadedOut)
async def load_parameters(body: ParameterFileIn, station: StationDep, actor: Actor) -> Response:
    """Set what a parameter file says otherwise than the vehicle."""
    return answer(await done(station.transfers.load_parameters(body.text, actor), LONGEST_TRANSFER_S))


@parameters.get("/{name}", response_model=ParameterOut)
async def parameter(name: str, station: StationDep) -> Response:
    return answer(await done(station.transfers.parameter(name)))


@parameters.put("/{name}", response_model=ParameterOut)
async def set_parameter(name: str, body: ParameterIn, station: StationDep, actor: Actor) -> Response:
    """Set one; the answer is what the vehicle then says."""
    return answer(await done(station.transfers.set_parameter(name, body.value, actor)))


def _kind(name: ListName) -> PlanKind:
    return PlanKind[name.upper()]


def _file(text: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/plain", headers=headers)


ROUTERS = (plans, parameters)

"""Search, homing, safety and the mission."""

from fastapi import APIRouter
from starlette.responses import Response

from app.api.access import Actor, StationDep, done
from app.api.encoding import answer
from app.api.schemas.mission import (
    ActivationOut,
    AllowedIn,
    ConfirmIn,
    ForceIn,
    GateReportOut,
    MissionStatusOut,
    NoFlyIn,
    NoFlyOut,
    PreviewIn,
    ReasonIn,
    SearchPlanOut,
    StartIn,
    StrategyIn,
    StrategyOut,
    TransitionOut,
)
from app.domain.geometry import LatLon
from app.domain.mission import MissionState
from app.services.search import SearchForm

search = APIRouter(prefix="/search", tags=["search"])
homing = APIRouter(prefix="/homing", tags=["homing"])
safety = APIRouter(prefix="/safety", tags=["safety"])
mission = APIRouter(prefix="/mission", tags=["mission"])


@search.post("/preview", response_model=SearchPlanOut)
async def preview(body: PreviewIn, station: StationDep) -> Response:
    """Lay a pattern out without flying it."""
    origin = LatLon(body.origin.lat_deg, body.origin.lon_deg)
    return answer(station.search.preview(body.settings, origin))


@search.post("/file", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def file(body: PreviewIn, station: StationDep, form: SearchForm = "plan") -> Response:
    """The pattern as a mission file (QGroundControl's .plan, or .waypoints) or for maps (KML, GPX, GeoJSON)."""
    origin = LatLon(body.origin.lat_deg, body.origin.lon_deg)
    name = f'attachment; filename="search.{form}"'
    text = station.search.file(body.settings, origin, form)
    return Response(text, media_type="text/plain", headers={"content-disposition": name})


@search.get("/plan", response_model=SearchPlanOut | None)
async def plan(station: StationDep) -> Response:
    return answer(station.search.plan())


@search.post("/start", response_model=MissionStatusOut)
async def start(body: StartIn, station: StationDep, actor: Actor) -> Response:
    """Arm, take off and fly the pattern: the operator's one deliberate act."""
    origin = LatLon(body.origin.lat_deg, body.origin.lon_deg) if body.origin is not None else None
    return answer(await done(station.search.start(actor, body.settings, origin)))


@search.post("/pause", response_model=MissionStatusOut)
async def pause(station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.search.pause(actor)))


@search.post("/resume", response_model=MissionStatusOut)
async def resume(station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.search.resume(actor)))


@homing.post("/request", response_model=ActivationOut)
async def request(station: StationDep, actor: Actor) -> Response:
    """First step of activating homing: gives the code for the second."""
    return answer(station.homing.request(actor))


@homing.post("/confirm", response_model=MissionStatusOut)
async def confirm(body: ConfirmIn, station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.homing.confirm(body.code, actor)))


@homing.post("/disable", response_model=MissionStatusOut)
async def disable(station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.homing.disable(actor)))


@homing.put("/home-on-detection", response_model=MissionStatusOut)
async def home_on_detection(body: AllowedIn, station: StationDep, actor: Actor) -> Response:
    """Allow homing to begin by itself, for this flight."""
    return answer(await done(station.homing.home_on_detection(body.allowed, actor)))


@homing.get("/strategy", response_model=StrategyOut)
async def strategy(station: StationDep) -> Response:
    """How the next homing, or the one under way, is advised."""
    return answer({"strategy": station.estimate.strategy})


@homing.put("/strategy", response_model=StrategyOut)
async def choose_strategy(body: StrategyIn, station: StationDep, actor: Actor) -> Response:
    """For this flight, or the next; null: as the station's settings say. What is flown and why comes as `advice`."""
    del actor
    await done(station.estimate.choose(body.strategy))
    return answer({"strategy": station.estimate.strategy})


@safety.get("/gate", response_model=GateReportOut | None)
async def gate(station: StationDep) -> Response:
    """The gate as the mission last asked it, at most 0.1 s old."""
    return answer(station.safety.gate())


@safety.get("/no-fly", response_model=NoFlyOut)
async def no_fly(station: StationDep) -> Response:
    """The areas never to be entered, as the gate holds them now."""
    return answer({"areas": station.safety.no_fly()})


@safety.put("/no-fly", response_model=NoFlyOut)
async def draw_no_fly(body: NoFlyIn, station: StationDep, actor: Actor) -> Response:
    """Areas never to be entered, in place of those before; in flight the rest of a search is planned round them."""
    areas = tuple(tuple(LatLon(one.lat_deg, one.lon_deg) for one in area) for area in body.areas)
    return answer({"areas": station.safety.draw_no_fly(areas, actor)})


@safety.post("/emergency-stop", response_model=MissionStatusOut)
async def emergency_stop(station: StationDep, actor: Actor) -> Response:
    """Stop and hold; latches until ``reset``."""
    return answer(await done(station.safety.emergency_stop(actor)))


@safety.post("/reset", response_model=MissionStatusOut)
async def reset(body: ReasonIn, station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.safety.reset(body.reason, actor)))


@mission.get("", response_model=MissionStatusOut | None)
async def status(station: StationDep) -> Response:
    return answer(station.mission.status())


@mission.get("/history", response_model=list[TransitionOut])
async def history(station: StationDep) -> Response:
    """Every transition since the station started, oldest first."""
    return answer(station.mission.history())


@mission.post("/stop", response_model=MissionStatusOut)
async def stop(station: StationDep, actor: Actor) -> Response:
    """End what is under way and go to IDLE; the vehicle holds."""
    return answer(await done(station.mission.stop(actor)))


@mission.post("/force", response_model=MissionStatusOut)
async def force(body: ForceIn, station: StationDep, actor: Actor) -> Response:
    """Into another state of the flight, or IDLE; recorded as forced. The safety gate judges every motion as before."""
    return answer(await done(station.mission.force(MissionState(body.state), body.reason, actor)))


ROUTERS = (search, homing, safety, mission)

"""Where the beacon is."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.api.access import StationDep, done, reading
from app.api.encoding import answer, regions
from app.api.images import heat_map
from app.api.schemas.mission import EstimateOut
from app.api.schemas.radio import ReadingOut
from app.domain.estimate import Estimate
from app.errors import NotFound
from app.services.station import Station

router = APIRouter(prefix="/estimate/{target_id}", tags=["estimate"])


def _latest(station: Station, target_id: str) -> Estimate:
    estimate = station.estimate.latest(target_id)
    if estimate is None:
        raise NotFound(f"There is no estimate of target {target_id!r} yet: it begins with the first readings.")
    return estimate


@router.get("", response_model=EstimateOut)
async def summary(target_id: str, station: StationDep) -> Response:
    return answer(_latest(station, target_id))


@router.get("/regions", response_model=dict[str, Any])
async def region_polygons(target_id: str, station: StationDep) -> Response:
    """The 50 and 90 % regions and the most probable position, GeoJSON."""
    found = answer(regions(_latest(station, target_id)))
    found.media_type = "application/geo+json"
    found.headers["content-type"] = "application/geo+json"
    return found


@router.get("/heat-map.png", response_class=Response, responses={200: {"content": {"image/png": {}}}})
async def image(target_id: str, station: StationDep) -> Response:
    """The posterior, RGBA, north up; ``bounds`` of the summary says where it lies."""
    estimate = _latest(station, target_id)
    return Response(await reading(heat_map, estimate.grid), media_type="image/png")


@router.get("/readings", response_model=list[ReadingOut])
async def readings(target_id: str, station: StationDep) -> Response:
    """Readings of this flight that the estimate rests on, oldest first."""
    return answer(station.estimate.readings(target_id))


@router.delete("", status_code=204)
async def reset(target_id: str, station: StationDep) -> Response:
    """Forget the readings and begin anew."""
    await done(station.estimate.reset(target_id))
    return Response(status_code=204)


ROUTERS = (router,)

"""What flights and projects came to: figures, series, correlations, findings, profiles."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.api.access import RowId, StationDep, reading
from app.api.encoding import answer
from app.api.schemas.insights import (
    CorrelationOut,
    FlightInsightsOut,
    ProfileOut,
    ProjectInsightsOut,
    SeriesOut,
)
from app.domain.geometry import LatLon
from app.errors import OutOfRange

router = APIRouter(prefix="/projects/{project_id:int}", tags=["insights"])
Lat = Annotated[float | None, Query(ge=-90.0, le=90.0, description="Where the beacon was, if somebody knows it")]
Lon = Annotated[float | None, Query(ge=-180.0, le=180.0)]


def _truth(lat: float | None, lon: float | None) -> LatLon | None:
    if (lat is None) != (lon is None):
        raise OutOfRange("Say both truth_lat_deg and truth_lon_deg, or neither.")
    return None if lat is None or lon is None else LatLon(lat, lon)


@router.get("/insights", response_model=ProjectInsightsOut)
async def project(project_id: RowId, station: StationDep) -> Response:
    """Each figure over the flights that have it, with quartiles from three flights on; figures of each flight."""
    return answer(await reading(station.insights.project, project_id))


@router.get("/insights/profiles", response_model=list[ProfileOut])
async def profiles(project_id: RowId, station: StationDep) -> Response:
    """Operators, vehicles and receivers from flight to flight."""
    return answer(await reading(station.insights.profiles, project_id))


@router.get("/flights/{flight_id:int}/insights", response_model=FlightInsightsOut)
async def flight(
    project_id: RowId, flight_id: RowId, station: StationDep, truth_lat_deg: Lat = None, truth_lon_deg: Lon = None
) -> Response:
    """Figures with status against goals (null: no data, and why), anomalies, correlations, findings with evidence."""
    return answer(await reading(station.insights.flight, project_id, flight_id, _truth(truth_lat_deg, truth_lon_deg)))


@router.get("/flights/{flight_id:int}/series", response_model=list[SeriesOut])
async def series(
    project_id: RowId,
    flight_id: RowId,
    station: StationDep,
    step_s: Annotated[float, Query(ge=0.0, le=3600.0, description="0: as measured; else means on one grid")] = 0.0,
    truth_lat_deg: Lat = None,
    truth_lon_deg: Lon = None,
) -> Response:
    truth = _truth(truth_lat_deg, truth_lon_deg)
    return answer(await reading(station.insights.series, project_id, flight_id, step_s, truth))


@router.get("/flights/{flight_id:int}/correlations", response_model=list[CorrelationOut])
async def correlations(
    project_id: RowId,
    flight_id: RowId,
    station: StationDep,
    step_s: Annotated[float, Query(ge=0.05, le=3600.0)] = 1.0,
    lag_s: Annotated[float, Query(ge=0.0, le=3600.0, description="Longest lag looked at, either way")] = 10.0,
    truth_lat_deg: Lat = None,
    truth_lon_deg: Lon = None,
) -> Response:
    """Pearson and Spearman of each pair at each lag; p-values corrected for autocorrelation and for all tests made."""
    truth = _truth(truth_lat_deg, truth_lon_deg)
    return answer(await reading(station.insights.correlations, project_id, flight_id, step_s, lag_s, truth))


ROUTERS = (router,)

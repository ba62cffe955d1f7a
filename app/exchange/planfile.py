"""QGroundControl's .plan as it lies in JSON, checked, and as values; pure, any thread."""

import math
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from app.domain.geometry import LatLon
from app.vehicle.fences import Circle, Fence, RallyPoint
from app.vehicle.missions import MissionItem

_Latitude = Annotated[float, Field(ge=-90.0, le=90.0)]
_Longitude = Annotated[float, Field(ge=-180.0, le=180.0)]
_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Degrees = tuple[_Latitude, _Longitude]
_Place = tuple[_Latitude, _Longitude, _Finite]


class SimpleItem(BaseModel):
    type: Literal["SimpleItem"]
    command: int = Field(ge=0, le=65_535)
    frame: int = Field(ge=0, le=255)
    params: tuple[float | None, float | None, float | None, float | None, float | None, float | None, float | None]

    def item(self) -> MissionItem:
        first, place = self.params[:4], [0.0 if value is None else value for value in self.params[4:]]
        a, b, c, d = (math.nan if value is None else value for value in first)
        return MissionItem(self.command, LatLon(place[0], place[1]), place[2], (a, b, c, d), self.frame)


class _Transects(BaseModel):
    Items: list[SimpleItem]  # the file's own spelling


class ComplexItem(BaseModel):
    type: Literal["ComplexItem"]
    complexItemType: str  # noqa: N815 - the file's own spelling
    TransectStyleComplexItem: _Transects

    def items(self) -> list[MissionItem]:
        return [one.item() for one in self.TransectStyleComplexItem.Items]


class _Mission(BaseModel):
    version: Literal[2]
    plannedHomePosition: tuple[float, float, float] | None = None  # noqa: N815
    items: list[Annotated[SimpleItem | ComplexItem, Field(discriminator="type")]]


class _Polygon(BaseModel):
    inclusion: bool
    polygon: list[_Degrees] = Field(min_length=3)

    def corners(self) -> tuple[LatLon, ...]:
        return tuple(LatLon(*corner) for corner in self.polygon)


class _Round(BaseModel):
    center: _Degrees
    radius: _Finite = Field(gt=0.0)


class _Circle(BaseModel):
    inclusion: bool
    circle: _Round

    def value(self) -> Circle:
        return Circle(LatLon(*self.circle.center), self.circle.radius)


class _Fence(BaseModel):
    polygons: list[_Polygon] = []
    circles: list[_Circle] = []
    breachReturn: _Place | None = None  # noqa: N815

    def value(self) -> Fence:
        polygons = {
            kind: tuple(one.corners() for one in self.polygons if one.inclusion is kind) for kind in (True, False)
        }
        circles = {kind: tuple(one.value() for one in self.circles if one.inclusion is kind) for kind in (True, False)}
        back = LatLon(*self.breachReturn[:2]) if self.breachReturn else None
        return Fence(polygons[True], polygons[False], circles[True], circles[False], back)


class _Rally(BaseModel):
    points: list[_Place] = []

    def value(self) -> tuple[RallyPoint, ...]:
        return tuple(RallyPoint(LatLon(lat_deg, lon_deg), height_m) for lat_deg, lon_deg, height_m in self.points)


class PlanFile(BaseModel):
    fileType: Literal["Plan"]  # noqa: N815
    version: Literal[1]
    mission: _Mission
    geoFence: _Fence = _Fence()  # noqa: N815
    rallyPoints: _Rally = _Rally()  # noqa: N815

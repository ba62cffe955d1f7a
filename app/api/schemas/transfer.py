"""Missions, fences, rally points and parameters on the wire."""

from typing import Literal

from pydantic import Field

from app.api.schemas.base import LatLonIn, LatLonOut, Wire

ListName = Literal["mission", "fence", "rally"]


class MissionItemOut(Wire):
    """One item of a list; https://mavlink.io/en/messages/common.html#mav_commands."""

    command: int = Field(description="MAV_CMD", examples=[16])
    position: LatLonOut
    height_m: float | None = Field(description="Above home unless the frame says else", examples=[40.0])
    parameters: tuple[float | None, float | None, float | None, float | None] = Field(description="1 to 4")
    frame: int = Field(description="MAV_FRAME", examples=[3])


class MissionItemIn(Wire):
    command: int = Field(ge=0, le=65_535, description="MAV_CMD", examples=[16])
    position: LatLonIn = LatLonIn(lat_deg=0.0, lon_deg=0.0)
    height_m: float = Field(0.0, ge=-10_000.0, le=100_000.0, description="Above home unless the frame says else")
    parameters: tuple[float, float, float, float] = Field((0.0, 0.0, 0.0, 0.0), description="1 to 4")
    frame: int = Field(3, ge=0, le=255, description="MAV_FRAME", examples=[3])


class ListIn(Wire):
    items: list[MissionItemIn] = Field(max_length=10_000, description="Without home; none clears the list")


class PlanIn(Wire):
    text: str = Field(max_length=1_000_000, description="The text of a .plan or .waypoints file")


class ParameterFileIn(Wire):
    text: str = Field(max_length=1_000_000, description="The text of a parameter file")


class DoneOut(Wire):
    text: str = Field(description="What was done", examples=["mission: 12 items"])


class ParameterOut(Wire):
    """One parameter of the vehicle."""

    name: str = Field(examples=["WPNAV_SPEED"])
    value: float | None = Field(examples=[1000.0])
    kind: int = Field(description="MAV_PARAM_TYPE", examples=[9])
    index: int = Field(examples=[12])
    count: int = Field(description="Of all the vehicle has", examples=[1357])


class ParameterIn(Wire):
    value: float = Field(allow_inf_nan=False, examples=[1000.0])


class DifferenceOut(Wire):
    """A parameter that file and vehicle do not agree on; null: there it is not."""

    name: str = Field(examples=["WPNAV_SPEED"])
    file: float | None = Field(examples=[800.0])
    vehicle: float | None = Field(examples=[1000.0])


class LoadedOut(Wire):
    """What became of a parameter file."""

    changed: list[DifferenceOut] = Field(description="Set and said back by the vehicle")
    refused: list[str] = Field(description="Why not, one by one")
    unknown: list[str] = Field(description="Names the vehicle does not have")


class ProgressOut(Wire):
    """A transfer under way."""

    what: str = Field(description="plan or parameters", examples=["parameters"])
    done: int = Field(description="Items or parameters transferred", examples=[812])
    total: int = Field(description="Of how many; 0 while nobody has said so", examples=[1357])

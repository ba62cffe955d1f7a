"""Mission, safety, search and estimate on the wire."""

from typing import Literal

from pydantic import Field

from app.api.schemas.base import LatLonIn, LatLonOut, Wire
from app.domain.estimate import StrategyName
from app.domain.mission import MissionState
from app.domain.safety import Purpose
from app.settings import SearchSettings


class MissionStatusOut(Wire):
    """What the mission is doing."""

    time_s: float = Field(description="UTC, s since 1970", examples=[1760000000.0])
    state: MissionState
    since_s: float = Field(description="When it came to this state, UTC, s", examples=[1760000000.0])
    text: str = Field(examples=["Flying leg 3 of 9"])
    target_id: str = Field(examples=["beacon"])
    activated: bool = Field(description="Homing is activated and has not lapsed")
    home_on_detection: bool = Field(description="Homing may begin by itself on this flight")
    leg: int = Field(description="Of the search, from 0", examples=[2])
    legs: int = Field(description="0: no search planned", examples=[9])
    paused: bool
    goal: LatLonOut | None = Field(description="Where the vehicle is being sent")


class TransitionOut(Wire):
    """One step of the mission."""

    time_s: float = Field(examples=[1760000000.0])
    before: MissionState
    after: MissionState
    reason: str = Field(examples=["SNR above 12 dB for 0.3 s"])
    actor: str = Field(examples=["station"])
    forced: bool


class AirOut(Wire):
    """The wind, and how fast the vehicle flies through it at most."""

    wind_mps: float = Field(examples=[4.0])
    wind_from_deg: float = Field(description="True", examples=[270.0])
    airspeed_mps: float = Field(examples=[12.0])


class SearchPlanOut(Wire):
    """A search pattern laid out."""

    pattern: str = Field(examples=["parallel"])
    waypoints: list[LatLonOut]
    height_m: float = Field(description="Above home", examples=[40.0])
    speed_mps: float = Field(examples=[5.0])
    spacing_m: float = Field(examples=[150.0])
    length_m: float = Field(examples=[3450.0])
    time_s: float = Field(description="With turns and wind", examples=[760.0])
    area_m2: float = Field(examples=[360_000.0])
    coverage: float = Field(description="C = W / S, mean over the area", examples=[2.0])
    pod: float = Field(description="1 - exp(-C), mean over the area", examples=[0.86])
    air: AirOut = Field(description="For which the time is reckoned")
    battery_percent: float | None = Field(description="Of a full battery, for the pattern alone", examples=[38.0])
    left_out_m2: float = Field(description="Of the area, for fence and no-fly areas", examples=[0.0])


class PreviewIn(Wire):
    settings: SearchSettings = SearchSettings()
    origin: LatLonIn


class StartIn(Wire):
    settings: SearchSettings | None = Field(None, description="null: as in the station's settings")
    origin: LatLonIn | None = Field(None, description="Middle of the pattern; null: home")


class ActivationOut(Wire):
    """The first of two steps; ``code`` is to be given back before it lapses."""

    code: str = Field(examples=["4711"])
    expires_s: float = Field(description="UTC, s", examples=[1760000015.0])


class ConfirmIn(Wire):
    code: str = Field(min_length=1, max_length=64, examples=["4711"])


class AllowedIn(Wire):
    allowed: bool


class StrategyIn(Wire):
    strategy: StrategyName | None = Field(description="null: as in the station's settings", examples=["bearing"])


class StrategyOut(Wire):
    strategy: StrategyName = Field(examples=["informed"])


class ReasonIn(Wire):
    reason: str = Field(min_length=1, max_length=200, examples=["Vehicle stands safe, link restored"])


class ForceIn(ReasonIn):
    state: Literal["IDLE", "SEARCHING", "DETECTING", "HOMING", "HOLDING"]


class NoFlyIn(Wire):
    """No-fly areas in place of those that hold."""

    areas: list[list[LatLonIn]] = Field(max_length=100, description="Corners of each area, once round")


class NoFlyOut(Wire):
    """The no-fly areas that hold."""

    areas: list[list[LatLonOut]] = Field(description="Corners of each area, once round")


class VerdictOut(Wire):
    """One rule's answer."""

    rule: str = Field(examples=["gps"])
    passed: bool
    text: str = Field(examples=["14 satellites, HDOP 0.8"])


class GateReportOut(Wire):
    """The gate for one purpose; open only when every rule passed."""

    time_s: float = Field(examples=[1760000000.0])
    purpose: Purpose
    open: bool
    verdicts: list[VerdictOut]


class BoundsOut(Wire):
    """Where the heat map lies."""

    south_deg: float = Field(examples=[47.39])
    west_deg: float = Field(examples=[8.54])
    north_deg: float = Field(examples=[47.40])
    east_deg: float = Field(examples=[8.55])


class EstimateOut(Wire):
    """The posterior in figures; while ``enough`` is false the positions and regions are no fix."""

    time_s: float = Field(examples=[1760000000.0])
    target_id: str = Field(examples=["beacon"])
    readings: int = Field(examples=[340])
    enough: bool
    text: str = Field(examples=["340 readings over 4 legs"])
    mode: LatLonOut = Field(description="Most probable cell")
    mean: LatLonOut
    radius_50_m: float = Field(examples=[4.2])
    radius_90_m: float = Field(examples=[9.8])
    area_50_m2: float = Field(examples=[55.0])
    area_90_m2: float = Field(examples=[301.0])
    region_50: list[list[LatLonOut]]
    region_90: list[list[LatLonOut]]
    entropy_bits: float = Field(examples=[6.4])
    emitters: list[LatLonOut] = Field(description="Two, the stronger first, where one does not explain what was heard")
    bounds: BoundsOut

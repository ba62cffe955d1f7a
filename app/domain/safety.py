"""The safety gate's values: what may be asked of it and what it answers; pure, any thread."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, Field, field_validator

from app.domain.areas import sound
from app.domain.geometry import LatLon
from app.domain.mission import MissionState
from app.domain.radio import Level
from app.domain.vehicle import Telemetry, VehicleState


class SafetyLimits(BaseModel, frozen=True, extra="forbid"):
    """Limits of the safety gate. Every rule has one; there is no value that switches a rule off."""

    heartbeat_s: float = Field(
        3.0, ge=1.0, le=10.0, description="Oldest heartbeat with which the vehicle may be moved, s"
    )
    hdop: float = Field(2.0, ge=0.5, le=5.0, description="Largest horizontal dilution of precision")
    satellites: int = Field(8, ge=5, le=30, description="Fewest satellites in use")
    battery_percent: float = Field(20.0, ge=10.0, le=90.0, description="Battery that must be left on landing, %")
    endurance_s: float = Field(1200.0, ge=60.0, le=36_000.0, description="Flight time on a full battery, s")
    return_speed_mps: float = Field(5.0, ge=1.0, le=30.0, description="Ground speed on the way home, m/s")
    airspeed_mps: float = Field(12.0, ge=1.0, le=60.0, description="Greatest airspeed of the vehicle, m/s")
    wind_mps: float = Field(7.0, ge=0.0, le=40.0, description="Wind against which it must come home, m/s")
    fence_radius_m: float = Field(2000.0, ge=20.0, le=50_000.0, description="Largest distance from home, m")
    fence: tuple[LatLon, ...] = Field((), description="Corners of the geofence; within the radius as well")
    lowest_m: float = Field(5.0, ge=0.0, le=500.0, description="Lowest height above home, m")
    highest_m: float = Field(120.0, ge=5.0, le=1000.0, description="Greatest height above home, m")
    speed_mps: float = Field(5.0, ge=0.5, le=20.0, description="Greatest commanded speed, m/s")
    signal_s: float = Field(10.0, ge=1.0, le=120.0, description="Oldest heard signal with which homing goes on, s")
    activation_s: float = Field(900.0, ge=10.0, le=3600.0, description="How long an activation of homing holds, s")
    no_fly: tuple[tuple[LatLon, ...], ...] = Field((), description="Areas never to be entered")

    @field_validator("fence")
    @classmethod
    def _fence(cls, fence: tuple[LatLon, ...]) -> tuple[LatLon, ...]:
        return sound(fence, "The geofence") if fence else fence

    @field_validator("no_fly")
    @classmethod
    def _areas(cls, areas: tuple[tuple[LatLon, ...], ...]) -> tuple[tuple[LatLon, ...], ...]:
        for number, area in enumerate(areas, 1):
            if len(area) > 2:  # fewer corners are places that are kept clear of
                sound(area, f"No-fly area {number}")
        return areas

    no_fly_distance_m: float = Field(20.0, ge=0.0, le=500.0, description="Distance kept from no-fly areas, m")


class Purpose(StrEnum):
    """Why the vehicle is to be moved; each purpose is held to its own set of rules.

    Braking, landing and returning home are always let through and are no motion in this sense.
    """

    ARM = "arm"
    TAKEOFF = "takeoff"
    GOTO = "goto"  # the operator's own click on the map
    SEARCH = "search"
    HOMING = "homing"


@dataclass(frozen=True, slots=True)
class Motion:
    """A motion command: fly to ``goal`` at ``height_m`` above home with at most ``speed_mps``.

    ``goal`` is None for arming and for take-off, which rises where the vehicle stands.
    """

    purpose: Purpose
    goal: LatLon | None
    height_m: float
    speed_mps: float
    heading_deg: float | None = None  # true; None: as the autopilot turns by itself


@dataclass(frozen=True, slots=True)
class GateInputs:
    """Everything the rules look at. ``None`` is "not known" and closes each rule that needs it."""

    time_s: float
    vehicle: VehicleState | None
    telemetry: Telemetry | None
    level: Level | None  # newest level of the target that was heard
    receiver_overload: bool | None
    state: MissionState
    activated_s: float | None  # when the operator activated homing; None when it is off
    guided_left: bool  # the pilot left GUIDED since the operator last asked for it
    silence_s: float = 0.0  # how long the target is silent by its nature, between bursts


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule's answer."""

    rule: str
    passed: bool
    text: str  # what was found, with figures; when not passed, also what would open it


@dataclass(frozen=True, slots=True)
class GateReport:
    """The gate for one purpose at one time: open only when every rule passed."""

    time_s: float
    purpose: Purpose
    open: bool
    verdicts: tuple[Verdict, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Texts of the rules that keep it closed."""
        return tuple(verdict.text for verdict in self.verdicts if not verdict.passed)

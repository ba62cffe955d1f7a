"""The vehicle on the wire."""

from pydantic import Field

from app.api.schemas.base import LatLonOut, Wire
from app.domain.vehicle import Outcome


class TelemetryOut(Wire):
    """Pose and motion at one time."""

    time_s: float = Field(description="UTC, s since 1970", examples=[1760000000.0])
    vehicle_id: int = Field(description="MAVLink system id", examples=[1])
    lat_deg: float = Field(examples=[47.3977])
    lon_deg: float = Field(examples=[8.5456])
    altitude_m: float = Field(description="Above mean sea level", examples=[528.0])
    height_m: float = Field(description="Above home", examples=[40.0])
    roll_deg: float = Field(examples=[1.0])
    pitch_deg: float = Field(examples=[-3.0])
    heading_deg: float = Field(description="True", examples=[90.0])
    north_mps: float = Field(examples=[0.0])
    east_mps: float = Field(examples=[5.0])
    down_mps: float = Field(examples=[0.0])


class VehicleStateOut(Wire):
    """Everything slower; null: the vehicle has not said so yet."""

    time_s: float = Field(examples=[1760000000.0])
    vehicle_id: int = Field(examples=[1])
    connected: bool
    simulated: bool
    autopilot: str = Field(examples=["ArduPilot"])
    kind: str = Field(examples=["quadrotor"])
    mode: str = Field(examples=["GUIDED"])
    armed: bool
    in_air: bool | None
    ready_to_arm: bool | None
    heartbeat_s: float = Field(description="Time of the last heartbeat, UTC, s", examples=[1760000000.0])
    battery_percent: float | None = Field(examples=[87.0])
    battery_v: float | None = Field(examples=[15.9])
    gps_fix: int | None = Field(description="MAVLink GPS_FIX_TYPE; 3 and more: 3D", examples=[3])
    satellites: int | None = Field(examples=[14])
    hdop: float | None = Field(examples=[0.8])
    ekf_healthy: bool | None
    home: LatLonOut | None
    home_altitude_m: float | None = Field(examples=[488.0])
    guided: str = Field(description="The mode in which it follows this station", examples=["GUIDED", "OFFBOARD"])


class VehicleMessageOut(Wire):
    """The vehicle's own words."""

    time_s: float = Field(examples=[1760000000.0])
    vehicle_id: int = Field(examples=[1])
    severity: int = Field(description="MAV_SEVERITY: 0 emergency ... 7 debug", examples=[4])
    text: str = Field(examples=["PreArm: GPS 1: Bad fix"])


class LinkStateOut(Wire):
    """The wire to the vehicles."""

    time_s: float = Field(examples=[1760000000.0])
    url: str = Field(examples=["udpin:0.0.0.0:14550"])
    connected: bool
    received_per_s: float = Field(description="MAVLink messages", examples=[92.0])
    lost_percent: float = Field(examples=[0.1])
    bad_frames: int = Field(examples=[0])
    problem: str = Field(description="Why it is not connected, and what to do", examples=[""])
    bytes_per_s: float = Field(description="Of the frames received", examples=[2900.0])
    rates_hz: dict[str, float] = Field(description="Messages a second by name", examples=[{"ATTITUDE": 10.0}])
    latency_ms: float | None = Field(description="There and back by TIMESYNC; null: not answered", examples=[38.0])
    jitter_ms: float | None = Field(description="Mean change between round trips", examples=[4.0])
    radio_dbm: float | None = Field(description="RSSI of the telemetry radio here", examples=[-71.0])
    radio_remote_dbm: float | None = Field(description="RSSI at the vehicle", examples=[-74.0])
    signed: bool = Field(description="What is sent is signed, and what is heard must be")
    refused_frames: int = Field(description="Heard without the right signature", examples=[0])
    others: list["LinkStateOut"] = Field(description="Further wires, over which this vehicle is not commanded now")


class CommandRecordOut(Wire):
    """One command: who asked, what became of it."""

    time_s: float = Field(examples=[1760000000.0])
    actor: str = Field(examples=["browser"])
    verb: str = Field(examples=["takeoff"])
    arguments: str = Field(examples=["20 m"])
    outcome: Outcome
    detail: str = Field(examples=[""])


class LinkIn(Wire):
    url: str = Field(max_length=500, description="Address of the link", examples=["udpin:0.0.0.0:14550"])


class PlaybackOut(Wire):
    """Where the replay of a recorded link is."""

    started_s: float = Field(description="UTC of the first frame", examples=[1760000000.0])
    position_s: float = Field(examples=[61.5])
    length_s: float = Field(examples=[1377.0])
    speed: float = Field(description="Times true time; 0: halted", examples=[1.0])


class PlayIn(Wire):
    speed: float = Field(1.0, ge=0.0, le=10.0, description="Times true time, 0.25 to 10; 0 halts", examples=[4.0])
    at_s: float | None = Field(None, ge=0.0, description="Place in it; null: where it is", examples=[600.0])


class SelectIn(Wire):
    vehicle_id: int = Field(ge=1, le=255, description="MAVLink system id", examples=[2])


class TakeoffIn(Wire):
    height_m: float = Field(20.0, ge=1.0, le=500.0, description="Above home", examples=[20.0])


class ModeIn(Wire):
    mode: str = Field(min_length=1, max_length=32, description="The autopilot's own name", examples=["LOITER"])


class GotoIn(Wire):
    lat_deg: float = Field(ge=-90.0, le=90.0, examples=[47.3977])
    lon_deg: float = Field(ge=-180.0, le=180.0, examples=[8.5456])
    height_m: float | None = Field(None, ge=0.0, le=1000.0, description="Above home; null: as it is", examples=[40.0])

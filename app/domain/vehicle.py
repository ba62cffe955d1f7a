"""Facts of the vehicle and its link; values, any thread."""

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.geometry import LatLon, angle_between_deg


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Pose and motion of one vehicle at one time; published as often as the vehicle sends its position."""

    time_s: float
    vehicle_id: int  # MAVLink system id
    lat_deg: float
    lon_deg: float
    altitude_m: float  # above mean sea level
    height_m: float  # above home
    roll_deg: float
    pitch_deg: float
    heading_deg: float  # true
    north_mps: float
    east_mps: float
    down_mps: float

    @property
    def position(self) -> LatLon:
        return LatLon(self.lat_deg, self.lon_deg)


@dataclass(frozen=True, slots=True)
class VehicleState:
    """Everything slower about one vehicle; published on every change and once a second.

    ``None`` means the vehicle has not said so yet; the safety gate takes it for a closed gate.
    """

    time_s: float
    vehicle_id: int
    connected: bool  # heartbeat younger than the limit
    simulated: bool
    autopilot: str  # ArduPilot, PX4, ...
    kind: str  # quadrotor, fixed wing, ...
    mode: str  # the autopilot's own name: GUIDED, LOITER, ...
    armed: bool
    in_air: bool | None
    ready_to_arm: bool | None
    heartbeat_s: float  # time of the last heartbeat
    battery_percent: float | None
    battery_v: float | None
    gps_fix: int | None  # MAVLink GPS_FIX_TYPE: 3 and more is a 3D fix
    satellites: int | None
    hdop: float | None
    ekf_healthy: bool | None
    home: LatLon | None
    home_altitude_m: float | None
    guided: str = "GUIDED"  # the mode in which it follows this station: PX4's is OFFBOARD

    @property
    def follows(self) -> bool:
        """Whether it is in the mode in which it follows this station."""
        return self.mode == self.guided

    @property
    def climbs_alone(self) -> bool:
        """Whether it takes off in a mode of its own, before it follows this station: as PX4 does."""
        return self.autopilot == "PX4"


@dataclass(frozen=True, slots=True)
class VehicleMessage:
    """A STATUSTEXT: the vehicle's own words."""

    time_s: float
    vehicle_id: int
    severity: int  # MAVLink MAV_SEVERITY: 0 emergency ... 7 debug
    text: str


@dataclass(frozen=True, slots=True)
class LinkState:
    """The wire to the vehicles; published on every change and once a second."""

    time_s: float
    url: str
    connected: bool
    received_per_s: float  # MAVLink messages
    lost_percent: float  # from sequence numbers over the last seconds
    bad_frames: int  # corrupt or foreign bytes dropped since open
    problem: str = ""  # why it is not connected, and what to do
    bytes_per_s: float = 0.0  # of the frames received
    rates_hz: dict[str, float] = field(default_factory=dict)  # messages a second by their name
    latency_ms: float | None = None  # there and back by TIMESYNC, in the station's time; None: not answered
    jitter_ms: float | None = None  # mean change from one round trip to the next
    radio_dbm: float | None = None  # RSSI of the telemetry radio here; None: no radio tells it
    radio_remote_dbm: float | None = None  # and at the vehicle
    signed: bool = False  # what is sent is signed, and what is heard must be
    refused_frames: int = 0  # heard without the right signature since the start
    others: tuple["LinkState", ...] = ()  # further wires; they do not carry this vehicle now


@dataclass(frozen=True, slots=True)
class Playback:
    """Where the replay of a recorded link is; pauses cut out of the recording do not count."""

    started_s: float  # UTC of the first frame
    position_s: float
    length_s: float
    speed: float  # 0: halted


class Outcome(StrEnum):
    """How far a command got."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"  # by the gate or by the vehicle
    FAILED = "failed"  # no answer


@dataclass(frozen=True, slots=True)
class CommandRecord:
    """One command to the vehicle: who asked, what became of it; published at each step."""

    time_s: float
    actor: str
    verb: str
    arguments: str
    outcome: Outcome
    detail: str = ""


class PoseTrack:
    """The last seconds of one vehicle's poses, to be asked for any time between them.

    Not locked: one thread adds and asks.
    """

    def __init__(self, seconds: float = 30.0) -> None:
        self._seconds = seconds
        self._poses: deque[Telemetry] = deque()

    def add(self, pose: Telemetry) -> None:
        """Append a pose; one that is not newer than the last starts the track anew (clock jump, reboot)."""
        if self._poses and pose.time_s <= self._poses[-1].time_s:
            self._poses.clear()
        self._poses.append(pose)
        while self._poses[-1].time_s - self._poses[0].time_s > self._seconds:
            self._poses.popleft()

    @property
    def latest(self) -> Telemetry | None:
        return self._poses[-1] if self._poses else None

    def at(self, time_s: float, gap_s: float = 1.0) -> Telemetry | None:
        """Pose at ``time_s``, linear between its neighbours, angles the short way round.

        None outside the track or where the neighbours are more than ``gap_s`` apart: no pose is invented.
        """
        index = bisect_left(self._poses, time_s, key=lambda pose: pose.time_s)
        if index == len(self._poses):
            return None
        after = self._poses[index]
        if after.time_s == time_s:
            return after
        if index == 0 or after.time_s - self._poses[index - 1].time_s > gap_s:
            return None
        return _between(self._poses[index - 1], after, time_s)


def _between(a: Telemetry, b: Telemetry, time_s: float) -> Telemetry:
    share = (time_s - a.time_s) / (b.time_s - a.time_s)

    def line(first: float, second: float) -> float:
        return first + share * (second - first)

    def turn(first: float, second: float) -> float:
        return first + share * angle_between_deg(second, first)

    return Telemetry(
        time_s=time_s,
        vehicle_id=a.vehicle_id,
        lat_deg=line(a.lat_deg, b.lat_deg),
        lon_deg=turn(a.lon_deg, b.lon_deg),
        altitude_m=line(a.altitude_m, b.altitude_m),
        height_m=line(a.height_m, b.height_m),
        roll_deg=turn(a.roll_deg, b.roll_deg),
        pitch_deg=turn(a.pitch_deg, b.pitch_deg),
        heading_deg=turn(a.heading_deg, b.heading_deg) % 360.0,
        north_mps=line(a.north_mps, b.north_mps),
        east_mps=line(a.east_mps, b.east_mps),
        down_mps=line(a.down_mps, b.down_mps),
    )

"""What one vehicle has told so far, assembled from its messages; pure, owned by the link worker."""

import math
from dataclasses import replace

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.vehicle import Telemetry, VehicleMessage, VehicleState
from app.vehicle.boottime import BootClock
from app.vehicle.frames import Message
from app.vehicle.modes import AUTOPILOTS, KINDS, ModeTable, table_for
from app.vehicle.parts import PARTS
from app.vehicle.texts import TextAssembly

LANDED_FRESH_S = 5.0
FLYING_M = 1.5  # above home: in the air, for an autopilot that does not say so itself
FASTEST_MPS = 200.0
FARTHEST_M = 50e3

_NO_VEHICLES = {
    mavlink.MAV_TYPE_GCS,
    mavlink.MAV_TYPE_ANTENNA_TRACKER,
    mavlink.MAV_TYPE_ONBOARD_CONTROLLER,
    mavlink.MAV_TYPE_GIMBAL,
    mavlink.MAV_TYPE_ADSB,
    mavlink.MAV_TYPE_CAMERA,
}
Heard = Telemetry | VehicleMessage | None


def is_vehicle(heartbeat: Message) -> bool:
    """Whether a heartbeat is that of an autopilot; ground stations, gimbals and companions are none."""
    return heartbeat.autopilot != mavlink.MAV_AUTOPILOT_INVALID and heartbeat.type not in _NO_VEHICLES


class Picture:
    """One vehicle. ``hear`` takes its messages; values that cannot be are dropped and counted in ``absurd``."""

    def __init__(self, vehicle_id: int, component: int, time_s: float) -> None:
        self.component = component
        self.absurd = 0
        self.table: ModeTable = table_for(mavlink.MAV_AUTOPILOT_INVALID, 0)
        self.telemetry: Telemetry | None = None
        self.motion_s = time_s  # when attitude or position last came: says whether the streams run
        self.state = _nothing_known(vehicle_id, time_s)
        self._boot = BootClock()
        self._texts = TextAssembly()
        self._attitude: tuple[float, float, float] | None = None  # roll, pitch, yaw, degrees
        self._landed: tuple[float, int] | None = None
        self._status: int = mavlink.MAV_STATE_UNINIT

    @property
    def reboots(self) -> int:
        return self._boot.reboots

    def hear(self, message: Message, time_s: float) -> Heard:
        """Take one message that arrived at ``time_s``; returns the fact it made, if it made one besides the state."""
        kind = message.get_type()
        if kind == "GLOBAL_POSITION_INT":
            return self._on_position(message, time_s)
        if kind == "ATTITUDE":
            self._on_attitude(message, time_s)
        elif kind == "HEARTBEAT":
            self._on_heartbeat(message, time_s)
        elif kind == "STATUSTEXT":
            text = self._texts.add(message)
            return VehicleMessage(time_s, self.state.vehicle_id, message.severity, text) if text else None
        elif kind == "EXTENDED_SYS_STATE":
            known = message.landed_state != mavlink.MAV_LANDED_STATE_UNDEFINED
            self._landed = (time_s, message.landed_state) if known else None
        elif kind in PARTS:
            changes = PARTS[kind](message, self.state)
            self.absurd += changes is None
            self.state = replace(self.state, **(changes or {}))
        return None

    def seen(self, time_s: float, heartbeat_limit_s: float) -> VehicleState:
        """The state as it is at ``time_s``."""
        connected = time_s - self.state.heartbeat_s <= heartbeat_limit_s
        self.state = replace(self.state, time_s=time_s, connected=connected, in_air=self._in_air(time_s))
        return self.state

    def _in_air(self, time_s: float) -> bool | None:
        if self._landed is not None and time_s - self._landed[0] <= LANDED_FRESH_S:
            return bool(self._landed[1] != mavlink.MAV_LANDED_STATE_ON_GROUND)
        if self._status == mavlink.MAV_STATE_STANDBY:
            return False
        if self._status == mavlink.MAV_STATE_ACTIVE and self.table.autopilot == "ArduPilot":
            return True
        if not self.state.armed or self.telemetry is None:
            return None
        return self.telemetry.height_m > FLYING_M

    def _on_heartbeat(self, message: Message, time_s: float) -> None:
        self.table = table_for(message.autopilot, message.type)
        self._status = message.system_status
        self.state = replace(
            self.state,
            time_s=time_s,
            heartbeat_s=time_s,
            connected=True,
            autopilot=AUTOPILOTS.get(message.autopilot, "unknown"),
            kind=KINDS.get(message.type, f"vehicle of type {message.type}"),
            mode=self.table.name(message.custom_mode),
            armed=bool(message.base_mode & mavlink.MAV_MODE_FLAG_SAFETY_ARMED),
        )

    def _on_attitude(self, message: Message, time_s: float) -> None:
        angles = (message.roll, message.pitch, message.yaw)
        if not all(abs(angle) <= 2.0 * math.pi for angle in angles):  # false for NaN too
            self.absurd += 1
            return
        self.motion_s = time_s
        roll_deg, pitch_deg, yaw_deg = (math.degrees(angle) for angle in angles)
        self._attitude = (roll_deg, pitch_deg, yaw_deg % 360.0)

    def _on_position(self, message: Message, time_s: float) -> Telemetry | None:
        self.motion_s = time_s
        stamp_s = self._boot.to_station(message.time_boot_ms, time_s)
        if stamp_s is None or self._attitude is None or (message.lat == 0 and message.lon == 0):
            return None  # repeated, or what autopilots send before they know
        pose = Telemetry(
            stamp_s,
            self.state.vehicle_id,
            message.lat / 1e7,
            message.lon / 1e7,
            message.alt / 1e3,
            message.relative_alt / 1e3,
            *self._attitude,
            message.vx / 100.0,
            message.vy / 100.0,
            message.vz / 100.0,
        )
        if not _possible(pose):
            self.absurd += 1
            return None
        self.telemetry = pose
        return pose


def _possible(pose: Telemetry) -> bool:
    on_globe = abs(pose.lat_deg) <= 90.0 and abs(pose.lon_deg) <= 180.0
    near = abs(pose.altitude_m) <= FARTHEST_M and abs(pose.height_m) <= FARTHEST_M
    return on_globe and near and math.hypot(pose.north_mps, pose.east_mps, pose.down_mps) <= FASTEST_MPS


def _nothing_known(vehicle_id: int, time_s: float) -> VehicleState:
    return VehicleState(
        time_s=time_s,
        vehicle_id=vehicle_id,
        connected=False,
        simulated=False,
        autopilot="unknown",
        kind="",
        mode="",
        armed=False,
        in_air=None,
        ready_to_arm=None,
        heartbeat_s=time_s,
        battery_percent=None,
        battery_v=None,
        gps_fix=None,
        satellites=None,
        hdop=None,
        ekf_healthy=None,
        home=None,
        home_altitude_m=None,
    )

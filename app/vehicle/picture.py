"""What one vehicle has told so far, assembled from its messages; pure, owned by the link worker."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.vehicle import Telemetry, VehicleMessage, VehicleState
from app.vehicle.boottime import BootClock
from app.vehicle.frames import Frame
from app.vehicle.modes import AUTOPILOTS, KINDS, ModeTable, table_for
from app.vehicle.parts import PARTS
from app.vehicle.texts import TextAssembly

LANDED_FRESH_S = 5.0
FLYING_M = 1.5  # above home: in the air, for an autopilot that does not say so itself
FASTEST_MPS = 200.0
FARTHEST_M = 50e3
_TURN = 2.0 * math.pi

_NO_VEHICLES = {
    mavlink.MAV_TYPE_GCS,
    mavlink.MAV_TYPE_ANTENNA_TRACKER,
    mavlink.MAV_TYPE_ONBOARD_CONTROLLER,
    mavlink.MAV_TYPE_GIMBAL,
    mavlink.MAV_TYPE_ADSB,
    mavlink.MAV_TYPE_CAMERA,
}
READ = {
    mavlink.MAVLINK_MSG_ID_HEARTBEAT,
    mavlink.MAVLINK_MSG_ID_ATTITUDE,
    mavlink.MAVLINK_MSG_ID_GLOBAL_POSITION_INT,
    mavlink.MAVLINK_MSG_ID_STATUSTEXT,
    mavlink.MAVLINK_MSG_ID_EXTENDED_SYS_STATE,
    *PARTS,
}  # what a picture is made of; any other message says nothing to it
Heard = Telemetry | VehicleMessage | None


class Beat(NamedTuple):
    """A HEARTBEAT in the order of the wire."""

    custom_mode: int
    kind: int
    autopilot: int
    base_mode: int
    status: int
    version: int


def is_vehicle(beat: Beat) -> bool:
    """Whether a heartbeat is that of an autopilot; ground stations, gimbals and companions are none."""
    return beat.autopilot != mavlink.MAV_AUTOPILOT_INVALID and beat.kind not in _NO_VEHICLES


def begins(frame: Frame) -> bool:
    """Whether a frame is the heartbeat of a vehicle, by which it is first known."""
    return frame.number == mavlink.MAVLINK_MSG_ID_HEARTBEAT and is_vehicle(Beat._make(frame.values()))


class Picture:
    """One vehicle. ``hear`` takes its messages; values that cannot be are dropped and counted in ``absurd``."""

    def __init__(self, vehicle_id: int, component: int, time_s: float) -> None:
        self.component = component
        self.absurd = 0
        self.table: ModeTable = table_for(mavlink.MAV_AUTOPILOT_INVALID, 0)
        self.telemetry: Telemetry | None = None
        self.rebooted = False
        self.motion_s = time_s  # when attitude or position last came: says whether the streams run
        self.state = _nothing_known(vehicle_id, time_s)
        self._boot = BootClock()
        self._texts = TextAssembly()
        self._attitude: tuple[float, float, float] | None = None  # roll, pitch, yaw, degrees
        self._landed: tuple[float, int] | None = None
        self._beat: Beat | None = None
        self._beat_s = time_s
        self._acts: dict[int, Callable[[Frame, float], Heard]] = {
            mavlink.MAVLINK_MSG_ID_HEARTBEAT: self._on_heartbeat,
            mavlink.MAVLINK_MSG_ID_ATTITUDE: self._on_attitude,
            mavlink.MAVLINK_MSG_ID_GLOBAL_POSITION_INT: self._on_position,
            mavlink.MAVLINK_MSG_ID_STATUSTEXT: self._on_text,
            mavlink.MAVLINK_MSG_ID_EXTENDED_SYS_STATE: self._on_landed,
            **dict.fromkeys(PARTS, self._on_part),
        }

    def hear(self, frame: Frame, time_s: float) -> Heard:
        """Take one frame that arrived at ``time_s``; returns the fact it made, if it made one besides the state."""
        act = self._acts.get(frame.number)
        return act(frame, time_s) if act is not None else None

    def moved(self) -> None:
        """It is heard by another way from now on."""
        self._boot.moved()

    def seen(self, time_s: float, heartbeat_limit_s: float) -> VehicleState:
        """The state as it is at ``time_s``."""
        connected = time_s - self._beat_s <= heartbeat_limit_s
        beat_s, in_air = self._beat_s, self._in_air(time_s)
        self.state = replace(self.state, time_s=time_s, heartbeat_s=beat_s, connected=connected, in_air=in_air)
        return self.state

    def _in_air(self, time_s: float) -> bool | None:
        if self._landed is not None and time_s - self._landed[0] <= LANDED_FRESH_S:
            return bool(self._landed[1] != mavlink.MAV_LANDED_STATE_ON_GROUND)
        status = self._beat.status if self._beat is not None else mavlink.MAV_STATE_UNINIT
        if status == mavlink.MAV_STATE_STANDBY:
            return False
        if status == mavlink.MAV_STATE_ACTIVE and self.table.autopilot == "ArduPilot":
            return True
        if not self.state.armed or self.telemetry is None:
            return None
        return self.telemetry.height_m > FLYING_M

    def _on_heartbeat(self, frame: Frame, time_s: float) -> None:
        values = frame.values()
        if values == self._beat and self.state.connected:
            self._beat_s = time_s
            return
        beat = Beat._make(values)
        if not is_vehicle(beat):
            return
        self._beat, self._beat_s = beat, time_s
        self.table = table_for(beat.autopilot, beat.kind)
        self.state = replace(
            self.state,
            time_s=time_s,
            heartbeat_s=time_s,
            connected=True,
            autopilot=AUTOPILOTS.get(beat.autopilot, "unknown"),
            kind=KINDS.get(beat.kind, f"vehicle of type {beat.kind}"),
            mode=self.table.name(beat.custom_mode),
            guided=self.table.guided,
            armed=bool(beat.base_mode & mavlink.MAV_MODE_FLAG_SAFETY_ARMED),
        )

    def _on_attitude(self, frame: Frame, time_s: float) -> None:
        _, roll, pitch, yaw, *_ = frame.values()
        if not (-_TURN <= roll <= _TURN and -_TURN <= pitch <= _TURN and -_TURN <= yaw <= _TURN):  # false for NaN too
            self.absurd += 1
            return
        self.motion_s = time_s
        self._attitude = (math.degrees(roll), math.degrees(pitch), math.degrees(yaw) % 360.0)

    def _on_position(self, frame: Frame, time_s: float) -> Telemetry | None:
        self.motion_s = time_s
        boot_ms, lat, lon, altitude_mm, height_mm, north_cmps, east_cmps, down_cmps, _ = frame.values()
        stamp_s = self._boot.to_station(boot_ms, time_s)
        self.rebooted = self._boot.reboots > 0
        if stamp_s is None or self._attitude is None or (lat == 0 and lon == 0):
            return None  # repeated, or what autopilots send before they know
        pose = Telemetry(
            stamp_s,
            self.state.vehicle_id,
            lat / 1e7,
            lon / 1e7,
            altitude_mm / 1e3,
            height_mm / 1e3,
            *self._attitude,
            north_cmps / 100.0,
            east_cmps / 100.0,
            down_cmps / 100.0,
        )
        if not _possible(pose):
            self.absurd += 1
            return None
        self.telemetry = pose
        return pose

    def _on_text(self, frame: Frame, time_s: float) -> VehicleMessage | None:
        text = self._texts.add(frame.message)
        return VehicleMessage(time_s, self.state.vehicle_id, frame.message.severity, text) if text else None

    def _on_landed(self, frame: Frame, time_s: float) -> None:
        state = frame.message.landed_state
        self._landed = (time_s, state) if state != mavlink.MAV_LANDED_STATE_UNDEFINED else None

    def _on_part(self, frame: Frame, time_s: float) -> None:
        del time_s
        pick, changed = PARTS[frame.number]
        changes = changed(self.state, *pick(frame.values()))
        if changes is None:
            self.absurd += 1
        elif any(getattr(self.state, name) != value for name, value in changes.items()):
            self.state = replace(self.state, **changes)


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

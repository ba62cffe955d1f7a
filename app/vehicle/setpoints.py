"""Position and velocity targets: what brings a vehicle to a place, or keeps it where it is; pure, any thread."""

import math

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon, LocalPlane
from app.domain.safety import Motion
from app.domain.vehicle import Telemetry
from app.vehicle.frames import Message
from app.vehicle.talk import Peer

# POSITION_TARGET_TYPEMASK: acceleration, yaw and its rate are ignored, and velocity or position
_ONLY_POSITION = 0b1101_1111_1000
_ONLY_VELOCITY = 0b1101_1100_0111
_NO_YAW = 0b100_0000_0000
NEAR_S = 0.5  # of flight at full speed: nearer than that a position is asked for, which the autopilot approaches slowly
BRAKING_MPS2 = 1.0
SLOWEST_MPS = 0.5  # a vehicle that moves less than that stands still
_RISE_MPS, _SINK_MPS, _RISE_PER_S, _REST_MPS = 2.0, 1.0, 0.5, 0.3


def place(peer: Peer, goal: LatLon, height_m: float, heading_deg: float | None = None) -> Message:
    """Fly to a place at a height above home; without a true heading the autopilot turns by itself."""
    return _position(peer, goal, height_m, mavlink.MAV_FRAME_GLOBAL_RELATIVE_ALT_INT, heading_deg)


def towards(peer: Peer, motion: Motion, pose: Telemetry) -> Message:
    """Fly to the motion's goal no faster than it says, for an autopilot whose own speed cannot be set in this mode.

    Far from the goal a velocity, near it a place by its altitude above mean sea level: PX4 takes heights above home
    too, but some of its versions subtract where they should add (mavlink_receiver.cpp, 2021).
    Raises ``ValueError`` for a motion without a goal.
    """
    if motion.goal is None:
        raise ValueError("a target needs a place")
    to_go = LocalPlane(pose.position).to_plane(motion.goal)
    rise_m = motion.height_m - pose.height_m
    if to_go.length_m <= NEAR_S * motion.speed_mps:
        return _absolute(peer, motion.goal, pose.altitude_m + rise_m, motion.heading_deg)
    speed_mps = min(motion.speed_mps, math.sqrt(2.0 * BRAKING_MPS2 * to_go.length_m))
    share = speed_mps / to_go.length_m
    rise_mps = max(-_SINK_MPS, min(_RISE_MPS, _RISE_PER_S * rise_m))
    return _velocity(peer, (share * to_go.north_m, share * to_go.east_m, -rise_mps))


def stay(peer: Peer, pose: Telemetry | None, spot: Telemetry | None, landed: bool) -> tuple[Message, Telemetry | None]:
    """Stop, then keep the place where the vehicle came to rest; ``spot`` is that place once it is known.

    On the ground it is pressed down a little, so that an error of its height does not lift it off.
    """
    if landed:
        return _velocity(peer, (0.0, 0.0, _REST_MPS)), None
    if spot is None and pose is not None and math.hypot(pose.north_mps, pose.east_mps) < SLOWEST_MPS:
        spot = pose
    if spot is None:
        return _velocity(peer, (0.0, 0.0, 0.0)), None
    return _absolute(peer, spot.position, spot.altitude_m), spot


def _absolute(peer: Peer, goal: LatLon, altitude_m: float, heading_deg: float | None = None) -> Message:
    return _position(peer, goal, altitude_m, mavlink.MAV_FRAME_GLOBAL_INT, heading_deg)


def _position(peer: Peer, goal: LatLon, height_m: float, frame: int, heading_deg: float | None) -> Message:
    mask = _ONLY_POSITION if heading_deg is None else _ONLY_POSITION & ~_NO_YAW
    yaw = math.radians(heading_deg or 0.0)
    where = (round(goal.lat_deg * 1e7), round(goal.lon_deg * 1e7), height_m)
    return mavlink.MAVLink_set_position_target_global_int_message(
        0, peer.system, peer.component, frame, mask, *where, *(0.0,) * 6, yaw, 0.0
    )


def _velocity(peer: Peer, north_east_down_mps: tuple[float, float, float]) -> Message:
    frame = mavlink.MAV_FRAME_LOCAL_NED
    return mavlink.MAVLink_set_position_target_local_ned_message(
        0, peer.system, peer.component, frame, _ONLY_VELOCITY, 0.0, 0.0, 0.0, *north_east_down_mps, *(0.0,) * 5
    )

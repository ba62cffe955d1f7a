"""SET_POSITION_TARGET_GLOBAL_INT and _LOCAL_NED: where and how fast a station wants the vehicle; the world's thread."""

import cmath
import math
from typing import Any

from app.domain.geometry import LatLon
from hardware.sim.world import World

_NO_POSITION, _NO_VELOCITY, _NO_YAW = 0b111, 0b111_000, 1 << 10
_NOTHING = _NO_POSITION | _NO_VELOCITY
_ABSOLUTE, _GLOBAL = (0, 5), (0, 5, 3, 6, 10, 11)
_LOCAL, _LOCAL_OFFSET, _BODY = 1, 7, (8, 9, 12)


def steer(world: World, message: Any) -> None:
    """Follow a set-point; silent when not flying in GUIDED, or when it says nothing that can be followed."""
    world.steered_s, world.steered_to = world.time_s, _place(message)
    if _sane(message) and message.type_mask & _NOTHING != _NOTHING:
        world.pilot.target_heard()
    if not world.pilot.steerable or not _sane(message):
        return
    heading = None if message.type_mask & _NO_YAW else message.yaw
    if heading is not None and message.coordinate_frame in _BODY:
        heading += world.body.heading_rad
    if not message.type_mask & _NO_POSITION:
        goal = _goal(world, message)
        if goal is not None:
            world.pilot.guided().go(*goal, heading)
    elif not message.type_mask & _NO_VELOCITY:
        velocity = complex(message.vx, message.vy)
        if message.coordinate_frame in _BODY:
            velocity *= cmath.exp(1j * world.body.heading_rad)
        world.pilot.guided().move(world.pilot.now, velocity, -message.vz, heading)


def _place(message: Any) -> LatLon | None:
    return LatLon(message.lat_int / 1e7, message.lon_int / 1e7) if hasattr(message, "lat_int") else None


def _sane(message: Any) -> bool:
    used = [message.yaw] if not message.type_mask & _NO_YAW else []
    if not message.type_mask & _NO_VELOCITY:
        used += [message.vx, message.vy, message.vz]
    if not message.type_mask & _NO_POSITION:
        used += [message.alt] if hasattr(message, "alt") else [message.x, message.y, message.z]
    return all(math.isfinite(value) and abs(value) < 1e6 for value in used)


def _goal(world: World, message: Any) -> tuple[complex, float] | None:
    now, frame = world.pilot.now, message.coordinate_frame
    if hasattr(message, "lat_int"):
        if frame not in _GLOBAL or abs(message.lat_int) > 900_000_000 or abs(message.lon_int) > 1_800_000_000:
            return None
        at = world.local(LatLon(message.lat_int / 1e7, message.lon_int / 1e7))
        return at, message.alt - world.config.home_altitude_m if frame in _ABSOLUTE else message.alt + now.home_up_m
    at = complex(message.x, message.y)
    if frame == _LOCAL:
        return at, -message.z
    if frame == _LOCAL_OFFSET:
        return now.at + at, now.up_m - message.z
    if frame in _BODY:
        return now.at + at * cmath.exp(1j * now.heading_rad), now.up_m - message.z
    return None

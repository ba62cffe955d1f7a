"""What the simulated vehicle says of itself, one builder a message; the world's thread."""

import cmath
import math
from collections.abc import Callable
from typing import Any

import pymavlink.dialects.v20.ardupilotmega as mavlink

from hardware.sim import modes
from hardware.sim.fences import Fence
from hardware.sim.px4 import Px4
from hardware.sim.world import World

_CODEC = mavlink.MAVLink(None, srcSystem=1, srcComponent=1)
_SENSORS = 1 | 2 | 4 | 8 | 0x20 | 0x400 | 0x800 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x10000 | 0x200000 | 0x2000000
_GPS, _AHRS, _PREARM = 0x20, 0x200000, 0x10000000
_COMMON_CAN = ("MISSION_INT", "COMMAND_INT", "SET_POSITION_TARGET_LOCAL_NED", "SET_POSITION_TARGET_GLOBAL_INT",
               "MAVLINK2", "MISSION_FENCE", "MISSION_RALLY")  # fmt: skip
_COPTER_CAN = (*_COMMON_CAN, "MISSION_FLOAT", "PARAM_FLOAT")
_PX4_CAN = (*_COMMON_CAN, "PARAM_ENCODE_BYTEWISE")
_VENDOR_ID = 0x4B53  # "KS": the station labels this vehicle as simulated


def heartbeat(world: World) -> Any:
    pilot = world.pilot
    autopilot = 12 if isinstance(pilot, Px4) else 3
    base = 1 | 16 | 64 | (128 if pilot.armed else 0)  # custom mode, stabilize, manual input, armed
    if pilot.mode_number in {modes.AUTO, modes.GUIDED, modes.RTL, modes.LOITER}:
        base |= 8
    status = 3 if world.body.landed else 4  # standby, active
    if world.estimator.failed or world.battery.percent < 5.0:
        status = 5
    return _CODEC.heartbeat_encode(2, autopilot, base, pilot.custom_mode, status)


def sys_status(world: World) -> Any:
    health = _SENSORS
    if world.estimator.fix_type < 3 or world.estimator.glitching:
        health &= ~_GPS
    if not world.estimator.has_position:
        health &= ~_AHRS
    if world.pilot.armed or not world.pilot.problem():
        health |= _PREARM
    present = _SENSORS | _PREARM
    battery = world.battery
    amps = round(battery.current_a * 100.0)
    return _CODEC.sys_status_encode(
        present, present, health, 250, round(battery.volts * 1000), amps, round(battery.percent), 0, 0, 0, 0, 0, 0
    )


def gps_raw_int(world: World) -> Any:
    known = world.estimator
    fix = world.globe(known.fix_at)
    velocity = world.body.velocity
    altitude_mm = round((world.config.home_altitude_m + known.up_m) * 1000)
    course = round(math.degrees(cmath.phase(velocity)) % 360.0 * 100) % 36_000
    return _CODEC.gps_raw_int_encode(
        round(world.utc_s * 1e6),
        known.fix_type,
        round(fix.lat_deg * 1e7),
        round(fix.lon_deg * 1e7),
        altitude_mm,
        round(known.hdop * 100),
        round(known.hdop * 150),
        round(abs(velocity) * 100),
        course,
        known.satellites,
        altitude_mm + 47_000,
        round(known.hdop * 800),
        round(known.hdop * 1200),
        200,
    )


def global_position_int(world: World) -> Any:
    known, body, pilot = world.estimator, world.body, world.pilot
    at = world.globe(known.at)
    if not known.has_position and not pilot.home_set:
        at = type(at)(0.0, 0.0)
    if _lies(world):
        at = type(at)(-200.0, 200.0)
    return _CODEC.global_position_int_encode(
        world.boot_ms,
        round(at.lat_deg * 1e7),
        round(at.lon_deg * 1e7),
        round((world.config.home_altitude_m + known.up_m) * 1000),
        round((known.up_m - pilot.now.home_up_m) * 1000),
        round(body.velocity.real * 100),
        round(body.velocity.imag * 100),
        round(-body.climb_mps * 100),
        round(math.degrees(body.heading_rad) % 360.0 * 100) % 36_000,
    )


def _lies(world: World) -> bool:
    """Whether this message is to say what cannot be: every other tenth of a second while that is switched on."""
    return world.absurd and world.steps // 5 % 2 == 0


def local_position_ned(world: World) -> Any:
    known, body = world.estimator, world.body
    at, velocity = known.at, body.velocity
    return _CODEC.local_position_ned_encode(
        world.boot_ms, at.real, at.imag, -known.up_m, velocity.real, velocity.imag, -body.climb_mps
    )


def attitude(world: World) -> Any:
    body = world.body
    yaw = math.remainder(body.heading_rad, math.tau) if not _lies(world) else math.nan
    return _CODEC.attitude_encode(world.boot_ms, body.roll_rad, body.pitch_rad, yaw, 0.0, 0.0, 0.0)


def vfr_hud(world: World) -> Any:
    body, known = world.body, world.estimator
    air = abs(body.velocity - world.wind.now) if not body.landed else 0.0
    throttle = 0 if not world.pilot.armed else (10 if body.landed else 39)
    heading = round(math.degrees(body.heading_rad)) % 360
    altitude_m = world.config.home_altitude_m + known.up_m
    return _CODEC.vfr_hud_encode(air, abs(body.velocity), heading, throttle, altitude_m, body.climb_mps)


def battery_status(world: World) -> Any:
    battery = world.battery
    cells = [round(battery.volts * 1000)] + [65_535] * 9
    used, left = round(battery.used_mah), round(battery.percent)
    left_s = round((battery.capacity_mah - battery.used_mah) * 3.6 / battery.current_a)
    amps = round(battery.current_a * 100)
    return _CODEC.battery_status_encode(0, 0, 1, 2_500, cells, amps, used, -1, left, max(0, left_s), 1)


def ekf_status_report(world: World) -> Any:
    known = world.estimator
    return _CODEC.ekf_status_report_encode(known.flags, known.variance, known.variance, 0.05, 0.05, 0.0)


def estimator_status(world: World) -> Any:
    """PX4's; its ratios are of innovation to gate, and above 1 a measurement is rejected."""
    known = world.estimator
    flags = known.flags & ~0x8000 | (0x400 if known.glitching else 0)  # ESTIMATOR_GPS_GLITCH
    ratio = known.variance
    micros = round(world.boot_ms * 1000)
    return _CODEC.estimator_status_encode(micros, flags, ratio, ratio, ratio, 0.05, 0.0, 0.0, 0.6, 0.9)


def fence_status(world: World) -> Any:
    watch = world.pilot.failsafes.fence
    kind = 2 if watch.outside & Fence.HEIGHT else (3 if watch.outside else 0)  # FENCE_BREACH_MAXALT, _BOUNDARY
    return _CODEC.fence_status_encode(int(bool(watch.outside)), watch.count, kind, watch.since_ms)


def extended_sys_state(world: World) -> Any:
    landed = 1 if world.body.landed else 2
    if landed == 2:
        landed = {modes.LAND: 4, modes.TAKEOFF: 3}.get(world.pilot.mode_number, 2)
    return _CODEC.extended_sys_state_encode(0, landed)


def home_position(world: World) -> Any:
    now = world.pilot.now
    home = world.globe(now.home_at)
    altitude_mm = round((world.config.home_altitude_m + now.home_up_m) * 1000)
    lat, lon = round(home.lat_deg * 1e7), round(home.lon_deg * 1e7)
    north, east = now.home_at.real, now.home_at.imag
    turn = [1.0, 0.0, 0.0, 0.0]
    return _CODEC.home_position_encode(
        lat, lon, altitude_mm, north, east, -now.home_up_m, turn, 0.0, 0.0, 0.0, round(world.utc_s * 1e6)
    )


def gps_global_origin(world: World) -> Any:
    home = world.config.home
    lat, lon = round(home.lat_deg * 1e7), round(home.lon_deg * 1e7)
    return _CODEC.gps_global_origin_encode(
        lat, lon, round(world.config.home_altitude_m * 1000), round(world.utc_s * 1e6)
    )


def system_time(world: World) -> Any:
    return _CODEC.system_time_encode(round(world.utc_s * 1e6), world.boot_ms)


def mission_current(world: World) -> Any:
    missions = world.pilot.missions
    total = max(0, len(missions.items(0)) - missions.first)
    state = 1 if total == 0 else (3 if world.pilot.mode_number == modes.AUTO else 2)
    return _CODEC.mission_current_encode(missions.current, total, state)


def nav_controller_output(world: World) -> Any:
    bearing = round(math.degrees(world.body.heading_rad))
    return _CODEC.nav_controller_output_encode(0.0, 0.0, bearing, bearing, 0, 0.0, 0.0, 0.0)


def power_status(world: World) -> Any:
    del world
    return _CODEC.power_status_encode(5_000, 5_000, 0)


def rc_channels(world: World) -> Any:
    sticks = [1500, 1500, 1000 if world.body.landed else 1500, 1500] + [1500] * 4 + [0] * 10
    return _CODEC.rc_channels_encode(world.boot_ms, 8, *sticks, 255)


def vibration(world: World) -> Any:
    shake = 0.5 if world.body.landed else 6.0
    return _CODEC.vibration_encode(round(world.boot_ms * 1000), shake, shake, shake, 0, 0, 0)


def autopilot_version(world: World) -> Any:
    if isinstance(world.pilot, Px4):
        names: tuple[str, ...] = _PX4_CAN
        version = (1 << 24) | (15 << 16) | 255  # 1.15.0, released
    else:
        names, version = _COPTER_CAN, (4 << 24) | (6 << 16)  # 4.6.0-dev
    can = sum(getattr(mavlink, f"MAV_PROTOCOL_CAPABILITY_{name}") for name in names)
    none = [0] * 8
    return _CODEC.autopilot_version_encode(can, version, 0, 0, 0, none, none, none, _VENDOR_ID, 1, 0x4B53)


BUILDERS: dict[int, Callable[[World], Any]] = {
    0: heartbeat,
    1: sys_status,
    2: system_time,
    24: gps_raw_int,
    30: attitude,
    32: local_position_ned,
    33: global_position_int,
    42: mission_current,
    49: gps_global_origin,
    62: nav_controller_output,
    65: rc_channels,
    74: vfr_hud,
    125: power_status,
    147: battery_status,
    148: autopilot_version,
    162: fence_status,
    193: ekf_status_report,
    230: estimator_status,
    241: vibration,
    242: home_position,
    245: extended_sys_state,
}


def told(world: World) -> frozenset[int]:
    """Numbers of the messages this vehicle has; each autopilot tells of its position filter in its own."""
    return _PX4_TELLS if isinstance(world.pilot, Px4) else _COPTER_TELLS


_COPTER_TELLS = frozenset(BUILDERS) - {230}
_PX4_TELLS = frozenset(BUILDERS) - {62, 125, 162, 193}

"""Orders to the simulated vehicle: COMMAND_LONG, COMMAND_INT and SET_MODE with their answers; the world's thread."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pymavlink.dialects.v20.ardupilotmega as mavlink

from app.domain.geometry import LatLon
from hardware.sim import modes, telemetry
from hardware.sim.autopilot import ACCEPTED, DENIED, FAILED, INFO, UNSUPPORTED, WARNING
from hardware.sim.channel import Channel
from hardware.sim.patrol import Auto
from hardware.sim.px4 import Px4, number_of
from hardware.sim.world import World

_CODEC = mavlink.MAVLink(None, srcSystem=1, srcComponent=1)
_FORCE = (21196.0, 2989.0)
_ABSOLUTE = (0, 5)
_AUTOPILOT_VERSION, _HOME_POSITION = 148, 242


@dataclass(frozen=True, slots=True)
class Order:
    """One command, long or int; ``place`` is None when the position is zero or no number."""

    p: tuple[float, float, float, float]
    place: LatLon | None
    z: float
    frame: int
    station: tuple[int, int]


def answer(world: World, channel: Channel, message: Any) -> None:
    """Carry out a COMMAND_LONG or COMMAND_INT and acknowledge it."""
    order = _order(message)
    handler = _HANDLERS.get(message.command)
    result = UNSUPPORTED if handler is None else handler(world, channel, order)
    channel.send(_CODEC.command_ack_encode(message.command, result, 0, 0, *order.station))


def set_mode(world: World, channel: Channel, message: Any) -> None:
    """The old SET_MODE message; ArduPilot acknowledges it as a command 11."""
    number = number_of(message.custom_mode) if isinstance(world.pilot, Px4) else message.custom_mode
    result = world.pilot.set_mode(number) if message.base_mode & 1 else FAILED
    station = (message.get_srcSystem(), message.get_srcComponent())
    channel.send(_CODEC.command_ack_encode(mavlink.MAVLINK_MSG_ID_SET_MODE, result, 0, 0, *station))


def _order(message: Any) -> Order:
    is_int = message.get_type() == "COMMAND_INT"
    x, y = (message.x / 1e7, message.y / 1e7) if is_int else (message.param5, message.param6)
    known = all(map(math.isfinite, (x, y))) and (x != 0.0 or y != 0.0) and abs(x) <= 90.0 and abs(y) <= 180.0
    return Order(
        p=(message.param1, message.param2, message.param3, message.param4),
        place=LatLon(x, y) if known else None,
        z=message.z if is_int else message.param7,
        frame=message.frame if is_int else 3,
        station=(message.get_srcSystem(), message.get_srcComponent()),
    )


def _arm(world: World, channel: Channel, order: Order) -> int:
    del channel
    force = order.p[1] in _FORCE
    return world.pilot.arm(force) if order.p[0] == 1.0 else world.pilot.disarm(force)


def _take_off(world: World, channel: Channel, order: Order) -> int:
    del channel
    return world.pilot.take_off(order.z)


def _do_set_mode(world: World, channel: Channel, order: Order) -> int:
    del channel
    if not int(order.p[0]) & 1 or not 0.0 <= order.p[1] < 1000.0:
        return FAILED
    if isinstance(world.pilot, Px4):  # main and sub mode
        sub = int(order.p[2]) if math.isfinite(order.p[2]) else 0
        return world.pilot.set_mode(number_of(int(order.p[1]) << 16 | (sub & 0xFF) << 24))
    return world.pilot.set_mode(int(order.p[1]))


def _mode(number: int) -> Callable[[World, Channel, Order], int]:
    def change(world: World, channel: Channel, order: Order) -> int:
        del channel, order
        return world.pilot.set_mode(number)

    return change


def _change_speed(world: World, channel: Channel, order: Order) -> int:
    del channel
    if not math.isfinite(order.p[1]) or order.p[1] <= 0.0:
        return FAILED
    if order.p[0] in {0.0, 1.0}:
        world.pilot.now.speed_mps = max(0.2, order.p[1])
    return ACCEPTED


def _reposition(world: World, channel: Channel, order: Order) -> int:
    del channel
    pilot = world.pilot
    if order.place is None or not math.isfinite(order.z):
        return DENIED
    above = order.frame in _ABSOLUTE or isinstance(pilot, Px4)  # which takes every altitude for one above sea level
    up_m = order.z - world.config.home_altitude_m if above else order.z + pilot.now.home_up_m
    change_mode = bool(int(order.p[1]) & 1)  # MAV_DO_REPOSITION_FLAGS_CHANGE_MODE
    result = pilot.reposition(world.local(order.place), up_m, change_mode)
    if result == ACCEPTED and math.isfinite(order.p[0]) and order.p[0] > 0.0:
        pilot.now.speed_mps = order.p[0]
    return result


def _yaw(world: World, channel: Channel, order: Order) -> int:
    del channel
    if not world.pilot.steerable:
        return FAILED
    turn = math.radians(order.p[0])
    if order.p[3]:
        turn = world.body.heading_rad + math.copysign(turn, order.p[2] or 1.0)
    world.pilot.guided().turn(turn)
    return ACCEPTED


def _set_home(world: World, channel: Channel, order: Order) -> int:
    pilot = world.pilot
    if order.p[0] == 1.0:
        if not world.estimator.has_position:
            return FAILED
        pilot.set_home(pilot.now.at, pilot.now.up_m)
    elif order.place is None or not math.isfinite(order.z):
        return FAILED
    else:
        up_m = order.z - world.config.home_altitude_m if order.frame in _ABSOLUTE else order.z
        pilot.set_home(world.local(order.place), up_m)
    channel.once(_HOME_POSITION)
    return ACCEPTED


def _get_home(world: World, channel: Channel, order: Order) -> int:
    del order
    if not world.pilot.home_set:
        return FAILED
    channel.once(_HOME_POSITION)
    return ACCEPTED


def _request_message(world: World, channel: Channel, order: Order) -> int:
    number = int(order.p[0]) if 0.0 <= order.p[0] < 1e6 else -1
    if number not in telemetry.told(world) or (number == _HOME_POSITION and not world.pilot.home_set):
        return FAILED
    channel.once(number)
    return ACCEPTED


def _message_interval(world: World, channel: Channel, order: Order) -> int:
    del world
    if not all(map(math.isfinite, order.p[:2])):
        return FAILED
    return ACCEPTED if channel.every(int(order.p[0]), order.p[1] / 1e6) else FAILED


def _get_interval(world: World, channel: Channel, order: Order) -> int:
    del world
    number = int(order.p[0]) if 0.0 <= order.p[0] < 65_536.0 else 0
    interval_s = channel.interval_s(number)
    known = -1 if interval_s is None else round(interval_s * 1e6)
    channel.send(_CODEC.message_interval_encode(number, known))
    return ACCEPTED


def _capabilities(world: World, channel: Channel, order: Order) -> int:
    del world
    if order.p[0] != 1.0:
        return FAILED
    channel.once(_AUTOPILOT_VERSION)
    return ACCEPTED


def _reboot(world: World, channel: Channel, order: Order) -> int:
    if order.p[0] not in {1.0, 3.0} or world.pilot.armed:
        return FAILED
    channel.send(_CODEC.command_ack_encode(246, ACCEPTED, 0, 0, *order.station))
    world.reboot()
    return ACCEPTED


def _mission_start(world: World, channel: Channel, order: Order) -> int:
    del channel, order
    pilot = world.pilot
    if not pilot.armed or pilot.set_mode(modes.AUTO) != ACCEPTED or not isinstance(pilot.mode, Auto):
        return FAILED
    pilot.mode.start(pilot.now)
    return ACCEPTED


def _set_current(world: World, channel: Channel, order: Order) -> int:
    index = int(order.p[0]) if math.isfinite(order.p[0]) else -1
    return jump_to(world, channel, index)


def jump_to(world: World, channel: Channel, index: int) -> int:
    """Make an item of the mission the current one."""
    missions, pilot = world.pilot.missions, world.pilot
    if not 0 <= index < len(missions.items(0)):
        return FAILED
    missions.current = index
    if isinstance(pilot.mode, Auto):
        pilot.mode.jump_to(pilot.now, max(missions.first, index))
    channel.send(telemetry.mission_current(world))
    return ACCEPTED


def _prearm(world: World, channel: Channel, order: Order) -> int:
    del channel, order
    problem = world.pilot.problem()
    world.say(WARNING if problem else INFO, f"PreArm: {problem}" if problem else "PreArm: ready")
    return ACCEPTED


_HANDLERS: dict[int, Callable[[World, Channel, Order], int]] = {
    17: _mode(modes.LOITER),
    20: _mode(modes.RTL),
    21: _mode(modes.LAND),
    22: _take_off,
    115: _yaw,
    176: _do_set_mode,
    178: _change_speed,
    179: _set_home,
    192: _reposition,
    224: _set_current,
    246: _reboot,
    300: _mission_start,
    400: _arm,
    401: _prearm,
    410: _get_home,
    510: _get_interval,
    511: _message_interval,
    512: _request_message,
    520: _capabilities,
}

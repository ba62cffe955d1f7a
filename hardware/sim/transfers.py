"""Missions, fences, rally points and parameters over the link, the vehicle's side of each; the world's thread."""

import math
from typing import Any

import pymavlink.dialects.v20.ardupilotmega as mavlink

from hardware.sim.autopilot import INFO
from hardware.sim.channel import Channel, Transfer
from hardware.sim.commands import jump_to
from hardware.sim.missions import MISSION, MissionItem
from hardware.sim.world import TransferFault, World

_CODEC = mavlink.MAVLink(None, srcSystem=1, srcComponent=1)
_ACCEPTED, _ERROR, _INVALID_SEQUENCE, _NO_SPACE, _CANCELLED, _UNSUPPORTED = 0, 1, 13, 4, 15, 3  # MAV_MISSION_RESULT
_MOST_ITEMS = 700
_REPEAT_S, _TRIES = 1.0, 8
_PARAMETERS_A_STEP = 30
_AHEAD_S = 0.04  # parameters are put on the line so far ahead of it: a slow one stays full and free for the rest
_MIDDLE = 3  # item at which a transfer is in its middle, for the reboot


def mission_count(world: World, channel: Channel, message: Any) -> None:
    """A station wants to upload."""
    kind, station = message.mission_type, _station(message)
    if kind not in {0, 1, 2}:
        _acknowledge(channel, station, _UNSUPPORTED, kind)
    elif message.count > _MOST_ITEMS:
        _acknowledge(channel, station, _NO_SPACE, kind)
    elif message.count == 0:
        world.pilot.missions.replace(kind, ())
        _acknowledge(channel, station, _ACCEPTED, kind)
    else:
        channel.upload = Transfer(kind, message.count, station)
        _ask(world, channel, channel.upload)


def mission_item(world: World, channel: Channel, message: Any) -> None:
    """The next item of an upload; one that was not asked for is answered so or ignored when it is a repetition."""
    upload = channel.upload
    station = _station(message)
    if upload is None or upload.kind != message.mission_type:
        _acknowledge(channel, station, _ERROR, message.mission_type)
        return
    if message.seq != len(upload.items):
        if message.seq > len(upload.items):
            _acknowledge(channel, station, _INVALID_SEQUENCE, upload.kind)
        return
    item = _item(message)
    if item is None:
        channel.upload = None
        _acknowledge(channel, station, _ERROR, upload.kind)
        return
    upload.items.append(item)
    if _reboots(world, len(upload.items) == _MIDDLE):
        return
    upload.tries = 0
    if len(upload.items) < upload.count or world.transfer_fault is TransferFault.COUNT:
        _ask(world, channel, upload)
        return
    channel.upload = None
    world.pilot.missions.replace(upload.kind, tuple(upload.items))
    _acknowledge(channel, station, _ACCEPTED, upload.kind)
    if upload.kind == MISSION:
        world.say(INFO, f"Flight plan received: {upload.count} items")


def repeat(world: World, channel: Channel) -> None:
    """Ask again for an item that did not come; give up after some tries. Called each step."""
    upload = channel.upload
    if upload is None or world.time_s - upload.asked_s < _REPEAT_S:
        return
    upload.tries += 1
    if upload.tries > _TRIES:  # ArduPilot gives up after 8 s without an item
        channel.upload = None
        _acknowledge(channel, upload.station, _CANCELLED, upload.kind)
        return
    _ask(world, channel, upload)


def mission_list(world: World, channel: Channel, message: Any) -> None:
    """A station wants to download."""
    kind = message.mission_type
    _refresh_home(world)
    if kind not in {0, 1, 2}:
        _acknowledge(channel, _station(message), _UNSUPPORTED, kind)
        return
    count = len(world.pilot.missions.items(kind)) + 2 * (world.transfer_fault is TransferFault.COUNT)
    channel.send(_CODEC.mission_count_encode(*_station(message), count, kind))


def mission_request(world: World, channel: Channel, message: Any) -> None:
    """One item of a download, in the form it was asked for."""
    kind, station = message.mission_type, _station(message)
    _refresh_home(world)
    items = world.pilot.missions.items(kind) if kind in {0, 1, 2} else ()
    if not 0 <= message.seq < len(items):
        _acknowledge(channel, station, _INVALID_SEQUENCE, kind)
        return
    if _reboots(world, message.seq == _MIDDLE):
        return
    item = items[message.seq]
    current = int(kind == MISSION and message.seq == world.pilot.missions.current)
    number = message.seq + (world.transfer_fault is TransferFault.SEQUENCE)
    head = (*station, number, item.frame, item.command, current, item.autocontinue, *item.params)
    if message.get_type() == "MISSION_REQUEST_INT":
        channel.send(_CODEC.mission_item_int_encode(*head, item.x, item.y, item.z, kind))
    else:
        channel.send(_CODEC.mission_item_encode(*head, item.x / 1e7, item.y / 1e7, item.z, kind))


def mission_clear(world: World, channel: Channel, message: Any) -> None:
    """Forget one list, or all of them (type 255)."""
    for kind in (0, 1, 2) if message.mission_type == 255 else (message.mission_type,):
        world.pilot.missions.replace(kind, ())
    _acknowledge(channel, _station(message), _ACCEPTED, message.mission_type)


def mission_set_current(world: World, channel: Channel, message: Any) -> None:
    """The old way to choose the current item; MISSION_CURRENT is the answer."""
    jump_to(world, channel, message.seq)


def parameter_list(world: World, channel: Channel, message: Any) -> None:
    """Queue every parameter."""
    del message
    channel.parameters_due.clear()
    channel.parameters_due.extend(range(len(world.pilot.parameters.names)))


def send_parameters(world: World, channel: Channel) -> None:
    """Some of the queued parameters. Called each step."""
    for _ in range(min(_PARAMETERS_A_STEP, len(channel.parameters_due))):
        if channel.behind_s > _AHEAD_S:
            break
        index = channel.parameters_due.popleft()
        if _reboots(world, index == 10 * _MIDDLE):
            break
        _send_parameter(world, channel, world.pilot.parameters.names[index])


def parameter_read(world: World, channel: Channel, message: Any) -> None:
    """One parameter by index or name; one that is not there is not answered."""
    names = world.pilot.parameters.names
    if message.param_index >= 0:
        name = names[message.param_index] if message.param_index < len(names) else ""
    else:
        name = _name(message)
    if name in world.pilot.parameters:
        _send_parameter(world, channel, name)


def parameter_set(world: World, channel: Channel, message: Any) -> None:
    """Set a parameter; the answer is its value, changed or not."""
    name = _name(message)
    if name in world.pilot.parameters:
        if world.transfer_fault is not TransferFault.STUBBORN:
            world.pilot.parameters.put_sent(name, message.param_value)
        if name == "WPNAV_SPEED":  # acts at once, as in ArduCopter
            world.pilot.now.speed_mps = max(0.2, world.pilot.parameters[name] / 100.0)
        _send_parameter(world, channel, name)


def _name(message: Any) -> str:
    raw = message.param_id
    text = raw if isinstance(raw, str) else bytes(raw).decode("ascii", "ignore")
    return text.rstrip("\x00")


def _send_parameter(world: World, channel: Channel, name: str) -> None:
    table = world.pilot.parameters
    count = len(table.names) + 2 * (world.transfer_fault is TransferFault.COUNT)
    value, kind = table.sent(name), table.kind(name)
    channel.send(_CODEC.param_value_encode(name.encode("ascii"), value, kind, count, table.index(name)))


def _station(message: Any) -> tuple[int, int]:
    return message.get_srcSystem(), message.get_srcComponent()


def _ask(world: World, channel: Channel, upload: Transfer) -> None:
    """ArduPilot asks with MISSION_REQUEST, not _INT, even on MAVLink 2; PX4 with _INT."""
    upload.asked_s = world.time_s
    number = len(upload.items) + (world.transfer_fault is TransferFault.SEQUENCE)
    old = world.pilot.home_first
    ask = _CODEC.mission_request_encode if old else _CODEC.mission_request_int_encode
    channel.send(ask(*upload.station, number, upload.kind))


def _reboots(world: World, here: bool) -> bool:
    """Whether the vehicle was told to boot again in the middle of a transfer, and does so now."""
    if not here or world.transfer_fault is not TransferFault.REBOOT:
        return False
    world.transfer_fault = TransferFault.NONE
    world.reboot()
    return True


def _acknowledge(channel: Channel, station: tuple[int, int], result: int, kind: int) -> None:
    channel.send(_CODEC.mission_ack_encode(*station, result, kind))


def _item(message: Any) -> MissionItem | None:
    """The item, or None when it holds no numbers."""
    params = (message.param1, message.param2, message.param3, message.param4)
    if not all(map(math.isfinite, (message.x, message.y, message.z))):
        return None
    scale = 1 if message.get_type() == "MISSION_ITEM_INT" else 1e7
    x, y = round(message.x * scale), round(message.y * scale)
    if abs(x) > 900_000_000 or abs(y) > 1_800_000_000:
        return None
    clean = tuple(value if math.isfinite(value) else 0.0 for value in params)
    return MissionItem(
        message.frame, message.command, message.autocontinue, (clean[0], clean[1], clean[2], clean[3]), x, y, message.z
    )


def _refresh_home(world: World) -> None:
    now = world.pilot.now
    home = world.globe(now.home_at)
    altitude_m = world.config.home_altitude_m + now.home_up_m
    world.pilot.missions.home = MissionItem(
        0, 16, 1, (0.0, 0.0, 0.0, 0.0), round(home.lat_deg * 1e7), round(home.lon_deg * 1e7), altitude_m
    )

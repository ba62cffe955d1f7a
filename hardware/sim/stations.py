"""All stations connected to the simulated vehicle: who said what is handed to who answers it; the world's thread."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pymavlink.dialects.v20.ardupilotmega as mavlink

from hardware.sim import commands, modes, setpoints, telemetry, transfers
from hardware.sim.channel import Channel
from hardware.sim.patrol import Auto
from hardware.sim.world import TransferFault, World

_CODEC = mavlink.MAVLink(None, srcSystem=1, srcComponent=1)
_GCS = 6  # MAV_TYPE_GCS


class Stations:
    """Every channel; ``step`` follows each step of the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.channels: list[Channel] = []
        self._random = np.random.default_rng((world.config.seed, 0x11A7))
        self._home: tuple[complex, float] | None = None
        self._gcs_heard_s: float | None = None

    def join(self) -> Channel:
        channel = Channel(self.world, self._random)
        self.channels.append(channel)
        return channel

    def leave(self, channel: Channel) -> None:
        self.channels.remove(channel)

    def step(self) -> None:
        """Answer what has come, send what is due."""
        self._watch_stations()
        for channel in self.channels:
            for message in channel.messages():
                self._answer(channel, message)
        self._announce()
        for channel in self.channels:
            transfers.repeat(self.world, channel)
            transfers.send_parameters(self.world, channel)
            channel.tick()

    def _answer(self, channel: Channel, message: Any) -> None:
        kind = message.get_type()
        if kind == "HEARTBEAT" and message.type == _GCS:
            self._gcs_heard_s = channel.station_heard_s = self.world.time_s
        elif self.world.transfer_fault is TransferFault.MUTE and kind.startswith(("MISSION_", "PARAM_")):
            return
        elif (handler := _HANDLERS.get(kind)) is not None:
            handler(self.world, channel, message)

    def _announce(self) -> None:
        """What every station hears unasked: texts, items reached, landing, a new home."""
        pilot, news = self.world.pilot, []
        while self.world.texts:
            severity, text = self.world.texts.popleft()
            news.append(_CODEC.statustext_encode(severity, text.encode("ascii", "replace")[:50]))
        if isinstance(pilot.mode, Auto):
            news += [_CODEC.mission_item_reached_encode(index) for index in pilot.mode.reached]
            pilot.mode.reached.clear()
        home = (pilot.now.home_at, pilot.now.home_up_m)
        if pilot.home_set and home != self._home:
            self._home = home
            news += [telemetry.home_position(self.world), telemetry.gps_global_origin(self.world)]
        for message in news:
            for channel in self.channels:
                channel.send(message)

    def _watch_stations(self) -> None:
        """The GCS failsafe, when it is switched on."""
        pilot, heard_s = self.world.pilot, self._gcs_heard_s
        if heard_s is None or pilot.parameters["FS_GCS_ENABLE"] <= 0.0 or not pilot.armed or pilot.now.landed:
            return
        if self.world.time_s - heard_s > pilot.parameters["FS_GCS_TIMEOUT"]:
            self._gcs_heard_s = None
            self.world.say(4, "GCS Failsafe")
            pilot.set_mode(modes.RTL)


def _stream(world: World, channel: Channel, message: Any) -> None:
    if not world.pilot.asked_streams:
        return
    channel.stream(message.req_stream_id, float(message.req_message_rate) if message.start_stop else 0.0)


def _timesync(world: World, channel: Channel, message: Any) -> None:
    if message.tc1 == 0:
        channel.send(_CODEC.timesync_encode(world.boot_ms * 1_000_000, message.ts1))


def _ping(world: World, channel: Channel, message: Any) -> None:
    del world
    if message.target_system == 0:
        station = (message.get_srcSystem(), message.get_srcComponent())
        channel.send(_CODEC.ping_encode(message.time_usec, message.seq, *station))


def _steer(world: World, channel: Channel, message: Any) -> None:
    del channel
    setpoints.steer(world, message)


_HANDLERS: dict[str, Callable[[World, Channel, Any], None]] = {
    "COMMAND_LONG": commands.answer,
    "COMMAND_INT": commands.answer,
    "SET_MODE": commands.set_mode,
    "REQUEST_DATA_STREAM": _stream,
    "SET_POSITION_TARGET_GLOBAL_INT": _steer,
    "SET_POSITION_TARGET_LOCAL_NED": _steer,
    "TIMESYNC": _timesync,
    "PING": _ping,
    "MISSION_COUNT": transfers.mission_count,
    "MISSION_ITEM": transfers.mission_item,
    "MISSION_ITEM_INT": transfers.mission_item,
    "MISSION_REQUEST_LIST": transfers.mission_list,
    "MISSION_REQUEST": transfers.mission_request,
    "MISSION_REQUEST_INT": transfers.mission_request,
    "MISSION_CLEAR_ALL": transfers.mission_clear,
    "MISSION_SET_CURRENT": transfers.mission_set_current,
    "PARAM_REQUEST_LIST": transfers.parameter_list,
    "PARAM_REQUEST_READ": transfers.parameter_read,
    "PARAM_SET": transfers.parameter_set,
}

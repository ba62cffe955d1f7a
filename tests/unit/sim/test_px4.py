"""The simulated PX4: what it takes and refuses, and in which words."""

import math
from typing import Any

import numpy as np
import pymavlink.dialects.v20.ardupilotmega as mavlink
import pytest

from hardware.sim import modes
from hardware.sim.channel import Channel
from hardware.sim.config import SimConfig
from hardware.sim.px4 import POSITION
from hardware.sim.stations import Stations
from hardware.sim.world import STEP_S, World

STATION = mavlink.MAVLink(None, srcSystem=255, srcComponent=190)
SET_MODE, TAKEOFF, ARM, REPOSITION, LAND = 176, 22, 400, 192, 21
OFFBOARD, HOLD, MISSION = (6, 0), (4, 3), (4, 4)
GROUND_M = 488.0


class Rig:
    """World, station and channel without sockets."""

    def __init__(self, **changes: Any) -> None:
        self.world = World(SimConfig(autopilot="px4", ready_s=1.0, wind_mps=0.0, gust_mps=0.0, **changes))
        self.stations = Stations(self.world)
        self.channel: Channel = self.stations.join()
        self.heard: list[Any] = []
        self._parser = mavlink.MAVLink(None)
        self.live(2.0)

    def live(self, seconds: float, stream: Any = None) -> None:
        for step in range(round(seconds / STEP_S)):
            if stream is not None and step % 5 == 0:
                self.say(stream)
            self.world.step()
            self.stations.step()
            for frame in self.channel.frames():
                self.heard += self._parser.parse_buffer(frame) or []

    def say(self, message: Any) -> None:
        self.channel.receive(bytes(message.pack(STATION)))
        STATION.seq = (STATION.seq + 1) % 256

    def command(self, number: int, *p: float) -> int:
        self.say(STATION.command_long_encode(1, 1, number, 0, *p, *[0.0] * (7 - len(p))))
        self.live(STEP_S)
        return int(next(m for m in reversed(self.heard) if m.get_type() == "COMMAND_ACK").result)

    def of(self, kind: str) -> list[Any]:
        return [message for message in self.heard if message.get_type() == kind]

    def said(self, words: str) -> bool:
        return any(words in message.text for message in self.of("STATUSTEXT"))

    def fly(self, height_m: float = 10.0) -> None:
        assert self.command(ARM, 1) == 0
        assert self.command(TAKEOFF, 0, 0, 0, math.nan, math.nan, math.nan, GROUND_M + height_m) == 0
        self.live(12.0)
        assert self.world.pilot.mode_number == modes.LOITER
        assert abs(self.world.body.up_m - height_m) < 2.0

    @property
    def mode(self) -> str:
        return self.world.pilot.names[self.world.pilot.mode_number]


def velocity(north: float, east: float, down: float = 0.0) -> Any:
    return STATION.set_position_target_local_ned_encode(
        0, 1, 1, 1, 0b1101_1100_0111, 0, 0, 0, north, east, down, 0, 0, 0, 0, 0
    )


def position(rig: Rig, north_m: float, altitude_m: float) -> Any:
    at = rig.world.globe(complex(north_m, 0.0))
    place = (round(at.lat_deg * 1e7), round(at.lon_deg * 1e7), altitude_m)
    return STATION.set_position_target_global_int_encode(0, 1, 1, 5, 0b1101_1111_1000, *place, *[0.0] * 8)


def test_its_heartbeat_and_its_streams_are_px4s_and_come_unasked() -> None:
    rig = Rig()
    beat = rig.of("HEARTBEAT")[-1]
    assert (beat.autopilot, beat.type) == (12, 2)
    kinds = {message.get_type() for message in rig.heard}
    assert {"ATTITUDE", "GLOBAL_POSITION_INT", "ESTIMATOR_STATUS", "EXTENDED_SYS_STATE", "SYS_STATUS"} <= kinds
    assert "EKF_STATUS_REPORT" not in kinds
    before = len(rig.of("ATTITUDE"))
    rig.say(STATION.request_data_stream_encode(1, 1, 10, 0, 0))  # which it does not know
    rig.live(1.0)
    assert len(rig.of("ATTITUDE")) > before + 5


def test_take_off_is_to_an_altitude_above_the_sea_and_ends_in_hold() -> None:
    rig = Rig()
    rig.fly(15.0)
    assert (rig.of("HEARTBEAT")[-1].custom_mode, rig.mode) == (4 << 16 | 3 << 24, "HOLD")


def test_offboard_in_flight_needs_targets_for_a_second_and_keeps_only_while_they_come() -> None:
    rig = Rig()
    rig.fly()
    assert rig.command(SET_MODE, 1, *OFFBOARD) == 1
    assert rig.said("no offboard signal")
    rig.live(0.5, velocity(0, 0))
    assert rig.command(SET_MODE, 1, *OFFBOARD) == 1
    rig.live(1.5, velocity(0, 0))
    assert rig.command(SET_MODE, 1, *OFFBOARD) == 0
    rig.live(4.0, velocity(3, 0))
    assert rig.mode == "OFFBOARD"
    assert rig.world.body.velocity.real == pytest.approx(3.0, abs=0.3)
    rig.live(2.0)
    assert rig.mode == "POSITION"
    assert rig.said("Failsafe activated: no offboard signal")


@pytest.mark.parametrize(("action", "mode"), [(3, "RTL"), (4, "LAND"), (5, "HOLD")])
def test_what_follows_lost_targets_is_a_parameter(action: int, mode: str) -> None:
    rig = Rig()
    rig.world.pilot.parameters.put("COM_OBL_RC_ACT", action)
    rig.fly()
    rig.live(1.5, velocity(0, 0))
    rig.command(SET_MODE, 1, *OFFBOARD)
    rig.live(2.0)
    assert rig.mode == mode


def test_places_in_offboard_are_flown_to_as_fast_as_it_may_go_at_all() -> None:
    rig = Rig()
    rig.fly()
    rig.live(1.5, velocity(0, 0))
    rig.command(SET_MODE, 1, *OFFBOARD)
    rig.live(8.0, position(rig, 400.0, GROUND_M + 10.0))
    assert rig.world.body.velocity.real > 9.0


def test_any_mode_is_taken_while_disarmed_but_not_armed_in_without_targets() -> None:
    rig = Rig()
    assert rig.command(SET_MODE, 1, *OFFBOARD) == 0
    assert rig.command(ARM, 1) == 1
    assert rig.said("Arming denied")
    assert rig.command(SET_MODE, 1, 4, 99) == 1
    assert rig.command(SET_MODE, 1, *MISSION) == 0


def test_reposition_flies_in_hold_and_needs_the_change_of_mode() -> None:
    rig = Rig()
    rig.fly()
    goal = rig.world.globe(30 + 0j)
    place = (math.nan, goal.lat_deg, goal.lon_deg, GROUND_M + 12.0)
    assert rig.command(REPOSITION, -1, 0, 0, *place) == 3
    assert rig.command(REPOSITION, -1, 1, 0, *place) == 0
    rig.live(15.0)
    assert rig.mode == "HOLD"
    assert abs(rig.world.body.at - 30) < 3.0


def test_it_does_not_disarm_in_the_air_and_does_by_itself_after_landing() -> None:
    rig = Rig()
    rig.fly(5.0)
    assert rig.command(ARM, 0) == 1
    assert rig.said("not landed")
    assert rig.command(LAND) == 0
    rig.live(15.0)
    assert not rig.world.pilot.armed
    assert rig.mode == "HOLD"


def test_its_mission_has_no_home_and_is_asked_for_as_integers() -> None:
    rig = Rig()
    rig.say(STATION.mission_count_encode(1, 1, 2, 0))
    rig.live(STEP_S)
    assert [message.seq for message in rig.of("MISSION_REQUEST_INT")] == [0]
    up = rig.world.globe(0j)
    x, y = round(up.lat_deg * 1e7), round(up.lon_deg * 1e7)
    for number, (command, height_m) in enumerate(((22, 10.0), (16, 14.0))):
        rig.say(STATION.mission_item_int_encode(1, 1, number, 6, command, 0, 1, 0, 0, 0, 0, x, y, height_m, 0))
        rig.live(STEP_S)
    assert rig.of("MISSION_ACK")[-1].type == 0
    assert rig.command(SET_MODE, 1, *MISSION) == 0
    assert rig.command(ARM, 1) == 0
    rig.live(15.0)
    assert abs(rig.world.body.up_m - 14.0) < 1.5


def test_whole_numbers_travel_by_their_bytes() -> None:
    rig = Rig()
    rig.say(STATION.param_request_read_encode(1, 1, b"GF_ACTION", -1))
    rig.live(STEP_S)
    value = np.float32(rig.of("PARAM_VALUE")[-1].param_value)
    assert value.view(np.int32) == 2
    rig.say(STATION.param_set_encode(1, 1, b"GF_ACTION", float(np.int32(3).view(np.float32)), 6))
    rig.live(STEP_S)
    assert rig.world.pilot.parameters["GF_ACTION"] == 3.0


def test_an_empty_battery_sends_it_home_and_a_lost_position_down() -> None:
    rig = Rig()
    rig.fly()
    rig.world.battery.set_percent(6.0)
    rig.live(1.0)
    assert rig.mode == "RTL"
    rig.world.estimator.failed = True
    rig.live(1.0)
    assert rig.mode == "LAND"


def test_the_pilots_own_modes_are_named_as_on_a_px4() -> None:
    rig = Rig()
    rig.fly()
    rig.world.pilot.set_mode(POSITION)
    rig.live(1.2)
    assert (rig.mode, rig.of("HEARTBEAT")[-1].custom_mode) == ("POSITION", 3 << 16)

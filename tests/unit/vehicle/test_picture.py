"""Telemetry and state out of messages, with what cannot be true left out."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon
from app.domain.vehicle import Telemetry, VehicleMessage
from app.vehicle.boottime import BootClock
from app.vehicle.frames import FrameReader
from app.vehicle.picture import Beat, Heard, Picture, is_vehicle
from tests.unit.vehicle.play import beat, framed, landed, text

PREARM = mavlink.MAV_SYS_STATUS_PREARM_CHECK


def attitude(roll: float = 0.1, pitch: float = -0.2, yaw: float = -1.0, boot_ms: int = 1000) -> Any:
    return mavlink.MAVLink_attitude_message(boot_ms, roll, pitch, yaw, 0, 0, 0)


def position(boot_ms: int = 1000, lat: int = 473_000_000, lon: int = 85_000_000, vx: int = 100) -> Any:
    return mavlink.MAVLink_global_position_int_message(boot_ms, lat, lon, 500_000, 20_000, vx, -200, 50, 0)


def sys_status(percent: int = 80, millivolts: int = 12_600, present: int = PREARM, health: int = PREARM) -> Any:
    return mavlink.MAVLink_sys_status_message(present, present, health, 0, millivolts, 0, percent, *[0] * 6)


def ekf(flags: int, variance: float = 0.1) -> Any:
    return mavlink.MAVLink_ekf_status_report_message(flags, variance, variance, variance, 0.1, 0.1)


def hear(one: Picture, message: Any, time_s: float) -> Heard:
    return one.hear(framed(message), time_s)


def picture() -> Picture:
    one = Picture(1, 1, 100.0)
    hear(one, beat(4, armed=True), 100.0)
    hear(one, attitude(), 100.0)
    return one


def test_a_pose_is_put_together_from_position_and_attitude() -> None:
    pose = hear(picture(), position(), 100.0)
    assert isinstance(pose, Telemetry)
    assert (pose.position, pose.altitude_m, pose.height_m) == (LatLon(47.3, 8.5), 500.0, 20.0)
    assert (pose.north_mps, pose.east_mps, pose.down_mps) == (1.0, -2.0, 0.5)
    assert pose.heading_deg == pytest.approx(360.0 - math.degrees(1.0))
    assert pose.time_s == 100.0
    assert pose.roll_deg == pytest.approx(math.degrees(0.1))


def test_no_pose_before_attitude_and_none_without_a_fix() -> None:
    one = Picture(1, 1, 100.0)
    assert hear(one, position(), 100.0) is None
    assert hear(picture(), position(lat=0, lon=0), 100.0) is None


@pytest.mark.parametrize("wrong", [position(lat=910_000_000), position(lon=1_900_000_000), position(vx=30_000)])
def test_absurd_positions_are_counted_and_dropped(wrong: Any) -> None:
    one = picture()
    assert hear(one, wrong, 100.0) is None
    assert (one.absurd, one.telemetry) == (1, None)


@pytest.mark.parametrize("angle", [math.nan, math.inf, 99.0])
def test_absurd_attitudes_are_dropped(angle: float) -> None:
    one = picture()
    hear(one, attitude(roll=angle), 100.1)
    pose = hear(one, position(), 100.1)
    assert isinstance(pose, Telemetry)
    assert one.absurd == 1
    assert pose.roll_deg == pytest.approx(math.degrees(0.1))


def test_state_from_the_slow_messages() -> None:
    one = picture()
    hear(one, sys_status(), 100.0)
    hear(one, mavlink.MAVLink_gps_raw_int_message(0, 3, 0, 0, 0, 85, 90, 0, 0, 12), 100.0)
    hear(
        one, mavlink.MAVLink_home_position_message(473_000_000, 85_000_000, 400_000, 0, 0, 0, [1, 0, 0, 0], 0, 0, 0), 0
    )
    version = mavlink.MAVLink_autopilot_version_message(0, 0, 0, 0, 0, *[[0] * 8] * 3, 0x4B53, 0, 0)
    hear(one, version, 100.0)
    state = one.seen(101.0, 3.0)
    assert (state.battery_percent, state.battery_v, state.ready_to_arm) == (80.0, 12.6, True)
    assert (state.gps_fix, state.satellites, state.hdop) == (3, 12, 0.85)
    assert (state.home, state.home_altitude_m, state.simulated) == (LatLon(47.3, 8.5), 400.0, True)
    assert (state.mode, state.armed, state.connected, state.heartbeat_s) == ("GUIDED", True, True, 100.0)
    assert one.seen(103.1, 3.0).connected is False


def test_what_the_vehicle_does_not_know_is_none() -> None:
    one = picture()
    hear(one, sys_status(-1, 0xFFFF, 0, PREARM), 100.0)
    hear(one, mavlink.MAVLink_gps_raw_int_message(0, 1, 0, 0, 0, 0xFFFF, 90, 0, 0, 255), 100.0)
    hear(one, mavlink.MAVLink_home_position_message(0, 0, 0, 0, 0, 0, [1, 0, 0, 0], 0, 0, 0), 100.0)
    state = one.seen(100.0, 3.0)
    assert (state.battery_percent, state.battery_v, state.ready_to_arm) == (None, None, None)
    assert (state.satellites, state.hdop, state.home, state.ekf_healthy) == (None, None, None, None)


@pytest.mark.parametrize(
    ("flags", "armed", "healthy"),
    [
        (0x37, True, True),
        (0x37 | 512, False, True),
        (0x27 | 512, False, True),  # predicted is enough on the ground
        (0x27 | 512, True, False),
        (0x37 | 128, True, False),  # constant position mode
        (0x37 | 0x8000, True, False),  # GPS glitch
        (0x36, True, False),  # no attitude
    ],
)
def test_ekf_health(flags: int, armed: bool, healthy: bool) -> None:
    one = Picture(1, 1, 0.0)
    hear(one, beat(4, armed=armed), 0.0)
    hear(one, ekf(flags), 0.0)
    assert one.state.ekf_healthy is healthy
    for variance in (0.9, math.nan):
        hear(one, ekf(flags, variance), 0.0)
        assert one.state.ekf_healthy is False


def test_in_the_air_by_landed_state_then_by_the_heartbeat() -> None:
    one = Picture(1, 1, 0.0)
    assert one.seen(0.0, 3.0).in_air is None
    hear(one, beat(4), 0.0)  # system_status ACTIVE
    assert one.seen(0.0, 3.0).in_air is True
    hear(one, landed(1), 1.0)
    assert one.seen(1.0, 3.0).in_air is False
    assert one.seen(7.0, 3.0).in_air is True  # what it said of landing is too old
    hear(one, landed(0), 8.0)
    hear(one, mavlink.MAVLink_heartbeat_message(2, 3, 1, 4, mavlink.MAV_STATE_STANDBY, 3), 8.0)
    assert one.seen(8.0, 3.0).in_air is False


def test_texts_in_pieces_become_one() -> None:
    one = picture()
    first = mavlink.MAVLink_statustext_message(3, b"x" * 50, 9, 0)
    last = mavlink.MAVLink_statustext_message(3, b"end", 9, 1)
    assert hear(one, first, 1.0) is None
    assert hear(one, last, 1.0) == VehicleMessage(1.0, 1, 3, "x" * 50 + "end")
    assert hear(one, text("whole", 6), 2.0) == VehicleMessage(2.0, 1, 6, "whole")


def test_ground_stations_and_gimbals_are_no_vehicles() -> None:
    assert is_vehicle(Beat(4, mavlink.MAV_TYPE_QUADROTOR, 3, 1, 4, 3))
    for kind, autopilot in ((mavlink.MAV_TYPE_GCS, 8), (mavlink.MAV_TYPE_GIMBAL, 8), (mavlink.MAV_TYPE_GCS, 3)):
        assert not is_vehicle(Beat(0, kind, autopilot, 0, 0, 3))


@given(payload=st.binary(max_size=255), number=st.sampled_from([0, 1, 24, 30, 33, 148, 193, 230, 242, 245, 253]))
@settings(deadline=None)
def test_no_contents_of_a_frame_break_the_picture(payload: bytes, number: int) -> None:
    kind = mavlink.mavlink_map[number]
    padded = payload[: kind.unpacker.size].ljust(kind.unpacker.size, b"\0")
    codec = mavlink.MAVLink(None, srcSystem=1, srcComponent=1)
    holder = beat(0)
    holder._header = mavlink.MAVLink_header(number)
    raw = holder._pack(codec, kind.crc_extra, padded)
    one = picture()
    for frame in FrameReader().feed(bytes(raw)):
        one.hear(frame, 100.0)
    state = one.seen(100.0, 3.0)
    for value in (state.battery_percent, state.battery_v, state.hdop):
        assert value is None or math.isfinite(value)
    if one.telemetry is not None:
        assert abs(one.telemetry.lat_deg) <= 90.0


def test_stamps_keep_the_vehicles_spacing_in_a_burst_and_never_repeat() -> None:
    clock = BootClock()
    assert clock.to_station(1000, 50.0) == 50.0
    assert clock.to_station(1100, 50.3) == pytest.approx(50.1)  # 0.2 s late
    assert clock.to_station(1200, 50.3) == pytest.approx(50.2)
    assert clock.to_station(1200, 50.3) is None
    assert clock.to_station(1150, 50.4) is None
    late = clock.to_station(1300, 55.0)
    assert late == pytest.approx(54.5)  # never more than half a second before the arrival
    assert clock.reboots == 0
    assert clock.to_station(10, 56.0) == pytest.approx(56.0)
    assert clock.reboots == 1


@given(delays=st.lists(st.floats(0.0, 3.0), min_size=2, max_size=50))
@settings(deadline=None)
def test_stamps_ascend_whatever_the_link_does(delays: list[float]) -> None:
    clock, arrival, last = BootClock(), 1000.0, 0.0
    for number, delay in enumerate(delays):
        arrival = max(arrival, 1000.0 + number * 0.1 + delay)
        stamp = clock.to_station(1000 + number * 100, arrival)
        assert stamp is not None
        assert last < stamp <= arrival + 0.1
        last = stamp

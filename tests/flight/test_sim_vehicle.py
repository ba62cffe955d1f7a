"""The simulated vehicle, driven by pymavlink's own client over TCP: an independent view of our MAVLink."""

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pymavlink import mavutil

from app.world import Simulation
from hardware.sim.config import SimConfig
from tests.simulated import simulated

SPEED = 15.0
ARM, TAKEOFF, SET_MODE, SPEED_TO, REPOSITION, REQUEST = 400, 22, 176, 178, 192, 512
POSITION_ONLY, VELOCITY_ONLY = 0b1101_1111_1000, 0b1101_1100_0111


class Client:
    """What a simple station does, in true seconds."""

    def __init__(self, child: Simulation) -> None:
        self.child = child
        self.link = mavutil.mavlink_connection(child.ready["mavlink"], source_system=250)
        assert self.link.wait_heartbeat(timeout=10) is not None
        self.texts: list[str] = []

    def next(self, kind: str, fits: Callable[[Any], bool] = lambda _: True, seconds: float = 20.0) -> Any:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            message = self.link.recv_match(blocking=True, timeout=1.0)
            if message is None:
                continue
            if message.get_type() == "STATUSTEXT":
                self.texts.append(message.text)
            if message.get_type() == kind and fits(message):
                return message
        pytest.fail(f"no such {kind} in {seconds} s; texts {self.texts}")

    def command(self, number: int, *p: float) -> int:
        values = [*p, *[0.0] * (7 - len(p))]
        self.link.mav.command_long_send(1, 1, number, 0, *values)
        return int(self.next("COMMAND_ACK", lambda m: m.command == number).result)

    def streams(self, rate_hz: int = 10) -> None:
        self.link.mav.request_data_stream_send(1, 1, 0, rate_hz, 1)

    def fly(self, height_m: float = 20.0) -> None:
        self.streams()
        self.next("SYS_STATUS", lambda m: m.onboard_control_sensors_health & 0x10000000)
        assert self.command(SET_MODE, 1, 4) == 0
        assert self.command(ARM, 1) == 0
        assert self.command(TAKEOFF, 0, 0, 0, 0, 0, 0, height_m) == 0
        self.next("GLOBAL_POSITION_INT", lambda m: m.relative_alt > (height_m - 1.0) * 1000)

    def velocity(self, north: float, east: float, frame: int = 1) -> None:
        self.link.mav.set_position_target_local_ned_send(
            0, 1, 1, frame, VELOCITY_ONLY, 0, 0, 0, north, east, 0, 0, 0, 0, 0, 0
        )

    def close(self) -> None:
        self.link.close()


def start(**changes: Any) -> Simulation:
    return simulated(SimConfig(**{"speed": SPEED, "ready_s": 4.0, "wind_mps": 2.0, **changes}))


@pytest.fixture
def child() -> Iterator[Simulation]:
    child = start()
    yield child
    child.stop()


@pytest.fixture
def client(child: Simulation) -> Iterator[Client]:
    client = Client(child)
    yield client
    client.close()


def test_is_silent_but_for_heartbeats_until_streams_are_asked_for(client: Client) -> None:
    kinds = {client.link.recv_match(blocking=True, timeout=5).get_type() for _ in range(12)}
    assert kinds - {"STATUSTEXT", "HOME_POSITION", "GPS_GLOBAL_ORIGIN", "BAD_DATA"} == {"HEARTBEAT"}
    client.streams()
    for kind in ("ATTITUDE", "GLOBAL_POSITION_INT", "GPS_RAW_INT", "SYS_STATUS", "EKF_STATUS_REPORT", "VFR_HUD"):
        client.next(kind)


def test_says_that_it_is_simulated(client: Client) -> None:
    assert client.command(REQUEST, 148) == 0
    assert client.next("AUTOPILOT_VERSION").vendor_id == 0x4B53


def test_refuses_to_arm_before_it_is_ready_and_says_why() -> None:
    child = start(ready_s=600.0)
    with contextlib.ExitStack() as undo:
        undo.callback(child.stop)
        client = Client(child)
        undo.callback(client.close)
        assert client.command(ARM, 1) == 4
        client.next("STATUSTEXT", lambda m: m.text.startswith("Arm: "))


def test_answers_what_it_does_not_know(client: Client) -> None:
    assert client.command(31_337) == 3
    assert client.command(SET_MODE, 1, 99) == 4
    assert client.command(TAKEOFF, 0, 0, 0, 0, 0, 0, 10) == 4


def test_takes_off_goes_there_and_comes_home(client: Client) -> None:
    client.fly()
    home = client.next("GLOBAL_POSITION_INT")
    goal = home.lat + round(80.0 / 111_200.0 * 1e7)
    assert client.command(SPEED_TO, 1, 8, -1) == 0
    client.link.mav.set_position_target_global_int_send(
        0, 1, 1, 6, POSITION_ONLY, goal, home.lon, 30.0, 0, 0, 0, 0, 0, 0, 0, 0
    )
    client.next("GLOBAL_POSITION_INT", lambda m: abs(m.lat - goal) < 300 and m.relative_alt > 28_000)
    truth = client.child.order(do="truth")
    assert truth["height_m"] == pytest.approx(30.0, abs=4.0)
    assert (truth["lat_deg"] - goal / 1e7) * 111_200.0 == pytest.approx(0.0, abs=6.0)
    assert client.command(SET_MODE, 1, 6) == 0
    client.next("HEARTBEAT", lambda m: not m.base_mode & 128, seconds=40.0)
    landed = client.next("GLOBAL_POSITION_INT")
    assert math.hypot(landed.lat - home.lat, landed.lon - home.lon) < 600


def test_velocity_times_out_and_frames_differ(client: Client) -> None:
    client.fly()
    client.velocity(0.0, 5.0)
    client.next("GLOBAL_POSITION_INT", lambda m: m.vy > 400)
    client.next("GLOBAL_POSITION_INT", lambda m: abs(m.vx) < 40 and abs(m.vy) < 40)  # nothing more was sent
    client.link.mav.command_long_send(1, 1, 115, 0, 90, 0, 1, 0, 0, 0, 0)
    client.next("GLOBAL_POSITION_INT", lambda m: abs(m.hdg - 9000) < 500)
    client.velocity(4.0, 0.0, frame=9)  # forward, heading east
    assert abs(client.next("GLOBAL_POSITION_INT", lambda m: m.vy > 300).vx) < 150


def test_setpoints_do_nothing_outside_guided(client: Client) -> None:
    client.fly()
    client.child.order(do="pilot_mode", mode="LOITER")
    client.next("HEARTBEAT", lambda m: m.custom_mode == 5)
    client.velocity(5.0, 0.0)
    since = client.next("GLOBAL_POSITION_INT").time_boot_ms
    while (m := client.next("GLOBAL_POSITION_INT")).time_boot_ms < since + 4_000:
        assert abs(m.vx) < 150


def test_disarms_itself_on_the_ground(client: Client) -> None:
    client.streams()
    client.next("SYS_STATUS", lambda m: m.onboard_control_sensors_health & 0x10000000)
    assert client.command(ARM, 1) == 0
    client.next("HEARTBEAT", lambda m: m.base_mode & 128)
    client.next("HEARTBEAT", lambda m: not m.base_mode & 128)


def test_parameters_come_whole_and_can_be_set(client: Client) -> None:
    client.link.mav.param_request_list_send(1, 1)
    first = client.next("PARAM_VALUE")
    seen = {first.param_index}
    while len(seen) < first.param_count:
        seen.add(client.next("PARAM_VALUE").param_index)
    client.link.mav.param_set_send(1, 1, b"WPNAV_SPEED", 640.0, 9)
    assert client.next("PARAM_VALUE", lambda m: m.param_id == "WPNAV_SPEED").param_value == 640.0
    client.link.mav.param_request_read_send(1, 1, b"GUID_TIMEOUT", -1)
    assert client.next("PARAM_VALUE").param_value == 3.0


def upload(client: Client, items: list[tuple[int, int, int, float]]) -> int:
    client.link.mav.mission_count_send(1, 1, len(items), 0)
    while True:
        message = client.link.recv_match(type=["MISSION_REQUEST", "MISSION_ACK"], blocking=True, timeout=5)
        if message.get_type() == "MISSION_ACK":
            return int(message.type)
        command, x, y, z = items[message.seq]
        client.link.mav.mission_item_int_send(1, 1, message.seq, 6, command, 0, 1, 0, 0, 0, 0, x, y, z, 0)


def test_mission_up_down_and_flown(client: Client) -> None:
    lat, lon = 473_977_419, 85_455_938
    items = [(16, lat, lon, 0.0), (22, 0, 0, 15.0), (16, lat + 3_000, lon, 15.0), (16, lat + 3_000, lon + 4_000, 20.0),
             (20, 0, 0, 0.0)]  # fmt: skip
    assert upload(client, items) == 0
    client.link.mav.mission_request_list_send(1, 1, 0)
    assert client.next("MISSION_COUNT").count == 5
    client.link.mav.mission_request_int_send(1, 1, 3, 0)
    item = client.next("MISSION_ITEM_INT")
    assert (item.command, item.x, item.y, item.z) == (16, lat + 3_000, lon + 4_000, 20.0)
    client.streams()
    client.next("SYS_STATUS", lambda m: m.onboard_control_sensors_health & 0x10000000)
    assert client.command(ARM, 1) == 0
    assert client.command(300) == 0
    assert [client.next("MISSION_ITEM_REACHED").seq for _ in range(3)] == [1, 2, 3]
    client.next("HEARTBEAT", lambda m: not m.base_mode & 128, seconds=40.0)


def test_low_battery_brings_it_home(client: Client) -> None:
    client.fly()
    client.child.order(do="battery", percent=14)
    client.next("HEARTBEAT", lambda m: m.custom_mode == 6)
    assert any("Battery" in text for text in client.texts)


def test_filter_failure_lands_it_and_a_glitch_shows(client: Client) -> None:
    client.fly()
    client.child.order(do="gps_glitch", metres=40, seconds=5)
    client.next("GPS_RAW_INT", lambda m: m.satellites_visible < 6 and m.eph > 200)
    client.child.order(do="ekf_fail", on=True)
    client.next("EKF_STATUS_REPORT", lambda m: not m.flags & 16 and m.pos_horiz_variance > 1.0)
    client.next("HEARTBEAT", lambda m: m.custom_mode == 9)


def test_the_fence_turns_it_back(client: Client) -> None:
    for name, value in ((b"FENCE_RADIUS", 30.0), (b"FENCE_ENABLE", 1.0)):
        client.link.mav.param_set_send(1, 1, name, value, 9)
        client.next("PARAM_VALUE")
    client.fly()
    client.link.mav.set_position_target_local_ned_send(0, 1, 1, 1, POSITION_ONLY, 90, 0, -20, 0, 0, 0, 0, 0, 0, 0, 0)
    client.next("HEARTBEAT", lambda m: m.custom_mode == 6)


def test_reboot_in_flight_forgets_the_streams(client: Client) -> None:
    client.fly()
    client.child.order(do="reboot")
    client.next("HEARTBEAT", lambda m: m.custom_mode == 5 and m.base_mode & 128)
    client.streams()
    assert client.next("GLOBAL_POSITION_INT", lambda m: m.relative_alt > 15_000).time_boot_ms < 60_000


def test_lost_packets_leave_holes_in_the_sequence(client: Client) -> None:
    client.streams(20)
    client.next("ATTITUDE")
    client.child.order(do="packet_loss", percent=30)
    client.next("ATTITUDE", lambda _: client.link.packet_loss() > 5.0)


def test_junk_does_not_stop_it(client: Client) -> None:
    for junk in (b"\xfd" * 600, b"\xfe\x09" + bytes(300), bytes(range(256)) * 4, b"GET / HTTP/1.1\r\n\r\n"):
        client.link.write(junk)
    for number in (float("nan"), float("inf"), -1e30):
        client.link.mav.command_long_send(1, 1, 511, 0, number, number, number, number, number, number, number)
        client.link.mav.command_long_send(1, 1, SET_MODE, 0, 1, number, 0, 0, 0, 0, 0)
        client.link.mav.param_set_send(1, 1, b"WPNAV_SPEED", number, 9)
    client.streams()
    client.next("ATTITUDE")

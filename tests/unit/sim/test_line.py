"""The simulated radio's rate: a line is as fast as it says, and stays full while parameters are sent."""

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.frames import FrameReader, FrameWriter
from hardware.sim.channel import Channel
from hardware.sim.config import SimConfig
from hardware.sim.line import Line
from hardware.sim.stations import Stations
from hardware.sim.world import World


def test_bytes_take_their_time_one_after_the_other() -> None:
    line = Line(57_600)
    assert line.carry(576, 10.0) == pytest.approx(10.1)
    assert line.carry(576, 10.0) == pytest.approx(10.2)
    assert line.behind_s(10.05) == pytest.approx(0.15)
    assert line.carry(576, 11.0) == pytest.approx(11.1)
    assert line.behind_s(20.0) == 0.0


def test_a_line_without_limit_carries_at_once() -> None:
    assert Line(0).carry(1_000_000, 5.0) == 5.0


def run(baud: int, seconds: float, *asked: object) -> list[bytes]:
    """What came in each second of a fresh vehicle's life, after these messages to it."""
    world = World(SimConfig(baud=baud))
    stations = Stations(world)
    channel: Channel = stations.join()
    writer, came = FrameWriter(255), []
    for one in asked:
        channel.receive(writer.pack(one))
    for _ in range(round(seconds)):
        until_s, parts = world.time_s + 1.0, []
        while world.time_s < until_s - 1e-9:
            world.step()
            stations.step()
            parts += channel.frames()
        came.append(b"".join(parts))
    return came


LIST = mavlink.MAVLink_param_request_list_message(1, 1)
STREAMS = mavlink.MAVLink_request_data_stream_message(1, 1, 0, 10, 1)


def test_the_whole_list_fills_the_line_and_no_more() -> None:
    came = run(57_600, 12, LIST)
    sizes = [len(part) for part in came]
    assert max(sizes) <= 5760 + 280
    assert min(sizes[1:8]) > 0.97 * 5760
    frames = FrameReader().feed(b"".join(came))
    told = [frame.message for frame in frames if frame.message.get_type() == "PARAM_VALUE"]
    assert [one.param_index for one in told] == list(range(told[0].param_count))
    assert told[0].param_count > 1300


def test_streams_go_on_slower_and_heartbeats_as_ever_while_parameters_are_sent() -> None:
    quiet, busy = run(57_600, 6, STREAMS), run(57_600, 6, STREAMS, LIST)

    def many(came: list[bytes], kind: str) -> int:
        return sum(frame.message.get_type() == kind for frame in FrameReader().feed(b"".join(came)))

    assert many(quiet, "ATTITUDE") == 60
    assert 10 <= many(busy, "ATTITUDE") <= 20
    assert many(busy, "HEARTBEAT") >= 5
    assert many(busy, "PARAM_VALUE") > 600


def test_a_slow_line_delays_what_the_station_says_too() -> None:
    asked = [mavlink.MAVLink_param_request_read_message(1, 1, b"RTL_ALT", -1)] * 40
    first = FrameReader().feed(run(1200, 1, *asked)[0])
    assert sum(frame.message.get_type() == "PARAM_VALUE" for frame in first) <= 3

"""Missions, parameters and streams as dialogues."""

from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon
from app.errors import DeviceError, NotFound, VehicleRefused
from app.vehicle.missions import MissionItem, download, item, upload
from app.vehicle.parameters import read, read_all, write
from app.vehicle.streams import introduce
from tests.unit.vehicle.play import PEER, Unfinished, ack, beat, param, play

ITEMS = [MissionItem(16, LatLon(47.0, 8.0), 0.0, frame=0), MissionItem(16, LatLon(47.1, 8.1), 20.0)]


def request(number: int) -> Any:
    return mavlink.MAVLink_mission_request_message(255, 190, number)  # what ArduPilot sends even on MAVLink 2


def done(result: int = 0) -> Any:
    return mavlink.MAVLink_mission_ack_message(255, 190, result)


def test_upload_repeats_after_silence() -> None:
    said, result = play(upload(ITEMS, PEER), None, request(0), request(1), None, done())
    assert said == [
        "MISSION_COUNT",
        "MISSION_COUNT",
        "MISSION_ITEM_INT 0",
        "MISSION_ITEM_INT 1",
        "MISSION_ITEM_INT 1",
    ]
    assert result is None


def test_upload_answers_in_whatever_order_it_is_asked() -> None:
    said, _ = play(upload(ITEMS, PEER), request(0), request(0), beat(4), request(7), request(1), done())
    assert said[1:] == ["MISSION_ITEM_INT 0", "MISSION_ITEM_INT 0", "MISSION_ITEM_INT 1"]


def test_upload_refused_or_given_up() -> None:
    _, result = play(upload(ITEMS, PEER), request(0), done(4))
    assert isinstance(result, VehicleRefused)
    assert "NO_SPACE" in str(result)
    assert isinstance(play(upload(ITEMS, PEER), *[None] * 5)[1], DeviceError)


def test_download_asks_again_for_what_was_lost() -> None:
    sent = [one.message(PEER, number) for number, one in enumerate(ITEMS)]
    count = mavlink.MAVLink_mission_count_message(255, 190, 2)
    said, result = play(download(PEER), count, sent[0], None, sent[1], beat(4))
    assert said == [
        "MISSION_REQUEST_LIST",
        "MISSION_REQUEST_INT 0",
        "MISSION_REQUEST_INT 1",
        "MISSION_REQUEST_INT 1",
        "MISSION_ACK",
    ]
    assert result == tuple(ITEMS)
    assert item(sent[1]) == ITEMS[1]
    assert isinstance(play(download(PEER), count, *[None] * 5)[1], DeviceError)


def test_holes_in_the_parameters_are_asked_for_by_index() -> None:
    some = [param("A", 1.0, 0, 4), param("D", 4.0, 3, 4)]
    said, result = play(read_all(PEER), None, *some, None, param("B", 2.0, 1, 4), param("C", 3.0, 2, 4))
    assert said == ["PARAM_REQUEST_LIST", "PARAM_REQUEST_LIST", "PARAM_REQUEST_READ 1", "PARAM_REQUEST_READ 2"]
    assert {name: one.value for name, one in result.items()} == {"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0}


def test_a_hole_asked_for_in_vain_is_asked_for_again_and_then_given_up() -> None:
    said, result = play(read_all(PEER, tries=2), param("A", 1.0, 0, 2), None, None, param("B", 2.0, 1, 2))
    assert said.count("PARAM_REQUEST_READ 1") == 2
    assert list(result) == ["A", "B"]
    _, result = play(read_all(PEER, tries=2), param("A", 1.0, 0, 2), *[None] * 8)
    assert isinstance(result, DeviceError)


def test_many_holes_do_not_use_up_the_patience() -> None:
    heard: list[object] = [param("A", 1.0, 0, 100)]
    for index in range(1, 100):
        heard += [None, param(f"P{index}", 0.0, index, 100)]  # every first try is lost
    _, result = play(read_all(PEER, tries=2), *heard)
    assert len(result) == 100


def test_one_parameter_read_and_written() -> None:
    assert play(read(PEER, "B"), param("A", 1.0, 0, 2), None, param("B", 2.0, 1, 2))[1].value == 2.0
    assert isinstance(play(read(PEER, "B"), *[None] * 5)[1], NotFound)
    assert isinstance(play(read(PEER, "X" * 17))[1], NotFound)
    assert play(write(PEER, "B", 3.0, 9), None, param("B", 3.0, 65535, 2))[1].value == 3.0
    assert isinstance(play(write(PEER, "B", 3.0, 9), param("B", 2.0, 1, 2))[1], VehicleRefused)
    assert isinstance(play(write(PEER, "B", 3.0, 9), *[None] * 5)[1], DeviceError)


def test_a_vehicle_is_asked_for_its_streams_version_and_home() -> None:
    known = [ack(511)] * 8 + [ack(512)]
    said, result = play(introduce(PEER, "ArduPilot", 10.0), *known, ack(512, 4), None)  # no home yet
    assert said[:3] == [f"command 511 {message} #0" for message in ("33 100000", "30 100000", "0 50000")]
    assert said[-2:] == ["command 512 148 0 #0", "command 512 242 0 #0"]
    assert result is None
    assert isinstance(play(introduce(PEER, "PX4", 10.0), *[None] * 5)[1], DeviceError)


def test_old_firmware_is_asked_the_old_way() -> None:
    said, result = play(introduce(PEER, "ArduPilot", 10.0), ack(511, 3), None, *[beat(4)] * 8)
    assert said.count("REQUEST_DATA_STREAM") == 8
    assert result is Unfinished

"""Missions and streams as dialogues."""

from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon
from app.errors import DeviceError, VehicleRefused
from app.vehicle.missions import MissionItem, PlanKind, clear, download, item, upload
from app.vehicle.streams import introduce
from app.vehicle.talk import Peer
from tests.unit.vehicle.play import PEER, Unfinished, ack, beat, play, text

ITEMS = [MissionItem(16, LatLon(47.0, 8.0), 0.0, frame=0), MissionItem(16, LatLon(47.1, 8.1), 20.0)]


BACK = Peer(255, 190, 1)  # what comes is addressed to the station
MISSION, FENCE, RALLY = PlanKind


def request(number: int, kind: int = 0, target: int = 255) -> Any:
    return mavlink.MAVLink_mission_request_message(target, 190, number, kind)  # what ArduPilot sends even on MAVLink 2


def done(result: int = 0, kind: int = 0, target: int = 255) -> Any:
    return mavlink.MAVLink_mission_ack_message(target, 190, result, kind)


def counted(count: int, kind: int = 0) -> Any:
    return mavlink.MAVLink_mission_count_message(255, 190, count, kind)


def sent(number: int, kind: PlanKind = MISSION) -> Any:
    return ITEMS[number].message(BACK, number, kind)


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
    _, result = play(upload(ITEMS, PEER), request(0), text("Fence index in use"), done(4))
    assert isinstance(result, VehicleRefused)
    assert "NO_SPACE. Fence index in use" in str(result)
    _, result = play(upload(ITEMS, PEER), request(1), *[None] * 10)
    assert isinstance(result, DeviceError)
    assert "after 1 of 2 items of the mission" in str(result)


@pytest.mark.parametrize("kind", [FENCE, RALLY])
def test_every_list_is_transferred_as_its_own_kind_and_others_do_not_count(kind: PlanKind) -> None:
    others = [request(0), done(4), request(0, kind, target=245), done(0, kind, target=245), done(4, kind, target=245)]
    said, result = play(upload(ITEMS, PEER, kind), *others, request(0, kind), request(1, kind), done(0, kind))
    assert (said[1:], result) == (["MISSION_ITEM_INT 0", "MISSION_ITEM_INT 1"], None)
    read = [counted(9), counted(2, kind), sent(0), sent(0, kind), sent(1, kind), beat(4)]
    assert play(download(PEER, kind), *read)[1] == tuple(ITEMS)
    assert play(clear(PEER, kind), done(), None, done(0, kind))[1] is None


def test_a_list_the_vehicle_lost_track_of_is_offered_anew() -> None:
    said, result = play(upload(ITEMS, PEER), request(0), None, done(1), request(0), request(1), done())
    assert said.count("MISSION_COUNT") == 2  # it had rebooted, and no longer knew of an upload
    assert result is None
    _, result = play(
        upload(ITEMS, PEER), request(0), request(1), None, done(1), done(1), request(0), request(1), done()
    )
    assert result is None  # its acknowledgement was lost; two answers to the repeated item came
    again = [request(0), None, done(1)]
    assert isinstance(play(upload(ITEMS, PEER), *again * 5)[1], VehicleRefused)
    assert isinstance(play(upload(ITEMS, PEER), request(0), done(1))[1], VehicleRefused)  # it means it


def test_a_vehicle_that_asks_for_what_is_not_there_or_for_ever_is_given_up() -> None:
    assert "item 7 of a mission of 2" in str(play(upload(ITEMS, PEER), *[request(7)] * 10)[1])
    assert "times over" in str(play(upload(ITEMS, PEER), *[request(0)] * 31)[1])


def test_done_before_all_was_asked_for_is_not_believed() -> None:
    _, result = play(upload(ITEMS, PEER), request(0), done(), *[None] * 10)
    assert isinstance(result, DeviceError)
    assert "acknowledged before" in str(result)
    assert play(upload(ITEMS, PEER), request(0), done(), request(1), done())[1] is None  # of an older transfer


def test_a_wrong_sequence_said_of_a_repetition_is_passed_over() -> None:
    said, result = play(upload(ITEMS, PEER), request(0), None, request(1), done(13), None, done())
    assert (len(said), result) == (5, None)
    assert "INVALID_SEQUENCE" in str(play(upload(ITEMS, PEER), request(0), done(13), *[None] * 10)[1])


def test_nothing_is_uploaded_as_a_count_of_none() -> None:
    assert play(upload([], PEER, FENCE), None, done(0, FENCE)) == (["MISSION_COUNT", "MISSION_COUNT"], None)


def test_items_that_cannot_be_sent_are_told_before_anything_is_said() -> None:
    for wrong in (MissionItem(16, LatLon(400.0, 0.0), 0.0), MissionItem(16, LatLon(0.0, 0.0), 1e39)):
        said, result = play(upload([ITEMS[0], wrong], PEER))
        assert said == []
        assert "Item 1 of the mission" in str(result)


def test_download_asks_again_for_what_was_lost() -> None:
    said, result = play(download(PEER), counted(2), sent(0), None, sent(1), beat(4))
    assert said == [
        "MISSION_REQUEST_LIST",
        "MISSION_REQUEST_INT 0",
        "MISSION_REQUEST_INT 1",
        "MISSION_REQUEST_INT 1",
        "MISSION_ACK",
    ]
    assert result == tuple(ITEMS)
    assert item(sent(1)) == ITEMS[1]
    assert isinstance(play(download(PEER), counted(2), *[None] * 10)[1], DeviceError)


def test_a_count_that_was_a_lie_and_wrong_numbers_end_with_a_reason() -> None:
    _, result = play(download(PEER), counted(3), sent(0), sent(1), done(13), None, done(13))
    assert isinstance(result, VehicleRefused)
    assert "item 2 of its mission: MAV_MISSION_INVALID_SEQUENCE. It had counted 3" in str(result)
    _, result = play(download(PEER), counted(3), sent(0), *[sent(0), None] * 10)
    assert isinstance(result, DeviceError)
    assert "It sent item 0 instead" in str(result)
    assert isinstance(play(download(PEER), *[None] * 10)[1], DeviceError)


def test_a_late_answer_to_something_older_does_not_end_a_download() -> None:
    _, result = play(download(PEER), done(1), counted(1), sent(0), beat(4))
    assert result == (ITEMS[0],)


def test_items_of_old_vehicles_are_read_as_well() -> None:
    old = mavlink.MAVLink_mission_item_message(255, 190, 0, 3, 16, 0, 1, 1.0, 0, 0, 0, 47.1, 8.1, 20.0, 0)
    assert item(old) == MissionItem(16, LatLon(47.1, 8.1), 20.0, (1.0, 0.0, 0.0, 0.0))


def test_clear_is_refused_or_given_up() -> None:
    assert isinstance(play(clear(PEER, MISSION), done(14))[1], VehicleRefused)
    assert isinstance(play(clear(PEER, MISSION), *[None] * 10)[1], DeviceError)


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

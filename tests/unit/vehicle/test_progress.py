"""Progress is told of what was transferred, and the transfer itself is as without it."""

from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon
from app.errors import DeviceError
from app.vehicle.missions import MissionItem, PlanKind, download, upload
from app.vehicle.parameters import read_all
from app.vehicle.progress import Progress, watched
from tests.unit.vehicle.play import PEER, play

ITEMS = [MissionItem(16, LatLon(47.0, 8.0), 0.0, frame=0), MissionItem(16, LatLon(47.1, 8.1), 20.0)]


def value(index: int, count: int = 3) -> Any:
    return mavlink.MAVLink_param_value_message(f"P{index}".encode(), 1.0, 9, count, index)


def request(number: int) -> Any:
    return mavlink.MAVLink_mission_request_message(255, 190, number, 0)


def test_parameters_are_counted_once_each_and_the_end_is_told() -> None:
    told: list[Progress | None] = []
    heard = (value(0), value(0), None, value(2), value(1))
    plain = play(read_all(PEER), *heard)
    assert play(watched(read_all(PEER), "parameters", told.append), *heard) == plain
    assert [one and (one.done, one.total) for one in told] == [(0, 0), (1, 3), (1, 3), (2, 3), (3, 3), None]


def test_an_upload_is_what_the_vehicle_asked_for() -> None:
    told: list[Progress | None] = []
    done = mavlink.MAVLink_mission_ack_message(255, 190, 0, 0)
    play(watched(upload(ITEMS, PEER), "mission", told.append), request(0), request(1), request(1), done)
    assert [one and (one.done, one.total) for one in told] == [(0, 0), (1, 2), (2, 2), (2, 2), None]


def test_a_download_is_what_came() -> None:
    told: list[Progress | None] = []
    counted = mavlink.MAVLink_mission_count_message(255, 190, 2, 0)
    first = ITEMS[0].message(PEER, 0, PlanKind.MISSION)
    play(watched(download(PEER), "mission", told.append), counted, first)
    assert told[-1] in {Progress("mission", 0, 2), Progress("mission", 1, 2), None}
    assert Progress("mission", 0, 2) in told


def test_a_failure_is_the_talks_own_and_ends_the_progress() -> None:
    told: list[Progress | None] = []
    _, error = play(watched(read_all(PEER), "parameters", told.append), *[None] * 12)
    assert isinstance(error, DeviceError)
    assert told[-1] is None


def test_a_talk_that_is_closed_closes_the_one_within() -> None:
    told: list[Progress | None] = []
    inner = read_all(PEER)
    talk = watched(inner, "parameters", told.append)
    next(talk)
    talk.close()
    with pytest.raises(StopIteration):
        next(inner)
    assert told[-1] is None

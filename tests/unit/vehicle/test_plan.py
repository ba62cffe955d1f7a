"""Whole plans as dialogues: home where the autopilot keeps it, lists that are not kept."""

from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon
from app.errors import VehicleRefused
from app.vehicle.fences import Circle, Fence, RallyPoint
from app.vehicle.missions import MissionItem, PlanKind
from app.vehicle.plan import Plan, read_list, read_plan, write_list, write_plan
from app.vehicle.talk import Peer
from tests.unit.vehicle.play import beat, play

HOME, PLACE = LatLon(47.0, 8.0), LatLon(47.1, 8.1)
COPTER, PX4, BACK = Peer(1, 1, 255, "ArduPilot"), Peer(1, 1, 255, "PX4"), Peer(255, 190, 1)
ITEM = MissionItem(16, PLACE, 20.0)
FENCE = Fence(circles_inside=(Circle(HOME, 100.0),))
WHOLE = Plan(HOME, (ITEM,), FENCE, (RallyPoint(PLACE, 15.0),))
MISSION, AREA, RALLY = PlanKind


def asks(kind: PlanKind, count: int) -> list[Any]:
    asked = [mavlink.MAVLink_mission_request_int_message(255, 190, number, kind) for number in range(count)]
    return [*asked, done(kind)]


def done(kind: PlanKind, result: int = 0) -> Any:
    return mavlink.MAVLink_mission_ack_message(255, 190, result, kind)


def tells(kind: PlanKind, *items: MissionItem) -> list[Any]:
    count = mavlink.MAVLink_mission_count_message(255, 190, len(items), kind)
    return [count, *(one.message(BACK, number, kind) for number, one in enumerate(items)), beat(4)]


def test_home_is_item_0_of_ardupilots_missions_only() -> None:
    said, result = play(write_list([ITEM], COPTER, MISSION, HOME), *asks(MISSION, 2))
    assert (said[1:], result) == (["MISSION_ITEM_INT 0", "MISSION_ITEM_INT 1"], "mission: 1 items")
    assert len(play(write_list([ITEM], PX4, MISSION, HOME), *asks(MISSION, 1))[0]) == 2
    home = MissionItem(16, HOME, 0.0, frame=0)
    assert play(read_list(COPTER, MISSION), *tells(MISSION, home, ITEM))[1] == (ITEM,)
    assert play(read_list(PX4, MISSION), *tells(MISSION, ITEM))[1] == (ITEM,)


def test_nothing_to_write_clears() -> None:
    assert play(write_list([], COPTER, AREA), done(AREA)) == (["MISSION_CLEAR_ALL"], "geofence cleared")


def test_a_whole_plan_there_and_back() -> None:
    said, result = play(write_plan(WHOLE, COPTER), *asks(AREA, 1), *asks(RALLY, 1), *asks(MISSION, 2))
    assert said.count("MISSION_COUNT") == 3
    assert result == "geofence: 1 items, rally points: 1 items, mission: 1 items"
    home = MissionItem(16, HOME, 0.0, frame=0)
    heard = [*tells(MISSION, home, ITEM), *tells(AREA, *FENCE.items()), *tells(RALLY, WHOLE.rally[0].item())]
    assert play(read_plan(COPTER), *heard)[1] == WHOLE


def test_a_list_the_vehicle_does_not_keep_is_empty_and_refused_only_when_it_is_needed() -> None:
    no = done(RALLY, mavlink.MAV_MISSION_UNSUPPORTED)
    heard = [*tells(MISSION), *tells(AREA), no, None, no]
    assert play(read_plan(PX4), *heard)[1] == Plan(None, ())
    bare = Plan(HOME, (ITEM,), FENCE)
    assert (
        play(write_plan(bare, PX4), *asks(AREA, 1), no, *asks(MISSION, 1))[1] == "geofence: 1 items, mission: 1 items"
    )
    assert isinstance(play(write_plan(WHOLE, PX4), *asks(AREA, 1), no)[1], VehicleRefused)


def test_a_mission_alone_leaves_the_fence_as_it_is() -> None:
    said, _ = play(write_plan(WHOLE, PX4, (MISSION,)), *asks(MISSION, 1))
    assert said == ["MISSION_COUNT", "MISSION_ITEM_INT 0"]

"""Targets for vehicles that need a stream of them."""

import math
from dataclasses import replace

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.safety import Motion, Purpose
from app.domain.vehicle import Telemetry
from app.vehicle.setpoints import place, stay, towards
from tests.unit.vehicle.play import PEER

HOME = LatLon(47.3, 8.5)
POSE = Telemetry(0.0, 1, 47.3, 8.5, 520.0, 20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def motion(east_m: float, north_m: float, height_m: float = 20.0) -> Motion:
    return Motion(Purpose.SEARCH, LocalPlane(HOME).to_globe(EastNorth(east_m, north_m)), height_m, 4.0)


def test_a_far_goal_is_flown_to_by_velocity_no_faster_than_allowed() -> None:
    said = towards(PEER, motion(300.0, 400.0), POSE)
    assert said.get_type() == "SET_POSITION_TARGET_LOCAL_NED"
    assert said.coordinate_frame == mavlink.MAV_FRAME_LOCAL_NED
    assert (said.vx, said.vy, said.vz) == pytest.approx((3.2, 2.4, 0.0), abs=0.01)
    assert said.type_mask & 0b111 == 0b111


@pytest.mark.parametrize(("height_m", "down_mps"), [(100.0, -2.0), (0.0, 1.0), (21.0, -0.5)])
def test_it_climbs_and_sinks_on_the_way(height_m: float, down_mps: float) -> None:
    assert towards(PEER, motion(0.0, 100.0, height_m), POSE).vz == pytest.approx(down_mps)


def test_it_slows_down_before_the_goal() -> None:
    said = towards(PEER, motion(0.0, 3.0), POSE)
    assert 0.5 < math.hypot(said.vx, said.vy) < 2.6


def test_near_the_goal_its_place_is_asked_for_by_its_altitude_above_the_sea() -> None:
    said = towards(PEER, motion(1.0, 1.0, 25.0), POSE)
    assert said.get_type() == "SET_POSITION_TARGET_GLOBAL_INT"
    assert (said.coordinate_frame, said.alt) == (mavlink.MAV_FRAME_GLOBAL_INT, 525.0)
    assert said.type_mask & 0b111 == 0


def test_a_place_for_the_others_is_above_home() -> None:
    said = place(PEER, HOME, 30.0)
    assert (said.coordinate_frame, said.alt) == (mavlink.MAV_FRAME_GLOBAL_RELATIVE_ALT_INT, 30.0)


def test_without_a_goal_there_is_no_target() -> None:
    with pytest.raises(ValueError, match="place"):
        towards(PEER, replace(motion(0.0, 0.0), goal=None), POSE)


def test_to_stay_it_stops_first_and_then_keeps_the_place_where_it_came_to_rest() -> None:
    said, spot = stay(PEER, replace(POSE, north_mps=4.0), None, False)
    assert spot is None
    assert (said.vx, said.vy, said.vz) == (0.0, 0.0, 0.0)
    said, spot = stay(PEER, replace(POSE, north_mps=0.2), None, False)
    assert spot is not None
    moved = replace(POSE, lat_deg=47.4, north_mps=0.1)
    again, spot = stay(PEER, moved, spot, False)
    assert (again.lat_int, again.alt) == (said.lat_int, said.alt) == (473_000_000, 520.0)


def test_nothing_lifts_it_off_the_ground() -> None:
    said, spot = stay(PEER, POSE, POSE, True)
    assert spot is None
    assert said.vz > 0.0
    assert stay(PEER, None, None, False)[0].vz == 0.0


def test_a_heading_asked_for_goes_along_with_the_place() -> None:
    turned, free = place(PEER, HOME, 30.0, 135.0), place(PEER, HOME, 30.0)
    assert turned.yaw == pytest.approx(math.radians(135.0))
    assert not turned.type_mask & mavlink.POSITION_TARGET_TYPEMASK_YAW_IGNORE
    assert free.type_mask & mavlink.POSITION_TARGET_TYPEMASK_YAW_IGNORE

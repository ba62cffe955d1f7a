import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.relaying import Relay, passes

LONG = mavlink.MAVLink_command_long_message
ASKS = [
    mavlink.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3),
    mavlink.MAVLink_param_request_list_message(1, 1),
    mavlink.MAVLink_mission_request_list_message(1, 1),
    LONG(1, 1, mavlink.MAV_CMD_REQUEST_MESSAGE, 0, 148, 0, 0, 0, 0, 0, 0),
]
CHANGES = [
    mavlink.MAVLink_param_set_message(1, 1, b"FENCE_ENABLE", 0.0, 9),
    mavlink.MAVLink_mission_count_message(1, 1, 3),
    mavlink.MAVLink_set_position_target_global_int_message(0, 1, 1, 6, 0, 0, 0, 0.0, *(0.0,) * 8),
    LONG(1, 1, mavlink.MAV_CMD_NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 0, 20),
]
STOPS = [
    mavlink.MAVLink_set_mode_message(1, 1, 5),
    LONG(1, 1, mavlink.MAV_CMD_NAV_RETURN_TO_LAUNCH, 0, 0, 0, 0, 0, 0, 0, 0),
    LONG(1, 1, mavlink.MAV_CMD_DO_SET_MODE, 0, 1, 17, 0, 0, 0, 0, 0),
]


@pytest.mark.parametrize("steering", [False, True])
def test_a_listener_says_nothing(steering: bool) -> None:
    assert not any(passes(message, Relay.LISTEN, steering) for message in ASKS + CHANGES + STOPS)


@pytest.mark.parametrize("steering", [False, True])
def test_who_may_ask_changes_nothing(steering: bool) -> None:
    assert all(passes(message, Relay.ASK, steering) for message in ASKS)
    assert not any(passes(message, Relay.ASK, steering) for message in CHANGES + STOPS)


def test_who_may_command_can_always_stop_but_does_not_fly_while_this_station_steers() -> None:
    assert all(passes(message, Relay.COMMAND, False) for message in ASKS + CHANGES + STOPS)
    assert all(passes(message, Relay.COMMAND, True) for message in ASKS + STOPS)
    assert not any(passes(message, Relay.COMMAND, True) for message in CHANGES)

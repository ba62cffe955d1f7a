"""What of another ground station's messages may go on to the vehicle; pure rules, any thread."""

from enum import StrEnum

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.frames import Message


class Relay(StrEnum):
    """How much an endpoint may say to the vehicle; it hears everything in any case."""

    LISTEN = "listen"  # nothing
    ASK = "ask"  # what changes nothing: streams, parameters and plans read, versions
    COMMAND = "command"  # everything; while this station steers, only what stops the vehicle or takes it over


_ASKING = {
    "HEARTBEAT",
    "PING",
    "TIMESYNC",
    "SYSTEM_TIME",
    "PARAM_REQUEST_LIST",
    "PARAM_REQUEST_READ",
    "PARAM_EXT_REQUEST_LIST",
    "PARAM_EXT_REQUEST_READ",
    "MISSION_REQUEST_LIST",
    "MISSION_REQUEST",
    "MISSION_REQUEST_INT",
    "MISSION_REQUEST_PARTIAL_LIST",
    "REQUEST_DATA_STREAM",
    "LOG_REQUEST_LIST",
    "LOG_REQUEST_DATA",
    "LOG_REQUEST_END",
}
_ASKING_COMMANDS = {
    mavlink.MAV_CMD_REQUEST_MESSAGE,
    mavlink.MAV_CMD_SET_MESSAGE_INTERVAL,
    mavlink.MAV_CMD_GET_MESSAGE_INTERVAL,
    mavlink.MAV_CMD_REQUEST_AUTOPILOT_CAPABILITIES,
    mavlink.MAV_CMD_REQUEST_PROTOCOL_VERSION,
    mavlink.MAV_CMD_GET_HOME_POSITION,
}
_TAKING_OVER = {
    mavlink.MAV_CMD_DO_SET_MODE,
    mavlink.MAV_CMD_NAV_RETURN_TO_LAUNCH,
    mavlink.MAV_CMD_NAV_LAND,
    mavlink.MAV_CMD_COMPONENT_ARM_DISARM,
    mavlink.MAV_CMD_DO_FLIGHTTERMINATION,
    mavlink.MAV_CMD_DO_PARACHUTE,
}
_COMMANDS = {"COMMAND_LONG", "COMMAND_INT"}
# a mission acknowledged is the end of reading one, and of nothing else that ASK lets begin
_ENDING = {"MISSION_ACK"}


def passes(message: Message, relay: Relay, steering: bool) -> bool:
    """Whether a message may go on; ``steering``: this station has a motion in force."""
    kind = message.get_type()
    if relay is Relay.LISTEN:
        return False
    command = message.command if kind in _COMMANDS else None
    if kind in _ASKING or kind in _ENDING or command in _ASKING_COMMANDS:
        return True
    if relay is Relay.ASK:
        return False
    return not steering or kind in {"SET_MODE", "MANUAL_CONTROL", "RC_CHANNELS_OVERRIDE"} or command in _TAKING_OVER

"""What is asked of a vehicle after it was connected, rebooted or fell silent; conversations, pure."""

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.errors import VehicleRefused
from app.vehicle.talk import Command, Peer, Talk, command

SLOW_HZ = 2.0
HOME_HZ = 0.5
BEAT_HZ = 20.0  # of HEARTBEAT, which alone tells the mode: once a second is too late to see that the pilot took over
_FAST = (mavlink.MAVLINK_MSG_ID_GLOBAL_POSITION_INT, mavlink.MAVLINK_MSG_ID_ATTITUDE)
_SLOW = {
    "ArduPilot": (
        mavlink.MAVLINK_MSG_ID_GPS_RAW_INT,
        mavlink.MAVLINK_MSG_ID_SYS_STATUS,
        mavlink.MAVLINK_MSG_ID_EKF_STATUS_REPORT,
        mavlink.MAVLINK_MSG_ID_EXTENDED_SYS_STATE,
    ),
    "PX4": (
        mavlink.MAVLINK_MSG_ID_GPS_RAW_INT,
        mavlink.MAVLINK_MSG_ID_SYS_STATUS,
        mavlink.MAVLINK_MSG_ID_ESTIMATOR_STATUS,
        mavlink.MAVLINK_MSG_ID_EXTENDED_SYS_STATE,
    ),
}
# Measurements that a vehicle sends all the time: no conversation waits for one, so none need be decoded for it.
UNANSWERING = frozenset(
    {
        mavlink.MAVLINK_MSG_ID_AHRS,
        mavlink.MAVLINK_MSG_ID_AHRS2,
        mavlink.MAVLINK_MSG_ID_AHRS3,
        mavlink.MAVLINK_MSG_ID_ALTITUDE,
        mavlink.MAVLINK_MSG_ID_ATTITUDE,
        mavlink.MAVLINK_MSG_ID_ATTITUDE_QUATERNION,
        mavlink.MAVLINK_MSG_ID_ATTITUDE_TARGET,
        mavlink.MAVLINK_MSG_ID_BATTERY_STATUS,
        mavlink.MAVLINK_MSG_ID_EKF_STATUS_REPORT,
        mavlink.MAVLINK_MSG_ID_ESTIMATOR_STATUS,
        mavlink.MAVLINK_MSG_ID_GLOBAL_POSITION_INT,
        mavlink.MAVLINK_MSG_ID_GPS_RAW_INT,
        mavlink.MAVLINK_MSG_ID_GPS2_RAW,
        mavlink.MAVLINK_MSG_ID_HIGHRES_IMU,
        mavlink.MAVLINK_MSG_ID_HWSTATUS,
        mavlink.MAVLINK_MSG_ID_LOCAL_POSITION_NED,
        mavlink.MAVLINK_MSG_ID_MEMINFO,
        mavlink.MAVLINK_MSG_ID_MOUNT_STATUS,
        mavlink.MAVLINK_MSG_ID_NAV_CONTROLLER_OUTPUT,
        mavlink.MAVLINK_MSG_ID_POWER_STATUS,
        mavlink.MAVLINK_MSG_ID_RADIO,
        mavlink.MAVLINK_MSG_ID_RADIO_STATUS,
        mavlink.MAVLINK_MSG_ID_RAW_IMU,
        mavlink.MAVLINK_MSG_ID_RC_CHANNELS,
        mavlink.MAVLINK_MSG_ID_RC_CHANNELS_RAW,
        mavlink.MAVLINK_MSG_ID_SCALED_IMU,
        mavlink.MAVLINK_MSG_ID_SCALED_IMU2,
        mavlink.MAVLINK_MSG_ID_SCALED_IMU3,
        mavlink.MAVLINK_MSG_ID_SCALED_PRESSURE,
        mavlink.MAVLINK_MSG_ID_SCALED_PRESSURE2,
        mavlink.MAVLINK_MSG_ID_SENSOR_OFFSETS,
        mavlink.MAVLINK_MSG_ID_SERVO_OUTPUT_RAW,
        mavlink.MAVLINK_MSG_ID_SIMSTATE,
        mavlink.MAVLINK_MSG_ID_SYS_STATUS,
        mavlink.MAVLINK_MSG_ID_SYSTEM_TIME,
        mavlink.MAVLINK_MSG_ID_TERRAIN_REPORT,
        mavlink.MAVLINK_MSG_ID_VFR_HUD,
        mavlink.MAVLINK_MSG_ID_VIBRATION,
        mavlink.MAVLINK_MSG_ID_WIND,
        mavlink.MAVLINK_MSG_ID_WIND_COV,
    }
)


def introduce(peer: Peer, autopilot: str, rate_hz: float) -> Talk[None]:
    """Ask for the streams, and once for version and home.

    What the vehicle does not know is left out; raises ``DeviceError`` when it does not answer at all.
    """
    try:
        for number in _FAST:
            yield from command(_interval(number, rate_hz), peer)
        yield from _if_known(command(_interval(mavlink.MAVLINK_MSG_ID_HEARTBEAT, BEAT_HZ), peer))
        for number in _SLOW.get(autopilot, _SLOW["ArduPilot"]):
            yield from _if_known(command(_interval(number, SLOW_HZ), peer))
        yield from _if_known(command(_interval(mavlink.MAVLINK_MSG_ID_HOME_POSITION, HOME_HZ), peer))
    except VehicleRefused:
        yield from _old_streams(peer, rate_hz)
    for number in (mavlink.MAVLINK_MSG_ID_AUTOPILOT_VERSION, mavlink.MAVLINK_MSG_ID_HOME_POSITION):
        yield from _if_known(once(peer, number))


def once(peer: Peer, number: int) -> Talk[None]:
    """Ask for one message now. Home is refused by an autopilot that has none yet: it sends it when it has."""
    yield from command(Command(mavlink.MAV_CMD_REQUEST_MESSAGE, f"message {number}", (float(number),)), peer)


def _interval(number: int, rate_hz: float) -> Command:
    name = f"message {number} at {rate_hz:.0f} Hz"
    return Command(mavlink.MAV_CMD_SET_MESSAGE_INTERVAL, name, (float(number), 1e6 / rate_hz))


def _if_known(talk: Talk[None]) -> Talk[None]:
    """Play ``talk``; a refusal is no failure."""
    try:
        yield from talk
    except VehicleRefused:
        return


def _old_streams(peer: Peer, rate_hz: float) -> Talk[None]:
    """REQUEST_DATA_STREAM, which has no answer: sent twice, then the messages themselves show whether it worked."""
    groups = {
        mavlink.MAV_DATA_STREAM_POSITION: rate_hz,
        mavlink.MAV_DATA_STREAM_EXTRA1: rate_hz,
        mavlink.MAV_DATA_STREAM_EXTENDED_STATUS: SLOW_HZ,
        mavlink.MAV_DATA_STREAM_EXTRA3: SLOW_HZ,
    }
    for group, hertz in (*groups.items(), *groups.items()):
        yield mavlink.MAVLink_request_data_stream_message(peer.system, peer.component, group, round(hertz), 1)

"""What each slow message says about a vehicle's state; pure functions, any thread."""

from collections.abc import Callable
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon
from app.domain.vehicle import VehicleState
from app.vehicle.frames import Message

SIMULATED_VENDOR = 0x4B53  # AUTOPILOT_VERSION.vendor_id of our simulated vehicle

_EKF_NEEDED = mavlink.EKF_ATTITUDE | mavlink.EKF_VELOCITY_HORIZ | mavlink.EKF_VELOCITY_VERT | mavlink.EKF_POS_VERT_ABS
_EKF_GLITCH = 0x8000  # EKF_GPS_GLITCHING, younger than some dialects
_EKF_BAD = mavlink.EKF_CONST_POS_MODE | mavlink.EKF_UNINITIALIZED | _EKF_GLITCH
_EKF_VARIANCE = 0.8  # ArduPilot's own limit, FS_EKF_THRESH
_ESTIMATOR_BAD = mavlink.ESTIMATOR_GPS_GLITCH | mavlink.ESTIMATOR_CONST_POS_MODE

Changes = dict[str, Any] | None  # fields of VehicleState; None when the message cannot be true


def _gps(message: Message, state: VehicleState) -> Changes:
    del state
    return {
        "gps_fix": message.fix_type,
        "satellites": message.satellites_visible if message.satellites_visible != 0xFF else None,
        "hdop": message.eph / 100.0 if message.eph != 0xFFFF else None,
    }


def _sys_status(message: Message, state: VehicleState) -> Changes:
    del state
    percent, millivolts = message.battery_remaining, message.voltage_battery
    prearm = mavlink.MAV_SYS_STATUS_PREARM_CHECK
    told = message.onboard_control_sensors_present & prearm
    return {
        "battery_percent": float(percent) if 0 <= percent <= 100 else None,
        "battery_v": millivolts / 1e3 if 0 < millivolts < 0xFFFF else None,
        "ready_to_arm": bool(message.onboard_control_sensors_health & prearm) if told else None,
    }


def _ekf(message: Message, state: VehicleState) -> Changes:
    """ArduCopter's own rule (ekf_position_ok): before arming, a predicted position is enough."""
    flags = message.flags
    position = flags & mavlink.EKF_POS_HORIZ_ABS
    if not state.armed:
        position |= flags & mavlink.EKF_PRED_POS_HORIZ_ABS
    variances = (message.velocity_variance, message.pos_horiz_variance, message.pos_vert_variance)
    sound = all(0.0 <= variance < _EKF_VARIANCE for variance in variances)  # false for NaN too
    return {"ekf_healthy": bool(position) and flags & _EKF_NEEDED == _EKF_NEEDED and not flags & _EKF_BAD and sound}


def _estimator(message: Message, state: VehicleState) -> Changes:
    """PX4's: its first flags are those of EKF_STATUS_REPORT; ratios above 1 are rejected measurements."""
    del state
    needed = _EKF_NEEDED | mavlink.EKF_POS_HORIZ_ABS
    ratios = (message.vel_ratio, message.pos_horiz_ratio, message.pos_vert_ratio)
    sound = all(0.0 <= ratio < 1.0 for ratio in ratios) and not message.flags & _ESTIMATOR_BAD
    return {"ekf_healthy": message.flags & needed == needed and sound}


def _home(message: Message, state: VehicleState) -> Changes:
    del state
    lat_deg, lon_deg = message.latitude / 1e7, message.longitude / 1e7
    if (message.latitude == 0 and message.longitude == 0) or abs(lat_deg) > 90.0 or abs(lon_deg) > 180.0:
        return None
    return {"home": LatLon(lat_deg, lon_deg), "home_altitude_m": message.altitude / 1e3}


def _version(message: Message, state: VehicleState) -> Changes:
    del state
    return {"simulated": message.vendor_id == SIMULATED_VENDOR}


PARTS: dict[int, Callable[[Message, VehicleState], Changes]] = {
    mavlink.MAVLINK_MSG_ID_GPS_RAW_INT: _gps,
    mavlink.MAVLINK_MSG_ID_SYS_STATUS: _sys_status,
    mavlink.MAVLINK_MSG_ID_EKF_STATUS_REPORT: _ekf,
    mavlink.MAVLINK_MSG_ID_ESTIMATOR_STATUS: _estimator,
    mavlink.MAVLINK_MSG_ID_HOME_POSITION: _home,
    mavlink.MAVLINK_MSG_ID_AUTOPILOT_VERSION: _version,
}

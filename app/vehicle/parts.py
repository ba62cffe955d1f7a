"""What each slow message says about a vehicle's state; pure functions, any thread."""

from collections.abc import Callable
from typing import Any, NamedTuple

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon
from app.domain.vehicle import VehicleState
from app.vehicle.frames import picker

SIMULATED_VENDOR = 0x4B53  # AUTOPILOT_VERSION.vendor_id of our simulated vehicle

_EKF_NEEDED = mavlink.EKF_ATTITUDE | mavlink.EKF_VELOCITY_HORIZ | mavlink.EKF_VELOCITY_VERT | mavlink.EKF_POS_VERT_ABS
_EKF_GLITCH = 0x8000  # EKF_GPS_GLITCHING, younger than some dialects
_EKF_BAD = mavlink.EKF_CONST_POS_MODE | mavlink.EKF_UNINITIALIZED | _EKF_GLITCH
_EKF_VARIANCE = 0.8  # ArduPilot's own limit, FS_EKF_THRESH
_ESTIMATOR_BAD = mavlink.ESTIMATOR_GPS_GLITCH | mavlink.ESTIMATOR_CONST_POS_MODE

Changes = dict[str, Any] | None  # fields of VehicleState; None when the message cannot be true


def _gps(state: VehicleState, fix_type: int, satellites: int, hdop_100: int) -> Changes:
    del state
    return {
        "gps_fix": fix_type,
        "satellites": satellites if satellites != 0xFF else None,
        "hdop": hdop_100 / 100.0 if hdop_100 != 0xFFFF else None,
    }


def _sys_status(state: VehicleState, percent: int, millivolts: int, present: int, health: int) -> Changes:
    del state
    prearm = mavlink.MAV_SYS_STATUS_PREARM_CHECK
    return {
        "battery_percent": float(percent) if 0 <= percent <= 100 else None,
        "battery_v": millivolts / 1e3 if 0 < millivolts < 0xFFFF else None,
        "ready_to_arm": bool(health & prearm) if present & prearm else None,
    }


def _ekf(state: VehicleState, flags: int, *variances: float) -> Changes:
    """ArduCopter's own rule (ekf_position_ok): before arming, a predicted position is enough."""
    position = flags & mavlink.EKF_POS_HORIZ_ABS
    if not state.armed:
        position |= flags & mavlink.EKF_PRED_POS_HORIZ_ABS
    sound = all(0.0 <= variance < _EKF_VARIANCE for variance in variances)  # false for NaN too
    return {"ekf_healthy": bool(position) and flags & _EKF_NEEDED == _EKF_NEEDED and not flags & _EKF_BAD and sound}


def _estimator(state: VehicleState, flags: int, *ratios: float) -> Changes:
    """PX4's: its first flags are those of EKF_STATUS_REPORT; ratios above 1 are rejected measurements."""
    del state
    needed = _EKF_NEEDED | mavlink.EKF_POS_HORIZ_ABS
    sound = all(0.0 <= ratio < 1.0 for ratio in ratios) and not flags & _ESTIMATOR_BAD
    return {"ekf_healthy": flags & needed == needed and sound}


def _home(state: VehicleState, latitude: int, longitude: int, altitude_mm: int) -> Changes:
    del state
    lat_deg, lon_deg = latitude / 1e7, longitude / 1e7
    if (latitude == 0 and longitude == 0) or abs(lat_deg) > 90.0 or abs(lon_deg) > 180.0:
        return None
    return {"home": LatLon(lat_deg, lon_deg), "home_altitude_m": altitude_mm / 1e3}


def _version(state: VehicleState, vendor_id: int, _product_id: int) -> Changes:
    del state
    return {"simulated": vendor_id == SIMULATED_VENDOR}


class Part(NamedTuple):
    """What one kind of message changes, from the fields that say it."""

    pick: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    changed: Callable[..., Changes]


PARTS = {
    mavlink.MAVLINK_MSG_ID_GPS_RAW_INT: Part(picker("GPS_RAW_INT", "fix_type", "satellites_visible", "eph"), _gps),
    mavlink.MAVLINK_MSG_ID_SYS_STATUS: Part(
        picker(
            "SYS_STATUS",
            *("battery_remaining", "voltage_battery"),
            *("onboard_control_sensors_present", "onboard_control_sensors_health"),
        ),
        _sys_status,
    ),
    mavlink.MAVLINK_MSG_ID_EKF_STATUS_REPORT: Part(
        picker("EKF_STATUS_REPORT", "flags", "velocity_variance", "pos_horiz_variance", "pos_vert_variance"), _ekf
    ),
    mavlink.MAVLINK_MSG_ID_ESTIMATOR_STATUS: Part(
        picker("ESTIMATOR_STATUS", "flags", "vel_ratio", "pos_horiz_ratio", "pos_vert_ratio"), _estimator
    ),
    mavlink.MAVLINK_MSG_ID_HOME_POSITION: Part(picker("HOME_POSITION", "latitude", "longitude", "altitude"), _home),
    mavlink.MAVLINK_MSG_ID_AUTOPILOT_VERSION: Part(picker("AUTOPILOT_VERSION", "vendor_id", "product_id"), _version),
}

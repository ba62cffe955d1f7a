"""What a vehicle sends in flight with all its streams on, for the figures of the link; pure."""

from collections.abc import Callable

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle.frames import Message

# Of a flight recorded with a real ArduCopter and a ground station that asks for every stream
# (dronekit_flight.tlog, 75 477 messages): these 23 came equally often, 3.5-3.8 % each, a heartbeat every second.
STREAMED = (
    mavlink.MAVLink_power_status_message,
    mavlink.MAVLink_sys_status_message,
    mavlink.MAVLink_meminfo_message,
    mavlink.MAVLink_mission_current_message,
    mavlink.MAVLink_fence_status_message,
    mavlink.MAVLink_gps_raw_int_message,
    mavlink.MAVLink_nav_controller_output_message,
    mavlink.MAVLink_raw_imu_message,
    mavlink.MAVLink_scaled_pressure_message,
    mavlink.MAVLink_scaled_imu2_message,
    mavlink.MAVLink_global_position_int_message,
    mavlink.MAVLink_rc_channels_message,
    mavlink.MAVLink_servo_output_raw_message,
    mavlink.MAVLink_attitude_message,
    mavlink.MAVLink_ahrs2_message,
    mavlink.MAVLink_vibration_message,
    mavlink.MAVLink_mount_status_message,
    mavlink.MAVLink_ekf_status_report_message,
    mavlink.MAVLink_vfr_hud_message,
    mavlink.MAVLink_ahrs_message,
    mavlink.MAVLink_hwstatus_message,
    mavlink.MAVLink_system_time_message,
    mavlink.MAVLink_terrain_report_message,
)
BEAT_EVERY = 2  # rounds of the above, which come at 2 Hz


def stream(count: int, system: int = 1) -> bytes:
    """``count`` messages of a vehicle that flies, all streams in their proportions."""
    round_size = len(STREAMED) * BEAT_EVERY + 1

    def said(number: int) -> Message:
        turn, at = divmod(number, round_size)
        if at == 0:
            return _beat()
        rounds, kind = divmod(at - 1, len(STREAMED))
        return _told(STREAMED[kind], number, 500 * (BEAT_EVERY * turn + rounds))

    return _packed(count, system, said)


def asked(count: int, system: int = 1) -> bytes:
    """``count`` messages of what the station itself asks for: position and attitude a third each, the rest beats."""
    kinds = (mavlink.MAVLink_attitude_message, mavlink.MAVLink_global_position_int_message)

    def said(number: int) -> Message:
        if number % 9 == 8:
            return _told(mavlink.MAVLink_sys_status_message, number, 10 * number)
        return _beat() if number % 3 == 2 else _told(kinds[number % 3], number, 10 * number)

    return _packed(count, system, said)


def _packed(count: int, system: int, said: Callable[[int], Message]) -> bytes:
    codec = mavlink.MAVLink(None, srcSystem=system, srcComponent=1)
    parts = []
    for number in range(count):
        parts.append(said(number).pack(codec))
        codec.seq = (codec.seq + 1) % 256
    return b"".join(parts)


def _beat() -> Message:
    return mavlink.MAVLink_heartbeat_message(2, 3, 217, 4, 4, 3)


def _told(kind: type[Message], number: int, boot_ms: int) -> Message:
    """One message; the fields nobody reads hold numbers that change, so that none is shortened."""
    if kind is mavlink.MAVLink_sys_status_message:
        return kind(*(0x2FFFF,) * 3, 300, 15800 - number % 50, 1200, 90, 0, 0, 0, 0, 0, 0)
    if kind is mavlink.MAVLink_gps_raw_int_message:
        return kind(1000 * boot_ms, 3, 473977419 + number, 85455938 - number, 528000, 80, 90, 120, 6800, 14)
    if kind is mavlink.MAVLink_global_position_int_message:
        return kind(boot_ms, 473977419 + number, 85455938 - number, 528000, 40000, 120, -80, 5, 6800)
    if kind is mavlink.MAVLink_attitude_message:
        return kind(boot_ms, 0.1, -0.05, 1.2 + 1e-6 * number, 0.01, 0.02, 0.03)
    if kind is mavlink.MAVLink_ekf_status_report_message:
        return kind(831, 0.1, 0.05, 0.04 + 1e-6 * number, 0.02, 0.0)
    count = kind.lengths
    return kind(*[[1 + number % 100] * length if length > 1 else 1 + number % 100 for length in count])

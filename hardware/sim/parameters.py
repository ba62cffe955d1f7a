"""The simulated autopilot's parameters, named and scaled as ArduCopter's; the world's thread."""

import math
from collections.abc import Mapping
from struct import Struct
from types import MappingProxyType

from hardware.sim.families import INT8, INT16, INT32, REAL32, families

_FLOAT, _INT = Struct("<f"), Struct("<i")

# name: (default, type); with those that do something in the simulation
TABLE: dict[str, tuple[float, int]] = families() | {
    "WPNAV_SPEED": (1000, REAL32),
    "WPNAV_SPEED_UP": (250, REAL32),
    "WPNAV_SPEED_DN": (150, REAL32),
    "WPNAV_ACCEL": (250, REAL32),
    "WPNAV_ACCEL_Z": (100, REAL32),
    "WPNAV_RADIUS": (200, REAL32),
    "WP_YAW_BEHAVIOR": (2, INT8),
    "GUID_TIMEOUT": (3, REAL32),
    "GUID_OPTIONS": (0, INT32),
    "DISARM_DELAY": (10, INT8),
    "LAND_SPEED": (50, INT16),
    "LAND_SPEED_HIGH": (0, INT16),
    "LAND_ALT_LOW": (1000, INT16),
    "RTL_ALT": (1500, INT32),
    "RTL_SPEED": (0, INT16),
    "RTL_LOIT_TIME": (5000, INT32),
    "BATT_CAPACITY": (5200, INT32),
    "BATT_LOW_VOLT": (14.0, REAL32),
    "BATT_CRT_VOLT": (13.6, REAL32),
    "BATT_LOW_MAH": (780, REAL32),
    "BATT_CRT_MAH": (312, REAL32),
    "BATT_FS_LOW_ACT": (2, INT8),
    "BATT_FS_CRT_ACT": (1, INT8),
    "FS_EKF_ACTION": (1, INT8),
    "FS_EKF_THRESH": (0.8, REAL32),
    "FS_GCS_ENABLE": (0, INT8),
    "FS_GCS_TIMEOUT": (5, REAL32),
    "ARMING_CHECK": (1, INT32),
    "SYSID_THISMAV": (1, INT16),
    "SYSID_MYGCS": (255, INT16),
    "ANGLE_MAX": (3000, INT16),
    "ATC_SLEW_YAW": (6000, REAL32),
    "LOIT_BRK_ACCEL": (250, REAL32),
    "FORMAT_VERSION": (120, INT16),
    "FRAME_CLASS": (1, INT8),
    "FRAME_TYPE": (1, INT8),
    "PILOT_THR_BHV": (0, INT16),
    "PILOT_SPEED_UP": (250, INT16),
    "PILOT_SPEED_DN": (0, INT16),
    "PILOT_ACCEL_Z": (250, INT16),
    "PILOT_TKOFF_ALT": (0, REAL32),
    "FS_THR_ENABLE": (1, INT8),
    "FS_THR_VALUE": (975, INT16),
    "FS_OPTIONS": (16, INT32),
    "FS_VIBE_ENABLE": (1, INT8),
    "FS_CRASH_CHECK": (1, INT8),
    "FENCE_ENABLE": (0, INT8),
    "FENCE_ACTION": (1, INT8),
    "FENCE_TYPE": (7, INT8),
    "FENCE_ALT_MAX": (100, REAL32),
    "FENCE_RADIUS": (300, REAL32),
    "FENCE_MARGIN": (2, REAL32),
    "FENCE_TOTAL": (0, INT8),
    "RALLY_TOTAL": (0, INT8),
    "MIS_TOTAL": (0, INT16),
    "MIS_RESTART": (0, INT8),
    "MIS_OPTIONS": (0, INT16),
    "AUTO_OPTIONS": (0, INT32),
    "BATT_MONITOR": (4, INT8),
    "BATT_AMP_PERVLT": (17, REAL32),
    "BATT_VOLT_MULT": (10.1, REAL32),
    "BATT_LOW_TIMER": (10, INT8),
    "BATT_ARM_VOLT": (0, REAL32),
    "BATT_ARM_MAH": (0, INT32),
    "EK3_ENABLE": (1, INT8),
    "EK3_IMU_MASK": (3, INT8),
    "EK3_SRC1_POSXY": (3, INT8),
    "EK3_SRC1_VELXY": (3, INT8),
    "EK3_SRC1_POSZ": (1, INT8),
    "EK3_SRC1_YAW": (1, INT8),
    "AHRS_EKF_TYPE": (3, INT8),
    "AHRS_ORIENTATION": (0, INT8),
    "AHRS_TRIM_X": (0, REAL32),
    "AHRS_TRIM_Y": (0, REAL32),
    "COMPASS_USE": (1, INT8),
    "COMPASS_ENABLE": (1, INT8),
    "COMPASS_DEC": (0, REAL32),
    "COMPASS_AUTODEC": (1, INT8),
    "GPS_TYPE": (1, INT8),
    "GPS_HDOP_GOOD": (140, INT16),
    "GPS_NAVFILTER": (8, INT8),
    "INS_GYRO_FILTER": (20, INT16),
    "INS_ACCEL_FILTER": (20, INT16),
    "MOT_SPIN_ARM": (0.1, REAL32),
    "MOT_SPIN_MIN": (0.15, REAL32),
    "MOT_SPIN_MAX": (0.95, REAL32),
    "MOT_THST_EXPO": (0.65, REAL32),
    "MOT_THST_HOVER": (0.39, REAL32),
    "MOT_BAT_VOLT_MAX": (16.8, REAL32),
    "MOT_BAT_VOLT_MIN": (13.2, REAL32),
    "ATC_ANG_RLL_P": (4.5, REAL32),
    "ATC_ANG_PIT_P": (4.5, REAL32),
    "ATC_ANG_YAW_P": (4.5, REAL32),
    "ATC_RAT_RLL_P": (0.135, REAL32),
    "ATC_RAT_PIT_P": (0.135, REAL32),
    "ATC_RAT_YAW_P": (0.18, REAL32),
    "PSC_POSXY_P": (1, REAL32),
    "PSC_POSZ_P": (1, REAL32),
    "PSC_VELXY_P": (2, REAL32),
    "PSC_VELZ_P": (5, REAL32),
    "LOIT_SPEED": (1250, REAL32),
    "LOIT_ACC_MAX": (500, REAL32),
    "CIRCLE_RADIUS": (1000, REAL32),
    "CIRCLE_RATE": (20, REAL32),
    "RTL_ALT_FINAL": (0, INT16),
    "RTL_CLIMB_MIN": (0, INT16),
    "RTL_CONE_SLOPE": (3, REAL32),
    "FLTMODE1": (7, INT8),
    "FLTMODE2": (9, INT8),
    "FLTMODE3": (6, INT8),
    "FLTMODE4": (3, INT8),
    "FLTMODE5": (5, INT8),
    "FLTMODE6": (0, INT8),
    "FLTMODE_CH": (5, INT8),
    "RC1_MIN": (1000, INT16),
    "RC1_MAX": (2000, INT16),
    "RC1_TRIM": (1500, INT16),
    "RC3_MIN": (1000, INT16),
    "RC3_MAX": (2000, INT16),
    "RC3_TRIM": (1000, INT16),
    "SERIAL0_BAUD": (115, INT32),
    "SERIAL0_PROTOCOL": (2, INT8),
    "SERIAL1_BAUD": (57, INT32),
    "SERIAL1_PROTOCOL": (2, INT8),
    "SR0_POSITION": (0, INT16),
    "SR0_EXTRA1": (0, INT16),
    "SR0_EXTRA2": (0, INT16),
    "SR0_EXTRA3": (0, INT16),
    "SR0_EXT_STAT": (0, INT16),
    "LOG_BITMASK": (176126, INT32),
    "LOG_DISARMED": (0, INT8),
    "TELEM_DELAY": (0, INT8),
    "TERRAIN_ENABLE": (1, INT8),
    "SCHED_LOOP_RATE": (400, INT16),
    "STAT_BOOTCNT": (1, INT16),
    "STAT_FLTTIME": (0, INT32),
}


class Parameters:
    """A table in force. Integer parameters travel as floats, as ArduPilot sends them, or ``bytewise``, as PX4 does.

    The simulation asks by ArduCopter's names and units; ``same`` has where another autopilot keeps the same thing, and
    what one of its units is in ArduCopter's.
    """

    def __init__(
        self,
        table: Mapping[str, tuple[float, int]],
        same: Mapping[str, tuple[str, float]] = MappingProxyType({}),
        bytewise: bool = False,
    ) -> None:
        self.names = tuple(sorted(table))
        self._table, self._same, self._bytewise = table, same, bytewise
        self._indices = {name: index for index, name in enumerate(self.names)}
        self._values = {name: float(value) for name, (value, _) in table.items()}

    def __getitem__(self, name: str) -> float:
        own, unit = self._same.get(name, (name, 1.0))
        return self._values[own] * unit

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def index(self, name: str) -> int:
        """Its place in ``names``."""
        return self._indices[name]

    def kind(self, name: str) -> int:
        """MAV_PARAM_TYPE of a parameter that is there."""
        return self._table[name][1]

    def put(self, name: str, value: float) -> None:
        """Set a parameter; one that is not there, or a value that is no number, changes nothing."""
        name, _ = self._same.get(name, (name, 1.0))
        if name in self._values and math.isfinite(value):
            self._values[name] = value if self.kind(name) == REAL32 else float(round(value))

    def put_sent(self, name: str, value: float) -> None:
        """Set a parameter by what a PARAM_SET holds."""
        whole = self._bytewise and self.kind(name) != REAL32
        self.put(name, float(_INT.unpack(_FLOAT.pack(value))[0]) if whole else value)

    def sent(self, name: str) -> float:
        """What a PARAM_VALUE holds."""
        whole = self._bytewise and self.kind(name) != REAL32
        value = self._values[name]
        return float(_FLOAT.unpack(_INT.pack(round(value)))[0]) if whole else value

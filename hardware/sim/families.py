"""Parameters of an ArduCopter that come in families and do nothing in the simulation; values, any thread.

Names, defaults and types as in ArduCopter 4.6; with them there are as many as on a real one (1357 were seen).
"""

from collections.abc import Iterator

INT8, INT16, INT32, REAL32 = 2, 4, 6, 9  # MAV_PARAM_TYPE

_CHANNEL = {"MIN": (1100, INT16), "TRIM": (1500, INT16), "MAX": (1900, INT16), "REVERSED": (0, INT8)}
_INPUT = _CHANNEL | {"DZ": (0, INT16), "OPTION": (0, INT16)}
_OUTPUT = _CHANNEL | {"FUNCTION": (0, INT16)}
_PORT = {"PROTOCOL": (2, INT8), "BAUD": (57, INT32), "OPTIONS": (0, INT32)}
_STREAMS = "RAW_SENS EXT_STAT RC_CHAN RAW_CTRL POSITION EXTRA1 EXTRA2 EXTRA3 PARAMS ADSB"
_BATTERY = {
    "MONITOR": (0, INT8), "CAPACITY": (3300, INT32), "SERIAL_NUM": (-1, INT32), "LOW_TIMER": (10, INT8),
    "FS_VOLTSRC": (0, INT8), "LOW_VOLT": (10.5, REAL32), "LOW_MAH": (0, REAL32), "CRT_VOLT": (0, REAL32),
    "CRT_MAH": (0, REAL32), "FS_LOW_ACT": (0, INT8), "FS_CRT_ACT": (0, INT8), "ARM_VOLT": (0, REAL32),
    "ARM_MAH": (0, INT32), "OPTIONS": (0, INT32), "VOLT_PIN": (-1, INT8), "CURR_PIN": (-1, INT8),
    "VOLT_MULT": (10.1, REAL32), "AMP_PERVLT": (17, REAL32), "AMP_OFFSET": (0, REAL32),
}  # fmt: skip
_RANGE = {
    "TYPE": (0, INT8), "PIN": (-1, INT8), "SCALING": (3, REAL32), "OFFSET": (0, REAL32), "FUNCTION": (0, INT8),
    "MIN_CM": (20, INT16), "MAX_CM": (700, INT16), "STOP_PIN": (-1, INT8), "RMETRIC": (1, INT8),
    "PWRRNG": (0, INT16), "GNDCLEAR": (10, INT8), "ADDR": (0, INT8), "POS_X": (0, REAL32), "POS_Y": (0, REAL32),
    "POS_Z": (0, REAL32), "ORIENT": (25, INT8),
}  # fmt: skip
_ITEMS = (
    "ALTITUDE BAT_VOLT RSSI CURRENT BATUSED SATS FLTMODE MESSAGE GSPEED HORIZON HOME HEADING THROTTLE COMPASS WIND "
    "ASPEED VSPEED ESCTEMP ESCRPM ESCAMPS GPSLAT GPSLONG ROLL PITCH TEMP HDOP WAYPOINT XTRACK DIST STATS FLTIME "
    "CLIMBEFF EFF BTEMP ATEMP BAT2_VLT BAT2USED ASPD2 ASPD1 CLK SIDEBARS CRSSHAIR HOMEDIST HOMEDIR POWER CELLVOLT "
    "BATTBAR ARMING PLUSCODE CALLSIGN CURRENT2 VTX_PWR TER_HGT AVGCELLV RESTVOLT FENCE RNGF ACRVOLT RPM LINK_Q"
)


def families() -> dict[str, tuple[float, int]]:
    """name: (default, type)."""
    return {name: (float(value), kind) for name, value, kind in _all()}


def _all() -> Iterator[tuple[str, float, int]]:
    numbered = (("RC", 1, 16, _INPUT), ("SERVO", 1, 32, _OUTPUT), ("SERIAL", 0, 9, _PORT), ("BATT", 2, 4, _BATTERY),
                ("RNGFND", 1, 3, _RANGE))  # fmt: skip
    for family, first, last, members in numbered:
        for number in range(first, last + 1):
            yield from ((f"{family}{number}_{member}", value, kind) for member, (value, kind) in members.items())
    for number in range(7):
        yield from ((f"SR{number}_{member}", 0, INT16) for member in _STREAMS.split())
    for screen in range(1, 5):
        for at, member in enumerate(_ITEMS.split()):
            yield f"OSD{screen}_{member}_EN", 0, INT8
            yield f"OSD{screen}_{member}_X", at % 30, INT8
            yield f"OSD{screen}_{member}_Y", at % 16, INT8
    for number in range(1, 4):
        yield from ((f"INS_TCAL{number}_{member}", value, REAL32) for member, value in _warming())


def _warming() -> Iterator[tuple[str, float]]:
    """Coefficients of temperature of one inertial unit."""
    yield from (("ENABLE", 0.0), ("TMIN", 0.0), ("TMAX", 70.0))
    for sensor in ("ACC", "GYR"):
        yield from ((f"{sensor}{power}_{axis}", 0.0) for power in (1, 2, 3) for axis in "XYZ")

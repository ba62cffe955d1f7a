"""Flight modes by name and number, ArduPilot's and PX4's; pure, any thread."""

from dataclasses import dataclass, field

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.errors import NotFound

AUTOPILOTS = {mavlink.MAV_AUTOPILOT_ARDUPILOTMEGA: "ArduPilot", mavlink.MAV_AUTOPILOT_PX4: "PX4"}

KINDS = {
    mavlink.MAV_TYPE_FIXED_WING: "fixed wing",
    mavlink.MAV_TYPE_QUADROTOR: "quadrotor",
    mavlink.MAV_TYPE_COAXIAL: "coaxial helicopter",
    mavlink.MAV_TYPE_HELICOPTER: "helicopter",
    mavlink.MAV_TYPE_GROUND_ROVER: "rover",
    mavlink.MAV_TYPE_SURFACE_BOAT: "boat",
    mavlink.MAV_TYPE_SUBMARINE: "submarine",
    mavlink.MAV_TYPE_HEXAROTOR: "hexarotor",
    mavlink.MAV_TYPE_OCTOROTOR: "octorotor",
    mavlink.MAV_TYPE_TRICOPTER: "tricopter",
    mavlink.MAV_TYPE_DODECAROTOR: "dodecarotor",
    mavlink.MAV_TYPE_DECAROTOR: "decarotor",
} | dict.fromkeys(range(19, 26), "VTOL")

_PLANES = {mavlink.MAV_TYPE_FIXED_WING, *range(19, 26)}
_ROVERS = {mavlink.MAV_TYPE_GROUND_ROVER, mavlink.MAV_TYPE_SURFACE_BOAT}
_STOPS = ("BRAKE", "LOITER", "HOLD")  # in the order in which they are tried

# custom_mode of PX4 is main mode << 16 | sub mode << 24 (px4_custom_mode.h); names as its ground stations show them
_PX4 = {
    "MANUAL": (1, 0),
    "ALTITUDE": (2, 0),
    "POSITION": (3, 0),
    "READY": (4, 1),
    "TAKEOFF": (4, 2),
    "HOLD": (4, 3),
    "MISSION": (4, 4),
    "RTL": (4, 5),
    "LAND": (4, 6),
    "FOLLOW": (4, 8),
    "PRECISION LAND": (4, 9),
    "ACRO": (5, 0),
    "OFFBOARD": (6, 0),
    "STABILIZED": (7, 0),
}
# what ArduPilot's pilots, and clients that show one list for all vehicles, call PX4's modes
_PX4_SAME = {
    "GUIDED": "OFFBOARD",
    "LOITER": "HOLD",
    "BRAKE": "HOLD",
    "AUTO": "MISSION",
    "STABILIZE": "STABILIZED",
    "ALT_HOLD": "ALTITUDE",
    "POSHOLD": "POSITION",
}
_PX4_ENDS = {"TAKEOFF": "HOLD"}


@dataclass(frozen=True)
class ModeTable:
    """The modes of one autopilot and kind of vehicle.

    ``guided`` is the mode in which position targets are followed; ``stops`` holds what this vehicle has. With
    ``streams`` that mode is entered and kept only while targets come, at least two a second.
    """

    autopilot: str
    numbers: dict[str, int]
    guided: str
    streams: bool = False
    same: dict[str, str] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)  # into what a mode changes by itself when it is done
    _names: dict[int, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", {number: name for name, number in self.numbers.items()})

    def name(self, custom_mode: int) -> str:
        """The mode's name, or "MODE n" for one that is not in the table."""
        return self._names.get(custom_mode, f"MODE {custom_mode}")

    def own_name(self, mode: str) -> str:
        """What this autopilot calls a mode that may be named as another one calls it."""
        return self.same.get(mode, mode)

    def number(self, mode: str) -> int:
        """custom_mode of ``mode``; raises ``NotFound`` that lists the modes there are."""
        if mode not in self.numbers:
            raise NotFound(
                f"This vehicle has no mode {mode!r}; it has {', '.join(sorted(self.numbers)) or 'none known'}"
            )
        return self.numbers[mode]

    @property
    def stops(self) -> tuple[str, ...]:
        """Modes that stop the vehicle where it is, best first."""
        return tuple(mode for mode in _STOPS if mode in self.numbers)


def _of_ardupilot(enum: str) -> ModeTable:
    prefix = enum + "_"
    entries = mavlink.enums[enum].items()
    numbers = {str(entry.name).removeprefix(prefix): int(n) for n, entry in entries if not entry.name.endswith("_END")}
    return ModeTable("ArduPilot", numbers, "GUIDED")


_COPTER, _PLANE = _of_ardupilot("COPTER_MODE"), _of_ardupilot("PLANE_MODE")
_ROVER, _SUB = _of_ardupilot("ROVER_MODE"), _of_ardupilot("SUB_MODE")
_PX4_TABLE = ModeTable(
    "PX4", {name: main << 16 | sub << 24 for name, (main, sub) in _PX4.items()}, "OFFBOARD", True, _PX4_SAME, _PX4_ENDS
)
_UNKNOWN = ModeTable("unknown", {}, "GUIDED")


def table_for(autopilot: int, kind: int) -> ModeTable:
    """The table for a heartbeat's MAV_AUTOPILOT and MAV_TYPE; an empty one for an autopilot not known here."""
    if autopilot == mavlink.MAV_AUTOPILOT_PX4:
        return _PX4_TABLE
    if autopilot != mavlink.MAV_AUTOPILOT_ARDUPILOTMEGA:
        return _UNKNOWN
    if kind in _PLANES:
        return _PLANE
    if kind in _ROVERS:
        return _ROVER
    return _SUB if kind == mavlink.MAV_TYPE_SUBMARINE else _COPTER

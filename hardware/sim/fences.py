"""Where the simulated vehicle may be: cylinder round home, polygons and circles of the fence list; the world's thread.

https://mavlink.io/en/services/mission.html#geofence; within one inclusion is enough, as with ArduCopter's FENCE_OPTIONS
and PX4 both, and no exclusion may be entered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag

from hardware.sim.missions import FENCE, MissionItem, Missions
from hardware.sim.modes import Situation

_CORNER_IN, _CORNER_OUT, _CIRCLE_IN, _CIRCLE_OUT = 5001, 5002, 5003, 5004  # MAV_CMD_NAV_FENCE_*


class Fence(IntFlag):
    """Bits of ArduCopter's FENCE_TYPE."""

    NONE = 0
    HEIGHT = 1
    CIRCLE = 2
    POLYGON = 4


@dataclass(frozen=True, slots=True)
class Cylinder:
    """Round home; None: no limit."""

    radius_m: float | None
    height_m: float | None


def breached(now: Situation, missions: Missions, cylinder: Cylinder) -> Fence:
    """What the vehicle is outside of; nothing when all is well."""
    found = Fence.NONE
    if cylinder.height_m is not None and now.up_m - now.home_up_m > cylinder.height_m:
        found |= Fence.HEIGHT
    if cylinder.radius_m is not None and abs(now.at - now.home_at) > cylinder.radius_m:
        found |= Fence.CIRCLE
    return found | (Fence.POLYGON if _outside(now.at, missions) else Fence.NONE)


def _outside(at: complex, missions: Missions) -> bool:
    items = missions.items(FENCE)
    inclusions: list[bool] = []
    exclusions: list[bool] = []
    index = 0
    while index < len(items):
        item = items[index]
        if item.command in {_CORNER_IN, _CORNER_OUT}:
            corners = items[index : index + max(1, int(item.params[0]))]
            inside = _contains([missions.place(one, 0.0, (0j, 0.0))[0] for one in corners], at)
            (inclusions if item.command == _CORNER_IN else exclusions).append(inside)
            index += len(corners)
            continue
        if item.command in {_CIRCLE_IN, _CIRCLE_OUT}:
            (inclusions if item.command == _CIRCLE_IN else exclusions).append(_in_circle(item, missions, at))
        index += 1
    return any(exclusions) or (bool(inclusions) and not any(inclusions))


def _in_circle(item: MissionItem, missions: Missions, at: complex) -> bool:
    return abs(missions.place(item, 0.0, (0j, 0.0))[0] - at) <= item.params[0]


def _contains(corners: Sequence[complex], at: complex) -> bool:
    """Whether a ray to the east crosses the edge an odd number of times."""
    inside = False
    for index, a in enumerate(corners):
        b = corners[index - 1]
        if (a.real > at.real) != (b.real > at.real):
            share = (at.real - a.real) / (b.real - a.real)
            inside ^= at.imag < a.imag + share * (b.imag - a.imag)
    return inside

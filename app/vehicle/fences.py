"""Geofences and rally points as values, and as the items of the mission protocol; pure, any thread.

https://mavlink.io/en/services/mission.html#geofence
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon
from app.errors import DeviceError
from app.vehicle.missions import MissionItem

Corners = tuple[LatLon, ...]
_RETURN = mavlink.MAV_CMD_NAV_FENCE_RETURN_POINT
_CORNER_IN, _CORNER_OUT = (
    mavlink.MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION,
    mavlink.MAV_CMD_NAV_FENCE_POLYGON_VERTEX_EXCLUSION,
)
_CIRCLE_IN, _CIRCLE_OUT = mavlink.MAV_CMD_NAV_FENCE_CIRCLE_INCLUSION, mavlink.MAV_CMD_NAV_FENCE_CIRCLE_EXCLUSION


@dataclass(frozen=True, slots=True)
class Circle:
    centre: LatLon
    radius_m: float


@dataclass(frozen=True, slots=True)
class Fence:
    """Areas not to be left and areas not to be entered; ``return_to``: where a breach leads, None: home."""

    inside: tuple[Corners, ...] = ()
    outside: tuple[Corners, ...] = ()
    circles_inside: tuple[Circle, ...] = ()
    circles_outside: tuple[Circle, ...] = ()
    return_to: LatLon | None = None

    def items(self) -> tuple[MissionItem, ...]:
        """As the vehicle wants them; each corner says how many its polygon has."""
        found = [_item(_CORNER_IN, corner, len(corners)) for corners in self.inside for corner in corners]
        found += [_item(_CORNER_OUT, corner, len(corners)) for corners in self.outside for corner in corners]
        found += [_item(_CIRCLE_IN, circle.centre, circle.radius_m) for circle in self.circles_inside]
        found += [_item(_CIRCLE_OUT, circle.centre, circle.radius_m) for circle in self.circles_outside]
        found += [_item(_RETURN, self.return_to, 0.0)] if self.return_to is not None else []
        return tuple(found)


@dataclass(frozen=True, slots=True)
class RallyPoint:
    """A place to return to instead of home; the height is above home."""

    position: LatLon
    height_m: float = 0.0

    def item(self) -> MissionItem:
        return MissionItem(mavlink.MAV_CMD_NAV_RALLY_POINT, self.position, self.height_m)


def fence(items: Sequence[MissionItem]) -> Fence:
    """The fence these items are. Raises ``DeviceError`` for what is none."""
    rest = iter(items)
    polygons: dict[int, list[Corners]] = {_CORNER_IN: [], _CORNER_OUT: []}
    circles: dict[int, list[Circle]] = {_CIRCLE_IN: [], _CIRCLE_OUT: []}
    back: LatLon | None = None
    for one in rest:
        if one.command in polygons:
            polygons[one.command].append(_corners(one, rest))
        elif one.command in circles:
            circles[one.command].append(Circle(one.position, one.parameters[0]))
        elif one.command == _RETURN:
            back = one.position
        else:
            raise DeviceError(f"The vehicle's geofence holds command {one.command}, which is no part of a geofence")
    areas = (tuple(polygons[_CORNER_IN]), tuple(polygons[_CORNER_OUT]))
    return Fence(*areas, tuple(circles[_CIRCLE_IN]), tuple(circles[_CIRCLE_OUT]), back)


def rally(items: Sequence[MissionItem]) -> tuple[RallyPoint, ...]:
    """The rally points these items are. Raises ``DeviceError`` for what is none."""
    for one in items:
        if one.command != mavlink.MAV_CMD_NAV_RALLY_POINT:
            raise DeviceError(f"The vehicle's rally points hold command {one.command}, which is no rally point")
    return tuple(RallyPoint(one.position, one.height_m) for one in items)


def _corners(first: MissionItem, rest: Iterator[MissionItem]) -> Corners:
    count = first.parameters[0]
    if not 3.0 <= count < 65_536.0:
        raise DeviceError(f"The vehicle's geofence has a polygon of {count:g} corners; three are the fewest")
    corners = [first.position]
    while len(corners) < count:
        one = next(rest, None)
        if one is None or one.command != first.command:
            raise DeviceError(f"The vehicle's geofence ends after {len(corners)} of a polygon's {count:g} corners")
        corners.append(one.position)
    return tuple(corners)


def _item(command: int, place: LatLon, figure: float) -> MissionItem:
    return MissionItem(command, place, 0.0, (float(figure), 0.0, 0.0, 0.0), mavlink.MAV_FRAME_GLOBAL)

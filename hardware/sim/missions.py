"""What the simulated autopilot keeps of missions, fence and rally points; the world's thread."""

from dataclasses import dataclass

from app.domain.geometry import LatLon, LocalPlane

MISSION, FENCE, RALLY = 0, 1, 2  # MAV_MISSION_TYPE
_ABSOLUTE = (0, 5)  # MAV_FRAME_GLOBAL, MAV_FRAME_GLOBAL_INT


@dataclass(frozen=True, slots=True)
class MissionItem:
    """One MISSION_ITEM_INT; ``x`` and ``y`` are degrees * 1e7."""

    frame: int
    command: int
    autocontinue: int
    params: tuple[float, float, float, float]
    x: int
    y: int
    z: float


class Missions:
    """The three lists; with ``home_first`` item 0 of the mission is home and always there."""

    def __init__(self, home_first: bool = True) -> None:
        self.first = int(home_first)  # the mission's first item that is flown
        self._items: dict[int, tuple[MissionItem, ...]] = {MISSION: (), FENCE: (), RALLY: ()}
        self.current = 0
        self.plane = LocalPlane(LatLon(0.0, 0.0))  # set by the world
        self.ground_m = 0.0  # altitude of the origin above mean sea level
        self.home = MissionItem(0, 16, 1, (0.0, 0.0, 0.0, 0.0), 0, 0, 0.0)

    def items(self, kind: int) -> tuple[MissionItem, ...]:
        """The list of one kind; a mission's item 0 is home as it is now, whatever was uploaded."""
        items = self._items[kind]
        return (self.home, *items[1:]) if self.first and kind == MISSION and items else items

    def replace(self, kind: int, items: tuple[MissionItem, ...]) -> None:
        self._items[kind] = items
        if kind == MISSION:
            self.current = 0

    def place(self, item: MissionItem, home_up_m: float, now: tuple[complex, float]) -> tuple[complex, float]:
        """Where an item lies: north + east·j and height above the origin; zeros mean where the vehicle is."""
        at, up_m = now
        if item.x or item.y:
            point = self.plane.to_plane(LatLon(item.x / 1e7, item.y / 1e7))
            at = complex(point.north_m, point.east_m)
        if item.z or item.command != 21:
            up_m = item.z - self.ground_m if item.frame in _ABSOLUTE else item.z + home_up_m
        return at, up_m

"""AUTO: the simulated autopilot flies its mission item by item; the world's thread."""

import math
from collections.abc import Callable

from hardware.sim.body import Demand
from hardware.sim.missions import MISSION, MissionItem, Missions
from hardware.sim.modes import Hold, Land, Mode, Rtl, Situation

_WAYPOINT, _LOITER, _LOITER_TIME, _RTL, _LAND, _TAKEOFF, _SPLINE = 16, 17, 19, 20, 21, 22, 82
_YAW, _JUMP, _SPEED = 115, 177, 178
_INFO = 6


class Auto:
    """Runs commands between two places at once, and flies the places one after the other."""

    def __init__(self, now: Situation, missions: Missions, say: Callable[[int, str], None]) -> None:
        self._missions = missions
        self._say = say
        self._last: Mode | None = None  # RTL, LAND or the hold after the last item
        self._goal: tuple[complex, float] | None = None
        self._reached_s: float | None = None
        self._heading_rad: float | None = None
        self._jumps: dict[int, int] = {}
        self.starting = now.landed  # on the ground it waits for MISSION_START or the throttle
        self.reached: list[int] = []  # to be told by MISSION_ITEM_REACHED
        missions.current = max(missions.current, missions.first)
        if not now.landed:
            self._begin(now)

    def start(self, now: Situation) -> None:
        """MISSION_START, or the pilot's throttle."""
        if self._goal is None and self._last is None:
            self._begin(now)

    def jump_to(self, now: Situation, index: int) -> None:
        """MISSION_SET_CURRENT in flight."""
        self._missions.current = index
        if not self.starting:
            self._last = None
            self._begin(now)

    def demand(self, now: Situation) -> Demand:
        if self._last is not None:
            return self._last.demand(now)
        if self._goal is None:
            return Demand(climb_mps=-1.0)
        self.starting = self.starting and now.landed
        item = self._missions.items(MISSION)[self._missions.current]
        if self._arrived(now, item):
            if item.command == _LAND:
                self._last = Land(now)
                return self._last.demand(now)
            self.reached.append(self._missions.current)
            self._missions.current += 1
            self._begin(now)
            return self.demand(now)
        return now.fly_to(*self._goal, self._heading_rad)

    def _arrived(self, now: Situation, item: MissionItem) -> bool:
        goal = self._goal or (now.at, now.up_m)
        near_m = max(1.0, now.parameters["WPNAV_RADIUS"] / 100.0)
        if abs(goal[0] - now.at) > near_m or abs(goal[1] - now.up_m) > 1.0:
            return False
        if item.command == _LOITER:
            return False
        self._reached_s = now.now_s if self._reached_s is None else self._reached_s
        wait_s = item.params[0] if item.command in {_WAYPOINT, _LOITER_TIME} else 0.0
        return now.now_s - self._reached_s >= wait_s

    def _begin(self, now: Situation) -> None:
        """Carry out what needs no time, up to the next place or the end."""
        items = self._missions.items(MISSION)
        self._reached_s = None
        for _ in range(1000):  # a mission of nothing but jumps must end too
            if self._missions.current >= len(items):
                break
            item = items[self._missions.current]
            if item.command in {_WAYPOINT, _LOITER, _LOITER_TIME, _TAKEOFF, _SPLINE, _RTL, _LAND}:
                self._say(_INFO, f"Mission: {self._missions.current} {_WORDS[item.command]}")
                self._fly(now, item)
                return
            self._do(now, item)
        self._missions.current = max(0, len(items) - 1)
        self._last = Hold(now)

    def _fly(self, now: Situation, item: MissionItem) -> None:
        if item.command == _RTL:
            self._last = Rtl(now)
        elif item.command == _LAND:
            self._goal = (self._missions.place(item, now.home_up_m, (now.at, now.up_m))[0], now.up_m)
        elif item.command == _TAKEOFF:
            self._goal = (now.at, now.home_up_m + item.z)
        else:
            self._goal = self._missions.place(item, now.home_up_m, (now.at, now.up_m))

    def _do(self, now: Situation, item: MissionItem) -> None:
        here = self._missions.current
        self._missions.current += 1
        if item.command == _SPEED and item.params[1] > 0.0:
            now.speed_mps = item.params[1]
        elif item.command == _YAW:
            turn = math.radians(item.params[0])
            self._heading_rad = now.heading_rad + turn * (item.params[2] or 1.0) if item.params[3] else turn
        elif item.command == _JUMP:
            left = self._jumps.setdefault(here, int(item.params[1]))
            if left:
                self._jumps[here] = left - 1 if left > 0 else left
                self._missions.current = max(self._missions.first, int(item.params[0]))
        else:
            self._say(_INFO, f"Mission: {here} command {item.command} not simulated, skipped")


_WORDS = {16: "WP", 17: "LoitUnlim", 19: "LoitTime", 20: "RTL", 21: "Land", 22: "Takeoff", 82: "SplineWP"}

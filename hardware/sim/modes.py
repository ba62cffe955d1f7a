"""The simulated autopilot's flight modes, each a small state that says what the body is to do; the world's thread.

Positions are believed ones, north + east·j of the origin in metres; heights are above the ground at the origin.
"""

import cmath
from dataclasses import dataclass
from typing import Protocol

from hardware.sim.body import Demand
from hardware.sim.parameters import Parameters
from hardware.sim.steering import climb, towards

# ArduCopter's numbers; PX4's modes are kept under those of their counterparts (hardware/sim/px4.py)
STABILIZE, ALT_HOLD, AUTO, GUIDED, LOITER, RTL, LAND, BRAKE = 0, 2, 3, 4, 5, 6, 9, 17
NAMES = {
    0: "STABILIZE", 1: "ACRO", 2: "ALT_HOLD", 3: "AUTO", 4: "GUIDED", 5: "LOITER", 6: "RTL", 7: "CIRCLE",
    9: "LAND", 11: "DRIFT", 13: "SPORT", 15: "AUTOTUNE", 16: "POSHOLD", 17: "BRAKE", 21: "SMART_RTL",
}  # fmt: skip
TAKEOFF = 1000  # a mode of its own only for PX4
NEED_POSITION = {AUTO, GUIDED, LOITER, RTL, 7, 11, 16, BRAKE, 21}
NOT_ARMABLE = {RTL, LAND, BRAKE, 7, 11, 15, 21}


@dataclass(slots=True)
class Situation:
    """What a mode looks at, refreshed each step."""

    parameters: Parameters
    now_s: float = 0.0
    at: complex = 0j
    up_m: float = 0.0
    velocity: complex = 0j
    heading_rad: float = 0.0
    landed: bool = True
    home_at: complex = 0j
    home_up_m: float = 0.0
    speed_mps: float = 10.0  # WPNAV_SPEED or what DO_CHANGE_SPEED asked

    @property
    def accel_mps2(self) -> float:
        return max(0.5, self.parameters["WPNAV_ACCEL"] / 100.0)

    def rise(self, to_up_m: float) -> float:
        accel = max(0.25, self.parameters["WPNAV_ACCEL_Z"] / 100.0)
        up, down = self.parameters["WPNAV_SPEED_UP"] / 100.0, self.parameters["WPNAV_SPEED_DN"] / 100.0
        return climb(to_up_m - self.up_m, up, down, accel)

    def fly_to(self, goal: complex, up_m: float, heading_rad: float | None = None) -> Demand:
        """Demand that flies to a place, nose first from afar unless a heading is given."""
        to_go = goal - self.at
        if heading_rad is None and abs(to_go) > 3.0 and self.parameters["WP_YAW_BEHAVIOR"] != 0:
            heading_rad = cmath.phase(to_go)
        return Demand(towards(to_go, self.speed_mps, self.accel_mps2), self.rise(up_m), heading_rad)


class Mode(Protocol):
    """One flight mode between its entry and its end."""

    def demand(self, now: Situation) -> Demand:
        """What the body is to do in this step."""
        ...


class Hold:
    """LOITER and the manual modes with the sticks at centre: stop, then stay."""

    def __init__(self, now: Situation) -> None:
        self._goal: complex | None = None
        self._up_m = now.up_m

    def demand(self, now: Situation) -> Demand:
        if self._goal is None:
            if abs(now.velocity) > 0.3:
                return Demand(0j, now.rise(self._up_m))
            self._goal = now.at
        return Demand(towards(self._goal - now.at, 2.0, now.accel_mps2), now.rise(self._up_m))


class Land:
    """Descend where it is, slower near the ground."""

    def __init__(self, now: Situation) -> None:
        self._hold = Hold(now)

    def demand(self, now: Situation) -> Demand:
        slow = now.parameters["LAND_SPEED"] / 100.0
        fast = max(slow, now.parameters["WPNAV_SPEED_DN"] / 100.0)
        low_m = now.parameters["LAND_ALT_LOW"] / 100.0
        sink = min(fast, slow + 0.5 * max(0.0, now.up_m - low_m))
        return Demand(self._hold.demand(now).velocity, -max(0.2, sink))


class Rtl:
    """Climb to RTL_ALT, fly home, wait, land."""

    def __init__(self, now: Situation) -> None:
        self._from = now.at
        self._up_m = max(now.up_m, now.home_up_m + now.parameters["RTL_ALT"] / 100.0)
        self._climbed = False
        self._home_s: float | None = None
        self._land: Land | None = None

    def demand(self, now: Situation) -> Demand:
        if self._land is not None:
            return self._land.demand(now)
        self._climbed = self._climbed or now.up_m > self._up_m - 0.5
        if not self._climbed:
            return now.fly_to(self._from, self._up_m, now.heading_rad)
        if abs(now.home_at - now.at) < 2.0:
            self._home_s = now.now_s if self._home_s is None else self._home_s
            if now.now_s - self._home_s >= now.parameters["RTL_LOIT_TIME"] / 1000.0:
                self._land = Land(now)
        return now.fly_to(now.home_at, self._up_m)


class Guided:
    """Follow the station: take-off, a place, or a velocity that times out."""

    def __init__(self, now: Situation) -> None:
        self._rest: Hold = Hold(now)
        self._goal: tuple[complex, float] | None = None
        self._velocity: tuple[complex, float] | None = None
        self._until_s = 0.0
        self._heading_rad: float | None = None
        self.flying = not now.landed

    def take_off(self, now: Situation, up_m: float) -> None:
        self.flying = True
        self._heading_rad = now.heading_rad
        self._goal, self._velocity = (now.at, up_m), None

    def go(self, goal: complex, up_m: float, heading_rad: float | None) -> None:
        self.flying = True
        self._goal, self._velocity, self._heading_rad = (goal, up_m), None, heading_rad

    def move(self, now: Situation, velocity: complex, climb_mps: float, heading_rad: float | None) -> None:
        self.flying = True
        self._goal, self._velocity, self._heading_rad = None, (velocity, climb_mps), heading_rad
        self._until_s = now.now_s + now.parameters["GUID_TIMEOUT"]

    def turn(self, heading_rad: float) -> None:
        self._heading_rad = heading_rad

    @property
    def goal(self) -> tuple[complex, float] | None:
        """Where it is flying to, and the height."""
        return self._goal

    def demand(self, now: Situation) -> Demand:
        if not self.flying:
            return Demand(climb_mps=-1.0)
        if self._velocity is not None:
            if now.now_s <= self._until_s:
                return Demand(self._velocity[0], self._velocity[1], self._heading_rad)
            self._velocity, self._rest = None, Hold(now)
        if self._goal is not None:
            return now.fly_to(*self._goal, self._heading_rad)
        rest = self._rest.demand(now)
        return Demand(rest.velocity, rest.climb_mps, self._heading_rad)

"""What the simulated autopilot watches over in flight: battery, fence, position filter; the world's thread."""

from dataclasses import dataclass
from typing import Protocol

from hardware.sim import modes
from hardware.sim.body import Battery
from hardware.sim.estimator import Estimator
from hardware.sim.fences import Cylinder, Fence, breached
from hardware.sim.missions import Missions
from hardware.sim.modes import Situation
from hardware.sim.parameters import Parameters

LOOK_S = 0.5
CRITICAL, WARNING, NOTICE = 2, 4, 5  # MAV_SEVERITY
_FENCES = {Fence.HEIGHT: "Max Alt", Fence.CIRCLE: "Circle", Fence.POLYGON: "Polygon"}


class Pilot(Protocol):
    """What is needed of the autopilot."""

    battery: Battery
    estimator: Estimator
    parameters: Parameters
    now: Situation
    missions: Missions
    mode_number: int
    armed: bool

    def say(self, severity: int, text: str, /) -> None: ...
    def fail_safe(self, cause: str, mode: int | None) -> None: ...


@dataclass(slots=True)
class FenceWatch:
    """What FENCE_STATUS tells of."""

    outside: Fence = Fence.NONE
    count: int = 0
    since_ms: int = 0

    def look(self, outside: Fence, now_ms: int) -> Fence:
        """Take what is breached now; returns what was not before."""
        fresh = outside & ~self.outside
        if fresh:
            self.count, self.since_ms = self.count + 1, now_ms
        self.outside = outside
        return fresh


class Failsafes(Protocol):
    fence: FenceWatch

    def step(self) -> None:
        """Called each step of the world."""
        ...


class CopterFailsafes:
    """ArduCopter's."""

    def __init__(self, pilot: Pilot) -> None:
        self._pilot = pilot
        self.fence = FenceWatch()
        self._due_s = 0.0
        self._battery_level = 0  # 1: low, 2: critical; each acts once
        self._ekf_bad_s: float | None = None

    def step(self) -> None:
        now_s = self._pilot.now.now_s
        if now_s >= self._due_s:
            self._due_s = now_s + LOOK_S
            self._watch_battery()
            self._watch_fence()
        self._watch_filter()

    def _watch_battery(self) -> None:
        pilot, battery = self._pilot, self._pilot.battery
        left_mah = battery.capacity_mah - battery.used_mah
        levels = (("LOW", "low"), ("CRT", "critical"))
        for level, (name, word) in enumerate(levels, start=1):
            empty = battery.volts < pilot.parameters[f"BATT_{name}_VOLT"]
            if level <= self._battery_level or not (empty or left_mah < pilot.parameters[f"BATT_{name}_MAH"]):
                continue
            self._battery_level = level
            pilot.say(WARNING, f"Battery 1 is {word} {battery.volts:.2f}V used {battery.used_mah:.0f} mAh")
            action = int(pilot.parameters[f"BATT_FS_{name}_ACT"])
            pilot.fail_safe("Battery", {1: modes.LAND, 2: modes.RTL}.get(action))
        if battery.percent > 30.0:
            self._battery_level = 0

    def _watch_fence(self) -> None:
        """FENCE_TYPE says which are watched, FENCE_ACTION what follows a breach; each breach acts once."""
        pilot, now = self._pilot, self._pilot.now
        cylinder = Cylinder(pilot.parameters["FENCE_RADIUS"], pilot.parameters["FENCE_ALT_MAX"])
        watched = Fence(int(pilot.parameters["FENCE_TYPE"]) & 7)
        if pilot.parameters["FENCE_ENABLE"] != 1.0 or not pilot.armed:
            watched = Fence.NONE
        before = self.fence.outside
        fresh = self.fence.look(breached(now, pilot.missions, cylinder) & watched, round(now.now_s * 1e3))
        if fresh and not now.landed:
            names = " and ".join(name for kind, name in _FENCES.items() if kind & fresh)
            pilot.say(CRITICAL, f"{names} fence breached")
            action = int(pilot.parameters["FENCE_ACTION"])
            if action:
                pilot.fail_safe("Fence", {2: modes.LAND, 4: modes.BRAKE}.get(action, modes.RTL))
        elif before and not self.fence.outside:
            pilot.say(NOTICE, "Fence breach cleared")

    def _watch_filter(self) -> None:
        pilot, now_s = self._pilot, self._pilot.now.now_s
        if not pilot.estimator.failed:
            self._ekf_bad_s = None
        elif self._ekf_bad_s is None:
            self._ekf_bad_s = now_s
            pilot.say(CRITICAL, "EKF variance")
        elif now_s - self._ekf_bad_s >= 1.0 and pilot.mode_number in modes.NEED_POSITION:
            action = pilot.parameters["FS_EKF_ACTION"]
            pilot.fail_safe("EKF", modes.LAND if action in {1.0, 3.0} else modes.ALT_HOLD)

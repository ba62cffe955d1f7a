"""The simulated autopilot in PX4's manners: its modes, OFFBOARD, arming, failsafes, parameters; the world's thread.

From PX4's documentation (docs.px4.io, 1.13 to 1.16) and published source; no real PX4 was there to compare with.
"""

import math
from collections.abc import Callable
from typing import ClassVar

from hardware.sim import modes
from hardware.sim.autopilot import ACCEPTED, CRITICAL, DENIED, INFO, REJECTED, UNSUPPORTED, Autopilot
from hardware.sim.failsafes import LOOK_S, Failsafes, FenceWatch
from hardware.sim.fences import Cylinder, Fence, breached
from hardware.sim.modes import Guided, Hold, Land, Mode, Rtl, Situation
from hardware.sim.parameters import Parameters
from hardware.sim.patrol import Auto
from hardware.sim.px4parameters import SAME, TABLE

# mode as kept here: (main mode, sub mode), px4_custom_mode.h
_WIRE = {
    modes.STABILIZE: (7, 0), 1: (5, 0), modes.ALT_HOLD: (2, 0), 16: (3, 0), modes.GUIDED: (6, 0),
    modes.TAKEOFF: (4, 2), modes.LOITER: (4, 3), modes.AUTO: (4, 4), modes.RTL: (4, 5), modes.LAND: (4, 6),
}  # fmt: skip
_NUMBERS = {wire: number for number, wire in _WIRE.items()}
_NEED_POSITION = {16, modes.GUIDED, modes.TAKEOFF, modes.LOITER, modes.AUTO, modes.RTL}
_NOT_ARMABLE = {modes.RTL, modes.LAND}
POSITION = 16
STREAM_S = 1.0  # targets must have come for so long before OFFBOARD is entered
REACHED_M = 0.5


def number_of(custom_mode: int) -> int:
    """The mode as kept here of one as the wire has it; -1 for one that is none."""
    return _NUMBERS.get((custom_mode >> 16 & 0xFF, custom_mode >> 24 & 0xFF), -1)


class Px4(Autopilot):
    """Modes are numbered as ArduCopter's counterparts; only the heartbeat and DO_SET_MODE tell them as PX4 does."""

    names: ClassVar[dict[int, str]] = {
        modes.STABILIZE: "STABILIZED", 1: "ACRO", modes.ALT_HOLD: "ALTITUDE", 16: "POSITION", modes.GUIDED: "OFFBOARD",
        modes.TAKEOFF: "TAKEOFF", modes.LOITER: "HOLD", modes.AUTO: "MISSION", modes.RTL: "RTL", modes.LAND: "LAND",
    }  # fmt: skip
    asked_streams, home_first, located = False, False, "GPS checks passed"
    text = "PX4 v1.15.0 (Kestrel sim)"
    _stream: tuple[float, float] | None = None  # since when targets have come without a gap, and when the last came
    _climb_to_m: float | None = None

    @property
    def custom_mode(self) -> int:
        main, sub = _WIRE[self.mode_number]
        return main << 16 | sub << 24

    @property
    def streaming(self) -> bool:
        """Targets come often enough that OFFBOARD may go on."""
        return self._stream is not None and self.now.now_s - self._stream[1] <= self.parameters["GUID_TIMEOUT"]

    def step(self, dt_s: float, now_s: float) -> None:
        super().step(dt_s, now_s)
        if not self.armed:
            return
        if self.mode_number == modes.GUIDED and not self.streaming:
            self._without_targets()
        elif self.mode_number == modes.TAKEOFF and self._climbed():
            self.set_mode(modes.LOITER)
        elif isinstance(self.mode, Auto) and self.mode.starting:
            self.mode.start(self.now)

    def arm(self, force: bool) -> int:
        if self.armed:
            return ACCEPTED
        problem = "" if force else self.problem()
        if problem:
            self.say(CRITICAL, f"Preflight Fail: {problem}")
            self.say(CRITICAL, "Arming denied: Resolve system health failures first")
            return REJECTED
        self._begin_flight()
        self.say(INFO, "Armed by external command")
        return ACCEPTED

    def disarm(self, force: bool) -> int:
        if self.armed and not self.now.landed and not force:
            self.say(CRITICAL, "Disarming denied: not landed")
            return REJECTED
        if self.armed:
            self.armed = False
            self.say(INFO, "Disarmed by external command" if not force else "Disarmed by landing")
            if self.mode_number in {modes.RTL, modes.LAND, modes.TAKEOFF}:
                self._enter(modes.LOITER)
        return ACCEPTED

    def problem(self) -> str:
        known = self.estimator
        checks = (
            (self.mode_number in _NOT_ARMABLE, "mode not suitable for takeoff"),
            (self.mode_number == modes.GUIDED and not self.streaming, "no offboard signal"),
            (known.fix_type < 3, "GPS fix too low"),
            (not known.ready, "ekf2 not ready"),
            (self.battery.percent < 100.0 * self.parameters["BAT_CRIT_THR"], "low battery"),
        )
        return next((text for failed, text in checks if failed), "")

    def set_mode(self, number: int) -> int:
        """Any mode while disarmed; in flight only one that can be flown now."""
        if number not in self.names:
            self.say(CRITICAL, "Unsupported auto mode")
            return REJECTED
        reason = ""
        if number in _NEED_POSITION and not self.estimator.has_position:
            reason = "no valid position estimate"
        elif number == modes.GUIDED and not (self.streaming and self._long_enough()):
            reason = "no offboard signal"
        elif number == modes.AUTO and not self.missions.items(0):
            reason = "no valid mission available"
        if reason and self.armed:
            self.say(CRITICAL, f"{self.names[number].title()} not available: {reason}")
            return REJECTED
        if number != self.mode_number:
            self._enter(number)
        return ACCEPTED

    def take_off(self, height_m: float) -> int:
        """NAV_TAKEOFF: ``height_m`` is above mean sea level; no number: MIS_TAKEOFF_ALT above home."""
        up_m = height_m - self.missions.ground_m
        if not math.isfinite(height_m):
            up_m = self.now.home_up_m + self.parameters["MIS_TAKEOFF_ALT"]
        self._climb_to_m = up_m
        return self.set_mode(modes.TAKEOFF)

    def target_heard(self) -> None:
        now_s = self.now.now_s
        since_s = self._stream[0] if self._stream is not None and self.streaming else now_s
        self._stream = (since_s, now_s)

    @property
    def steerable(self) -> bool:
        """OFFBOARD takes off, too, when its targets say so."""
        return self.armed and self.mode_number == modes.GUIDED

    def reposition(self, at: complex, up_m: float, change_mode: bool) -> int:
        """DO_REPOSITION: in HOLD, which it changes to."""
        if not change_mode:
            return UNSUPPORTED
        if self.now.landed or self.set_mode(modes.LOITER) != ACCEPTED or not isinstance(self.mode, Guided):
            return REJECTED if not self.now.landed else DENIED
        self.mode.go(at, up_m, None)
        return ACCEPTED

    def fail_safe(self, cause: str, mode: int | None) -> None:
        if mode is None or not self.armed or self.now.landed or self.mode_number in {mode, modes.LAND}:
            return
        if self.set_mode(mode) != ACCEPTED:
            mode = modes.LAND
            self._enter(mode)
        self.say(CRITICAL, f"Failsafe activated: {cause}, switching to {self.names[mode].title()}")

    def _parameters(self) -> Parameters:
        return Parameters(TABLE, SAME, bytewise=True)

    def _failsafes(self) -> Failsafes:
        return _Px4Failsafes(self)

    def _long_enough(self) -> bool:
        return self._stream is not None and self._stream[1] - self._stream[0] >= STREAM_S

    def _without_targets(self) -> None:
        """COM_OBL_RC_ACT: to Position by default, since this vehicle's pilot has a transmitter."""
        action = int(self.parameters["COM_OBL_RC_ACT"])
        self.fail_safe("no offboard signal", {3: modes.RTL, 4: modes.LAND, 5: modes.LOITER}.get(action, POSITION))

    def _climbed(self) -> bool:
        return self._climb_to_m is not None and abs(self.now.up_m - self._climb_to_m) < REACHED_M

    def _usual_speed_mps(self) -> float:
        top = self.mode_number == modes.GUIDED  # OFFBOARD's places are flown to as fast as the vehicle may go at all
        return self.parameters["MPC_XY_VEL_MAX" if top else "MPC_XY_CRUISE"]

    def _restart_mode(self) -> None:
        if self.mode_number == modes.AUTO:
            self.mode = Auto(self.now, self.missions, self.say)
            return
        makers: dict[int, Callable[[Situation], Mode]] = {
            modes.GUIDED: Guided, modes.LOITER: Guided, modes.RTL: Rtl, modes.LAND: Land, modes.TAKEOFF: self._takeoff,
        }  # fmt: skip
        self.mode = makers.get(self.mode_number, Hold)(self.now)

    def _takeoff(self, now: Situation) -> Mode:
        guided = Guided(now)
        if self._climb_to_m is None:
            self._climb_to_m = now.home_up_m + self.parameters["MIS_TAKEOFF_ALT"]
        guided.take_off(now, max(now.up_m, self._climb_to_m))
        return guided


class _Px4Failsafes:
    """Battery by COM_LOW_BAT_ACT, fence by GF_ACTION, a lost position by landing."""

    def __init__(self, pilot: Px4) -> None:
        self._pilot = pilot
        self.fence = FenceWatch()
        self._due_s = 0.0
        self._battery_level = 0

    def step(self) -> None:
        pilot, now_s = self._pilot, self._pilot.now.now_s
        if now_s < self._due_s:
            return
        self._due_s = now_s + LOOK_S
        self._watch_battery()
        self._watch_fence()
        if pilot.estimator.failed and pilot.mode_number in _NEED_POSITION:
            pilot.fail_safe("Position estimate lost", modes.LAND)

    def _watch_battery(self) -> None:
        pilot = self._pilot
        steps = (
            ("LOW", "Low battery level"),
            ("CRIT", "Critical battery level"),
            ("EMERGEN", "Dangerous battery level"),
        )
        act = int(pilot.parameters["COM_LOW_BAT_ACT"])
        wanted = {0: (None,) * 3, 2: (None, modes.LAND, modes.LAND), 3: (None, modes.RTL, modes.LAND)}
        for level, (name, words) in enumerate(steps, start=1):
            if level > self._battery_level and pilot.battery.percent < 100.0 * pilot.parameters[f"BAT_{name}_THR"]:
                self._battery_level = level
                pilot.say(CRITICAL, words)
                pilot.fail_safe(words, wanted.get(act, wanted[0])[level - 1])
        if pilot.battery.percent > 30.0:
            self._battery_level = 0

    def _watch_fence(self) -> None:
        pilot, now = self._pilot, self._pilot.now
        far_m, high_m = pilot.parameters["GF_MAX_HOR_DIST"], pilot.parameters["GF_MAX_VER_DIST"]
        outside = breached(now, pilot.missions, Cylinder(far_m or None, high_m or None)) if pilot.armed else Fence.NONE
        if self.fence.look(outside, round(now.now_s * 1e3)) and not now.landed:
            pilot.say(CRITICAL, "Geofence violated")
            action = int(pilot.parameters["GF_ACTION"])
            pilot.fail_safe("Geofence violated", {2: modes.LOITER, 3: modes.RTL, 5: modes.LAND}.get(action))

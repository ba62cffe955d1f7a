"""The simulated autopilot: arming, modes, failsafes, in ArduCopter's manners; the world's thread."""

import math
from collections.abc import Callable
from typing import ClassVar

from hardware.sim import modes
from hardware.sim.body import Battery, Body
from hardware.sim.estimator import Estimator
from hardware.sim.failsafes import CopterFailsafes, Failsafes
from hardware.sim.missions import Missions
from hardware.sim.modes import Guided, Hold, Land, Mode, Rtl, Situation
from hardware.sim.parameters import TABLE, Parameters
from hardware.sim.patrol import Auto

ACCEPTED, REJECTED, DENIED, UNSUPPORTED, FAILED = 0, 1, 2, 3, 4  # MAV_RESULT
EMERGENCY, CRITICAL, WARNING, INFO = 0, 2, 4, 6  # MAV_SEVERITY


class Autopilot:
    """Decides what the body does. ``say`` takes (severity, text) of each STATUSTEXT.

    In ArduCopter's manners; ``hardware.sim.px4`` has another's.
    """

    names: ClassVar[dict[int, str]] = modes.NAMES
    home_first = True  # item 0 of a mission is home
    located = "EKF3 IMU0 is using GPS"
    asked_streams = True  # little is sent until it is asked for, by REQUEST_DATA_STREAM too
    text = "ArduCopter V4.6.0-dev (Kestrel sim)"

    def __init__(self, body: Body, battery: Battery, estimator: Estimator, say: Callable[[int, str], None]) -> None:
        self.body, self.battery, self.estimator, self.say = body, battery, estimator, say
        self.parameters = self._parameters()
        self.missions = Missions(self.home_first)
        self.now = Situation(self.parameters)
        self.mode_number = modes.STABILIZE
        self.mode: Mode = Hold(self.now)
        self.armed = False
        self.home_set = False
        self.failsafes: Failsafes = self._failsafes()
        self._idle_since_s = 0.0

    def step(self, dt_s: float, now_s: float) -> None:
        self._look(now_s)
        if not self.home_set and self.estimator.has_position:
            self.set_home(self.now.at, self.now.up_m)
            self.say(INFO, self.located)
        demand = self.mode.demand(self.now) if self.armed else None
        accel_z = max(0.25, self.parameters["WPNAV_ACCEL_Z"] / 100.0)
        self.body.step(dt_s, demand, self.now.accel_mps2, accel_z)
        self._watch_ground()
        self.failsafes.step()

    @property
    def custom_mode(self) -> int:
        """The mode as the heartbeat tells it."""
        return self.mode_number

    def arm(self, force: bool) -> int:
        if self.armed:
            return ACCEPTED
        problem = "" if force else self.problem()
        if problem:
            self.say(CRITICAL, f"Arm: {problem}")
            return FAILED
        self._begin_flight()
        self.say(INFO, "Arming motors")
        return ACCEPTED

    def _begin_flight(self) -> None:
        """The motors run, and home is here."""
        self.armed = True
        self._idle_since_s = self.now.now_s
        self.set_home(self.now.at, self.now.up_m)
        self._restart_mode()

    def disarm(self, force: bool) -> int:
        if self.armed and not self.now.landed and not force:
            return FAILED
        if self.armed:
            self.armed = False
            self.say(INFO, "Disarming motors")
        return ACCEPTED

    def problem(self) -> str:
        """Why it would not arm now; empty when it would."""
        known = self.estimator
        checks = (
            (self.mode_number in modes.NOT_ARMABLE, "Mode not armable"),
            (known.fix_type < 3, "GPS 1: Bad fix"),
            (not known.has_position, "Need Position Estimate"),
            (known.glitching, "GPS 1: High GPS HDOP"),
            (not known.ready, "AHRS: EKF3 is still aligning"),
            (self.battery.volts < self.parameters["BATT_CRT_VOLT"], "Battery 1 below minimum arming voltage"),
        )
        return next((text for failed, text in checks if failed), "")

    def set_mode(self, number: int) -> int:
        """Change the flight mode; says why when it does not."""
        if number not in modes.NAMES:
            self.say(WARNING, f"Mode change failed: No such mode {number}")
            return FAILED
        reason = ""
        if number in modes.NEED_POSITION and not self.estimator.has_position:
            reason = "requires position"
        elif number == modes.AUTO and len(self.missions.items(0)) < 2:
            reason = "no mission"
        if reason:
            self.say(WARNING, f"Mode change to {modes.NAMES[number]} failed: {reason}")
            return FAILED
        if number != self.mode_number:
            self._enter(number)
        return ACCEPTED

    def _enter(self, number: int) -> None:
        self.mode_number = number
        self.now.speed_mps = self._usual_speed_mps()
        self._restart_mode()

    def take_off(self, height_m: float) -> int:
        ready = self.armed and isinstance(self.mode, Guided) and self.now.landed
        if not ready or not math.isfinite(height_m) or height_m <= 0.0:
            return FAILED
        self.guided().take_off(self.now, self.now.home_up_m + height_m)
        return ACCEPTED

    def guided(self) -> Guided:
        """The guided mode in force. Raises ``TypeError`` in any other mode: ask ``steerable`` first."""
        if not isinstance(self.mode, Guided):
            raise TypeError("the vehicle is not in GUIDED")
        return self.mode

    @property
    def steerable(self) -> bool:
        """Set-points are followed: GUIDED, armed, flying."""
        return self.armed and isinstance(self.mode, Guided) and self.mode.flying

    def target_heard(self) -> None:
        """A set-point has come, whether it can be followed or not."""

    def reposition(self, at: complex, up_m: float, change_mode: bool) -> int:
        """Fly to a place, in GUIDED."""
        if not isinstance(self.mode, Guided) and change_mode:
            self.set_mode(modes.GUIDED)
        if not self.steerable:
            return DENIED
        self.guided().go(at, up_m, None)
        return ACCEPTED

    def fail_safe(self, cause: str, mode: int | None) -> None:
        """Change the mode, unless the vehicle is on the ground, landing or in that mode."""
        if mode is None or not self.armed or self.now.landed or self.mode_number in {mode, modes.LAND}:
            return
        if self.set_mode(mode) != ACCEPTED:
            mode = modes.LAND
            self.set_mode(mode)
        self.say(WARNING, f"{cause} Failsafe: changed to {self.names[mode]} Mode")

    def set_home(self, at: complex, up_m: float) -> None:
        self.now.home_at, self.now.home_up_m = at, up_m
        self.home_set = True

    def reboot(self) -> None:
        """Start anew; in the air as after a watchdog reset: armed, holding, everything the stations asked forgotten."""
        self.estimator.boot_s = -math.inf if not self.now.landed else self.now.now_s
        self.home_set = not self.now.landed
        self.armed = not self.now.landed
        self.mode_number = modes.STABILIZE if self.now.landed else modes.LOITER
        self._restart_mode()
        self.say(CRITICAL, self.text)

    def placed(self) -> None:
        """The body was put somewhere: hold there, armed when in the air."""
        self.armed = not self.body.landed
        self._look(self.now.now_s)
        self.mode_number = modes.LOITER
        self._restart_mode()

    def _parameters(self) -> Parameters:
        return Parameters(TABLE)

    def _failsafes(self) -> Failsafes:
        return CopterFailsafes(self)

    def _look(self, now_s: float) -> None:
        now = self.now
        now.now_s, now.at, now.up_m = now_s, self.estimator.at, self.estimator.up_m
        now.velocity, now.heading_rad, now.landed = self.body.velocity, self.body.heading_rad, self.body.landed

    def _usual_speed_mps(self) -> float:
        if self.mode_number == modes.RTL and self.parameters["RTL_SPEED"] > 0.0:
            return self.parameters["RTL_SPEED"] / 100.0
        return self.parameters["WPNAV_SPEED"] / 100.0

    def _restart_mode(self) -> None:
        if self.mode_number == modes.AUTO:
            self.mode = Auto(self.now, self.missions, self.say)
            return
        makers: dict[int, Callable[[Situation], Mode]] = {modes.GUIDED: Guided, modes.RTL: Rtl, modes.LAND: Land}
        self.mode = makers.get(self.mode_number, Hold)(self.now)

    def _watch_ground(self) -> None:
        """Disarm after DISARM_DELAY on the ground, sooner after a landing."""
        landing = self.mode_number in {modes.LAND, modes.RTL, modes.AUTO} and not getattr(self.mode, "starting", False)
        if not self.armed or not self.body.landed:
            self._idle_since_s = self.now.now_s
            return
        delay_s = 1.5 if landing else self.parameters["DISARM_DELAY"]
        if delay_s > 0.0 and self.now.now_s - self._idle_since_s >= delay_s:
            self.disarm(force=True)

"""The aircraft's body in moving air: acceleration limits, wind, attitude, battery; the world's thread.

Horizontal vectors are complex numbers, north + east·j, so that ``abs`` is a length and ``phase`` a true bearing.
"""

import cmath
import math
from dataclasses import dataclass

import numpy as np

GRAVITY_MPS2 = 9.81
DRAG_PER_S = 0.12  # acceleration of the body per m/s of air passing it
GREATEST_AIRSPEED_MPS = 15.0
HOVER_A = 12.5
CELLS = 4


@dataclass(slots=True)
class Demand:
    """What the autopilot wants of the body."""

    velocity: complex = 0j  # over ground, m/s
    climb_mps: float = 0.0
    heading_rad: float | None = None  # None: keep


class Wind:
    """A steady wind with gusts: an Ornstein-Uhlenbeck process of 3 s correlation in each axis."""

    def __init__(self, speed_mps: float, from_deg: float, gust_mps: float, random: np.random.Generator) -> None:
        self._gust_mps = gust_mps
        self._random = random
        self.gust = 0j
        self.blow(speed_mps, from_deg)

    def blow(self, speed_mps: float, from_deg: float) -> None:
        """Set the steady wind by the direction it comes from, true."""
        self.steady = cmath.rect(speed_mps, math.radians(from_deg + 180.0))

    @property
    def now(self) -> complex:
        return self.steady + self.gust

    def step(self, dt_s: float) -> None:
        share = dt_s / 3.0
        kick = complex(*self._random.standard_normal(2)) * self._gust_mps * math.sqrt(2.0 * share)
        self.gust += kick - self.gust * share


class Battery:
    """A four-cell lithium battery: charge counted, voltage from charge and load."""

    def __init__(self, capacity_mah: float, percent: float) -> None:
        self.capacity_mah = capacity_mah
        self.used_mah = capacity_mah * (1.0 - percent / 100.0)
        self.current_a = 0.4

    @property
    def percent(self) -> float:
        return max(0.0, 100.0 * (1.0 - self.used_mah / self.capacity_mah))

    @property
    def volts(self) -> float:
        charge = self.percent / 100.0
        rest = 3.5 + 0.6 * charge + 0.1 * charge**8 - 0.25 * math.exp(-charge / 0.05)
        return CELLS * (rest - 0.004 * self.current_a)

    def set_percent(self, percent: float) -> None:
        self.used_mah = self.capacity_mah * (1.0 - percent / 100.0)

    def step(self, dt_s: float, current_a: float) -> None:
        self.current_a = current_a
        self.used_mah += current_a * dt_s / 3.6


class Body:
    """True position and motion; heights above the ground at home, where the ground is flat."""

    def __init__(self, wind: Wind) -> None:
        self.wind = wind
        self.at = 0j
        self.up_m = 0.0
        self.velocity = 0j
        self.climb_mps = 0.0
        self.roll_rad = 0.0
        self.pitch_rad = 0.0
        self.heading_rad = 0.0
        self.landed = True

    def step(self, dt_s: float, demand: Demand | None, accel_mps2: float, accel_z_mps2: float) -> None:
        """Fly one time step; ``demand`` is None with the motors off."""
        if demand is None or (self.landed and demand.climb_mps <= 0.0):
            self._rest_or_fall(dt_s)
            return
        self.landed = False
        before = self.velocity
        want = self._reachable(demand.velocity) - self.velocity
        push = _limited(want / 0.4, accel_mps2) + 0.3 * DRAG_PER_S * self.wind.gust
        self.velocity += push * dt_s
        rise = (demand.climb_mps - self.climb_mps) / 0.4
        self.climb_mps += max(-2.0 * accel_z_mps2, min(2.0 * accel_z_mps2, rise)) * dt_s
        self.at += 0.5 * (before + self.velocity) * dt_s
        self.up_m += self.climb_mps * dt_s
        self._lean(dt_s, push)
        if demand.heading_rad is not None:
            self._turn(dt_s, demand.heading_rad)
        if self.up_m <= 0.0 and self.climb_mps <= 0.0:
            self._touch()

    def place(self, at: complex, up_m: float, heading_rad: float) -> None:
        """Put the body at rest somewhere, for tests."""
        self.at, self.up_m, self.heading_rad = at, up_m, heading_rad
        self.velocity, self.climb_mps, self.landed = 0j, 0.0, up_m <= 0.0

    def current_a(self, armed: bool) -> float:
        """Current drawn: avionics, hover, drag and climb."""
        if not armed:
            return 0.4
        if self.landed:
            return 2.0
        airspeed = abs(self.velocity - self.wind.now)
        return HOVER_A * (1.0 + 0.5 * (airspeed / GREATEST_AIRSPEED_MPS) ** 2 + 0.1 * max(0.0, self.climb_mps))

    def _reachable(self, velocity: complex) -> complex:
        return self.wind.now + _limited(velocity - self.wind.now, GREATEST_AIRSPEED_MPS)

    def _lean(self, dt_s: float, push: complex) -> None:
        """Tilt so that the thrust gives the push and stands against the drag."""
        thrust = push - DRAG_PER_S * (self.wind.now - self.velocity)
        in_body = thrust * cmath.exp(-1j * self.heading_rad)
        share = min(1.0, dt_s / 0.15)
        self.pitch_rad += share * (-math.atan2(in_body.real, GRAVITY_MPS2) - self.pitch_rad)
        self.roll_rad += share * (math.atan2(in_body.imag, GRAVITY_MPS2) - self.roll_rad)

    def _turn(self, dt_s: float, heading_rad: float) -> None:
        to_go = (heading_rad - self.heading_rad + math.pi) % math.tau - math.pi
        most = math.radians(60.0) * dt_s
        self.heading_rad = (self.heading_rad + max(-most, min(most, to_go * dt_s / 0.5))) % math.tau

    def _rest_or_fall(self, dt_s: float) -> None:
        if not self.landed:
            self.climb_mps -= GRAVITY_MPS2 * dt_s
            self.up_m += self.climb_mps * dt_s
            self.at += self.velocity * dt_s
            if self.up_m <= 0.0:
                self._touch()

    def _touch(self) -> None:
        self.up_m, self.climb_mps, self.velocity, self.landed = 0.0, 0.0, 0j, True
        self.roll_rad = self.pitch_rad = 0.0


def _limited(vector: complex, longest: float) -> complex:
    length = abs(vector)
    return vector if length <= longest else vector * (longest / length)

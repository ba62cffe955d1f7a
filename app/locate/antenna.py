"""Gain of the vehicle's antenna towards a direction; pure functions of pose and direction, any thread."""

import math
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
DIPOLE_PEAK_DBI = 2.15
DEEPEST_NULL_DB = -20.0  # reflections fill the null of any antenna mounted on a vehicle


@dataclass(frozen=True, slots=True)
class Attitude:
    """Aerospace angles: roll right wing down, pitch nose up, heading true; degrees."""

    roll_deg: float
    pitch_deg: float
    heading_deg: float


class Antenna(Protocol):
    """``directional`` is False when the gain is the same towards every direction."""

    directional: bool

    def gain_db(self, east_m: Floats, north_m: Floats, up_m: float, attitude: Attitude) -> Floats:
        """Gain towards points that lie ``east_m``, ``north_m`` and ``up_m`` from the vehicle; shapes broadcast."""
        ...


class Omni:
    """The same gain everywhere."""

    directional = False

    def gain_db(self, east_m: Floats, north_m: Floats, up_m: float, attitude: Attitude) -> Floats:
        del up_m, attitude
        return np.zeros(np.broadcast_shapes(east_m.shape, north_m.shape), np.float32)


class Dipole:
    """A half-wave dipole along the vehicle's vertical axis; its null points straight down in level flight.

    Gain 2.15 dBi + 20 log10(cos(pi/2 cos t) / sin t), t from the axis (Balanis, Antenna Theory, eq. 4-84), not less
    than 20 dB below its peak.
    """

    directional = True

    def gain_db(self, east_m: Floats, north_m: Floats, up_m: float, attitude: Attitude) -> Floats:
        axis_east, axis_north, axis_up = _body_down(attitude)
        slant = np.sqrt(east_m**2 + north_m**2 + np.float32(up_m**2 + 1e-3))
        cosine = (axis_east * east_m + axis_north * north_m + axis_up * up_m) / slant
        sine = np.sqrt(np.maximum(1.0 - cosine**2, 1e-6))
        pattern = np.abs(np.cos(0.5 * np.pi * cosine)) / sine
        floor = 10.0 ** (DEEPEST_NULL_DB / 20.0)
        gain: Floats = (DIPOLE_PEAK_DBI + 20.0 * np.log10(np.maximum(pattern, floor))).astype(np.float32)
        return gain


def _body_down(attitude: Attitude) -> tuple[float, float, float]:
    """The vehicle's downward axis in east, north, up (rotation heading, pitch, roll)."""
    roll, pitch, heading = (
        math.radians(angle) for angle in (attitude.roll_deg, attitude.pitch_deg, attitude.heading_deg)
    )
    north = math.cos(roll) * math.sin(pitch) * math.cos(heading) + math.sin(roll) * math.sin(heading)
    east = math.cos(roll) * math.sin(pitch) * math.sin(heading) - math.sin(roll) * math.cos(heading)
    return east, north, -math.cos(roll) * math.cos(pitch)


def antenna_for(name: Literal["omni", "dipole"]) -> Antenna:
    """The antenna of that name in the settings."""
    return Dipole() if name == "dipole" else Omni()

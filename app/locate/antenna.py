"""Gain of the vehicle's antenna towards a direction; pure functions of pose and direction, any thread.

A pattern knows directions in the antenna's own frame: x along the boresight, y to the right, z up. ``Mounted`` turns
directions of the vehicle's body (forward, right, down) and of the earth into it.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.antenna import AntennaSetup, Cut

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
DIPOLE_PEAK_DBI = 2.15
DEEPEST_NULL_DB = -20.0  # reflections fill the null of any antenna mounted on a vehicle
YAGI_FILL_DB = -28.0  # what leaks into a Yagi's nulls, below its peak, as in the measured cuts of hand-held ones


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

    def body_gain_db(self, forward: Floats, right: Floats, down: Floats) -> Floats:
        """Gain towards directions given by their cosines with the vehicle's axes; shapes broadcast."""
        ...


class Pattern(Protocol):
    """Gain by the cosines of a direction with the antenna's own axes."""

    def __call__(self, ahead: Floats, right: Floats, up: Floats) -> Floats: ...


class Omni:
    """The same gain everywhere."""

    directional = False

    def gain_db(self, east_m: Floats, north_m: Floats, up_m: float, attitude: Attitude) -> Floats:
        del up_m, attitude
        return np.zeros(np.broadcast_shapes(east_m.shape, north_m.shape), np.float32)

    def body_gain_db(self, forward: Floats, right: Floats, down: Floats) -> Floats:
        return np.zeros(np.broadcast_shapes(forward.shape, right.shape, down.shape), np.float32)


class Mounted:
    """An antenna with a pattern, mounted on the vehicle at an angle."""

    directional = True

    def __init__(self, pattern: Pattern, mounting: Attitude) -> None:
        """``mounting`` is the antenna's attitude relative to the body."""
        self._pattern = pattern
        self._mounting = rotation(mounting)

    def gain_db(self, east_m: Floats, north_m: Floats, up_m: float, attitude: Attitude) -> Floats:
        slant = np.sqrt(east_m**2 + north_m**2 + np.float32(up_m**2 + 1e-3))
        axes = (rotation(attitude) @ self._mounting).astype(np.float32)  # columns: the antenna's, in north, east, down
        north, east, down = north_m / slant, east_m / slant, np.float32(-up_m) / slant
        ahead, right, below = (axes[0, i] * north + axes[1, i] * east + axes[2, i] * down for i in range(3))
        return self._pattern(ahead, right, -below)

    def body_gain_db(self, forward: Floats, right: Floats, down: Floats) -> Floats:
        axes = self._mounting.astype(np.float32)
        ahead, aside, below = (axes[0, i] * forward + axes[1, i] * right + axes[2, i] * down for i in range(3))
        return self._pattern(ahead, aside, -below)


def rotation(attitude: Attitude) -> Doubles:
    """Columns: the forward, right and down axes of a body with this attitude, in north, east, down, shape (3, 3)."""
    roll, pitch, yaw = (math.radians(a) for a in (attitude.roll_deg, attitude.pitch_deg, attitude.heading_deg))
    (sr, cr), (sp, cp), (sy, cy) = ((math.sin(a), math.cos(a)) for a in (roll, pitch, yaw))
    return np.array(
        [
            [cp * cy, sr * sp * cy - cr * sy, cr * sp * cy + sr * sy],
            [cp * sy, sr * sp * sy + cr * cy, cr * sp * sy - sr * cy],
            [-sp, sr * cp, cr * cp],
        ]
    )


def dipole(ahead: Floats, right: Floats, up: Floats) -> Floats:
    """A half-wave dipole along z, not less than 20 dB below its peak."""
    del ahead, right
    floor = 10.0 ** (DEEPEST_NULL_DB / 20.0)
    gain: Floats = (DIPOLE_PEAK_DBI + 20.0 * np.log10(np.maximum(_half_wave(up), floor))).astype(np.float32)
    return gain


def _half_wave(along: Floats) -> Floats:
    """cos(pi/2 cos t) / sin t with cos t ``along`` the wire (Balanis, Antenna Theory, eq. 4-84); 1 abeam."""
    field: Floats = np.abs(np.cos(np.float32(0.5 * np.pi) * along)) / np.sqrt(np.maximum(1.0 - along**2, 1e-6))
    return field


class Yagi:
    """Half-wave elements along y, one behind the other along x.

    The currents follow from the elements' mutual impedances (Balanis, eq. 8-71; 73.1 ohms and a reactance each by its
    length), the driven one being 1. Nulls are filled to ``YAGI_FILL_DB``.
    """

    def __init__(self, places_wl: tuple[float, ...], currents: tuple[complex, ...], peak_dbi: float) -> None:
        self._places = places_wl
        self._currents = currents
        self._peak_dbi = peak_dbi
        self._ahead = abs(self._field(np.ones(1, np.float32))[0])

    def __call__(self, ahead: Floats, right: Floats, up: Floats) -> Floats:
        del up
        field = _half_wave(right) * np.abs(self._field(ahead)) / self._ahead
        gain: Floats = self._peak_dbi + 10.0 * np.log10(field**2 + np.float32(10.0 ** (YAGI_FILL_DB / 10.0)))
        return gain.astype(np.float32)

    def _field(self, ahead: Floats) -> NDArray[np.complex64]:
        """The array's factor."""
        total = np.zeros(ahead.shape, np.complex64)
        for place, current in zip(self._places, self._currents, strict=True):
            total += np.complex64(current) * np.exp(np.complex64(2j * math.pi * place) * ahead)
        return total


# reflector of +75 ohms an eighth of a wave behind: 9.7 dB front to back, deaf abeam, within 0.9 dB (RMS over 180
# degrees) of the cut that TagTracker measured from Telonics' RA-2AK
YAGI_2 = Yagi((-0.125, 0.0), (-0.4272 + 0.4393j, 1.0), 5.62)
# reflector of +30 ohms and director of -50 ohms, a fifth of a wave away each: 14.5 dB front to back
YAGI_3 = Yagi((-0.2, 0.0, 0.2), (-0.412 + 0.185j, 1.0, -0.5362 - 0.3312j), 9.09)


class MeasuredPattern:
    """A measured cut: by the angle off the boresight, and on which side; with a vertical cut, both added.

    Where only the horizontal cut is known, a direction above or below counts by its angle off the boresight. With both,
    gain = H(azimuth) + V(elevation) - V(0), the usual approximation of planning tools. Linear in dB between angles.
    """

    def __init__(self, horizontal_db: Cut, vertical_db: Cut) -> None:
        self._horizontal = _whole(horizontal_db)
        self._vertical = _whole(vertical_db) if vertical_db else None

    def __call__(self, ahead: Floats, right: Floats, up: Floats) -> Floats:
        if self._vertical is None:
            angle = np.degrees(np.arccos(np.clip(ahead, -1.0, 1.0))) * np.where(right < 0.0, -1.0, 1.0)
            gain = np.interp(angle, *self._horizontal)
        else:
            gain = np.interp(np.degrees(np.arctan2(right, ahead)), *self._horizontal)
            gain += np.interp(np.degrees(np.arcsin(np.clip(up, -1.0, 1.0))), *self._vertical)
            gain -= np.interp(0.0, *self._vertical)
        return np.asarray(gain, np.float32)


def _whole(cut: Cut) -> tuple[Doubles, Doubles]:
    """Angles and gains over -180 ... 180 degrees; a cut of half the circle is mirrored."""
    angle, gain = np.array(cut).T
    if angle[-1] - angle[0] <= 180.0:
        angle, gain = np.concatenate([-angle, angle]), np.concatenate([gain, gain])
    angle, first = np.unique((angle + 180.0) % 360.0 - 180.0, return_index=True)
    gain = gain[first]
    return np.concatenate([angle - 360.0, angle, angle + 360.0]), np.tile(gain, 3)


def antenna_for(setup: AntennaSetup) -> Antenna:
    """The antenna as it is mounted."""
    if setup.kind == "omni":
        return Omni()
    patterns: dict[str, Pattern] = {"dipole": dipole, "yagi2": YAGI_2, "yagi3": YAGI_3}
    pattern = patterns.get(setup.kind) or MeasuredPattern(setup.horizontal_db, setup.vertical_db)
    return Mounted(pattern, Attitude(setup.roll_deg, setup.tilt_deg, setup.heading_deg))

"""How strong a beacon is where the vehicle is: path loss, shadowing, antenna; pure after construction, any thread."""

import cmath
import math

import numpy as np

from app.locate.antenna import antenna_for
from hardware.sim.config import Emitter, SimConfig
from hardware.sim.world import Pose

NOISE_DBM_HZ = -168.0  # thermal noise at 290 K and a noise figure of 6 dB
HEARD_DB, HEARD_HZ = 12.0, 4_000.0  # SNR and its bandwidth at an emitter's range
_WAVES = 96


class Shadowing:
    """A Gaussian field in dB with correlation exp(-d / correlation): a sum of random plane waves.

    The exponential model is Gudmundson's (1991); its two-dimensional spectrum (1/dc^2 + k^2)^(-3/2) is drawn from by
    inverting the cumulative distribution of k. Waves shorter than 2 m are held at that length.
    """

    def __init__(self, sigma_db: float, correlation_m: float, random: np.random.Generator) -> None:
        share = random.uniform(0.0, 1.0, _WAVES)
        k = np.minimum(np.sqrt(1.0 / (1.0 - share) ** 2 - 1.0) / correlation_m, math.pi)
        direction = random.uniform(0.0, math.tau, _WAVES)
        self._north, self._east = k * np.cos(direction), k * np.sin(direction)
        self._phase = random.uniform(0.0, math.tau, _WAVES)
        self._scale = sigma_db * math.sqrt(2.0 / _WAVES)

    def at(self, place: complex) -> float:
        """Shadowing at a place of the vehicle (north + east·j, metres), dB."""
        return float(np.cos(self._north * place.real + self._east * place.imag + self._phase).sum()) * self._scale


def eirp_dbm(emitter: Emitter, exponent: float) -> float:
    """Radiated power that gives ``HEARD_DB`` in ``HEARD_HZ`` at the emitter's range."""
    heard_dbm = NOISE_DBM_HZ + 10.0 * math.log10(HEARD_HZ) + HEARD_DB
    return heard_dbm + path_loss_db(emitter.range_m, emitter.frequency_hz, exponent)


def path_loss_db(distance_m: float, frequency_hz: float, exponent: float) -> float:
    """Log-distance path loss, free space to 1 m (Friis) and 10 n log10(d) beyond."""
    first_metre_db = 20.0 * math.log10(4.0 * math.pi * frequency_hz / 299_792_458.0)
    return first_metre_db + 10.0 * exponent * math.log10(max(distance_m, 1.0))


class Path:
    """From one emitter to the vehicle's antenna."""

    def __init__(self, emitter: Emitter, at: complex, config: SimConfig, random: np.random.Generator) -> None:
        self._emitter, self._at = emitter, at
        self._exponent, self._antenna = config.exponent, antenna_for(config.antenna)
        self._shadowing = Shadowing(config.sigma_db, config.correlation_m, random)
        self.eirp_dbm = eirp_dbm(emitter, config.exponent)

    def received_dbm(self, pose: Pose) -> float:
        """Power at the receiver's input while the emitter sends, dBm."""
        to_go = self._at - pose.at
        rise_m = self._emitter.height_m - pose.up_m
        slant_m = math.hypot(abs(to_go), rise_m)
        loss_db = path_loss_db(slant_m, self._emitter.frequency_hz, self._exponent)
        forward, right, down = (np.array([cosine], np.float32) for cosine in _cosines(to_go, rise_m, pose))
        gain_db = float(self._antenna.body_gain_db(forward, right, down)[0])
        return self.eirp_dbm - loss_db + self._shadowing.at(pose.at) + gain_db


def _cosines(to_go: complex, rise_m: float, pose: Pose) -> tuple[float, float, float]:
    """Cosines of the direction to the emitter with the body's forward, right and down axes."""
    slant_m = max(1e-3, math.hypot(abs(to_go), rise_m))
    level = to_go * cmath.exp(-1j * pose.heading_rad) / slant_m  # forward + right·j
    up = rise_m / slant_m
    forward = level.real * math.cos(pose.pitch_rad) + up * math.sin(pose.pitch_rad)
    up_pitched = up * math.cos(pose.pitch_rad) - level.real * math.sin(pose.pitch_rad)
    right = level.imag * math.cos(pose.roll_rad) - up_pitched * math.sin(pose.roll_rad)
    return forward, right, -up_pitched * math.cos(pose.roll_rad) - level.imag * math.sin(pose.roll_rad)

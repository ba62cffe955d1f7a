"""What the simulated autopilot believes: satellite receiver and Kalman filter with their errors; the world's thread."""

import cmath
import math

import numpy as np

from hardware.sim.body import Body

# EKF_STATUS_FLAGS
_ATTITUDE, _VERTICAL = 1, 4 | 32
_HORIZONTAL = 2 | 8 | 16 | 256 | 512
_CONST_POS, _GLITCHING = 128, 32_768


class Estimator:
    """Position error is an Ornstein-Uhlenbeck process of 60 s correlation; a glitch jumps the satellite fix only."""

    def __init__(self, body: Body, sigma_m: float, ready_s: float, random: np.random.Generator) -> None:
        self._body = body
        self._sigma_m = sigma_m
        self._ready_s = ready_s
        self._random = random
        self._error = complex(*random.standard_normal(2)) * sigma_m
        self._error_up_m = random.standard_normal() * sigma_m
        self._glitch = 0j
        self._glitch_until_s = -1.0
        self.failed = False
        self.boot_s = 0.0  # simulated time of the last boot
        self.now_s = 0.0

    def step(self, dt_s: float, now_s: float) -> None:
        self.now_s = now_s
        share = dt_s / 60.0
        kick = self._random.standard_normal(3) * self._sigma_m * math.sqrt(2.0 * share)
        self._error += complex(kick[0], kick[1]) - self._error * share
        self._error_up_m += kick[2] - self._error_up_m * share
        if self.failed:  # dead reckoning without aiding runs away
            self._error += 0.3 * dt_s * cmath.rect(1.0, now_s / 10.0)
        if self._glitch_until_s < now_s:
            self._glitch = 0j

    def glitch(self, metres: float, seconds: float) -> None:
        """Let the satellite fix jump for a while."""
        self._glitch = cmath.rect(metres, self._random.uniform(0.0, math.tau))
        self._glitch_until_s = self.now_s + seconds

    @property
    def at(self) -> complex:
        """Believed position, metres north + east·j of the origin."""
        return self._body.at + self._error

    @property
    def up_m(self) -> float:
        # on the ground the barometer is zeroed, in the air it drifts
        return self._body.up_m + self._error_up_m * min(1.0, self._body.up_m / 10.0)

    @property
    def fix_at(self) -> complex:
        """What the satellite receiver itself says."""
        return self.at + self._glitch

    @property
    def glitching(self) -> bool:
        return self._glitch != 0j

    def _since_boot_s(self) -> float:
        return self.now_s - self.boot_s

    @property
    def fix_type(self) -> int:
        """MAVLink GPS_FIX_TYPE."""
        return 4 if self._since_boot_s() >= 0.4 * self._ready_s else 1

    @property
    def satellites(self) -> int:
        if self.fix_type < 3:
            return 3
        return 5 if self.glitching else 14 + int(self.now_s / 20.0) % 3

    @property
    def hdop(self) -> float:
        if self.fix_type < 3:
            return 99.99
        return 3.8 if self.glitching else 0.75

    @property
    def has_position(self) -> bool:
        return not self.failed and self._since_boot_s() >= 0.6 * self._ready_s

    @property
    def ready(self) -> bool:
        """The filter has settled: pre-arm checks may pass."""
        return self.has_position and not self.glitching and self._since_boot_s() >= self._ready_s

    @property
    def flags(self) -> int:
        """EKF_STATUS_FLAGS; 831 when healthy."""
        flags = _ATTITUDE | _VERTICAL
        flags |= _HORIZONTAL if self.has_position else _CONST_POS
        return flags | (_GLITCHING if self.glitching else 0)

    @property
    def variance(self) -> float:
        """The test ratio of velocity, position and compass; above 0.8 the filter is unhealthy."""
        if self.failed:
            return 1.4
        return 0.9 if self.glitching else 0.12

"""The shared truth of the simulation: vehicle, wind, clock; stepped by the world's thread, poses read by any."""

import cmath
import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from hardware.sim.autopilot import Autopilot
from hardware.sim.body import Battery, Body, Wind
from hardware.sim.config import SimConfig
from hardware.sim.estimator import Estimator
from hardware.sim.px4 import Px4

STEP_S = 0.02
_KEPT = 16_384  # poses, a power of two
PILOTS: dict[str, type[Autopilot]] = {"ardupilot": Autopilot, "px4": Px4}


class TransferFault(StrEnum):
    """How transfers of missions and parameters go wrong."""

    NONE = "none"
    MUTE = "mute"  # nothing is answered
    SEQUENCE = "sequence"  # another item is asked for or sent than the one that is due
    COUNT = "count"  # two more are counted than there are
    REBOOT = "reboot"  # in the middle of the next transfer, once
    STUBBORN = "stubborn"  # every parameter stays as it is


@dataclass(frozen=True, slots=True)
class Pose:
    """True pose: north + east·j and height of the origin in metres, attitude in radians."""

    at: complex
    up_m: float
    roll_rad: float
    pitch_rad: float
    heading_rad: float


class World:
    """One vehicle, its air and its time; the same orders at the same steps give the same flight."""

    def __init__(self, config: SimConfig) -> None:
        self.config = config
        self.plane = LocalPlane(config.home)
        self.started_utc_s = time.time()
        self.steps = 0
        self.boot_step = 0
        self.steered_s: float | None = None  # when the last set-point came, followed or not
        self.steered_to: LatLon | None = None
        self.boots = 0  # counts reboots, so that each channel forgets what was asked
        self.silent_until_s = -1.0
        self.packet_loss = config.packet_loss
        self.latency_s = config.latency_s
        self.transfer_fault = TransferFault.NONE
        self.corruption = 0.0  # share of MAVLink frames damaged or cut on their way to a station
        self.replays = 0.0  # share of frames after which an old one is sent once more
        self.absurd = False  # every other attitude and position is none
        self.signing_key = config.signing_key  # changed at run time as by SETUP_SIGNING
        self.beacons_on = True
        self.receiver_drops = 0  # how often the receiver was unplugged
        self.texts: deque[tuple[int, str]] = deque()
        seeds = np.random.SeedSequence(config.seed).spawn(2)
        self.wind = Wind(config.wind_mps, config.wind_from_deg, config.gust_mps, np.random.default_rng(seeds[0]))
        self.body = Body(self.wind)
        self.battery = Battery(config.battery_mah, config.battery_percent)
        self.estimator = Estimator(self.body, config.gps_sigma_m, config.ready_s, np.random.default_rng(seeds[1]))
        self.pilot = PILOTS[config.autopilot](self.body, self.battery, self.estimator, self.say)
        self.pilot.parameters.put("BATT_CAPACITY", config.battery_mah)
        if isinstance(self.pilot, Px4):  # as PX4's guide asks for simulations that run faster than true time
            self.pilot.parameters.put("COM_OF_LOSS_T", max(1.0, config.speed))
        self.pilot.missions.plane = self.plane
        self.pilot.missions.ground_m = config.home_altitude_m
        self._poses = np.zeros((_KEPT, 6))

    @property
    def time_s(self) -> float:
        """Simulated seconds since the start."""
        return self.steps * STEP_S

    @property
    def utc_s(self) -> float:
        return self.started_utc_s + self.time_s

    @property
    def boot_ms(self) -> int:
        return round((self.steps - self.boot_step) * STEP_S * 1000.0)

    def step(self) -> None:
        """Advance by ``STEP_S``."""
        self.steps += 1
        self.wind.step(STEP_S)
        self.estimator.step(STEP_S, self.time_s)
        self.pilot.step(STEP_S, self.time_s)
        self.battery.step(STEP_S, self.body.current_a(self.pilot.armed))
        body = self.body
        row = (body.at.real, body.at.imag, body.up_m, body.roll_rad, body.pitch_rad, body.heading_rad)
        self._poses[self.steps % _KEPT] = row

    def say(self, severity: int, text: str) -> None:
        """A STATUSTEXT to every station."""
        self.texts.append((severity, text))

    def reboot(self) -> None:
        self.boot_step = self.steps
        self.boots += 1
        self.silent_until_s = self.time_s + 2.0
        self.pilot.reboot()

    def place(self, at: complex, up_m: float, heading_rad: float) -> None:
        """Put the vehicle somewhere, armed and holding in LOITER, for tests of the radio."""
        self.body.place(at, up_m, heading_rad)
        self.pilot.placed()

    def pose_at(self, time_s: float) -> Pose:
        """True pose at a simulated time within the last minutes, up to now; linear between steps."""
        place = min(max(time_s / STEP_S, 0.0), self.steps)
        index = int(place)
        share = place - index
        a = self._poses[index % _KEPT]
        b = self._poses[min(index + 1, self.steps) % _KEPT]
        north, east, up, roll, pitch, _ = (a + share * (b - a)).tolist()
        turn = cmath.phase(cmath.rect(1.0, float(b[5] - a[5])))
        return Pose(complex(north, east), up, roll, pitch, float(a[5]) + share * turn)

    def globe(self, at: complex) -> LatLon:
        """Position of north + east·j of the origin."""
        return self.plane.to_globe(EastNorth(at.imag, at.real))

    def local(self, position: LatLon) -> complex:
        point = self.plane.to_plane(position)
        return complex(point.north_m, point.east_m)

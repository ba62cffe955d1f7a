"""The worlds of the homing bench, each drawn from its seed, and what the detectors would hear in them."""

import cmath
import math
from dataclasses import dataclass

import numpy as np

from app.domain.antenna import AntennaSetup
from app.domain.geometry import LatLon
from app.domain.radio import BeaconKind, Level, Target
from app.dsp.levels import HANN_SHARE, LOWEST_SNR, PFA, SLICE_S, energy_limit
from app.dsp.pulses import largest_of_noise
from hardware.sim.config import Emitter, SimConfig
from hardware.sim.propagation import HEARD_HZ, NOISE_DBM_HZ, Path
from hardware.sim.world import Pose

HOME = LatLon(47.3977, 8.5456)
TARGET = "t"
NEIGHBOUR_DB, WEAK_DB = 50.0, 25.0  # below the beacon: another channel's, by the filters; one in the same channel


@dataclass(frozen=True, slots=True)
class Case:
    """One world, drawn from its seed."""

    seed: int
    kind: BeaconKind
    start_m: float  # from home, where the search begins, to the beacon
    bearing_deg: float
    sigma_db: float
    wind_mps: float
    wind_from_deg: float
    heard_m: float  # where the level is 12 dB without shadowing
    second: str  # another emitter: "none", "neighbour" (in the next channel), "weak" (in the same)


def case(seed: int) -> Case:
    """Carrier and pulsed by turns; start 300-1500 m off; 2-6 dB; wind to 8 m/s; a second emitter in two of three."""
    random = np.random.default_rng((seed, 0x401))
    start_m = float(random.uniform(300.0, 1500.0))
    return Case(
        seed=seed,
        kind=(BeaconKind.CARRIER, BeaconKind.PULSED)[seed % 2],
        start_m=start_m,
        bearing_deg=float(random.uniform(0.0, 360.0)),
        sigma_db=float(random.uniform(2.0, 6.0)),
        wind_mps=float(random.uniform(0.0, 8.0)),
        wind_from_deg=float(random.uniform(0.0, 360.0)),
        heard_m=start_m * float(random.uniform(0.6, 1.2)),
        second=("none", "neighbour", "weak")[seed // 2 % 3],
    )


class Ear:
    """What the receiver's detectors would tell of the beacon where the vehicle is."""

    def __init__(self, case: Case, random: np.random.Generator, antenna: AntennaSetup) -> None:
        self._random, self._pulsed = random, case.kind is BeaconKind.PULSED
        self.target = Target(TARGET, "Beacon", case.kind, 433.92e6, period_s=1.0 if self._pulsed else 0.0)
        gain_db = 10.0 * math.log10(HEARD_HZ * self.target.pulse_s) if self._pulsed else 0.0  # of the matched filter
        config = SimConfig(home=HOME, sigma_db=case.sigma_db, antenna=antenna)
        range_m = case.heard_m * 10.0 ** (-gain_db / 10.0 / config.exponent)
        self.beacon = cmath.rect(case.start_m, math.radians(case.bearing_deg))
        emitter = Emitter(HOME, case.kind, range_m=range_m)
        self._paths = [(Path(emitter, self.beacon, config, random), 0.0)]
        if case.second != "none":
            place = cmath.rect(case.start_m * float(random.uniform(0.3, 1.2)), float(random.uniform(0.0, math.tau)))
            less_db = NEIGHBOUR_DB if case.second == "neighbour" else WEAK_DB
            self._paths.append((Path(emitter, place, config, random), less_db))
        self._noise_hz = 1.0 / self.target.pulse_s if self._pulsed else HEARD_HZ
        independent = HANN_SHARE * SLICE_S * HEARD_HZ
        self._independent = independent
        self._limit = largest_of_noise(HEARD_HZ, PFA) if self._pulsed else energy_limit(independent, PFA)
        self._due_s = 0.0

    def hear(self, now_s: float, pose: Pose) -> Level | None:
        """The level that ends now; None between pulses."""
        if self._pulsed and now_s < self._due_s:
            return None
        self._due_s = now_s + self.target.period_s
        noise_dbm = NOISE_DBM_HZ + 10.0 * math.log10(self._noise_hz)
        share = sum(10.0 ** ((path.received_dbm(pose) - less_db - noise_dbm) / 10.0) for path, less_db in self._paths)
        measured = self._with_noise(share)
        heard = measured >= self._limit
        snr = max(measured - 1.0, LOWEST_SNR)
        power_db = noise_dbm + 10.0 * math.log10(snr if heard else self._limit - 1.0)
        length_s = SLICE_S if not self._pulsed else self.target.pulse_s if heard else self.target.period_s
        snr_db = 10.0 * math.log10(snr)
        return Level(now_s, length_s, TARGET, 433.92e6, power_db, power_db, noise_dbm, snr_db, heard, overload=False)

    def _with_noise(self, snr: float) -> float:
        """Signal and noise over the noise as the detector finds them: matched pulse, or mean of a slice."""
        if self._pulsed:
            return abs(math.sqrt(snr) + complex(*self._random.standard_normal(2)) * math.sqrt(0.5)) ** 2
        spread = math.sqrt((1.0 + 2.0 * snr) / self._independent)
        return max(1.0 + snr + spread * float(self._random.standard_normal()), 1e-3)

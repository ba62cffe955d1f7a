"""How weak a 406 MHz burst is still decoded, and how often something else is taken for an identity; the main thread."""

import math
import time

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, norm

from app.bench.figures import Figure
from app.domain.geometry import LatLon
from app.domain.radio import BeaconKind
from app.dsp.sarsat406.fgb import find_bursts
from app.dsp.sarsat406.received import Burst
from hardware.sim.config import Emitter
from hardware.sim.sarsat import message_bits
from hardware.sim.waveforms import waveform

RATE_HZ = 30_000.0  # of the channel in the receiver's stream
WINDOW_S, NOISE_S = 0.8, 0.7
START_S = 0.12
OFFSET_HZ, DRIFT_HZ_PER_S = 4_950.0, 20.0
PLACE = LatLon(47.3977419, 8.5455938)
LEVELS_DBHZ = (30.0, 31.0, 32.0, 33.0, 34.0)
GOAL_DBHZ, GOAL = 32.0, 0.10
TRIALS, TRIALS_QUICK = 400, 40
NOISE_WINDOWS, NOISE_WINDOWS_QUICK = 100_000, 1_000


def run(quick: bool) -> list[Figure]:
    """With ``quick`` a tenth of the bursts and a hundredth of the noise."""
    rng = np.random.default_rng(406)
    return [
        *burst_figures(rng, TRIALS_QUICK if quick else TRIALS),
        *noise_figures(rng, NOISE_WINDOWS_QUICK if quick else NOISE_WINDOWS),
    ]


def ideal(cn0_dbhz: float) -> float:
    """Frame error rate of a coherent receiver that knows phase and clock, with both codes decided hard.

    Of the power, sin^2 1.1 is in the data at 400 bit/s; antipodal errors Q(sqrt(2 Eb/N0)); a frame is lost with more
    than 3 errors in 82 bits or more than 2 in 38.
    """
    energy = 10.0 ** (cn0_dbhz / 10.0) / 400.0 * math.sin(1.1) ** 2
    error = float(norm.sf(math.sqrt(2.0 * energy)))
    return 1.0 - float(binom.cdf(3, 82, error) * binom.cdf(2, 38, error))


def burst_figures(rng: np.random.Generator, trials: int) -> list[Figure]:
    """Frame error rates, wrong identities of all these bursts, and the time one takes."""
    sent = f"{int(message_bits(PLACE)[24:], 2):030X}"
    figures = []
    wrong, seconds = 0, 0.0
    for level in LEVELS_DBHZ:
        lost = 0
        for _ in range(trials):
            window = _burst(rng, level)
            began_s = time.perf_counter()
            found = find_bursts(window, RATE_HZ)
            seconds += time.perf_counter() - began_s
            lost += not any(one.message.ok and one.message.message_hex == sent for one in found)
            wrong += _wrong(found, sent)
        share = lost / trials
        goal, ok = (f"<= {GOAL:g}", share <= GOAL) if level == GOAL_DBHZ else ("", None)
        name = f"406: frame error rate at {level:.0f} dBHz, offset within 5 kHz"
        figures.append(Figure(name, share, "", goal, ok, "ideal", ideal(level), ideal(level)))
    count = trials * len(LEVELS_DBHZ)
    figures.append(Figure(f"406: wrong identities of these {count} bursts", wrong, "", "<= 0", wrong == 0))
    figures.append(Figure("406: time of a window with a burst", 1e3 * seconds / count, "ms"))
    return figures


def noise_figures(rng: np.random.Generator, windows: int) -> list[Figure]:
    """Identities accepted from noise alone, and the time a window of it takes."""
    accepted, seconds = 0, 0.0
    count = round(NOISE_S * RATE_HZ)
    for _ in range(windows):
        noise = _white(rng, count)
        began_s = time.perf_counter()
        accepted += len(find_bursts(noise, RATE_HZ))
        seconds += time.perf_counter() - began_s
    return [
        Figure(f"406: identities accepted in {windows} windows of noise", accepted, "", "<= 0", accepted == 0),
        Figure(f"406: time of a window of {NOISE_S:g} s of noise", 1e3 * seconds / windows, "ms"),
    ]


def _burst(rng: np.random.Generator, cn0_dbhz: float) -> NDArray[np.complex64]:
    """A burst of the simulator's beacon anywhere in the channel, drifting, in noise."""
    count = round(WINDOW_S * RATE_HZ)
    emitter = Emitter(PLACE, BeaconKind.SARSAT1, period_s=50.0, encode_position=True)
    sent = waveform(emitter, RATE_HZ, START_S).envelope(0, count)
    times = np.arange(count) / RATE_HZ
    offset_hz, drift = rng.uniform(-OFFSET_HZ, OFFSET_HZ), rng.uniform(-DRIFT_HZ_PER_S, DRIFT_HZ_PER_S)
    turn = 2.0 * np.pi * (rng.uniform() + offset_hz * times + 0.5 * drift * times**2)
    scale = np.sqrt(10.0 ** (cn0_dbhz / 10.0) / RATE_HZ)
    return np.asarray(scale * sent * np.exp(1j * turn) + _white(rng, count), np.complex64)


def _white(rng: np.random.Generator, count: int) -> NDArray[np.complex64]:
    """Noise of power 1."""
    return (rng.standard_normal(2 * count, np.float32) * np.float32(np.sqrt(0.5))).view(np.complex64)


def _wrong(found: list[Burst], sent: str) -> int:
    """Messages of which the first field, and so the identity, is not the one sent."""
    return sum(one.message.message_hex[:15] != sent[:15] for one in found)

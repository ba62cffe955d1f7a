"""How weak a 406 MHz burst is still decoded, and how often something else is taken for an identity; the main thread."""

import math
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import binom, norm

from app.bench.figures import Figure
from app.bench.trials import Count, crossing, interval, none_figure
from app.domain.geometry import LatLon
from app.domain.radio import BeaconKind
from app.dsp.bursts import BurstMeter
from app.dsp.levels import PFA
from app.dsp.sarsat406.fgb import BURST_S, find_bursts
from app.dsp.sarsat406.received import Burst
from hardware.sim.config import Emitter
from hardware.sim.sarsat import message_bits
from hardware.sim.signals import white
from hardware.sim.waveforms import waveform

RATE_HZ = 30_000.0  # of the channel in the receiver's stream
WINDOW_S, NOISE_S = 0.8, 0.7
START_S = 0.12
OFFSET_HZ, DRIFT_HZ_PER_S = 4_950.0, 20.0
PLACE = LatLon(47.3977419, 8.5455938)
LEVELS_DBHZ = (30.0, 31.0, 32.0, 33.0, 34.0)
GOAL_DBHZ, GOAL = 32.0, 0.10
TRIALS, TRIALS_QUICK = 400, 20
NOISE_WINDOWS, NOISE_WINDOWS_QUICK = 100_000, 1_000
ENERGY_RATE_HZ, ENERGY_S = 10_000.0, 5.0  # a short period, of which there are more in as much noise
ENERGY_WINDOWS, ENERGY_WINDOWS_QUICK = 10_000, 500


def run(quick: bool, count: Count) -> list[Figure]:
    """With ``quick`` a tenth of the bursts and a hundredth of the noise."""
    return [
        *burst_figures(TRIALS_QUICK if quick else TRIALS, count),
        *noise_figures(NOISE_WINDOWS_QUICK if quick else NOISE_WINDOWS, count),
        energy_pfa(ENERGY_WINDOWS_QUICK if quick else ENERGY_WINDOWS, count),
    ]


def ideal(cn0_dbhz: float) -> float:
    """Frame error rate of a coherent receiver that knows phase and clock, with both codes decided hard.

    Of the power, sin^2 1.1 is in the data at 400 bit/s; antipodal errors Q(sqrt(2 Eb/N0)); a frame is lost with more
    than 3 errors in 82 bits or more than 2 in 38.
    """
    energy = 10.0 ** (cn0_dbhz / 10.0) / 400.0 * math.sin(1.1) ** 2
    error = float(norm.sf(math.sqrt(2.0 * energy)))
    return 1.0 - float(binom.cdf(3, 82, error) * binom.cdf(2, 38, error))


def burst_figures(trials: int, count: Count) -> list[Figure]:
    """Frame error rates, what they cost beside the ideal, wrong identities of all these bursts, the time one takes."""
    figures, shares = [], []
    wrong_in_all = spent_ns = 0
    for level in LEVELS_DBHZ:
        lost, wrong, nanoseconds = count(partial(_bursts, level), trials, round(10.0 * level), piece=10)
        wrong_in_all, spent_ns = wrong_in_all + wrong, spent_ns + nanoseconds
        shares.append(lost / trials)
        goal, ok = (f"<= {GOAL:g}", shares[-1] <= GOAL) if level == GOAL_DBHZ else ("", None)
        name = f"406: frame error rate at {level:.0f} dBHz, offset within 5 kHz"
        around = interval(lost, trials)
        figures.append(Figure(name, shares[-1], "", goal, ok, "ideal", ideal(level), ideal(level), around))
    total = trials * len(LEVELS_DBHZ)
    return [
        *figures,
        gap_figure("406", LEVELS_DBHZ, shares, ideal),
        none_figure(f"406: wrong identities of these {total} bursts", wrong_in_all, total),
        Figure("406: time of a window with a burst", 1e-6 * spent_ns / total, "ms"),
    ]


def gap_figure(
    name: str, levels_dbhz: Sequence[float], shares: Sequence[float], best: Callable[[float], float]
) -> Figure:
    """How much more C/N0 a frame error rate of ``GOAL`` takes than an ideal coherent receiver's."""
    decoded = np.maximum.accumulate(1.0 - np.array(shares))
    needed = crossing(np.array(levels_dbhz), decoded, 1.0 - GOAL)
    least = float(brentq(lambda level: best(level) - GOAL, 20.0, 40.0))
    return Figure(f"{name}: gap to an ideal coherent receiver, {GOAL:.0%} lost", needed - least, "dB", limit=0.0)


def _bursts(cn0_dbhz: float, rng: np.random.Generator, trials: int) -> tuple[int, ...]:
    """Bursts lost, identities that are not the one sent, and nanoseconds of processor time."""
    sent = f"{int(message_bits(PLACE)[24:], 2):030X}"
    lost = wrong = spent_ns = 0
    for _ in range(trials):
        window = _burst(rng, cn0_dbhz)
        began_ns = time.thread_time_ns()
        found = find_bursts(window, RATE_HZ)
        spent_ns += time.thread_time_ns() - began_ns
        lost += not any(one.message.ok and one.message.message_hex == sent for one in found)
        wrong += _wrong(found, sent)
    return lost, wrong, spent_ns


def noise_figures(windows: int, count: Count) -> list[Figure]:
    """Identities accepted from noise alone, and the time a window of it takes."""
    accepted, nanoseconds = count(_in_noise, windows, 0x406)
    return [
        none_figure(f"406: identities accepted in {windows} windows of noise", accepted, windows),
        Figure(f"406: time of a window of {NOISE_S:g} s of noise", 1e-6 * nanoseconds / windows, "ms"),
    ]


def _in_noise(rng: np.random.Generator, windows: int) -> tuple[int, ...]:
    """Bursts decoded, and nanoseconds of processor time that took."""
    accepted = spent_ns = 0
    for _ in range(windows):
        noise = white(rng, round(NOISE_S * RATE_HZ))
        began_ns = time.thread_time_ns()
        accepted += len(find_bursts(noise, RATE_HZ))
        spent_ns += time.thread_time_ns() - began_ns
    return accepted, spent_ns


def energy_pfa(windows: int, count: Count) -> Figure:
    """Windows, of a beacon's period each, in which noise has the energy of a burst.

    The floor is known here, and the meter allows for one that has just been learnt: it hears less than it states.
    """
    (heard,) = count(_energy_in_noise, windows, 0x407)
    name = f"406: Pfa of a level, {windows} windows of {ENERGY_S:g} s of noise"
    share = heard / windows
    return Figure(name, share, "", f"<= {2.0 * PFA:g}", share <= 2.0 * PFA, interval=interval(heard, windows))


def _energy_in_noise(rng: np.random.Generator, windows: int) -> tuple[int, ...]:
    meter = BurstMeter(ENERGY_RATE_HZ, 4_000.0, ENERGY_S, BURST_S)
    size = round(ENERGY_S * ENERGY_RATE_HZ)
    return (sum(one.heard for _ in range(windows) for one in meter.feed(white(rng, size), 1.0 / ENERGY_RATE_HZ)),)


def _burst(rng: np.random.Generator, cn0_dbhz: float) -> NDArray[np.complex64]:
    """A burst of the simulator's beacon anywhere in the channel, drifting, in noise."""
    size = round(WINDOW_S * RATE_HZ)
    emitter = Emitter(PLACE, BeaconKind.SARSAT1, period_s=50.0, encode_position=True)
    sent = waveform(emitter, RATE_HZ, START_S).envelope(0, size)
    times = np.arange(size) / RATE_HZ
    offset_hz, drift = rng.uniform(-OFFSET_HZ, OFFSET_HZ), rng.uniform(-DRIFT_HZ_PER_S, DRIFT_HZ_PER_S)
    turn = 2.0 * np.pi * (rng.uniform() + offset_hz * times + 0.5 * drift * times**2)
    scale = np.sqrt(10.0 ** (cn0_dbhz / 10.0) / RATE_HZ)
    return np.asarray(scale * sent * np.exp(1j * turn) + white(rng, size), np.complex64)


def _wrong(found: list[Burst], sent: str) -> int:
    """Messages of which the first field, and so the identity, is not the one sent."""
    return sum(one.message.message_hex[:15] != sent[:15] for one in found)

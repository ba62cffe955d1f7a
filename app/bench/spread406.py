"""How weak a second-generation 406 MHz burst is still decoded, and what noise gives; the main thread."""

import math
import time
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, norm

from app.bench.detect406 import gap_figure
from app.bench.figures import Figure
from app.bench.trials import Count, interval, none_figure
from app.dsp.sarsat406.sgb import BURST_S, find_spread_bursts
from hardware.sim.signals import white
from hardware.sim.spread406 import EXAMPLE_BITS, EXAMPLE_ID, spread_burst

RATE_HZ = 96_000.0
WINDOW_S = 2.2  # as the listener cuts them: a second of new samples after a whole burst
OFFSET_HZ, DRIFT_HZ_PER_S, PPM = 4_950.0, 20.0, 30.0
LEVELS_DBHZ = (29.0, 30.0, 31.0, 32.0, 34.0)
GOAL_DBHZ, GOAL = 32.0, 0.10  # as for the first generation
TRIALS, TRIALS_QUICK = 200, 12
NOISE_WINDOWS, NOISE_WINDOWS_QUICK = 10_000, 40
BITS_PER_S, CODE_BITS, CORRECTED = 300.0, 250, 6


def run(quick: bool, count: Count) -> list[Figure]:
    """With ``quick`` a fraction of the bursts and of the noise."""
    trials = TRIALS_QUICK if quick else TRIALS
    return [*burst_figures(trials, count), *noise_figures(NOISE_WINDOWS_QUICK if quick else NOISE_WINDOWS, count)]


def ideal(cn0_dbhz: float) -> float:
    """Frame error rate of a coherent receiver that knows phase, chips and start: more than 6 errors in 250 bits."""
    energy = 10.0 ** (cn0_dbhz / 10.0) / BITS_PER_S
    return float(binom.sf(CORRECTED, CODE_BITS, norm.sf(math.sqrt(2.0 * energy))))


def burst_figures(trials: int, count: Count) -> list[Figure]:
    """Frame error rates beside the ideal, wrong identities of all these bursts, and the time one takes."""
    figures, shares = [], []
    wrong_in_all = spent_ns = 0
    for level in LEVELS_DBHZ:
        decoded, wrong, nanoseconds = count(partial(_bursts, level), trials, round(10.0 * level), piece=5)
        wrong_in_all, spent_ns = wrong_in_all + wrong, spent_ns + nanoseconds
        shares.append(1.0 - decoded / trials)
        goal, ok = (f"<= {GOAL:g}", shares[-1] <= GOAL) if level == GOAL_DBHZ else ("", None)
        name = f"406 second generation: frame error rate at {level:.0f} dBHz, offset within 5 kHz"
        around = interval(trials - decoded, trials)
        figures.append(Figure(name, shares[-1], "", goal, ok, "ideal", ideal(level), ideal(level), around))
    total = trials * len(LEVELS_DBHZ)
    return [
        *figures,
        gap_figure("406 second generation", LEVELS_DBHZ, shares, ideal),
        none_figure(f"406 second generation: wrong identities of these {total} bursts", wrong_in_all, total),
        Figure("406 second generation: time of a window with a burst", 1e-6 * spent_ns / total, "ms"),
    ]


def noise_figures(windows: int, count: Count) -> list[Figure]:
    """Identities accepted from noise alone, and the time a window of it takes."""
    accepted, nanoseconds = count(_in_noise, windows, 0x18, piece=20)
    return [
        none_figure(f"406 second generation: identities accepted in {windows} windows of noise", accepted, windows),
        Figure(f"406 second generation: time of a window of {WINDOW_S:g} s of noise", 1e-6 * nanoseconds / windows,
               "ms"),
    ]  # fmt: skip


def _bursts(cn0_dbhz: float, rng: np.random.Generator, trials: int) -> tuple[int, ...]:
    """Bursts decoded, identities that are not the one sent, and nanoseconds of processor time."""
    decoded = wrong = spent_ns = 0
    for _ in range(trials):
        told, nanoseconds = _looked_at(_burst(rng, cn0_dbhz))
        spent_ns += nanoseconds
        decoded += EXAMPLE_ID in told
        wrong += sum(one != EXAMPLE_ID for one in told)
    return decoded, wrong, spent_ns


def _in_noise(rng: np.random.Generator, windows: int) -> tuple[int, ...]:
    accepted = spent_ns = 0
    for _ in range(windows):
        told, nanoseconds = _looked_at(white(rng, round(WINDOW_S * RATE_HZ)))
        accepted, spent_ns = accepted + len(told), spent_ns + nanoseconds
    return accepted, spent_ns


def _looked_at(samples: NDArray[np.complex64]) -> tuple[list[str | None], int]:
    began_ns = time.thread_time_ns()
    found = find_spread_bursts(samples, RATE_HZ)
    return [one.message.id_hex for one in found], time.thread_time_ns() - began_ns


def _burst(rng: np.random.Generator, cn0_dbhz: float) -> NDArray[np.complex64]:
    """A burst anywhere in the window and the channel, drifting, its chips too, in noise; self-tests as often."""
    sent = spread_burst(
        EXAMPLE_BITS,
        RATE_HZ,
        rng.uniform(0.02, WINDOW_S - BURST_S - 0.02),
        rng.uniform(-OFFSET_HZ, OFFSET_HZ),
        rng.uniform(-DRIFT_HZ_PER_S, DRIFT_HZ_PER_S),
        rng.uniform(-PPM, PPM),
        self_test=bool(rng.integers(2)),
        length_s=WINDOW_S,
    )
    scale = np.sqrt(10.0 ** (cn0_dbhz / 10.0) / RATE_HZ)
    return np.asarray(scale * sent + white(rng, sent.size), np.complex64)

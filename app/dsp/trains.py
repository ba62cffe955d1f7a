"""Finds the pulse trains of a window that noise gives with no more than a stated probability; pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.dsp.folding import CAP, Fold, alike, amplitudes_of, near
from app.dsp.matched import PARTS, PulseGram, around, fine_power
from app.dsp.periodicity import LONGEST_S, SHORTEST_S, anywhere
from app.dsp.tails import surprise

SUSPECT = 1.35  # of the noise, 3 of its standard deviations: with such a bin, each is looked at closely
LINE = 1.12  # of the noise, 2 of its standard deviations: from there on it is a line, and levelled out
NEAR, NEAR_SHARE = 0.0015, 0.9  # about a period that was given, for a crystal's; share of the false alarms there
TRIALS_NEAR = (80.0, 4.0)  # independent trials to a cell where the surprise is 20, and the power with which it grows:
TRIALS_ANYWHERE = (
    16.0,
    8.0,
)  # of 10 000 windows each, at 0.1 ... 3 %; ``kestrel bench detect`` proves them with others
SHARPER = 7.0  # surprise that the search between the cells adds at most
FINE = np.arange(-3, 4) / 6.0  # frequencies tried around a bin, in resolutions of a pulse
LAG_PARTS = 16  # of a pulse, to which its place is tried
FURTHER = 3  # times that a pulse is looked for beyond them


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What is searched: a map of powers in units of the noise and the samples it is made of."""

    power: NDArray[np.float32]  # shape (rows, bins), one row each ``hop`` samples; steady lines levelled out
    lines: NDArray[np.float32]  # shape (bins,): what each bin was divided by, 1 where nothing is steady
    samples: NDArray[np.complex64]
    noise: float  # of these samples, in a filter matched to a pulse's length
    unit: float  # power that 1 stands for, at the end
    rate_hz: float
    hop: int
    length: int  # of a pulse, samples
    offsets_hz: NDArray[np.float64]

    @property
    def seconds(self) -> float:
        return len(self.power) * self.hop / self.rate_hz


@dataclass(frozen=True, slots=True, eq=False)
class Train:
    """Pulses that fit one period; ``powers`` are E / N0 + 1 of each place in which one must be."""

    starts: NDArray[np.float64]  # samples from the start of the window
    powers: NDArray[np.float32]
    first_s: float
    period_s: float
    offset_hz: float
    surprise: float
    limit: float  # that noise reaches with the stated probability

    @property
    def snr(self) -> float:
        """Median E / N0."""
        return max(float(np.median(self.powers)) - 1.0, 1e-3)

    def explains(self, other: "Train", length: int) -> bool:
        """Whether most of what the other train is made of are pulses of this one; ``length`` of a pulse in samples."""
        apart = np.abs(other.starts[:, None] - self.starts).min(axis=1)
        return float(other.powers[apart < length].sum()) > 0.5 * float(other.powers.sum())


def window_of(grams: Sequence[PulseGram], rate_hz: float, length: int) -> Window:
    """Maps that follow each other as one, each in units of its own noise, so that a change of gain does not matter."""
    noises = [_noise(one.power) for one in grams]
    power = np.empty((sum(len(one.power) for one in grams), grams[0].offsets_hz.size), np.float32)
    samples = np.empty(sum(one.samples.size for one in grams), np.complex64)
    row = sample = 0
    for one, noise in zip(grams, noises, strict=True):
        rows, count = len(one.power), one.samples.size
        np.multiply(one.power, np.float32(1.0 / noise), out=power[row : row + rows])
        np.multiply(one.samples, np.float32(noise**-0.5), out=samples[sample : sample + count])
        row, sample = row + rows, sample + count
    below = power[:: 4 * PARTS] <= np.float32(SUSPECT * math.log(2.0))
    if 2 * int(below.sum(axis=0).min()) <= len(below):  # a median above it
        lines = _steady(power, PARTS)
        lines[lines < LINE] = 1.0
        power /= lines
    else:
        lines = np.ones(power.shape[1], np.float32)
    return Window(
        power=power,
        lines=lines,
        samples=samples,
        noise=PARTS * grams[0].hop / length,
        unit=noises[-1],
        rate_hz=rate_hz,
        hop=grams[0].hop,
        length=length,
        offsets_hz=grams[0].offsets_hz,
    )


def _noise(power: NDArray[np.float32]) -> float:
    """Mean power of the noise by its median over time and frequency, which neither pulses nor a line reach.

    A power of noise is below t with probability 1 - exp(-t / mean): the share of all cells below a rough median tells
    the mean as well as their own median does, without sorting them.
    """
    rough = float(np.median(power[:: 4 * PARTS, ::4]))
    share = np.count_nonzero(power < np.float32(rough)) / power.size
    return -rough / math.log1p(-share) if 0.0 < share < 1.0 else rough / math.log(2.0) or 1.0


def _steady(power: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """What each bin has all the time, in units of the noise, from one row in ``step``."""
    return np.asarray(np.median(np.ascontiguousarray(power[::step].T), axis=1) / math.log(2.0), np.float32)


def find_trains(window: Window, periods_s: tuple[float, ...], pfa: float) -> list[Train]:
    """Trains that noise gives with probability ``pfa`` in a window like this, most significant first.

    ``periods_s`` are those that were given; all of 0.5 ... 3 s is searched besides, with a tenth of the false alarms.
    """
    amplitudes = amplitudes_of(window.power)
    row_s = window.hop / window.rate_hz
    share = NEAR_SHARE if periods_s else 0.0
    tried: list[tuple[Fold, float]] = []
    for period_s in periods_s:
        limit = _limit(window, period_s, NEAR, pfa * share / len(periods_s))
        tried += [(fold, limit) for fold in near(amplitudes, period_s / row_s, NEAR, limit - SHARPER)]
    limit = _limit_anywhere(window, pfa * (1.0 - share))
    for fold in anywhere(amplitudes, SHORTEST_S / row_s, LONGEST_S / row_s, limit - SHARPER):
        if not any(alike(fold, other) for other, _ in tried):
            tried.append((fold, limit))
    found = [train for fold, limit in tried for train in _sharpened(window, fold, limit)]
    return sorted(found, key=lambda one: (-one.surprise, -float(one.powers.sum())))


def _limit(window: Window, period_s: float, tolerance: float, pfa: float) -> float:
    """Surprise that the best of all trials near a period has with probability ``pfa`` in noise."""
    pulse_s = window.length / window.rate_hz
    span_s = 2.0 * tolerance * period_s + 3.0 * pulse_s * period_s / window.seconds  # cells reach beyond its ends
    return _highest(_cells(window, span_s) / pfa, TRIALS_NEAR)


def _limit_anywhere(window: Window, pfa: float) -> float:
    return _highest(_cells(window, LONGEST_S - SHORTEST_S) / pfa, TRIALS_ANYWHERE)


def _cells(window: Window, span_s: float) -> float:
    """Cells a pulse length wide in phase, as much over the window in period, and 1 / length in frequency."""
    pulse_s = window.length / window.rate_hz
    width_hz = float(window.offsets_hz[-1] - window.offsets_hz[0])
    return max(window.seconds * span_s / pulse_s * width_hz, 1.0)


@lru_cache(maxsize=64)
def _highest(cells: float, trials: tuple[float, float]) -> float:
    """The s with exp(-s) * cells * trials(s) = 1: between the cells a field is higher the higher one looks."""
    at_20, power = trials
    value = 20.0
    for _ in range(30):
        value = math.log(max(cells * at_20 * (value / 20.0) ** power, math.e))
    return value


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """The pulses of a fold at their best place near a guess, between the cells."""

    first: float  # samples
    period: float
    offset_hz: float
    surprise: float
    on_edge: bool  # of what was tried: it may be better beyond
    starts: NDArray[np.intp]  # of the pieces looked at
    lags: NDArray[np.intp]  # of the pulses in them
    power: NDArray[np.float32]  # at every lag, shape (pulses, lags)


def _sharpened(window: Window, fold: Fold, limit: float) -> list[Train]:
    """The fold at its best place, period and frequency between the cells, if it reaches the limit.

    Strong pulses reach over many cells, all as surprising: from the edge of what was tried it is gone on.
    """
    path = _path(window, fold.count, fold.phase * window.hop, fold.period * window.hop, window.offsets_hz[fold.column])
    if path.surprise < limit:
        return []
    for _ in range(FURTHER):
        if path.on_edge:
            path = _path(window, fold.count, path.first, path.period, path.offset_hz)
    places, powers = _peaks(path.power, path.lags, window.length // PARTS)
    places += path.starts
    first, period = _line(np.arange(fold.count), places, powers)
    return [
        Train(
            starts=places.astype(np.float64),
            powers=powers,
            first_s=first / window.rate_hz,
            period_s=period / window.rate_hz,
            offset_hz=path.offset_hz,
            surprise=path.surprise,
            limit=limit,
        )
    ]


def _path(window: Window, count: int, first: float, period: float, offset_hz: float) -> _Path:
    """Places up to a row beside the guess, first and last pulse apart, and frequencies up to half a resolution off."""
    length, hop = window.length, window.hop
    margin, number = length // 2, np.arange(count)
    starts = np.rint(first + number * period).astype(np.intp) - margin
    step = max(length // LAG_PARTS, 1)
    offsets_hz = offset_hz + FINE * window.rate_hz / length
    column = int(np.argmin(np.abs(window.offsets_hz - offset_hz)))
    pieces = around(window.samples, starts, 2 * margin + length)
    fine = fine_power(pieces, offsets_hz, window.rate_hz, length) / np.float32(window.noise * window.lines[column])
    amplitude = np.sqrt(fine[:, :, ::step])
    shifts = np.arange(-hop, hop + 1, step) / step
    skew = number / max(count - 1, 1) - 0.5
    lags = np.rint(margin / step + shifts[:, None, None] + shifts[None, :, None] * skew).astype(np.intp)
    lags = np.minimum(np.maximum(lags, 0), amplitude.shape[2] - 1)  # np.clip takes ten times as long for so few
    sums = amplitude[number, :, lags].sum(axis=2)  # shape (shifts, skews, frequencies)
    top = np.unravel_index(int(np.argmax(sums)), sums.shape)
    shift, skewed, line = (int(place) for place in top)
    at = lags[shift, skewed]
    capped = float(np.minimum(amplitude[number, line, at], CAP).sum())
    turned = float(shifts[skewed])
    return _Path(
        first=first + step * (float(shifts[shift]) - 0.5 * turned),
        period=period + step * turned / max(count - 1, 1),
        offset_hz=float(offsets_hz[line]),
        surprise=float(surprise(capped, count)),
        on_edge=any(place in {0, size - 1} for place, size in zip(top, sums.shape, strict=True)),
        starts=starts,
        lags=at * step,
        power=fine[:, line],
    )


def _line(number: NDArray[np.intp], places: NDArray[np.intp], weights: NDArray[np.float32]) -> tuple[float, float]:
    """Value at 0 and slope of the straight line through places by least squares."""
    shares = weights.astype(np.float64) / float(weights.sum())
    middle, place = float(shares @ number), float(shares @ places)
    slope = float(shares @ ((number - middle) * (places - place))) / float(shares @ np.square(number - middle))
    return place - slope * middle, slope


def _peaks(
    power: NDArray[np.float32], at: NDArray[np.intp], reach: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Lag and power of each pulse at its strongest near its place on the line; ``power`` of shape (pulses, lags)."""
    near = np.minimum(np.maximum(at[:, None] + np.arange(-reach, reach + 1), 0), power.shape[1] - 1)
    rows = np.arange(len(at))
    best = near[rows, power[rows[:, None], near].argmax(axis=1)]
    return best, power[rows, best]

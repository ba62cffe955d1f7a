"""Folds a window at unknown period, phase and frequency: plain sums of matched amplitudes; pure.

Classical radar and pulsar practice, incoherent integration. No pulse is predicted from others and none is listened
for at a predicted time: every period is tried over the whole window, whatever was heard in it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from app.dsp.matched import PARTS
from app.dsp.tails import surprise

SHORTEST_S, LONGEST_S = 0.5, 3.0  # periods of tags
FEWEST = 3  # pulses
CAP = 6.0  # amplitude that counts at most, so that one click is no train
TIE = 1e-3  # of what is above the cap counts, so that a strong pulse is found where it is strongest
POOL = 2  # rows, and bins, of which the strongest stands for all in the first search
TRIED_NEAR = 24  # frequencies that the second search looks at, when the period was given
TRIED = 12  # frequencies, or frequencies and periods, that the second search looks at
KEPT = 8  # folds that it hands on
STANDS_OUT, STANDS_OUT_CAP = 4.0, 14.0  # powers from which, and to which, a cell speaks for a period
LAG_STEP = 0.5  # pooled rows between two lags
LOUD = 24  # pooled columns that are correlated: those in which most stands out
HARMONICS = 4  # multiples of a period summed in the correlation
STEP = 2.0  # pooled rows between the last pulses of two periods tried one after the other
SHIFTS = np.arange(-2, 3)  # rows, of the second search
SKEWS = np.arange(-3, 4)  # half of the rows by which the last pulse comes later, and the first earlier


@dataclass(frozen=True, slots=True)
class Fold:
    """One period and phase, in rows, at one frequency; ``surprise`` is -ln of how likely noise is to reach it."""

    surprise: float
    column: int
    phase: float
    period: float
    count: int  # pulses that the window has room for
    strength: float = 0.0  # sum of the amplitudes, however loud they are


class Search:
    """Folds of one map of powers, shape (rows, bins), in units of the noise."""

    def __init__(self, power: NDArray[np.float32]) -> None:
        self._power = power
        self._rows, columns = (size // POOL for size in power.shape)
        rows = self._rows * POOL
        tall = np.maximum(power[:rows:POOL], power[1:rows:POOL])
        self._pooled = np.maximum(tall[:, : columns * POOL : POOL], tall[:, 1::POOL][:, :columns])
        amplitudes = np.sqrt(self._pooled)
        amplitudes = np.minimum(amplitudes, np.float32(CAP)) + np.float32(TIE) * amplitudes
        self._mean, self._deviation = float(amplitudes.mean()), float(amplitudes.std())
        self._amplitudes = np.zeros((2 * self._rows, columns), np.float32)  # rows of nothing after the end
        self._amplitudes[: self._rows] = amplitudes

    def near(self, period: float, tolerance: float) -> list[Fold]:
        """The best folds at periods, in rows, within ``tolerance`` of one that was given."""
        low, high = (1.0 - tolerance) * period / POOL, (1.0 + tolerance) * period / POOL
        periods = self._steps(low, high)
        best = np.stack([self._scores(one) for one in periods])  # shape (periods, columns)
        places = best.argmax(axis=0)
        columns = np.argsort(best.max(axis=0))[::-1][:TRIED_NEAR]
        return self._settled(self._folds(columns, np.array(periods)[places[columns]]))

    def anywhere(self, shortest: float, longest: float) -> list[Fold]:
        """The best folds at any period between two, in rows: those at which the strongest cells correlate."""
        columns: list[int] = []
        periods: list[float] = []
        firsts: list[int] = []
        for column, lag in self._correlated(shortest / POOL, longest / POOL):
            firsts.append(len(periods))
            periods += self._steps(lag - LAG_STEP / 2.0, lag + LAG_STEP / 2.0)
            columns += [column] * (len(periods) - len(columns))
        if not periods:
            return []
        folds = self._folds(np.array(columns), np.array(periods))
        ends = [*firsts[1:], len(periods)]
        best = [max(folds[first:end], key=lambda fold: fold.surprise) for first, end in zip(firsts, ends, strict=True)]
        return self._settled(best)

    def _steps(self, shortest: float, longest: float) -> list[float]:
        periods = [shortest]
        while periods[-1] <= longest:
            periods.append(periods[-1] + STEP / max(self._rows / periods[-1] - 1.0, 1.0))
        return periods

    def _starts(self, period: float) -> tuple[NDArray[np.intp], int, int]:
        """First rows of the pulses, the phases, and how many of these leave room for the last pulse."""
        starts = np.rint(np.arange(int((self._rows - 1) / period) + 1) * period).astype(np.intp)
        phases = int(np.ceil(period))
        return starts, phases, min(self._rows - int(starts[-1]), phases)

    def _scores(self, period: float) -> NDArray[np.float32]:
        """For each column the best sum over the phases, in deviations over the mean of so many."""
        starts, phases, full = self._starts(period)
        sums = self._amplitudes[:phases].copy()
        for start in starts[1:]:
            sums += self._amplitudes[start : start + phases]
        scores = self._score(sums[:full].max(axis=0), starts.size)
        if full < phases and starts.size > FEWEST:
            scores = np.maximum(scores, self._score(sums[full:].max(axis=0), starts.size - 1))
        return scores

    def _score(self, sums: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        if count < FEWEST:
            return np.full_like(sums, -np.inf)
        return (sums - np.float32(count * self._mean)) / np.float32(self._deviation * math.sqrt(count))

    def _folds(self, columns: NDArray[np.intp], periods: NDArray[np.float64]) -> list[Fold]:
        """The best phase of each column of the pooled map at its period; their surprise is a score still."""
        counts = ((self._rows - 1) / periods).astype(np.intp) + 1
        found: list[Fold | None] = [None] * periods.size
        for count in np.unique(counts):  # all of one count at once: their phases are about as many
            places = np.flatnonzero(counts == count)
            for place, fold in zip(places, self._of_count(columns[places], periods[places], int(count)), strict=True):
                found[place] = fold
        return [fold for fold in found if fold is not None]

    def _of_count(self, columns: NDArray[np.intp], periods: NDArray[np.float64], count: int) -> Iterator[Fold]:
        starts = np.rint(np.arange(count) * periods[:, None]).astype(np.intp)
        phase = np.arange(int(np.ceil(periods.max())))
        width = self._amplitudes.shape[1]
        cells = (starts * width + columns[:, None])[:, :, None] + phase * width
        sums = np.take(self._amplitudes, cells, mode="clip").sum(axis=1)
        full = phase < self._rows - starts[:, -1:]
        scores = np.where(full, self._score(sums, count), self._score(sums, count - 1))
        scores[phase >= np.ceil(periods)[:, None]] = -np.inf
        for row, at in enumerate(scores.argmax(axis=1)):
            pulses = count if full[row, at] else count - 1
            place = POOL * (float(at) + 0.25)
            yield Fold(float(scores[row, at]), POOL * int(columns[row]), place, POOL * float(periods[row]), pulses)

    def _correlated(self, shortest: float, longest: float) -> list[tuple[int, float]]:
        """Pooled columns, and lags in rows, at which what stands out repeats, strongest first.

        The correlation of a train has a peak at every multiple of its period: as many as fit are summed.
        """
        rows = self._rows
        over = np.clip(self._pooled, STANDS_OUT, STANDS_OUT_CAP)
        sums = over.sum(axis=0)
        loud = np.argsort(sums)[max(sums.size - LOUD, 0) :]
        over = over[:, loud].T - np.float32(STANDS_OUT)
        size = scipy.fft.next_fast_len(2 * rows, real=True)
        spectra = scipy.fft.rfft(over, size, axis=1)
        correlation = scipy.fft.irfft(np.square(spectra.real) + np.square(spectra.imag), size, axis=1)[:, :rows]
        lags = np.arange(shortest, min(longest, (rows - 1) / (FEWEST - 1)) + LAG_STEP / 2.0, LAG_STEP)
        total = np.zeros((len(over), lags.size), np.float32)
        overlap = np.zeros(lags.size, np.float32)
        for multiple in range(1, HARMONICS + 1):
            places = np.rint(multiple * lags).astype(np.intp)
            inside = places < rows
            total[:, inside] += correlation[:, places[inside]]
            overlap[inside] += rows - places[inside]
        mean = over.mean(axis=1, keepdims=True)
        total = (total - mean**2 * overlap) / np.sqrt(overlap)
        return [(int(loud[place]), lag) for place, lag in _apart(total, lags)]

    def _settled(self, folds: list[Fold]) -> list[Fold]:
        """The folds at their best place in the map itself, the most surprising ones that are not the same again."""
        kept: list[Fold] = []
        for fold in sorted(self._at_their_best(folds), key=lambda one: (-one.surprise, -one.strength)):
            if all(not alike(fold, other) for other in kept):
                kept.append(fold)
            if len(kept) == KEPT:
                break
        return kept

    def _at_their_best(self, folds: list[Fold]) -> Iterator[Fold]:
        """All at once, for each costs as much alone: those with fewer pulses have empty places at their end."""
        if not folds:
            return
        counts = np.array([fold.count for fold in folds])
        phases, periods = (np.array([getattr(fold, name) for fold in folds]) for name in ("phase", "period"))
        columns = np.array([fold.column for fold in folds])[:, None] + np.arange(POOL)
        number = np.arange(counts.max())
        skews = SKEWS[:, None, None] * (2.0 * number / np.maximum(counts - 1, 1)[:, None] - 1.0)
        starts = np.rint(phases[:, None] + number * periods[:, None] + skews).astype(np.intp)
        rows = np.clip(SHIFTS[:, None, None, None] + starts, 0, len(self._power) - 1)
        cells = rows[..., None] * self._power.shape[1] + columns[:, None, :]
        amplitudes = np.sqrt(np.take(self._power, cells))  # (shifts, skews, folds, pulses, bins)
        amplitudes *= (number < counts[:, None])[:, :, None]
        sums = amplitudes.sum(axis=3).transpose(2, 0, 1, 3)  # (folds, shifts, skews, bins)
        shift, skewed, bin_ = np.unravel_index(sums.reshape(len(folds), -1).argmax(axis=1), sums.shape[1:])
        every = np.arange(len(folds))
        strength = sums[every, shift, skewed, bin_]
        capped = np.minimum(amplitudes[shift, skewed, every, :, bin_], CAP).sum(axis=1)
        skew, values = SKEWS[skewed], np.empty(len(folds))
        for count in np.unique(counts):
            values[counts == count] = surprise(capped[counts == count], int(count))
        for place, fold in enumerate(folds):
            yield Fold(
                surprise=float(values[place]),
                column=fold.column + int(bin_[place]),
                phase=fold.phase + float(SHIFTS[shift[place]]) - float(skew[place]),
                period=fold.period + 2.0 * float(skew[place]) / max(fold.count - 1, 1),
                count=fold.count,
                strength=float(strength[place]),
            )


def _apart(total: NDArray[np.float32], lags: NDArray[np.float64]) -> list[tuple[int, float]]:
    """The largest of ``total``, shape (columns, lags), that are not neighbours."""
    count = min(6 * TRIED, total.size)
    order = np.argpartition(total, total.size - count, axis=None)[total.size - count :]
    best: list[tuple[int, float]] = []
    for flat in order[np.argsort(total.ravel()[order])[::-1]]:
        column, lag = int(flat // lags.size), float(lags[flat % lags.size])
        if all(abs(lag - other) > 1.0 or abs(column - taken) > 1 for taken, other in best):
            best.append((column, lag))
        if len(best) == TRIED:
            break
    return best


def alike(a: Fold, b: Fold) -> bool:
    """Whether first and last pulses fall together."""
    if abs(a.column - b.column) > POOL or a.count != b.count:
        return False
    last = a.phase - b.phase + (a.count - 1) * (a.period - b.period)
    return abs(a.phase - b.phase) <= PARTS and abs(last) <= PARTS

"""Finds what repeats in a window at a period that nobody gave: by correlation first, then by folding; pure."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from app.dsp.folding import FEWEST, Fold, distinct
from app.dsp.tails import reaching, surprise

SHORTEST_S, LONGEST_S = 0.5, 3.0  # periods of tags
POOL = 2  # rows, and bins, of which the strongest stands for all in the first search
TRIED = 12  # frequencies and periods that are folded
STANDS_OUT, STANDS_OUT_CAP = 4.0, 14.0  # powers from which, and to which, a cell speaks for a period
LAG_STEP = 0.5  # pooled rows between two lags
BESIDE = 2  # lags that are the same once more
LOUD = 24  # pooled columns that are correlated: those in which most stands out
HARMONICS = 4  # multiples of a period summed in the correlation
STEP = 2.0  # pooled rows between the last pulses of two periods tried one after the other
ROUGHER = 1.5  # surprise that the second search adds at most to what stands for others, by places between its own
SHIFTS = np.arange(-2, 3)  # rows, of the second search
SKEWS = np.arange(-3, 4)  # half of the rows by which the last pulse comes later, and the first earlier


@dataclass(frozen=True, slots=True, eq=False)
class Rough:
    """Folds of the pooled map, in its rows and columns, one each entry."""

    columns: NDArray[np.intp]
    periods: NDArray[np.float64]
    phases: NDArray[np.float64]
    counts: NDArray[np.intp]


def anywhere(amplitudes: NDArray[np.float32], shortest: float, longest: float, least: float) -> list[Fold]:
    """Folds at any period between two, in rows, that reach ``least``: those at which the strongest cells correlate.

    ``amplitudes`` have shape (rows, bins).
    """
    pooled = _pooled(amplitudes)
    tried = _correlated(pooled, shortest / POOL, longest / POOL)
    if not tried:
        return []
    rough = _folded(pooled, tried, least - ROUGHER)
    return distinct(_refined(amplitudes, rough, least)) if rough.columns.size else []


def _pooled(amplitudes: NDArray[np.float32]) -> NDArray[np.float32]:
    rows, columns = (size // POOL * POOL for size in amplitudes.shape)
    tall = np.maximum(amplitudes[:rows:POOL], amplitudes[1:rows:POOL])
    return np.ascontiguousarray(np.maximum(tall[:, :columns:POOL], tall[:, 1:columns:POOL]).T)


def _correlated(pooled: NDArray[np.float32], shortest: float, longest: float) -> list[tuple[int, float]]:
    """Pooled columns, and lags in rows, at which what stands out repeats, strongest first.

    ``pooled`` has shape (columns, rows). The correlation of a train has a peak at every multiple of its period: as
    many as fit are summed.
    """
    rows = pooled.shape[1]
    over = np.maximum(pooled, np.float32(math.sqrt(STANDS_OUT)))
    np.minimum(over, np.float32(math.sqrt(STANDS_OUT_CAP)), out=over)
    over *= over
    sums = over.sum(axis=1)
    loud = np.sort(np.argsort(sums)[max(sums.size - LOUD, 0) :])
    over = over[loud] - np.float32(STANDS_OUT)
    size = scipy.fft.next_fast_len(2 * rows, real=True)
    spectra = scipy.fft.rfft(over, size, axis=1)
    correlation = scipy.fft.irfft(np.square(spectra.real) + np.square(spectra.imag), size, axis=1)[:, :rows]
    first, last = math.floor(shortest), min(math.ceil(longest), (rows - 1) // (FEWEST - 1))
    if last <= first:
        return []
    total, overlap = _repeated(correlation, first, last), _overlap(rows, first, last)
    total -= over.mean(axis=1, keepdims=True) ** 2 * overlap
    total /= np.sqrt(overlap)
    return _apart(total, first, loud)


def _repeated(correlation: NDArray[np.float32], first: int, last: int) -> NDArray[np.float32]:
    """Sums over the multiples of each lag from ``first`` to before ``last``, half a row apart."""
    count = last - first
    total = np.zeros((len(correlation), count, 2), np.float32)
    for multiple in range(1, HARMONICS + 1):
        for half in range(2):
            at = multiple * first + (multiple * half + 1) // 2
            part = correlation[:, at : at + multiple * count : multiple]
            total[:, : part.shape[1], half] += part
    return total.reshape(len(correlation), -1)


@lru_cache(maxsize=4)
def _overlap(rows: int, first: int, last: int) -> NDArray[np.float32]:
    """Products in each of those sums."""
    return _repeated(np.arange(rows, 0, -1).astype(np.float32)[None, :], first, last)


def _apart(total: NDArray[np.float32], first: int, columns: NDArray[np.intp]) -> list[tuple[int, float]]:
    """The largest of ``total``, shape (columns, lags), that are not neighbours; ``total`` is used up."""
    best: list[tuple[int, float]] = []
    lows, highs = np.searchsorted(columns, columns - 1), np.searchsorted(columns, columns + 2)
    for _ in range(TRIED):
        row, at = divmod(int(total.argmax()), total.shape[1])
        if total[row, at] == -np.inf:
            break
        best.append((int(columns[row]), first + at * LAG_STEP))
        total[lows[row] : highs[row], max(at - BESIDE, 0) : at + BESIDE + 1] = -np.inf
    return best


def _folded(pooled: NDArray[np.float32], tried: list[tuple[int, float]], least: float) -> Rough:
    """The best phase and period near each lag, in deviations over the mean of so many amplitudes.

    What stands for others is the strongest of them: where even its sum falls short of ``least``, theirs do.
    """
    rows = pooled.shape[1]
    which, periods = _periods(np.array([lag for _, lag in tried]), rows)
    columns = np.array([column for column, _ in tried])[which]
    row, height = np.arange(rows), int(periods.max()) + 2
    numbers = np.floor((row + 0.5) / periods[:, None])  # the pulse that a row is of
    places = np.maximum(row - np.rint(numbers * periods[:, None]), 0.0).astype(np.intp)
    places += np.arange(0, periods.size * height, height)[:, None]
    sums = np.bincount(places.ravel(), pooled[columns].ravel(), periods.size * height).reshape(-1, height)
    counts = ((rows - 1) / periods).astype(np.intp) + 1
    full = rows - np.rint((counts - 1) * periods)[:, None]  # phases that leave room for the last pulse
    number = counts[:, None] - (np.arange(height) >= full)
    mean = float(pooled.mean())
    deviation = math.sqrt(max(float(np.vdot(pooled, pooled)) / pooled.size - mean**2, 1e-9))
    scores = (sums - number * mean) / (deviation * np.sqrt(np.maximum(number, 1)))
    scores[number < FEWEST] = -np.inf
    best = scores.argmax(axis=1)
    tops = scores[np.arange(periods.size), best]
    chosen = np.lexsort((-tops, which))[np.searchsorted(which, np.arange(len(tried)))]
    heard = sums[chosen, best[chosen]], number[chosen, best[chosen]].tolist()
    chosen = chosen[[total >= reaching(least, count) for total, count in zip(*heard, strict=True)]]
    return Rough(columns[chosen], periods[chosen], best[chosen].astype(np.float64), number[chosen, best[chosen]])


def _periods(lags: NDArray[np.float64], rows: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Periods within half a step of each lag, of which the last pulses are ``STEP`` apart at most; and whose lag."""
    counts = np.ceil(LAG_STEP * np.maximum(rows / lags - 1.0, 1.0) / STEP).astype(np.intp)
    which = np.repeat(np.arange(lags.size), counts)
    place = np.arange(which.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return which, lags[which] + LAG_STEP * ((place + 0.5) / counts[which] - 0.5)


def _refined(amplitudes: NDArray[np.float32], rough: Rough, least: float) -> list[Fold]:
    """The folds at their best place in the map itself; all at once, for each costs as much alone.

    Those with fewer pulses have empty places at their end.
    """
    counts, every = rough.counts, np.arange(rough.counts.size)
    phases, periods = POOL * (rough.phases + 0.25), POOL * rough.periods
    number = np.arange(counts.max())
    skews = SKEWS[:, None, None] * (2.0 * number / np.maximum(counts - 1, 1)[:, None] - 1.0)
    starts = np.rint(phases[:, None] + number * periods[:, None] + skews).astype(np.intp)
    rows = np.minimum(np.maximum(SHIFTS[:, None, None, None] + starts, 0), len(amplitudes) - 1)
    cells = rows * amplitudes.shape[1] + POOL * rough.columns[:, None]
    there = (number < counts[:, None]).astype(np.float32)
    pairs = [np.einsum("abcd,cd->cab", np.take(amplitudes, cells + beside), there) for beside in range(POOL)]
    sums = np.stack(pairs, axis=-1)  # (folds, shifts, skews, bins)
    shift, skewed, bin_ = np.unravel_index(sums.reshape(every.size, -1).argmax(axis=1), sums.shape[1:])
    tops, skew = sums[every, shift, skewed, bin_], SKEWS[skewed]
    folds = []
    for place, count in enumerate(counts.tolist()):
        if tops[place] >= reaching(least, count):
            value = float(surprise(tops[place], count))
            column = POOL * int(rough.columns[place]) + int(bin_[place])
            phase = float(phases[place] + SHIFTS[shift[place]] - skew[place])
            period = float(periods[place]) + 2.0 * float(skew[place]) / max(count - 1, 1)
            folds.append(Fold(value, column, phase, period, count))
    return folds

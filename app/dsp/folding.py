"""Finds pulses that keep a period, by folding: incoherent integration over unknown period, phase and frequency; pure.

Classical radar and pulsar practice: each tried period is a plain sum over all pulses of the window. No pulse is
predicted from others and none is listened for at a predicted time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainccinv

SHORTEST_S, LONGEST_S = 0.5, 3.0  # periods of tags
PFA = 1e-3  # per window, over all periods, phases and frequencies tried
FEWEST = 3  # pulses
CAP = 40.0  # one loud click counts no more than this, in units of the noise
ON_OFF = 4.0  # least mean power in the pulses over that between them: a carrier has 1
PRESENT, PRESENT_SHARE = 4.0, 0.6  # so many of the pulses stand out by themselves
FADED = 0.1  # of the second strongest: weaker ones are noise that happens to be there
FASTER = range(2, 9)  # a comb at a multiple of the rate is no tag
CANDIDATES = 2  # frequencies folded


@dataclass(frozen=True, slots=True)
class PulseTrain:
    """Pulses that fit one period; times in seconds from the start of the window."""

    first_s: float
    period_s: float
    pulses: int
    offset_hz: float
    contrast_db: float
    snr: float  # median E / N0


def find_train(
    power: NDArray[np.float32], hop_s: float, offsets_hz: NDArray[np.float64], expected_s: float
) -> PulseTrain | None:
    """The pulse train in ``power``, shape (times, bins), in units of the noise, one row each ``hop_s``; or None.

    Looks near ``expected_s`` first and then at every period from 0.5 to 3 s. Rejects a carrier by its on/off
    contrast, clicks by the share of pulses that are there, and a faster comb by what is between its pulses.
    """
    capped = np.minimum(power, CAP)
    columns = _strongest_columns(power)
    for shortest_s, longest_s in ((0.95 * expected_s, 1.05 * expected_s), (SHORTEST_S, LONGEST_S)):
        periods = _periods(shortest_s / hop_s, min(longest_s / hop_s, len(power) / FEWEST), len(power))
        found = [_best_fold(capped[:, column], periods, power.shape[1]) for column in columns]
        for column, fold in zip(columns, found, strict=True):
            if fold is None:
                continue
            train = _judged(power[:, column], fold[0], fold[1], hop_s, float(offsets_hz[column]))
            if train is not None:
                return train
    return None


def _strongest_columns(power: NDArray[np.float32]) -> list[int]:
    """Frequencies with the strongest third moment, so that one click does not choose, some bins apart."""
    score = np.partition(power, -FEWEST * 2, axis=0)[-FEWEST * 2]  # a pulse has two rows
    chosen: list[int] = []
    for column in np.argsort(score)[::-1]:
        if all(abs(int(column) - other) > 2 for other in chosen):
            chosen.append(int(column))
        if len(chosen) == CANDIDATES:
            break
    return chosen


def _periods(shortest: float, longest: float, count: int) -> Iterator[float]:
    """Periods in rows, as close as one row of drift over the window."""
    period = shortest
    while period <= longest:
        yield period
        period += period / count


def _best_fold(series: NDArray[np.float32], periods: Iterator[float], bins: int) -> tuple[float, int] | None:
    """Period and phase in rows of the most significant fold that noise does not reach."""
    best, tried = (0.0, 0.0, 0, 0), 0
    for period in periods:
        phases = int(np.ceil(period))
        pulses = int((series.size - phases) / period) + 1
        if pulses < FEWEST:
            continue
        starts = np.rint(np.arange(pulses) * period).astype(np.intp)
        sums = series[starts[:, None] + np.arange(phases)].sum(axis=0)
        phase = int(np.argmax(sums))
        tried += phases
        score = (float(sums[phase]) - pulses) / np.sqrt(pulses)
        if score > best[0]:
            best = (score, period, phase, pulses)
    score, period, phase, pulses = best
    if not pulses or score * np.sqrt(pulses) + pulses < gammainccinv(pulses, PFA / (tried * bins)):
        return None
    return period, phase


def _judged(
    series: NDArray[np.float32], period: float, phase: int, hop_s: float, offset_hz: float
) -> PulseTrain | None:
    expected = np.rint(np.arange(phase, series.size - 2, period)).astype(np.intp)
    places = np.array([_top_near(series, int(place)) for place in expected])
    on = series[places]
    away = np.ones(series.size, bool)
    for place in places:
        away[max(place - 4, 0) : place + 5] = False
    contrast = float(np.median(on) / max(series[away].mean(), 1e-9)) if away.any() else 1.0
    there = on > max(PRESENT, FADED * float(np.sort(on)[-2]))
    present = int(np.count_nonzero(there))
    if (
        contrast < ON_OFF
        or present < max(FEWEST, PRESENT_SHARE * on.size)
        or _is_comb(series, period, places, float(np.median(on)))
    ):
        return None
    number = np.arange(places.size)
    slope, first = np.polyfit(number, places, 1, w=np.sqrt(on))
    return PulseTrain(
        first_s=float(first) * hop_s,
        period_s=float(slope) * hop_s,
        pulses=present,
        offset_hz=offset_hz,
        contrast_db=10.0 * float(np.log10(contrast)),
        snr=max(float(np.median(on[there])) - 1.0, 1e-3),
    )


def _top_near(series: NDArray[np.float32], place: int) -> int:
    low = max(place - 2, 0)
    return low + int(np.argmax(series[low : place + 3]))


def _is_comb(series: NDArray[np.float32], period: float, places: NDArray[np.int_], on: float) -> bool:
    """Whether there is as much at a fraction of the period as at the period itself."""
    for parts in FASTER:
        between = [
            series[_top_near(series, int(place + part * period / parts))]
            for place in places[:-1]
            for part in range(1, parts)
        ]
        if between and float(np.median(between)) > 0.4 * on + 2.0:
            return True
    return False

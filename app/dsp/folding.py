"""Folds a window at a period that is known to a part in a thousand, at unknown phase and frequency; pure.

Classical radar and pulsar practice, incoherent integration: plain sums of matched amplitudes. No pulse is predicted
from others and none is listened for at a predicted time: every period is tried over the whole window, whatever was
heard in it.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.dsp.matched import PARTS
from app.dsp.tails import reaching, surprise

FEWEST = 3  # pulses
CAP = 6.0  # amplitude that counts at most, so that one click is no train
TIE = 1e-4  # of what is above the cap counts, so that a strong pulse is found where it is strongest
STEP = 2.0  # rows between the last pulses of two periods tried one after the other
KEPT = 8  # folds that are handed on
MOST = 1_000  # cells looked at, the strongest: a loud signal fills many
SAME = 2  # bins that a train may be beside another and be the same


@dataclass(frozen=True, slots=True)
class Fold:
    """One period and phase, in rows, at one frequency; ``surprise`` is -ln of how likely noise is to reach it."""

    surprise: float
    column: int
    phase: float
    period: float
    count: int  # pulses that the window has room for


def amplitudes_of(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is summed of powers in units of the noise, of the same shape."""
    amplitudes = np.sqrt(power)
    if float(amplitudes.max(initial=0.0)) > CAP:  # as a rule nothing is
        amplitudes -= np.float32(1.0 - TIE) * np.maximum(amplitudes - np.float32(CAP), np.float32(0.0))
    return amplitudes


def near(amplitudes: NDArray[np.float32], period: float, tolerance: float, least: float) -> list[Fold]:
    """Folds at periods, in rows, within ``tolerance`` of one that was given, whose surprise is ``least`` or more.

    ``amplitudes`` have shape (rows, bins). Every phase of every bin is summed: the most surprising, and of those that
    are alike one.
    """
    periods = steps((1.0 - tolerance) * period, (1.0 + tolerance) * period, len(amplitudes), STEP)
    return distinct([fold for one in periods.tolist() for fold in _folds(amplitudes, one, least)])


def steps(shortest: float, longest: float, rows: int, step: float) -> NDArray[np.float64]:
    """Periods between two, of which the last pulses in so many rows are ``step`` rows apart at most."""
    moved = (longest - shortest) * max(rows / longest - 1.0, 1.0)  # the last pulse, from one end to the other
    count = max(math.ceil(moved / step), 1)
    return shortest + (longest - shortest) * (np.arange(count) + 0.5) / count


def _folds(amplitudes: NDArray[np.float32], period: float, least: float) -> list[Fold]:
    rows, columns = amplitudes.shape
    starts = np.rint(np.arange(int((rows - 1) / period) + 1) * period).astype(np.intp)
    phases = min(math.ceil(period), rows)
    full = min(rows - int(starts[-1]), phases)  # phases that leave room for the last pulse
    sums = amplitudes[:phases].copy()
    for start in starts[1:]:
        part = amplitudes[start : start + phases]
        sums[: len(part)] += part
    found = []
    for first, some, count in ((0, sums[:full], starts.size), (full, sums[full:], starts.size - 1)):
        if count < FEWEST or not some.size:
            continue
        cells = _highest(some.ravel(), reaching(least, count))
        values = surprise(some.ravel()[cells], count) if cells.size else np.zeros(0)
        for cell, value in zip(cells.tolist(), values.tolist(), strict=True):
            found.append(Fold(value, cell % columns, first + cell // columns, period, count))
    return found


def _highest(sums: NDArray[np.float32], least: float) -> NDArray[np.intp]:
    """Where the sums are that reach ``least``, a bounded number of them."""
    if float(sums.max()) < least:  # as a rule
        return np.zeros(0, np.intp)
    cells = np.flatnonzero(sums >= np.float32(least))
    if cells.size > MOST:
        cells = cells[np.argpartition(sums[cells], cells.size - MOST)[cells.size - MOST :]]
    return cells


def distinct(folds: list[Fold]) -> list[Fold]:
    """The most surprising folds that are not the same again."""
    kept: list[Fold] = []
    for fold in sorted(folds, key=lambda one: -one.surprise):
        if not any(alike(fold, other) for other in kept):
            kept.append(fold)
        if len(kept) == KEPT:
            break
    return kept


def alike(a: Fold, b: Fold) -> bool:
    """Whether first and last pulses fall together."""
    if abs(a.column - b.column) > SAME or a.count != b.count:
        return False
    last = a.phase - b.phase + (a.count - 1) * (a.period - b.period)
    return abs(a.phase - b.phase) <= PARTS and abs(last) <= PARTS

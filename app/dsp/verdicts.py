"""Why a pulse train is taken for the tag that is looked for, or why not; pure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.dsp.folding import CAP, FEWEST
from app.dsp.matched import PARTS
from app.dsp.tails import surprise
from app.dsp.trains import Train, Window

TOLERANCE = 0.03  # of a period that was given, for tags timed by a resistor and a capacitor
STEADY = 0.25  # of the power in the pulses that is there between them too: a carrier has 1
BETWEEN, BETWEEN_FEW = (0.2, 2.0), (0.3, 2.5)  # of the power in the pulses, and noise, at a fraction of the period
MANY = 8  # places between the pulses
FASTEST = 30  # pulses of a comb to a period
FRACTIONS = np.array([[k / parts if k < parts else 0.0 for k in range(1, FASTEST)] for parts in range(2, FASTEST + 1)])
NONE = np.where(FRACTIONS > 0.0, 0.0, np.inf).astype(np.float32)  # so that they come last
LEVEL_SPREAD = 1.5  # by which noise lowers the amplitude of a pulse at most: 2.1 of its standard deviations
FADED = 0.35  # of the amplitude of the stronger half, 9 dB down: what is weaker is no pulse of the train
SKIRT = 6.0  # times the power in the pulses: a pulse's own sidelobes are 20 times weaker than it
LINE_TOLD = 4.0  # power of a steady line over the noise from which it is spoken of
WIDE = 0.25  # of the power in the pulses that is as far off in frequency as the channel allows


class Rate(StrEnum):
    """Which of a tag's rates a train keeps."""

    ALIVE = "alive"
    MORTALITY = "mortality"
    FOUND = "found"  # none was given
    OTHER = "other"


def rate_of(period_s: float, alive_s: float, mortality_s: float) -> Rate:
    """The class of a period; periods of 0 were not given."""
    for given_s, rate in ((alive_s, Rate.ALIVE), (mortality_s, Rate.MORTALITY)):
        if given_s > 0.0 and abs(period_s / given_s - 1.0) <= TOLERANCE:
            return rate
    return Rate.OTHER if alive_s > 0.0 else Rate.FOUND


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """A train, its rate, and what speaks against its being the tag's: empty when nothing does."""

    train: Train
    rate: Rate
    why: str


def verdicts(window: Window, trains: list[Train], alive_s: float, mortality_s: float) -> Iterator[Verdict]:
    """On each train that is not made of the pulses of one before it; most significant first."""
    given = " or ".join(f"{period_s:.3f} s" for period_s in (alive_s, mortality_s) if period_s > 0.0)
    seen: list[Train] = []
    for train in trains:
        if not any(other.explains(train, window.length) for other in seen):
            seen.append(train)
            rate = rate_of(train.period_s, alive_s, mortality_s)
            wrong = f"not its period of {given}" if rate is Rate.OTHER else ""
            yield Verdict(train, rate, objection(window, train) or wrong)


def objection(window: Window, train: Train) -> str:
    """What speaks against a train being a tag's, in words; empty when nothing does."""
    column = int(np.argmin(np.abs(window.offsets_hz - train.offset_hz)))
    series = window.power[:, column]
    rows = np.rint(train.starts / window.hop).astype(np.intp)
    amplitudes = np.sqrt(train.powers)
    usual = float(np.sort(amplitudes)[amplitudes.size // 2 :].mean())  # of the stronger half
    on = usual**2
    steady = _median(_away(series, rows)) / math.log(2.0) - 1.0
    if steady > max(STEADY * on, 0.5):
        return f"a steady carrier: only {_db(on / steady):.0f} dB more in the pulses than between them"
    if parts := _comb_parts(series, rows, train.period_s * window.rate_hz / window.hop, on):
        return f"a comb of {parts / train.period_s:.1f} pulses a second"
    absent = int(np.count_nonzero(amplitudes < min(usual - LEVEL_SPREAD, FADED * usual)))
    if absent > train.powers.size // 3 or train.powers.size - absent < FEWEST:
        return f"{absent} of its {train.powers.size} windows are empty"
    if _wide(_strongest(window, rows, 1), column) > WIDE * on:
        return "clicks as strong over the whole channel"
    beside = _strongest(window, rows, PARTS).max(axis=1) > SKIRT * np.maximum(on, train.powers)
    if beside.any() and not _stands_alone(train, amplitudes[~beside]):
        return "at the times of something stronger beside it"
    return ""


def _stands_alone(train: Train, amplitudes: NDArray[np.float32]) -> bool:
    """Whether these of its pulses would have been taken for a train too, so that no skirt of another made it one."""
    total = float(np.minimum(amplitudes, CAP).sum())
    return amplitudes.size >= FEWEST and float(surprise(total, amplitudes.size)) >= train.limit


def steady_line(window: Window) -> tuple[float, float] | None:
    """Offset in hertz and power over the noise in a pulse's bandwidth of the strongest steady line, if there is one."""
    column = int(np.argmax(window.lines))
    power = float(window.lines[column])
    return (float(window.offsets_hz[column]), power) if power > LINE_TOLD else None


def contrast_db(window: Window, train: Train) -> float:
    """Power in the pulses over that between them."""
    column = int(np.argmin(np.abs(window.offsets_hz - train.offset_hz)))
    rows = np.rint(train.starts / window.hop).astype(np.intp)
    return _db((train.snr + 1.0) / max(float(_away(window.power[:, column], rows).mean()), 1e-9))


def _away(series: NDArray[np.float32], rows: NDArray[np.intp]) -> NDArray[np.float32]:
    away = np.ones(series.size, bool)
    near = rows[:, None] + np.arange(-PARTS, PARTS + 1)
    away[np.minimum(np.maximum(near, 0), series.size - 1)] = False
    return series[away] if away.any() else series


def _median(values: NDArray[np.float32]) -> float:
    """As np.median, which costs more than the sorting."""
    low, high = (values.size - 1) // 2, values.size // 2
    parted = np.partition(values, (low, high))
    return 0.5 * float(parted[low] + parted[high])


def _comb_parts(series: NDArray[np.float32], rows: NDArray[np.intp], period: float, on: float) -> int:
    """The most pulses to a period that are all there; 0 when there is nothing at any fraction of it."""
    most = min(FASTEST, int(period / (2 * PARTS)))
    if most < 2:
        return 0
    padded = np.concatenate((series[:1], series[:1], series, series[-1:], series[-1:]))
    highest = np.maximum.reduce([padded[first : first + series.size] for first in range(5)])  # within two rows
    places = np.rint(rows[:-1, None] + FRACTIONS[: most - 1, None, :] * period).astype(np.intp)
    tops = np.take(highest, places, mode="clip")  # (parts, pulses, fractions)
    tops = np.maximum(tops, NONE[: most - 1, None, :])
    tops = np.sort(tops.reshape(most - 1, -1), axis=1)
    parts = np.arange(2, most + 1)
    sizes = (parts - 1) * (rows.size - 1)
    medians = 0.5 * (tops[parts - 2, (sizes - 1) // 2] + tops[parts - 2, sizes // 2])
    limits = np.where(sizes >= MANY, BETWEEN[0] * on + BETWEEN[1], BETWEEN_FEW[0] * on + BETWEEN_FEW[1])
    there = np.flatnonzero(medians > limits)
    return int(parts[there[-1]]) if there.size else 0


def _strongest(window: Window, rows: NDArray[np.intp], reach: int) -> NDArray[np.float32]:
    """The largest power within so many rows of each pulse, shape (pulses, bins)."""
    near = rows[:, None] + np.arange(-reach, reach + 1)
    return np.asarray(np.take(window.power, near, axis=0, mode="clip").max(axis=1), np.float32)


def _wide(at_pulses: NDArray[np.float32], column: int) -> float:
    """Power in the half of the channel that is farthest from the pulses, at their times; shape (pulses, bins)."""
    distance = np.abs(np.arange(at_pulses.shape[1]) - column)
    far = np.argsort(distance)[distance.size // 2 :]
    return _median(at_pulses[:, far].mean(axis=1))


def _db(ratio: float) -> float:
    return 10.0 * math.log10(max(ratio, 1e-20))

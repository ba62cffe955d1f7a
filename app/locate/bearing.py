"""A bearing from levels heard while the antenna turned: its pattern fitted in dB, missed parts as upper bounds; pure.

Model: power = P + gain towards the bearing at the slice's attitude + noise; P, alike for all slices, and the noise's
variance are unknown. A missed slice says that the power was below its bound (Tobin 1958). P is integrated out by
Laplace's method, the variance over a grid with an inverse chi-squared prior. What is left is the probability of each
bearing, whose mean and standard deviation round its main lobe are given.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx

from app.locate.antenna import Antenna, Attitude

Floats = NDArray[np.float64]
COARSE_DEG, FINE_DEG = 2.0, 0.25
NOISE_DB = np.array([0.5, 0.8, 1.25, 2.0, 3.2, 5.0, 8.0])
PRIOR_DB, PRIOR_SLICES = 1.0, 2.0  # noise that is expected, and how many slices' worth of it
COARSE_NOISE_DB = NOISE_DB[1::2]
NEWTON_STEPS = 4
FAR_BELOW = 8.0  # standard deviations from which on a missed slice says nothing
KEPT = 12.0  # nats below the most probable bearing up to which the fine grid is laid
LOBE_DEG = 60.0  # either side of the bearing that belongs to it
LOBE_WINDOW_DEG = 40.0  # in which the most probability marks the main lobe
SURE = 0.95  # share of the probability in the main lobe without which it is ambiguous
LEAST_SIGMA_DEG = 0.3  # headings are not known better
WIDEST_SIGMA_DEG = 25.0
FEWEST_SLICES = 4
LEAST_TURN_DEG = 180.0
LEAST_CONTRAST_DB = 3.0  # between the antenna's best and worst direction


@dataclass(frozen=True, slots=True)
class Slice:
    """The level in one attitude; while it was missed ``power_db`` is the level that would have been heard."""

    attitude: Attitude
    power_db: float
    heard: bool


@dataclass(frozen=True, slots=True)
class FoundBearing:
    """While not ``enough`` the figures are NaN, and ``text`` says what to turn or fly."""

    enough: bool
    text: str
    bearing_deg: float = math.nan  # true, 0 ... 360
    sigma_deg: float = math.nan
    ambiguous: bool = False
    other_deg: float | None = None  # the middle of the other lobe
    quality: float = 0.0
    used: int = 0
    left_out: int = 0  # slices that were no numbers


def find_bearing(slices: Sequence[Slice], antenna: Antenna, depression_deg: float = 0.0) -> FoundBearing:
    """The bearing of what was heard; ``depression_deg`` is how far below level it is looked for."""
    sound = [one for one in slices if _sane(one)]
    missing = _missing(sound, antenna)
    if missing:
        return _not_enough(missing, sound, slices)
    coarse = np.arange(0.0, 360.0, COARSE_DEG)
    gains = gain_table(antenna, [one.attitude for one in sound], coarse, depression_deg)
    if float(np.ptp(gains, axis=0).max()) < LEAST_CONTRAST_DB:
        return _not_enough("The antenna hears alike all round; carry one with a direction.", sound, slices)
    power, heard = np.array([one.power_db for one in sound]), np.array([one.heard for one in sound])
    bearings = _refined(coarse, log_probability(gains, power, heard, COARSE_NOISE_DB))
    gains = gain_table(antenna, [one.attitude for one in sound], bearings, depression_deg)
    score = log_probability(gains, power, heard)
    mass = np.exp(score - score.max())
    return _found(bearings, mass / mass.sum(), gains, power, heard, len(slices) - len(sound))


def gain_table(
    antenna: Antenna, attitudes: Sequence[Attitude], bearings_deg: Floats, depression_deg: float = 0.0
) -> Floats:
    """Gain towards each bearing in each attitude, dB, shape (bearings, attitudes)."""
    turn = np.radians(bearings_deg)
    east, north = (1000.0 * np.sin(turn)).astype(np.float32), (1000.0 * np.cos(turn)).astype(np.float32)
    up_m = -1000.0 * math.tan(math.radians(depression_deg))
    return np.column_stack([antenna.gain_db(east, north, up_m, one) for one in attitudes]).astype(np.float64)


def log_probability(
    gains_db: Floats, power_db: Floats, heard: NDArray[np.bool_], noise_db: Floats = NOISE_DB
) -> Floats:
    """Of each bearing, up to a constant, shape (bearings,); ``gains_db`` is (bearings, slices)."""
    rest = power_db[heard] - gains_db[:, heard]
    count, mean = rest.shape[1], rest.mean(axis=1)[:, None]
    square = ((rest - mean) ** 2).sum(axis=1)[:, None]
    bound = (power_db[~heard] - gains_db[:, ~heard])[:, None, :]
    level = np.repeat(mean, noise_db.size, axis=1)
    for _ in range(NEWTON_STEPS if bound.size else 0):  # concave: Newton's steps find its one maximum
        _, slope, curve = _missed(bound, level, noise_db)
        pull = count * (mean - level) / noise_db**2 - slope
        level = level + pull / (count / noise_db**2 + curve)
    below, _, curve = _missed(bound, level, noise_db)
    score = below - 0.5 * (square + count * (mean - level) ** 2) / noise_db**2 - count * np.log(noise_db)
    score -= 0.5 * np.log(count / noise_db**2 + curve)
    score -= PRIOR_SLICES * (np.log(noise_db) + PRIOR_DB**2 / (2.0 * noise_db**2))
    total: Floats = np.logaddexp.reduce(score, axis=1)
    return total


def _missed(bound: Floats, level: Floats, noise_db: Floats) -> tuple[Floats, Floats, Floats]:
    """Log probability that all missed slices were below their bounds, how fast it falls with the level, its curve."""
    z = np.minimum((bound - level[:, :, None]) / noise_db[None, :, None], FAR_BELOW)
    mills = erfcx(z * -math.sqrt(0.5))
    hazard = math.sqrt(2.0 / math.pi) / mills
    log_share = (np.log(0.5 * mills) - 0.5 * z**2).sum(axis=2)
    return log_share, hazard.sum(axis=2) / noise_db, (hazard * (z + hazard)).sum(axis=2) / noise_db**2


def _refined(coarse: Floats, score: Floats) -> Floats:
    """Fine bearings round all coarse ones that are not ruled out."""
    likely = score > score.max() - KEPT
    likely |= np.roll(likely, 1) | np.roll(likely, -1)
    within = np.arange(0.0, COARSE_DEG, FINE_DEG) - 0.5 * (COARSE_DEG - FINE_DEG)
    fine: Floats = (coarse[likely][:, None] + within).ravel() % 360.0
    return fine


def _found(
    bearings: Floats, mass: Floats, gains: Floats, power: Floats, heard: NDArray[np.bool_], left_out: int
) -> FoundBearing:
    middle = _main_lobe(bearings, mass)
    for _ in range(3):
        off = _turn(bearings - middle)
        inside = np.abs(off) <= LOBE_DEG
        middle += float((mass * off)[inside].sum() / mass[inside].sum())
    off = _turn(bearings - middle)
    inside = np.abs(off) <= LOBE_DEG
    share = float(mass[inside].sum())
    variance = float((mass * off**2)[inside].sum()) / share
    sigma_deg = math.hypot(math.sqrt(variance), LEAST_SIGMA_DEG)
    ambiguous = share < SURE
    other = _main_lobe(bearings[~inside], mass[~inside]) if ambiguous else None
    quality = _explained(gains[int(np.argmin(np.abs(off)))], power, heard)
    if sigma_deg > WIDEST_SIGMA_DEG:
        text = f"It may lie {sigma_deg:.0f} degrees either side: turn again, slower, or nearer to it."
        return FoundBearing(False, f"Not enough to say: {text}", used=power.size, left_out=left_out)
    return FoundBearing(
        True,
        _words(heard, sigma_deg, other),
        middle % 360.0,
        sigma_deg,
        ambiguous,
        other,
        quality,
        power.size,
        left_out,
    )


def _words(heard: NDArray[np.bool_], sigma_deg: float, other: float | None) -> str:
    text = f"Heard in {int(heard.sum())} of {heard.size} directions, good to {sigma_deg:.1f} degrees"
    return text + (f"; or it lies at {other:.0f} degrees: take another from elsewhere" if other is not None else "")


def _main_lobe(bearings: Floats, mass: Floats) -> float:
    """Middle of the window that holds most."""
    apart = np.abs(_turn(bearings[:, None] - np.arange(0.0, 360.0, COARSE_DEG)))
    return float(np.arange(0.0, 360.0, COARSE_DEG)[(mass @ (apart <= 0.5 * LOBE_WINDOW_DEG)).argmax()])


def _explained(gains: Floats, power: Floats, heard: NDArray[np.bool_]) -> float:
    """Share of the heard levels' variance that the pattern explains, 0 ... 1; of one level nothing."""
    rest = (power - gains)[heard]
    spread = float(power[heard].var())
    return max(0.0, 1.0 - float(rest.var()) / spread) if heard.sum() > 1 and spread > 0.0 else 0.0


def _missing(slices: Sequence[Slice], antenna: Antenna) -> str:
    """What is to be turned before there can be a bearing; empty when there is enough."""
    if not antenna.directional:
        return "The antenna hears alike all round; carry one with a direction and say which (its pattern)."
    if len(slices) < FEWEST_SLICES:
        return f"{len(slices)} directions are too few: turn all the way round, in {FEWEST_SLICES} directions or more."
    turned = _turned([one.attitude.heading_deg for one in slices])
    if turned < LEAST_TURN_DEG:
        return f"Only {turned:.0f} degrees were turned: turn all the way round."
    heard = [one.power_db for one in slices if one.heard]
    if not heard:
        return "Nothing was heard in any direction: fly nearer or higher, then turn again."
    if len(heard) == len(slices) and max(heard) - min(heard) < 1e-6:
        return (
            "The level was the same all round: the antenna does not turn with the vehicle, or its level is not taken."
        )
    return ""


def _turned(headings_deg: Sequence[float]) -> float:
    """The part of the circle without its largest gap, degrees."""
    around = sorted(heading % 360.0 for heading in headings_deg)
    return 360.0 - max(after - before for before, after in pairwise([*around, around[0] + 360.0]))


def _not_enough(text: str, sound: Sequence[Slice], slices: Sequence[Slice]) -> FoundBearing:
    left_out = len(slices) - len(sound)
    also = f" {left_out} readings were no numbers." if left_out else ""
    return FoundBearing(False, f"Not enough to say: {text}{also}", used=len(sound), left_out=left_out)


def _sane(one: Slice) -> bool:
    angles = one.attitude.roll_deg, one.attitude.pitch_deg, one.attitude.heading_deg
    return all(math.isfinite(value) for value in (*angles, one.power_db)) and -300.0 <= one.power_db <= 200.0


def _turn(angle_deg: Floats) -> Floats:
    """Folded to -180 ... 180."""
    folded: Floats = (angle_deg + 180.0) % 360.0 - 180.0
    return folded

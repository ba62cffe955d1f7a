"""Where bearings meet: Lenth's estimators (1981, On finding the source of a signal, Technometrics 23, 149-154).

Errors of bearings follow von Mises' distribution with concentration kappa, 1 / sigma^2 in radians for large ones. The
maximum of the likelihood, and the M-estimators of Huber and Andrews that outliers harm less. Pure, any thread.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, f

from app.domain.geometry import EastNorth

Floats = NDArray[np.float64]
Method = Literal["mle", "huber", "andrews"]
TUNING = 1.5  # of both psi functions, Lenth's value
# E[psi^2] E[w] / E[psi']^2 for normal errors: weighting makes the estimated kappa too large by that (numerically 1.164
# for Huber's function, 1.152 for Andrews'; 1.01 and 0.96 where kappa is known)
WIDER = 1.16
MOST_STEPS = 500
CLOSE = 1e-9  # last step of the iteration, as a share of the distance from the places


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Bearings from places; arrays of shape (n,), directions in radians from east to north."""

    east_m: Floats
    north_m: Floats
    angle: Floats
    kappa: Floats | None  # of each, where it is known

    @classmethod
    def of(cls, east_m: Floats, north_m: Floats, bearing_deg: Floats, sigma_deg: Floats | None = None) -> "Lines":
        """From bearings clockwise from north and their standard deviations."""
        kappa = None if sigma_deg is None else np.radians(sigma_deg) ** -2
        return cls(east_m, north_m, np.radians(90.0 - bearing_deg), kappa)

    def away(self, point: Floats) -> tuple[Floats, Floats, Floats]:
        """East, north and distance from the places to ``point`` (2,)."""
        east, north = point[0] - self.east_m, point[1] - self.north_m
        return east, north, np.maximum(np.hypot(east, north), 1e-6)

    def agreement(self, point: Floats) -> Floats:
        """Cosine of each bearing's error if the source is at ``point``."""
        east, north, distance = self.away(point)
        cosine: Floats = (np.cos(self.angle) * east + np.sin(self.angle) * north) / distance
        return cosine


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Half axes, and where the longer one points, degrees clockwise from north, 0 ... 180."""

    major_m: float
    minor_m: float
    bearing_deg: float

    def holds(self, off: EastNorth) -> bool:
        """Whether a place so far from the middle is inside."""
        turn = math.radians(off.bearing_deg - self.bearing_deg)
        along, across = off.length_m * math.cos(turn), off.length_m * math.sin(turn)
        return math.hypot(along / max(self.major_m, 1e-9), across / max(self.minor_m, 1e-9)) <= 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Fix:
    """``weight`` (n,) is 1 for what is no outlier; ``covariance_m2`` (2, 2) is Lenth's.

    ``freedom`` of the errors' estimate is infinite where they were known; ``wider`` is what his covariance lacks.
    """

    east_m: float
    north_m: float
    covariance_m2: Floats
    weight: Floats
    sigma_deg: float  # of one bearing, as the bearings agree
    freedom: float
    wider: float

    def ellipse(self, share: float) -> Ellipse | None:
        """The region of confidence; None where there are too few bearings to know their errors.

        With known errors by chi-squared; else by Hotelling's T-squared, since kappa was estimated from the same few.
        """
        if self.freedom <= 0.5:
            return None
        if math.isinf(self.freedom):
            scale = float(chi2.ppf(share, 2))
        else:
            scale = 2.0 * float(f.ppf(share, 2, self.freedom)) * (self.freedom + 2.0) / self.freedom
        (low, high), axes = np.linalg.eigh(self.wider * self.covariance_m2)
        turn_deg = math.degrees(math.atan2(axes[0, 1], axes[1, 1])) % 180.0
        return Ellipse(math.sqrt(scale * max(high, 0.0)), math.sqrt(scale * max(low, 0.0)), turn_deg)


def fix(lines: Lines, method: Method) -> Fix | None:
    """Where the bearings meet; None where they meet nowhere, for example when they part or are parallel."""
    starts = _starts(lines)
    likely = _best(lines, starts, "mle")
    if method == "mle" or likely is None:
        end = likely if method == "mle" else _best(lines, starts, method)
    else:
        end = _iterate(lines, likely[0], method)
    wider = WIDER if method != "mle" and lines.kappa is None else 1.0
    return None if end is None else _summed_up(lines, *end, wider)


def _best(lines: Lines, starts: list[Floats], method: Method) -> tuple[Floats, Floats] | None:
    """The end of all the iterations with which the bearings agree best."""
    found = [end for start in starts if (end := _iterate(lines, start, method)) is not None]
    known = np.ones(lines.angle.size) if lines.kappa is None else lines.kappa
    return max(found, key=lambda end: float((end[1] * known) @ lines.agreement(end[0])), default=None)


def _starts(lines: Lines) -> list[Floats]:
    """The least-squares crossing of the lines (Lenth's own start), and the median of where two meet ahead of both."""
    sine, cosine = np.sin(lines.angle), np.cos(lines.angle)
    offset = sine * lines.east_m - cosine * lines.north_m
    starts = [np.linalg.lstsq(np.column_stack([sine, -cosine]), offset, rcond=None)[0]]
    one, other = np.triu_indices(lines.angle.size, 1)
    cross = sine[other] * cosine[one] - cosine[other] * sine[one]
    with np.errstate(all="ignore"):
        east, north = lines.east_m[other] - lines.east_m[one], lines.north_m[other] - lines.north_m[one]
        along = (east * sine[other] - north * cosine[other]) / cross
        beyond = (east * sine[one] - north * cosine[one]) / cross
    ahead = (along > 0.0) & (beyond > 0.0) & (np.abs(cross) > 1e-6)
    if ahead.any():
        first, way = one[ahead], along[ahead]
        places = lines.east_m[first] + way * cosine[first], lines.north_m[first] + way * sine[first]
        starts.append(np.array([np.median(places[0]), np.median(places[1])]))
    return starts


def _iterate(lines: Lines, start: Floats, method: Method) -> tuple[Floats, Floats] | None:
    """Lenth's eq. 2.6 and 3.2 until the point (2,) and the weights (n,) stand still; None when they do not."""
    sine, cosine = np.sin(lines.angle), np.cos(lines.angle)
    offset = sine * lines.east_m - cosine * lines.north_m
    point, weight = start, np.ones(lines.angle.size)
    for _ in range(MOST_STEPS):
        kappa = _kappa(lines, point, weight)
        if method != "mle":
            weight = _weight(lines, point, kappa, method)
        east, north, distance = lines.away(point)
        share = weight * kappa / kappa.max() / (distance / distance.min()) ** 3
        pull_s, pull_c = share * north, share * east
        table = np.array([[pull_s @ sine, -(pull_s @ cosine)], [-(pull_c @ sine), pull_c @ cosine]])
        if not np.isfinite(table).all() or np.linalg.cond(table) > 1e10:
            return None
        moved = np.linalg.solve(table, np.array([pull_s @ offset, -(pull_c @ offset)]))
        step_m, point = float(np.hypot(*(moved - point))), moved
        if step_m <= CLOSE * float(distance.min() + 1.0):
            behind = float((weight * lines.agreement(point)).sum()) <= 0.5 * float(weight.sum())
            return None if behind else (point, weight)
    return None


def _kappa(lines: Lines, point: Floats, weight: Floats) -> Floats:
    """The concentrations (n,), estimated where they are not known (Lenth's eq. 2.10)."""
    if lines.kappa is not None:
        return lines.kappa
    mean = float(np.clip((weight * lines.agreement(point)).sum() / max(weight.sum(), 1e-9), 1e-3, 1.0 - 1e-12))
    inverse = 2.0 * (1.0 - mean) + (1.0 - mean) ** 2 * (0.48794 - 0.82905 * mean - 1.3915 * mean**2) / mean
    return np.full(lines.angle.size, 1.0 / max(inverse, 1e-12))


def _weight(lines: Lines, point: Floats, kappa: Floats, method: Method) -> Floats:
    """psi(t) / t with t = sqrt(2 kappa (1 - cos error))."""
    t = np.sqrt(np.maximum(2.0 * kappa * (1.0 - lines.agreement(point)), 1e-18))
    weight: Floats
    if method == "huber":
        weight = np.minimum(1.0, TUNING / t)
    else:
        weight = np.where(t < TUNING * math.pi, TUNING * np.sin(t / TUNING) / t, 0.0)
    return weight


def _summed_up(lines: Lines, point: Floats, weight: Floats, wider: float) -> Fix | None:
    """The covariance by Lenth's eq. 2.9; wider where the bearings agree worse than was said of them."""
    kappa = _kappa(lines, point, weight)
    sine, cosine = np.sin(lines.angle), np.cos(lines.angle)
    east, north, distance = lines.away(point)
    pull_s, pull_c = weight * kappa * north / distance**3, weight * kappa * east / distance**3
    across = -0.5 * float(pull_s @ cosine + pull_c @ sine)
    information = np.array([[float(pull_s @ sine), across], [across, float(pull_c @ cosine)]])
    if np.linalg.eigvalsh(information)[0] <= 0.0 or np.linalg.cond(information) > 1e12:
        return None
    error = np.arccos(np.clip(lines.agreement(point), -1.0, 1.0))
    spread, freedom = 1.0, math.inf
    left = float(weight.sum()) - 2.0
    if lines.kappa is None:
        freedom = left
    elif left > 0.5:
        spread = max(1.0, float((weight * kappa * error**2).sum()) / left)
    sigma_deg = math.degrees(math.sqrt(float((weight * error**2).sum() / weight.sum())))
    covariance = spread * np.linalg.inv(information)
    return Fix(float(point[0]), float(point[1]), covariance, weight, sigma_deg, freedom, wider)

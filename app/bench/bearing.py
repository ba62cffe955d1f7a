"""How good bearings by turning are, beside the peers' on the same data and the Cramer-Rao bound; the main thread.

A rotation in 8 or 16 slices with the pattern of the RA-2AK, known to all; what is below 9 dB of SNR is missed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from app.bench.bearing_peers import RA_2AK_DB, pattern_db, tagtracker_deg, uavrt_deg
from app.bench.figures import Figure
from app.domain.antenna import AntennaSetup
from app.locate.antenna import Attitude, antenna_for
from app.locate.bearing import Slice, find_bearing

Floats = NDArray[np.float64]
FLOOR_DB = 9.0
RUNS, RUNS_QUICK = 500, 60
GROSS_DEG = 60.0  # beyond it the wrong lobe was taken
SETUP = AntennaSetup("table", horizontal_db=tuple((10.0 * i, gain) for i, gain in enumerate(RA_2AK_DB)), name="RA-2AK")


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table with the goals for the error's median and 90 % quantile."""

    slices: int
    boresight_db: float
    noise_db: float
    median_deg: float
    p90_deg: float

    @property
    def name(self) -> str:
        return f"{self.slices} slices, {self.boresight_db:g} dB, noise {self.noise_db:g} dB"


CASES = (Case(8, 40.0, 1.0, 0.7, 1.9), Case(8, 25.0, 2.0, 2.3, 6.5), Case(16, 15.0, 4.0, 5.6, 14.3))


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """Of all turns of a case in which anything was heard, degrees, arrays of shape (n,)."""

    ours: Floats
    sigma: Floats
    ambiguous: NDArray[np.bool_]
    tagtracker: Floats
    uavrt: Floats
    bound: Floats  # least standard deviation


def run(quick: bool) -> list[Figure]:
    """With ``quick`` fewer turns."""
    return [figure for case in CASES for figure in figures(case, turns(case, RUNS_QUICK if quick else RUNS, 1))]


def figures(case: Case, errors: Errors) -> list[Figure]:
    """The row's figures; the limit of a quantile is that of normal errors of the bound's size."""
    spread = errors.bound * np.abs(np.random.default_rng(0).standard_normal((40, errors.bound.size)))
    found = []
    for share, what, goal in ((50.0, "median", case.median_deg), (90.0, "90 % quantile", case.p90_deg)):
        ours, tagtracker, uavrt = (
            float(np.percentile(np.abs(one), share)) for one in (errors.ours, errors.tagtracker, errors.uavrt)
        )
        limit, name = float(np.percentile(spread, share)), f"{case.name}: {what}"
        found.append(Figure(name, ours, "deg", f"<= {goal:g}", ours <= goal, "TagTracker", tagtracker, limit))
        found.append(Figure(f"{name} by uavrt's PCA", uavrt, "deg"))
    sure = ~errors.ambiguous
    near = sure & (np.abs(errors.ours) <= GROSS_DEG)
    ratio = float(np.sqrt((errors.ours[near] ** 2).mean() / (errors.bound[near] ** 2).mean()))
    normalised = float(np.sqrt(((errors.ours[near] / errors.sigma[near]) ** 2).mean()))
    wrong = 100.0 * float((sure & ~near).sum()) / max(1, int(sure.sum()))
    return [
        *found,
        Figure(f"{case.name}: RMSE over the Cramer-Rao bound", ratio, ""),
        Figure(f"{case.name}: normalised error", normalised, "", "0.75 - 1.3", 0.75 <= normalised <= 1.3),
        Figure(f"{case.name}: said to be ambiguous", 100.0 * float(errors.ambiguous.mean()), "%"),
        Figure(f"{case.name}: wrong lobe, not said to be ambiguous", wrong, "%", "<= 2", wrong <= 2.0),
    ]


def turns(case: Case, count: int, seed: int) -> Errors:
    """Turns towards bearings all round, the same data for all estimators."""
    random = np.random.default_rng(seed)
    antenna = antenna_for(SETUP)
    heading = np.arange(case.slices) * 360.0 / case.slices
    attitudes = [Attitude(0.0, 0.0, float(one)) for one in heading]
    rows: list[tuple[float, ...]] = []
    while len(rows) < count:
        truth = float(random.uniform(0.0, 360.0))
        snr = case.boresight_db + pattern_db(heading - truth) + case.noise_db * random.standard_normal(case.slices)
        heard = snr >= FLOOR_DB
        level = np.where(heard, snr, FLOOR_DB)
        slices = [Slice(a, float(p), bool(h)) for a, p, h in zip(attitudes, level, heard, strict=True)]
        found = find_bearing(slices, antenna)
        if not found.enough:
            continue
        others = (float(_off(peer(heading, snr, heard), truth)) for peer in (tagtracker_deg, uavrt_deg))
        ours = float(_off(found.bearing_deg, truth))
        rows.append((ours, found.sigma_deg, found.ambiguous, *others, bound_deg(case, heading - truth)))
    ours, sigma, ambiguous, tagtracker, uavrt, bound = np.array(rows, np.float64).T
    return Errors(ours, sigma, ambiguous > 0.5, tagtracker, uavrt, bound)


def bound_deg(case: Case, off_deg: Floats) -> float:
    """Least standard deviation of an unbiased bearing with the level unknown (Cramer-Rao, censored slices counted)."""
    gain = pattern_db(off_deg)
    slope = (pattern_db(off_deg - 0.05) - pattern_db(off_deg + 0.05)) / 0.1
    below = (FLOOR_DB - case.boresight_db - gain) / case.noise_db
    density, missed = norm.pdf(below), np.maximum(norm.cdf(below), 1e-300)
    weight = (norm.sf(below) + below * density + density**2 / missed) / case.noise_db**2
    table = np.stack([slope, np.ones_like(slope)])
    return float(np.sqrt(np.linalg.inv((table * weight) @ table.T)[0, 0]))


def _off(found_deg: float, truth_deg: float) -> float:
    return (found_deg - truth_deg + 180.0) % 360.0 - 180.0

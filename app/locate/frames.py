"""Two grids over one posterior: the whole area coarsely and its likely part finely, each laid anew when need be.

Pure; owned by a ``Posterior``. Both hold the same sums, so that probability outside the fine grid is known, and a place
once ruled out too early is found again.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.locate.antenna import Antenna, Floats
from app.locate.fit import Sums, Surface, path_term_db
from app.locate.grid import Box, Grid, box_of, densest
from app.locate.rays import Evidence, Told
from app.locate.shadowing import Whitening
from app.locate.track import Measured, Rows
from app.settings import LocateSettings

SIDE = 120  # cells along one edge of either grid
FIRST_HALF_M = 1500.0
FARTHEST_HALF_M = 6000.0
LEAST_HALF_M = 60.0
MARGIN_M = 800.0  # round all places of readings
RANGE_M = 500.0  # of the prior on the distance to where it was first heard: 50 % within 0.77 times, 90 % within 1.9
HELD = 0.995  # of the probability, inside the fine grid when it is laid
EVIDENCE_SIDE = 24
FEWEST_ROWS = 8  # before these the likely part is not looked at more closely
MISS = 0.4  # probability that a beacon is not heard where its power would suffice
MOST_FROM_SILENCE = 6.0  # nats


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """Rows and how they enter the sums; ``whitening`` and ``trust`` are for rows ``whitening.first`` and later."""

    rows: Rows
    whitening: Whitening
    trust: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The posterior on the grid that shows it best; ``mass`` (side, side) sums to 1."""

    surface: Surface
    mass: NDArray[np.float64]
    border_share: float  # of the probability at the edge of the whole area

    @property
    def peak(self) -> int:
        """Index of the densest cell in the flattened grid."""
        return int(np.argmax(self.mass))


class Frames:
    """The two grids and their sums."""

    def __init__(self, settings: LocateSettings, antenna: Antenna, work: Work) -> None:
        self._settings = settings
        self._antenna = antenna
        rows = work.rows
        self._offset_db = float(rows.power_db[0])
        self._home = float(rows.east_m[0]), float(rows.north_m[0])
        self._overview = self._sums(Grid.around(*self._home, FIRST_HALF_M, SIDE), work)
        self._detail: Sums | None = None
        self._outside: NDArray[np.float64] | None = None
        self.told: tuple[Evidence, ...] = ()

    def append(self, work: Work) -> None:
        """Add rows that came later."""
        for sums in (self._overview, self._detail):
            if sums is not None:
                sums.add(work.rows, work.whitening, work.trust)

    def lay_again(self, work: Work) -> None:
        """Make all sums anew on the same grids: weights or the covariance have changed."""
        self._overview = self._sums(self._overview.grid, work)
        if self._detail is not None:
            self._detail = self._sums(self._detail.grid, work)

    def look(self, silent: tuple[Measured, ...], variance_db2: float) -> View:
        """The posterior as it stands; ``variance_db2`` is a first guess of the shadowing's variance."""
        whole = self._overview.surface(self._settings, variance_db2)
        whole_log = self._log_density(whole, silent)
        if self._detail is None:
            mass = _mass(whole_log, float(whole_log.max()), whole.grid)
            self._outside = None
            return View(whole, mass / mass.sum(), _border(mass))
        part = self._detail.surface(self._settings, variance_db2)
        part_log = self._log_density(part, silent)
        top = max(float(whole_log.max()), float(part_log.max()))
        within, outside = _mass(part_log, top, part.grid), _mass(whole_log, top, whole.grid)
        outside[whole.grid.mask_of(part.grid)] = 0.0
        total = float(within.sum() + outside.sum())
        self._outside = outside / total
        within_total = float(within.sum())
        if within_total <= 0.0:  # everything has moved away: show the whole
            mass = _mass(whole_log, float(whole_log.max()), whole.grid)
            return View(whole, mass / mass.sum(), _border(mass))
        return View(part, within / within_total, _border(outside, total))

    def reframe(self, view: View, work: Work) -> bool:
        """Lay one grid anew where that shows the posterior better; returns whether it was. ``work`` is all rows."""
        reach = _box_of_places(work.rows, MARGIN_M)
        for one in self.told:
            if isinstance(one, Told):
                half_m = max(one.step_east_m, one.step_north_m) + LEAST_HALF_M
                reach = reach.joined(Box.of(Grid.around(one.place.east_m, one.place.north_m, half_m, 1)))
        whole = self._overview.grid
        crowded = view.border_share > 0.02 and whole.width_m < 2.0 * FARTHEST_HALF_M
        if reach.beyond(whole) > 0.0 or crowded:
            half = 0.5 * max(reach.size_m, whole.width_m * (1.6 if crowded else 1.0))
            self._overview = self._sums(Grid.around(*reach.centre, half, SIDE), work)
            self._detail = None
            return True
        wanted = self._wanted(view) if len(work.rows) >= FEWEST_ROWS else None
        present = self._detail.grid if self._detail else None
        if wanted == present:
            return False
        self._detail = self._sums(wanted, work) if wanted else None
        return True

    def log_evidence(self, work: Work, variance_db2: float) -> float:
        """Log probability of all readings with this work's covariance, over all places, up to a constant."""
        grids = [self._overview.grid] + ([self._detail.grid] if self._detail else [])
        parts = []
        for grid in grids:
            coarse = Grid(grid.west_m, grid.south_m, grid.width_m / EVIDENCE_SIDE, EVIDENCE_SIDE)
            sums = self._sums(coarse, work)
            density = self._log_density(sums.surface(self._settings, variance_db2), ())
            top = float(density.max())
            parts.append(sums.log_constant + top + np.log(_mass(density, top, coarse).sum()))
        return float(np.logaddexp.reduce(parts)) - float(np.log(work.whitening.scale).sum())

    def _wanted(self, view: View) -> Grid | None:
        """The fine grid there should be; the present one while it still fits."""
        present = self._detail.grid if self._detail else None
        likely = box_of(view.surface.grid, densest(view.mass, HELD))
        if likely is None:
            return None
        lost = 0.0 if self._outside is None else float(self._outside.sum())
        if lost > 0.01 and self._outside is not None:
            likely = likely.joined(box_of(self._overview.grid, densest(self._outside, 0.98)))
        elif present is not None:
            crowded = _border(view.mass) > 0.01
            if not crowded and likely.size_m > 0.45 * present.width_m:
                return present
            if crowded:
                likely = likely.joined(Box.of(present))
        half = max(0.75 * likely.size_m, LEAST_HALF_M)
        if present is not None and lost <= 0.01 and abs(2.0 * half / present.width_m - 1.0) < 0.2:
            return present
        if 2.0 * half > 0.7 * self._overview.grid.width_m:
            return None
        return Grid.around(*likely.centre, half, SIDE)

    def _sums(self, grid: Grid, work: Work) -> Sums:
        sums = Sums(grid, self._antenna, self._settings.beacon_height_m, self._offset_db)
        sums.add(work.rows, work.whitening, work.trust)
        return sums

    def _log_density(self, surface: Surface, silent: tuple[Measured, ...]) -> Floats:
        """Readings, the prior on distance and the places where nothing was heard, together."""
        east, north = surface.grid.east_m()[None, :], surface.grid.north_m()[:, None]
        square = (east - np.float32(self._home[0])) ** 2 + (north - np.float32(self._home[1])) ** 2
        prior: Floats = np.log1p(square / np.float32(RANGE_M**2)).astype(np.float32)
        density = surface.log_density - np.float32(2.5) * prior
        if silent:
            density += self._silence(surface, silent, east, north)
        for one in self.told:
            density += one.log_density(east, north)
        return density

    def _silence(self, surface: Surface, silent: tuple[Measured, ...], east: Floats, north: Floats) -> Floats:
        """Log probability of not having heard it at the silent places: MISS + (1 - MISS) P(power below the bound)."""
        total: Floats = np.zeros_like(surface.log_density)
        slope = 1.702 / np.sqrt(surface.variance_db2)  # logistic in place of the normal distribution
        for one in silent:
            up = np.float32(self._settings.beacon_height_m - one.height_m)
            square = (east - np.float32(one.place.east_m)) ** 2 + (north - np.float32(one.place.north_m)) ** 2 + up**2
            expected = surface.reference_db + surface.exponent * path_term_db(square)
            if self._antenna.directional:
                away = east - np.float32(one.place.east_m), north - np.float32(one.place.north_m)
                expected += self._antenna.gain_db(*away, float(up), one.attitude)
            above = (expected - np.float32(one.power_db - self._offset_db)) * slope
            total += np.log(MISS + (1.0 - MISS) / (1.0 + np.exp(np.clip(above, -30.0, 30.0))))
        return np.maximum(total, np.float32(-MOST_FROM_SILENCE)).astype(np.float32)


def _mass(log_density: Floats, top: float, grid: Grid) -> NDArray[np.float64]:
    """Unnormalised probability of the cells."""
    mass: NDArray[np.float64] = np.exp((log_density - np.float32(top)).astype(np.float64)) * grid.cell_m**2
    return mass


def _border(mass: NDArray[np.float64], total: float | None = None) -> float:
    """Mass in the two outermost rings of cells as a share of ``total``, or of all in the grid."""
    return float(mass.sum() - mass[2:-2, 2:-2].sum()) / (float(mass.sum()) if total is None else total)


def _box_of_places(rows: Rows, margin_m: float) -> Box:
    return Box(
        float(rows.east_m.min()) - margin_m,
        float(rows.north_m.min()) - margin_m,
        float(rows.east_m.max()) + margin_m,
        float(rows.north_m.max()) + margin_m,
    )

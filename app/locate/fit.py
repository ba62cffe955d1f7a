"""The likelihood of a beacon in each cell of a grid, kept as running sums; pure, one thread adds and asks.

Model: power = P0 - 10 n log10(slant distance / 100 m) + antenna gain + shadowing. P0 has a flat prior and is
integrated out; n has a Gaussian prior and is integrated out by Laplace's method; the shadowing's variance has an
inverse chi-squared prior and is integrated out, which gives the surface the tails of a Student t (Gelman et al.,
Bayesian Data Analysis, ch. 14).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.locate.antenna import Antenna, Floats
from app.locate.grid import Grid
from app.locate.shadowing import PRIOR_READINGS, Whitening
from app.locate.track import Rows
from app.settings import LocateSettings

BATCH_ROWS = 16
CHUNK_CELLS = 16_384  # so that one batch of log distances stays in the processor's cache
LOWEST_EXPONENT, HIGHEST_EXPONENT = 1.2, 6.0
NEAREST_M = 1.0
REFERENCE_M = 100.0
DB_PER_LOG = -5.0 / math.log(10.0)  # of a squared distance


def path_term_db(square_m2: Floats) -> Floats:
    """-10 log10(d / 100 m) from squared slant distances, written over its argument; n times this is the path loss."""
    np.maximum(square_m2, np.float32(NEAREST_M**2), out=square_m2)
    np.log(square_m2, out=square_m2)
    square_m2 *= np.float32(DB_PER_LOG)
    square_m2 += np.float32(10.0 * math.log10(REFERENCE_M))
    return square_m2


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Log of the unnormalised posterior density on a grid, with the parameters that go best with each cell.

    Shapes (side, side), float32; ``reference_db`` is the power at 100 m less the readings' offset.
    """

    grid: Grid
    log_density: Floats
    exponent: Floats
    reference_db: Floats
    variance_db2: Floats
    weight: float  # independent readings' worth of what is known of the level


class Sums:
    """Weighted sums of whitened log distances and powers over all rows, for every cell of one grid.

    Powers are taken relative to ``offset_db`` so that float32 keeps what matters. An update costs one logarithm per row
    and cell.
    """

    def __init__(self, grid: Grid, antenna: Antenna, beacon_height_m: float, offset_db: float) -> None:
        self.grid = grid
        self._antenna = antenna
        self._beacon_height_m = beacon_height_m
        self._offset_db = offset_db
        cells = (grid.side, grid.side)
        powers = cells if antenna.directional else (1, 1)  # without gain towards the cell, all cells share these
        self._weight = 0.0
        self._rows = 0.0
        self._path, self._path_path, self._path_power = (np.zeros(cells, np.float32) for _ in range(3))
        self._power, self._power_power = np.zeros(powers, np.float64), np.zeros(powers, np.float64)

    def add(self, rows: Rows, whitening: Whitening, trust: NDArray[np.float64]) -> None:
        """Add the rows that ``whitening`` is for; ``trust`` (k,) are their weights, 1 for all that is no outlier."""
        for start in range(0, len(whitening.scale), BATCH_ROWS):
            self._add_batch(rows, whitening, trust, slice(start, start + BATCH_ROWS))

    def _add_batch(self, rows: Rows, whitening: Whitening, trust: NDArray[np.float64], part: slice) -> None:
        neighbour, share, scale = whitening.neighbour[part], whitening.share[part], whitening.scale[part]
        own = whitening.first + np.arange(part.start, part.start + len(scale))
        used, place = np.unique(np.concatenate([own, neighbour[share != 0.0]]), return_inverse=True)
        factor = np.sqrt(trust[part]) / scale
        matrix = np.zeros((len(scale), len(used)))
        line, _ = np.nonzero(share)
        np.subtract.at(matrix, (line, place[len(own) :]), share[share != 0.0] * factor[line])
        matrix[np.arange(len(scale)), place[: len(own)]] += factor
        ones = matrix.sum(axis=1)
        self._weight += float(ones @ ones)
        self._rows += float(trust[part].sum())
        step = max(1, CHUNK_CELLS // self.grid.side)
        for south in range(0, self.grid.side, step):
            self._add_chunk(rows, used, matrix, ones, slice(south, min(south + step, self.grid.side)))
        if not self._antenna.directional:
            power = matrix @ (rows.power_db[used] - self._offset_db)
            self._power += float(ones @ power)
            self._power_power += float(power @ power)

    def _add_chunk(
        self, rows: Rows, used: NDArray[np.intp], matrix: NDArray[np.float64], ones: NDArray[np.float64], band: slice
    ) -> None:
        """Add a batch's part of the sums for a band of grid rows."""
        east = (self.grid.east_m()[None, :] - rows.east_m[used, None]).astype(np.float32)
        north = (self.grid.north_m()[None, band] - rows.north_m[used, None]).astype(np.float32)
        up = (self._beacon_height_m - rows.height_m[used]).astype(np.float32)
        unit = np.float32(REFERENCE_M**-2)
        level = unit * np.maximum(up**2, np.float32(NEAREST_M**2))
        logs = (unit * north**2 + level[:, None])[:, :, None] + (unit * east**2)[:, None, :]
        np.log(logs, out=logs)  # path_term_db without its factor, which the matrix takes: fewer passes over the cells
        shape = logs.shape[1:]
        whitener = matrix.astype(np.float32)
        path = (np.float32(DB_PER_LOG) * whitener) @ logs.reshape(len(used), -1)
        power = (rows.power_db[used] - self._offset_db).astype(np.float32)
        self._path[band] += (ones.astype(np.float32) @ path).reshape(shape)
        self._path_path[band] += np.einsum("ij,ij->j", path, path).reshape(shape)
        if not self._antenna.directional:
            self._path_power[band] += ((whitener @ power) @ path).reshape(shape)
            return
        gain = np.stack(
            [
                self._antenna.gain_db(east[i][None, :], north[i][:, None], float(up[i]), rows.attitudes[row]).ravel()
                for i, row in enumerate(used)
            ]
        )
        powers = whitener @ (power[:, None] - gain)
        self._path_power[band] += np.einsum("ij,ij->j", path, powers).reshape(shape)
        self._power[band] += (ones @ powers).reshape(shape)
        self._power_power[band] += np.einsum("ij,ij->j", powers, powers).reshape(shape)

    @property
    def log_constant(self) -> float:
        """What integrating P0 out adds to the log density of every cell."""
        return -0.5 * math.log(max(self._weight, 1e-12))

    def surface(self, settings: LocateSettings, variance_db2: float) -> Surface:
        """The posterior so far; ``variance_db2`` is a first guess of the shadowing's variance, good to a factor 2."""
        weight = max(self._weight, 1e-12)
        path_path = np.maximum(self._path_path - self._path**2 / weight, 0.0)
        path_power = self._path_power - (self._path * (self._power / weight)).astype(np.float32)
        power_power = np.maximum(self._power_power - self._power**2 / weight, 0.0).astype(np.float32)
        guess = np.float32(variance_db2)
        freedom = PRIOR_READINGS + max(self._rows - 1.0, 0.0)
        for _ in range(2):
            exponent = _exponent(path_path, path_power, guess, settings)
            rest = power_power + exponent * (exponent * path_path - 2.0 * path_power)
            total = PRIOR_READINGS * settings.sigma_db**2 + np.maximum(rest, 0.0)
            variance = total / freedom
            guess = variance
        log_density = -0.5 * freedom * np.log(total)
        if settings.exponent_sd > 0.0:
            spread = settings.exponent_sd**2
            log_density -= 0.5 * np.log1p(path_path * spread / variance)
            log_density -= 0.5 * (exponent - settings.exponent) ** 2 / spread
        reference = (self._power / weight - exponent * self._path / weight).astype(np.float32)
        return Surface(
            self.grid, log_density.astype(np.float32), exponent, reference, variance.astype(np.float32), weight
        )


def _exponent(path_path: Floats, path_power: Floats, variance: Floats | np.float32, settings: LocateSettings) -> Floats:
    """The most probable exponent in each cell, given the variance."""
    if settings.exponent_sd == 0.0:
        return np.full_like(path_path, settings.exponent)
    hold = variance / np.float32(settings.exponent_sd**2)
    best = (path_power + hold * np.float32(settings.exponent)) / (path_path + hold)
    return np.clip(best, LOWEST_EXPONENT, HIGHEST_EXPONENT).astype(np.float32)

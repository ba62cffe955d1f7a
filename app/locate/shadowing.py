"""Errors of power readings that are alike where places are near: their covariance, and rows made independent of it.

Pure functions on arrays, any thread. Covariance relative to the shadowing's variance, at distance d:
(1 - nugget) exp(-d / length_m) (Gudmundson 1991), averaged over the pieces of track that the two rows are means of
(block kriging, for two pieces in one line), plus on the diagonal nugget / count and the receiver's own error.
Each row is conditioned on its nearest earlier rows only (Vecchia 1988), so that a new row leaves the old as they are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.locate.track import Rows

Matrix = NDArray[np.float64]
NEIGHBOURS = 8
PRIOR_READINGS = 6.0  # weight of the prior on the shadowing's variance
REACH = 3.0  # correlation lengths beyond which a row is no neighbour
LEAST_SPAN = 0.01  # correlation lengths; a mean over less is a reading


@dataclass(frozen=True, slots=True)
class Shadowing:
    """``nugget`` is the share of the variance that differs from reading to reading; 1: all independent."""

    nugget: float
    length_m: float

    def between(self, distance_m: Matrix, span_m: Matrix | float = 0.0) -> Matrix:
        """Covariance of two different readings, or means over ``span_m`` of track, relative to the variance of one."""
        length_m = max(self.length_m, 1e-3)
        apart, span = distance_m / length_m, np.maximum(np.asarray(span_m) / length_m, LEAST_SPAN)
        within = 2.0 * np.maximum(span - apart, 0.0)
        mean = within + np.exp(-apart - span) + np.exp(-np.abs(apart - span)) - 2.0 * np.exp(-apart)
        covariance: Matrix = (1.0 - self.nugget) * mean / span**2
        return covariance

    def own(self, rows: Rows, sigma_db: float) -> Matrix:
        """Variance of each row, relative; shape (n,)."""
        own: Matrix = (
            self.between(np.zeros(len(rows)), rows.span_m)
            + (self.nugget + rows.variance_db2 / sigma_db**2) / rows.count
        )
        return own


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """How to make rows ``first`` ... ``first + k`` independent with unit variance.

    Row i becomes (x_i - sum_j share[i, j] x[neighbour[i, j]]) / scale[i]; ``share`` is 0 where there is no neighbour.
    """

    first: int
    neighbour: NDArray[np.intp]  # (k, NEIGHBOURS)
    share: Matrix  # (k, NEIGHBOURS)
    scale: Matrix  # (k,)

    @classmethod
    def none(cls) -> "Whitening":
        """For no rows at all."""
        return cls(0, np.zeros((0, NEIGHBOURS), np.intp), np.zeros((0, NEIGHBOURS)), np.zeros(0))

    def followed_by(self, later: "Whitening") -> "Whitening":
        """Both as one; ``later`` begins where this ends."""
        return Whitening(
            self.first,
            np.concatenate([self.neighbour, later.neighbour]),
            np.concatenate([self.share, later.share]),
            np.concatenate([self.scale, later.scale]),
        )

    def apply(self, values: Matrix) -> Matrix:
        """Whiten values of all rows, shape (n, ...); returns the k new ones, shape (k, ...)."""
        own = values[self.first : self.first + len(self.scale)]
        taken = np.einsum("ij,ij...->i...", self.share, values[self.neighbour])
        scale = self.scale.reshape(-1, *(1,) * (values.ndim - 1))
        whitened: Matrix = (own - taken) / scale
        return whitened


def whiten(rows: Rows, trusted: NDArray[np.bool_], first: int, model: Shadowing, sigma_db: float) -> Whitening:
    """Whitening of the rows from ``first`` on, conditioned on earlier ``trusted`` rows; ``trusted`` has shape (n,)."""
    n = len(rows)
    own = model.own(rows, sigma_db)
    count = n - first
    if model.nugget >= 1.0 or count == 0:
        nobody = np.zeros((count, NEIGHBOURS))
        return Whitening(first, nobody.astype(np.intp), nobody, np.sqrt(own[first:]))
    places = np.column_stack([rows.east_m, rows.north_m, rows.height_m])
    distance = apart(places[first:, None, :], places[None, :, :])
    earlier = np.arange(n)[None, :] < np.arange(first, n)[:, None]
    usable = np.where(earlier & trusted[None, :] & (distance < REACH * model.length_m), distance, np.inf)
    if n < NEIGHBOURS:
        usable = np.pad(usable, ((0, 0), (0, NEIGHBOURS - n)), constant_values=np.inf)
    neighbour = np.argpartition(usable, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
    near = np.take_along_axis(usable, neighbour, axis=1)
    known = np.isfinite(near)
    neighbour = np.where(known, neighbour, 0)
    held = Neighbours(places[neighbour], rows.span_m[neighbour], own[neighbour], np.where(known, near, 0.0), known)
    share, explained = condition(model, held, rows.span_m[first:])
    scale = np.sqrt(np.maximum(own[first:] - explained, 1e-3 * own[first:]))
    return Whitening(first, neighbour, share, scale)


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The m rows that each of k points is conditioned on."""

    places: Matrix  # (k, m, 3)
    span_m: Matrix  # (k, m)
    own: Matrix  # (k, m), variance
    distance_m: Matrix  # (k, m), to the point
    known: NDArray[np.bool_]  # (k, m), which of them exist


def condition(model: Shadowing, near: Neighbours, span_m: Matrix) -> tuple[Matrix, Matrix]:
    """Kriging weights (k, m) of k points, means over ``span_m`` (k,), and the variance that they explain, (k,)."""
    known, spans = near.known, near.span_m
    distance = apart(near.places[:, :, None, :], near.places[:, None, :, :])
    between = model.between(distance, 0.5 * (spans[:, :, None] + spans[:, None, :]))
    both = known[:, :, None] & known[:, None, :]
    matrix = np.where(both, between, 0.0)
    diagonal = np.arange(known.shape[1])
    matrix[:, diagonal, diagonal] = np.where(known, near.own, 1.0)
    cross = np.where(known, model.between(near.distance_m, 0.5 * (spans + span_m[:, None])), 0.0)
    share = np.linalg.solve(matrix, cross[:, :, None])[:, :, 0]
    return share, np.einsum("ij,ij->i", share, cross)


def apart(a: Matrix, b: Matrix) -> Matrix:
    """Distances between places, (..., 3) each, broadcast."""
    distance: Matrix = np.sqrt(sum((a[..., axis] - b[..., axis]) ** 2 for axis in range(3)))
    return distance


def candidates(length_m: float) -> tuple[Shadowing, ...]:
    """Models to choose from; the first is the one to begin with, the most careful with repeated places."""
    if length_m <= 0.0:
        return (Shadowing(1.0, 0.0),)
    return (
        Shadowing(0.1, length_m),
        Shadowing(0.1, 2.0 * length_m),
        Shadowing(0.5, length_m),
        Shadowing(1.0, 0.0),
    )

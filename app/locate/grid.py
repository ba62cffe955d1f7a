"""The cells of a posterior: a square east-north grid; values, any thread."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Grid:
    """``side`` x ``side`` square cells of ``cell_m``; arrays on it have shape (north, east)."""

    west_m: float
    south_m: float
    cell_m: float
    side: int

    @classmethod
    def around(cls, east_m: float, north_m: float, half_m: float, side: int) -> "Grid":
        return cls(east_m - half_m, north_m - half_m, 2.0 * half_m / side, side)

    @property
    def width_m(self) -> float:
        return self.cell_m * self.side

    def east_m(self) -> NDArray[np.float32]:
        """Centres of the columns, shape (side,)."""
        return (self.west_m + (np.arange(self.side) + 0.5) * self.cell_m).astype(np.float32)

    def north_m(self) -> NDArray[np.float32]:
        """Centres of the rows, shape (side,)."""
        return (self.south_m + (np.arange(self.side) + 0.5) * self.cell_m).astype(np.float32)

    def mask_of(self, inner: "Grid") -> NDArray[np.bool_]:
        """Which cells have their centre inside ``inner``, shape (side, side)."""
        columns = np.abs(self.east_m() - inner.west_m - 0.5 * inner.width_m) <= 0.5 * inner.width_m
        rows = np.abs(self.north_m() - inner.south_m - 0.5 * inner.width_m) <= 0.5 * inner.width_m
        mask: NDArray[np.bool_] = rows[:, None] & columns[None, :]
        return mask


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle on the plane."""

    west_m: float
    south_m: float
    east_m: float
    north_m: float

    @property
    def centre(self) -> tuple[float, float]:
        return 0.5 * (self.west_m + self.east_m), 0.5 * (self.south_m + self.north_m)

    @property
    def size_m(self) -> float:
        return max(self.east_m - self.west_m, self.north_m - self.south_m)

    def joined(self, other: "Box | None") -> "Box":
        if other is None:
            return self
        return Box(
            min(self.west_m, other.west_m),
            min(self.south_m, other.south_m),
            max(self.east_m, other.east_m),
            max(self.north_m, other.north_m),
        )

    @classmethod
    def of(cls, grid: Grid) -> "Box":
        return cls(grid.west_m, grid.south_m, grid.west_m + grid.width_m, grid.south_m + grid.width_m)

    def beyond(self, grid: Grid) -> float:
        """Largest distance of an edge of the box beyond the grid, negative inside, metres."""
        return max(
            grid.west_m - self.west_m,
            grid.south_m - self.south_m,
            self.east_m - grid.west_m - grid.width_m,
            self.north_m - grid.south_m - grid.width_m,
        )


def box_of(grid: Grid, cells: NDArray[np.bool_]) -> Box | None:
    """The smallest rectangle that holds the cells; None when there are none."""
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    if rows.size == 0:
        return None
    return Box(
        grid.west_m + grid.cell_m * float(columns[0]),
        grid.south_m + grid.cell_m * float(rows[0]),
        grid.west_m + grid.cell_m * float(columns[-1] + 1),
        grid.south_m + grid.cell_m * float(rows[-1] + 1),
    )


def densest(mass: NDArray[np.float64], share: float) -> NDArray[np.bool_]:
    """The fewest cells that hold ``share`` of the mass: the highest-density region, same shape as ``mass``."""
    falling = np.sort(mass, axis=None)[::-1]
    reached = int(np.searchsorted(np.cumsum(falling), share * float(falling.sum())))
    level = falling[min(reached, falling.size - 1)]
    region: NDArray[np.bool_] = mass >= max(float(level), math.ulp(0.0))
    return region

"""What a posterior on a grid says: regions, radii, entropy; pure functions, any thread."""

from dataclasses import dataclass
from typing import cast

import contourpy
import numpy as np
from numpy.typing import NDArray

from app.locate.grid import Grid, densest

Outline = NDArray[np.float64]  # (corners, 2): east and north, metres; closed, first corner not repeated


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Summary of a probability grid; places are (east, north) in metres on its plane."""

    mode: tuple[float, float]
    mean: tuple[float, float]
    radius_50_m: float
    radius_90_m: float
    area_50_m2: float
    area_90_m2: float
    region_50: tuple[Outline, ...]
    region_90: tuple[Outline, ...]
    entropy_bits: float  # relative to one square metre, so that it does not depend on the size of the cells


def figures(grid: Grid, mass: NDArray[np.float64]) -> Figures:
    """Summarise ``mass`` (side, side), which sums to 1."""
    mode, radius_50, radius_90 = mode_and_radii(grid, mass)
    east, north = grid.east_m().astype(np.float64), grid.north_m().astype(np.float64)
    mean = float(mass.sum(axis=0) @ east), float(mass.sum(axis=1) @ north)
    half, most = densest(mass, 0.5), densest(mass, 0.9)
    filled = mass[mass > 0.0]
    return Figures(
        mode=mode,
        mean=mean,
        radius_50_m=radius_50,
        radius_90_m=radius_90,
        area_50_m2=float(half.sum()) * grid.cell_m**2,
        area_90_m2=float(most.sum()) * grid.cell_m**2,
        region_50=outlines(grid, mass, half),
        region_90=outlines(grid, mass, most),
        entropy_bits=float(-(filled * np.log2(filled)).sum() + 2.0 * np.log2(grid.cell_m)),
    )


def mode_and_radii(grid: Grid, mass: NDArray[np.float64]) -> tuple[tuple[float, float], float, float]:
    """The most probable place, and the radii of the circles round it that hold 50 and 90 %."""
    mode = _peak(grid, mass)
    return mode, *_radii(grid, mass, mode)


def _peak(grid: Grid, mass: NDArray[np.float64]) -> tuple[float, float]:
    """Centre of the densest cell, moved to the top of the parabola through it and its neighbours."""
    row, column = (int(i) for i in np.unravel_index(int(np.argmax(mass)), mass.shape))
    east = grid.west_m + (column + 0.5 + _vertex(mass[row, :], column)) * grid.cell_m
    north = grid.south_m + (row + 0.5 + _vertex(mass[:, column], row)) * grid.cell_m
    return east, north


def _vertex(line: NDArray[np.float64], index: int) -> float:
    if not 0 < index < line.size - 1 or line[index - 1 : index + 2].min() <= 0.0:
        return 0.0
    low, top, high = np.log(line[index - 1 : index + 2])
    curvature = low - 2.0 * top + high
    return float(np.clip(0.5 * (low - high) / curvature, -0.5, 0.5)) if curvature < 0.0 else 0.0


def _radii(grid: Grid, mass: NDArray[np.float64], centre: tuple[float, float]) -> tuple[float, float]:
    """Radii of the circles round ``centre`` that hold 50 and 90 % of the mass, to half a cell."""
    east, north = grid.east_m() - centre[0], grid.north_m() - centre[1]
    step = 0.5 * grid.cell_m
    ring = (np.hypot(east[None, :], north[:, None]) / step).astype(np.intp)
    held = np.cumsum(np.bincount(ring.ravel(), mass.ravel()))
    at_50, at_90 = np.searchsorted(held, np.array([0.5, 0.9]) * held[-1])
    return (float(at_50) + 1.0) * step, (float(at_90) + 1.0) * step


def outlines(grid: Grid, mass: NDArray[np.float64], region: NDArray[np.bool_]) -> tuple[Outline, ...]:
    """Outer borders of ``region``, the cells above a level of ``mass``; holes are not kept."""
    level = float(mass[region].min())
    below = float(mass[~region].max()) if not region.all() else 0.0
    framed = np.pad(mass, 1)
    axis = (np.arange(grid.side + 2) - 0.5) * grid.cell_m
    generator = contourpy.contour_generator(
        grid.west_m + axis, grid.south_m + axis, framed, name="serial", fill_type=contourpy.FillType.OuterOffset
    )
    filled = generator.filled(0.5 * (level + below) or level, np.inf)
    points, offsets = cast("tuple[list[Outline], list[NDArray[np.uint32]]]", filled)
    return tuple(
        np.asarray(polygon[: offset[1] - 1], np.float64) for polygon, offset in zip(points, offsets, strict=True)
    )

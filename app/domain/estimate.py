"""Where the beacon is and how sure; values, any thread."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.domain.geometry import LatLon

StrategyName = Literal["gradient", "bearing", "informed"]  # of homing
Ring = tuple[LatLon, ...]  # a closed outline, first corner not repeated


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorGrid:
    """Probability per cell on the local plane at ``origin``; ``probability`` has shape (north, east), float32, sum 1.

    Cell (0, 0) has its south-west corner ``west_m`` and ``south_m`` from the origin.
    """

    origin: LatLon
    west_m: float
    south_m: float
    cell_m: float
    probability: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """The posterior of one target in figures.

    While ``enough`` is False the readings do not say where the beacon is; ``text`` then says what to fly, and the
    positions and regions are not to be shown as a fix.
    """

    time_s: float
    target_id: str
    readings: int  # that went into it
    enough: bool
    text: str  # in words: what it rests on, or what is missing
    mode: LatLon  # most probable cell
    mean: LatLon
    radius_50_m: float  # of circles round the mode that hold 50 and 90 % of the probability
    radius_90_m: float
    area_50_m2: float  # of the highest-density regions
    area_90_m2: float
    region_50: tuple[Ring, ...]
    region_90: tuple[Ring, ...]
    entropy_bits: float
    grid: PosteriorGrid
    emitters: tuple[LatLon, ...] = ()  # two, the stronger first, where two of one frequency explain more than one does


@dataclass(frozen=True, slots=True)
class Advice:
    """Where homing wants to fly next and why, in words for the operator."""

    time_s: float
    target_id: str
    strategy: str
    goal: LatLon
    speed_mps: float
    text: str
    heading_deg: float | None = None  # true; None: as the autopilot turns by itself

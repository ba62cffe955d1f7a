"""Facts to send in tests."""

import numpy as np

from app.domain.estimate import Estimate, PosteriorGrid
from app.domain.geometry import LatLon
from app.domain.vehicle import Telemetry

HOME = LatLon(47.3977, 8.5456)


def telemetry(time_s: float = 1.0) -> Telemetry:
    return Telemetry(time_s, 1, HOME.lat_deg, HOME.lon_deg, 528.0, 40.0, 1.0, -2.0, 90.0, 0.0, 5.0, 0.0)


def estimate(cells: int = 20, enough: bool = True) -> Estimate:
    grid = PosteriorGrid(HOME, -100.0, -50.0, 10.0, np.full((cells, cells * 2), 1.0 / cells**2 / 2, np.float32))
    ring = (HOME, LatLon(47.3978, 8.5456), LatLon(47.3978, 8.5458))
    return Estimate(
        1.0, "beacon", 40, enough, "40 readings", HOME, HOME, 4.0, 9.0, 50.0, 250.0, (ring,), (ring,), 6.0, grid
    )

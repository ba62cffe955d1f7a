"""The peer of the position table: Radio Telemetry Tracker's fit of path loss, emulated from its published source.

Least squares (scipy's, bounded) over place, power and exponent, begun at the mean of all places with the largest power
and an exponent of 2 (UCSD-E4E: rct_dsp2/localization.py, rttDroneGCS/ping/location_estimator.py). As shipped on the
drone it hands back what it began with instead of what it found.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from app.domain.geometry import EastNorth

Variant = Literal["as shipped", "mended", "mended, n free"]
EXPONENTS: dict[Variant, tuple[float, float]] = {
    "as shipped": (2.0, 2.1),
    "mended": (2.0, 2.1),
    "mended, n free": (1.0, 6.0),
}
FEWEST = 4
UTM_M = np.array([465_000.0, 5_249_000.0])  # it works in UTM; its bounds are the zone's
LOWEST, HIGHEST = (167_000.0, 0.0), (833_000.0, 10_000_000.0)


def rtt(places_m: NDArray[np.float64], power_db: NDArray[np.float64], variant: Variant) -> EastNorth | None:
    """Where it puts a transmitter on the ground; ``places_m`` (n, 3): east, north, up. None when it says nothing."""
    if len(places_m) < FEWEST:
        return None
    places = places_m + np.array([*UTM_M, 0.0])
    begun = np.array([places[:, 0].mean(), places[:, 1].mean(), power_db.max(), 2.0])

    def residuals(guess: NDArray[np.float64]) -> NDArray[np.float64]:
        distance_m = np.linalg.norm(places - np.array([guess[0], guess[1], 0.0]), axis=1)
        rest: NDArray[np.float64] = power_db - guess[2] + 10.0 * guess[3] * np.log10(distance_m)
        return rest

    least, most = EXPONENTS[variant]
    found = least_squares(residuals, begun, bounds=((*LOWEST, -np.inf, least), (*HIGHEST, np.inf, most)))
    if not found.success:
        return None
    east_m, north_m = (begun if variant == "as shipped" else found.x)[:2] - UTM_M
    return EastNorth(float(east_m), float(north_m))

"""The peers' ways to a bearing, written from what they publish about them, for comparison only; pure.

TagTracker: SNR in dB = A times the antenna's pattern in linear power + B, least squares by Levenberg and Marquardt from
the best of all whole degrees; what was missed counts as 0 dB. uavrt (Shafer et al. 2019): the first principal component
of the heard pulses' powers laid along their headings, turned to their mean's side; fewer than 4: the strongest.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

Floats = NDArray[np.float64]

# Telonics' RA-2AK, dB each 10 degrees from boresight to back, as TagTracker read it off the maker's polar plot
RA_2AK_DB = (
    0.0, 0.0, -0.5, -1.0, -2.5, -5.0, -10.5, -14.5, -20.5, -27.5,
    -20.0, -17.5, -14.5, -12.5, -13.5, -10.5, -10.5, -10.0, -10.0,
)  # fmt: skip


def pattern_db(off_deg: Floats) -> Floats:
    """Of the RA-2AK, linear between its angles."""
    folded = np.abs((off_deg + 180.0) % 360.0 - 180.0)
    return np.interp(folded, 10.0 * np.arange(len(RA_2AK_DB)), RA_2AK_DB)


def tagtracker_deg(heading_deg: Floats, snr_db: Floats, heard: NDArray[np.bool_]) -> float:
    """TagTracker's bearing; without contrast the heading of the strongest."""
    level = np.where(heard, snr_db, 0.0)
    floor, height = float(level.min()), float(np.ptp(level))
    if heading_deg.size < 3 or height <= 0.0:
        return float(heading_deg[level.argmax()])
    whole = np.arange(360.0)
    first = height * 10.0 ** (pattern_db(heading_deg - whole[:, None]) / 10.0) + floor
    start = float(whole[((level - first) ** 2).sum(axis=1).argmin()])

    def rest(x: Floats) -> Floats:
        gone: Floats = level - x[1] * 10.0 ** (pattern_db(heading_deg - x[0]) / 10.0) - x[2]
        return gone

    return float(least_squares(rest, [start, height, floor], method="lm").x[0]) % 360.0


def uavrt_deg(heading_deg: Floats, snr_db: Floats, heard: NDArray[np.bool_]) -> float:
    """uavrt's bearing from the heard pulses."""
    heading, level = heading_deg[heard], snr_db[heard]
    if heading.size < 4:
        return float(heading[level.argmax()])
    turn = np.radians(heading)
    laid = 10.0 ** ((level - level.min()) / 10.0) * np.stack([np.cos(turn), np.sin(turn)])
    mean = laid.mean(axis=1)
    axis = np.linalg.svd((laid - mean[:, None]).T, full_matrices=False)[2][0]
    north, east = axis * float(np.sign(mean @ axis))
    return float(np.degrees(np.arctan2(east, north))) % 360.0

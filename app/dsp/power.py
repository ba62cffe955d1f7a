"""The one definition of power: a full-scale complex sine is 0 dBFS, everywhere; pure, any thread."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

HANN_ENBW_BINS = 1.5  # equivalent noise bandwidth of the Hann window (Harris 1978, table 1)
LOWEST = 1e-20  # power that stands for none, -200 dBFS


def to_db(power: float) -> float:
    """Decibels of a power ratio; nothing is -200 dB."""
    return 10.0 * math.log10(max(power, LOWEST))


def from_db(level_db: float) -> float:
    return math.pow(10.0, 0.1 * level_db)


@lru_cache(maxsize=64)
def hann(length: int) -> NDArray[np.float32]:
    """Periodic Hann window of sum 1: the spectrum of a full-scale sine on a bin then has height 1 (0 dBFS)."""
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)
    scaled: NDArray[np.float32] = (window / window.sum()).astype(np.float32)
    scaled.setflags(write=False)
    return scaled


def band_power(row: NDArray[np.float32], centre_bin: float, bins: float) -> float:
    """Power in a band of a linear spectrum made with ``hann``, lowest frequency first.

    A bin reads the height of a sine, so the sum over a line or over noise is 1.5 times its power: the noise bandwidth
    of the window is taken out. Bins partly in the band count in part. Within 0.1 dB when the line and two bins on
    each side of it are in the band.
    """
    low, high = centre_bin - bins / 2.0 + 0.5, centre_bin + bins / 2.0 + 0.5  # bin k reaches from k to k + 1
    first, last = max(math.floor(low), 0), min(math.ceil(high), row.size)
    if last <= first:
        return 0.0
    edges = np.arange(first, last)
    share = np.minimum(edges + 1, high) - np.maximum(edges, low)
    return float(np.dot(row[first:last], share.astype(np.float32))) / HANN_ENBW_BINS

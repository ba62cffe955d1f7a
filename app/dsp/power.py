"""The one definition of power: a full-scale complex sine is 0 dBFS, everywhere; pure, any thread."""

import math
from functools import lru_cache

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from app.domain.radio import Window

HANN_ENBW_BINS = 1.5  # equivalent noise bandwidth of the Hann window (Harris 1978, table 1)
LOWEST = 1e-20  # power that stands for none, -200 dBFS


def to_db(power: float) -> float:
    """Decibels of a power ratio; nothing is -200 dB."""
    return 10.0 * math.log10(max(power, LOWEST))


def all_to_db(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """``to_db`` of every value, float32."""
    return np.asarray(np.float32(10.0) * np.log10(np.maximum(power, np.float32(LOWEST))), np.float32)


def from_db(level_db: float) -> float:
    return math.pow(10.0, 0.1 * level_db)


@lru_cache(maxsize=64)
def hann(length: int) -> NDArray[np.float32]:
    """Periodic Hann window of sum 1: the spectrum of a full-scale sine on a bin then has height 1 (0 dBFS)."""
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)
    scaled: NDArray[np.float32] = (window / window.sum()).astype(np.float32)
    scaled.setflags(write=False)
    return scaled


@lru_cache(maxsize=16)
def window(kind: Window, length: int) -> NDArray[np.float32]:
    """The periodic window of that kind, of sum 1 as ``hann``."""
    if kind is Window.HANN:
        return hann(length)
    name = {Window.BLACKMAN_HARRIS: "blackmanharris", Window.FLAT_TOP: "flattop"}[kind]
    shape = scipy.signal.get_window(name, length)
    scaled: NDArray[np.float32] = (shape / shape.sum()).astype(np.float32)
    scaled.setflags(write=False)
    return scaled


@lru_cache(maxsize=16)
def enbw_bins(kind: Window) -> float:
    """Equivalent noise bandwidth of a window: 1.5 (Hann), 2.0 (Blackman-Harris), 3.77 (flat top) bins."""
    shape = window(kind, 4096).astype(np.float64)
    return float(4096 * np.dot(shape, shape))


def band_power(row: NDArray[np.float32], centre_bin: float, bins: float, enbw: float = HANN_ENBW_BINS) -> float:
    """Power in a band of a linear spectrum, lowest frequency first, made with a window of noise bandwidth ``enbw``.

    A bin reads the height of a sine, so the sum over a line or over noise is ``enbw`` times its power, which is taken
    out. Bins partly in the band count in part. Within 0.1 dB when the line and two bins on
    each side of it are in the band.
    """
    low, high = centre_bin - bins / 2.0 + 0.5, centre_bin + bins / 2.0 + 0.5  # bin k reaches from k to k + 1
    first, last = max(math.floor(low), 0), min(math.ceil(high), row.size)
    if last <= first:
        return 0.0
    edges = np.arange(first, last)
    share = np.minimum(edges + 1, high) - np.maximum(edges, low)
    return float(np.dot(row[first:last], share.astype(np.float32))) / enbw

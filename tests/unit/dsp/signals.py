"""Signals of known power; a full-scale sine is 0 dBFS."""

import numpy as np
from numpy.typing import NDArray


def tone(frequency_hz: float, level_db: float, count: int, rate_hz: float = 240_000.0) -> NDArray[np.complex64]:
    phase = 2.0 * np.pi * frequency_hz / rate_hz * np.arange(count)
    return np.asarray(10 ** (level_db / 20) * np.exp(1j * phase), np.complex64)


def noise(level_db: float, count: int, seed: int = 0) -> NDArray[np.complex64]:
    rng = np.random.default_rng(seed)
    sigma = 10 ** (level_db / 20) / np.sqrt(2)
    return np.asarray(sigma * (rng.standard_normal(count) + 1j * rng.standard_normal(count)), np.complex64)

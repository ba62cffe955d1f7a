"""Signals at a channel's own rate with their truth, for tests and benches; pure, any thread."""

import numpy as np
from numpy.typing import NDArray


def white(rng: np.random.Generator, count: int) -> NDArray[np.complex64]:
    """White noise of power 1, shape (count,)."""
    return rng.standard_normal(2 * count, np.float32).view(np.complex64) * np.float32(np.sqrt(0.5))


def elt(
    rng: np.random.Generator,
    count: int,
    rate_hz: float,
    offset_hz: float = 0.0,
    first_hz: float = 1_400.0,
    last_hz: float = 400.0,
    sweeps_hz: float = 3.0,
    duty: float = 0.4,
    depth: float = 0.9,
) -> NDArray[np.complex64]:
    """AM with rectangular audio that sweeps straight, carrier amplitude 1, begun anywhere; shape (count,).

    The audio is averaged over each sample, so that its harmonics fold little.
    """
    fine = 8 * count
    phase = (np.arange(fine) / (8.0 * rate_hz) * sweeps_hz + rng.random()) % 1.0
    turns = np.cumsum(first_hz + (last_hz - first_hz) * phase) / (8.0 * rate_hz)
    audio = np.where(turns % 1.0 < duty, 1.0 - duty, -duty) / max(duty, 1.0 - duty)
    mixer = np.exp(2j * np.pi * (offset_hz / rate_hz * np.arange(count) + rng.random()))
    return np.asarray((1.0 + depth * audio.reshape(count, 8).mean(axis=1)) * mixer, np.complex64)

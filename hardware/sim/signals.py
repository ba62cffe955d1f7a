"""Signals at a channel's own rate with their truth, for tests and benches; pure, any thread."""

import numpy as np
from numpy.typing import NDArray


def white(rng: np.random.Generator, count: int) -> NDArray[np.complex64]:
    """White noise of power 1, shape (count,)."""
    return rng.standard_normal(2 * count, np.float32).view(np.complex64) * np.float32(np.sqrt(0.5))

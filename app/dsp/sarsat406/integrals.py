"""Integrals of samples between any two instants: the matched filter of every rectangular symbol; pure, any thread."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.complex64] | NDArray[np.complex128]


class Integrals:
    """Running sum of samples; between two samples it goes straight, so that edges may lie anywhere."""

    def __init__(self, samples: Samples, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self._sum = np.concatenate(([0.0], np.cumsum(samples, dtype=np.complex128)))

    def up_to(self, times_s: NDArray[np.floating[Any]]) -> NDArray[np.complex128]:
        """The integral from the first sample's beginning to each time, in samples; ends are clamped."""
        place = np.clip(times_s * self.rate_hz, 0.0, self._sum.size - 1.0)
        below = np.minimum(place.astype(np.int64), max(self._sum.size - 2, 0))
        share = place - below
        low = self._sum[below]
        return np.asarray(low + (self._sum[np.minimum(below + 1, self._sum.size - 1)] - low) * share, np.complex128)

    def between(self, edges_s: NDArray[np.floating[Any]]) -> NDArray[np.complex128]:
        """Seconds times amplitude from each edge to the next, shape (edges - 1,)."""
        return np.asarray(np.diff(self.up_to(edges_s)) / self.rate_hz, np.complex128)

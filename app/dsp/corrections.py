"""The receiver's own line at the centre and its mirror images, estimated and taken away; receiver thread."""

import numpy as np
from numpy.typing import NDArray

SETTLING_S = 1.0  # over which the estimates are averaged


class Corrections:
    """Takes the mean of I and Q away, and what part of the conjugate is mixed in.

    A receiver with two mixers gives ``y = s + k conj(s)`` for a signal s, k small. Where the signals themselves do not
    depend on the phase at which they are looked at, E(y y) = 2 k E(|y| |y|), so k is found without a known signal
    (blind estimation, Anttila, Valkama and Renfors 2008).
    """

    def __init__(self, rate_hz: float, dc: bool, iq: bool) -> None:
        self.dc, self.iq = dc, iq
        self._rate_hz = rate_hz
        self._mean = 0j
        self._square, self._power = 0j, 0.0
        self._seen_s = 0.0

    def apply(self, samples: NDArray[np.complex64]) -> NDArray[np.complex64]:
        """Correct samples of shape (n,) that follow the last ones; returns new ones."""
        if samples.size == 0:
            return samples
        self._learn(samples)
        corrected = samples - np.complex64(self._mean) if self.dc else samples.copy()
        if self.iq and self._power > 0.0:
            corrected -= np.complex64(self._square / (2.0 * self._power)) * corrected.conj()
        return corrected

    def _learn(self, samples: NDArray[np.complex64]) -> None:
        span_s = samples.size / self._rate_hz
        self._seen_s = min(self._seen_s + span_s, SETTLING_S)
        share = min(span_s / self._seen_s, 1.0)
        mean = complex(samples.mean(dtype=np.complex128))
        self._mean += share * (mean - self._mean)
        square = complex(np.dot(samples, samples)) / samples.size - mean * mean
        power = float(np.vdot(samples, samples).real) / samples.size - abs(mean) ** 2
        self._square += share * (square - self._square)
        self._power += share * (power - self._power)

"""How likely noise reaches a sum of matched amplitudes; pure."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf, log_ndtr

LARGEST_TILT = 30.0  # of the saddle points tabulated: up to a mean amplitude of 15, that is 24 dB
MOST = 64  # amplitudes in a sum


def surprise(total: float | NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """-ln of the probability that ``count`` amplitudes of noise of mean power 1 add up to ``total`` or more.

    Amplitudes of noise are Rayleigh distributed. Tail of their sum by Lugannani and Rice (1980, eq. 10) from the
    moment generating function M(t) = 1 + (sqrt(pi) t / 2) exp(t^2 / 4) (1 + erf(t / 2)); within 1 %. Sums below
    the mean give 0.6, those above the table its largest value.
    """
    sums, values = _table(count)
    return np.asarray(np.interp(total, sums, values), np.float64)


@lru_cache(maxsize=4 * MOST)
def reaching(value: float, count: int) -> float:
    """The sum of ``count`` amplitudes of noise whose surprise is ``value``."""
    sums, values = _table(count)
    return float(np.interp(value, values, sums))


@lru_cache(maxsize=MOST)
def _table(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    tilt = np.linspace(0.02, LARGEST_TILT, 3_000)
    grown = (math.sqrt(math.pi) / 2.0) * np.exp(tilt**2 / 4.0) * (1.0 + erf(tilt / 2.0))
    moment = 1.0 + tilt * grown
    first = grown * (1.0 + tilt**2 / 2.0) + tilt / 2.0  # dM/dt
    second = grown * (1.5 * tilt + tilt**3 / 4.0) + 1.0 + tilt**2 / 4.0  # d2M/dt2
    mean = first / moment
    variance = second / moment - mean**2
    signed = np.sqrt(2.0 * count * (tilt * mean - np.log(moment)))
    width = tilt * np.sqrt(count * variance)
    # sf = Q(r) + phi(r) (1 / u - 1 / r), in logarithms: tails here go down to exp(-10000)
    log_phi = -0.5 * signed**2 - 0.5 * math.log(2.0 * math.pi)
    log_q = log_ndtr(-signed)
    log_tail = log_q + np.log1p(np.exp(log_phi - log_q) * (1.0 / width - 1.0 / signed))
    return count * mean, -log_tail

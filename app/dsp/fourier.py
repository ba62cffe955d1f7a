"""Many Fourier transforms of one length at a time, through FFTW; each owned by one thread."""

from functools import partial

import numpy as np
import pyfftw
from numpy.typing import NDArray

BATCH_SAMPLES = 65_536  # transformed at a time: input and output are 512 KiB each and stay in the processor's cache
PLANNING_S = 0.5  # true time FFTW may measure for; more gains a few per cent for 65536 and delays the first row


class Transform:
    """Forward transforms of ``length`` complex64 samples, up to ``batch`` of them in one call.

    FFTW measures which of its ways is fastest here, once in the life of the program for each length; other threads
    run meanwhile.
    """

    def __init__(self, length: int) -> None:
        self.length = length
        self.batch = 1 << (max(BATCH_SAMPLES // length, 1).bit_length() - 1)  # a power of two
        self.samples: NDArray[np.complex64] = pyfftw.zeros_aligned((self.batch, length), np.complex64)
        self._spectra: NDArray[np.complex64] = pyfftw.zeros_aligned((self.batch, length), np.complex64)
        planned = partial(pyfftw.FFTW, axes=(1,), flags=("FFTW_MEASURE",), threads=1, planning_timelimit=PLANNING_S)
        sizes = [1 << power for power in range(self.batch.bit_length())]
        self._plans = [(size, planned(self.samples[:size], self._spectra[:size])) for size in sizes]

    def of(self, count: int) -> NDArray[np.complex64]:
        """Spectra of the first ``count`` rows of ``samples``, shape (count, length), in a buffer that is used again."""
        next(plan for size, plan in self._plans if size >= count).execute()
        return self._spectra[:count]


class Correlation:
    """Correlates pieces of ``length`` complex64 samples with what is known, by its conjugated spectrum; a caller's own.

    Planned without measuring, in 0.2 ms: for single transforms of this size that is as fast within a tenth.
    """

    def __init__(self, length: int) -> None:
        self.samples: NDArray[np.complex64] = pyfftw.zeros_aligned(length, np.complex64)
        self._found: NDArray[np.complex64] = pyfftw.zeros_aligned(length, np.complex64)
        self._spectrum, self._product = (pyfftw.zeros_aligned(length, np.complex64) for _ in range(2))
        self._forward = _at_once(self.samples, self._spectrum, "FFTW_FORWARD")
        self._back = _at_once(self._product, self._found, "FFTW_BACKWARD")

    def take(self) -> None:
        """What is in ``samples`` is correlated from now on."""
        self._forward.execute()

    def with_known(self, conjugated: NDArray[np.complex64]) -> NDArray[np.complex64]:
        """``length`` times the circular correlation at every lag, in a buffer that is used again."""
        np.multiply(self._spectrum, conjugated, out=self._product)
        self._back.execute()
        return self._found


def _at_once(given: NDArray[np.complex64], result: NDArray[np.complex64], direction: str) -> pyfftw.FFTW:
    return pyfftw.FFTW(given, result, direction=direction, flags=("FFTW_ESTIMATE",), threads=1)

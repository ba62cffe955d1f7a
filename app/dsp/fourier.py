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

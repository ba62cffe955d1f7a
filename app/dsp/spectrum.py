"""Samples to spectrum rows: Hann windowed FFTs of every sample, averaged per row; receiver thread."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from app.dsp.power import hann

CHUNK_SAMPLES = 32_768  # transformed at a time: 256 KiB, so that it stays in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One averaged spectrum; ``power`` is linear, float32, shape (bins,), lowest frequency first.

    A full-scale sine on a bin reads 1, see ``app.dsp.power``. The row covers samples ``first`` to ``last``.
    """

    first: int
    last: int
    frames: int  # spectra averaged
    power: NDArray[np.float32]


class SpectrumEstimator:
    """Cuts the stream into frames of ``bins`` samples and averages their spectra into rows.

    No sample is skipped: a row ends with the first frame that reaches ``row_samples`` since the one before, so rows
    hold a varying number of whole frames and come at the rate asked for on average (or one a frame, when a frame is
    longer than that).
    """

    def __init__(self, bins: int, row_samples: float) -> None:
        self.bins = bins
        self._row_samples = row_samples
        self._window = hann(bins)
        self._rest = np.zeros(bins, np.complex64)
        self._frames = np.zeros((max(CHUNK_SAMPLES // bins, 1), bins), np.complex64)
        self.reset(0)

    def reset(self, position: int) -> None:
        """Begin again at sample ``position``: after a gap nothing from before it may enter a frame."""
        self._held = 0  # samples waiting in _rest
        self._at = position  # of the next frame
        self._row_first = position
        self._row_end = position + self._row_samples
        self._sum = np.zeros(2 * self.bins, np.float32)
        self._count = 0

    def feed(self, iq: NDArray[np.complex64]) -> Iterator[Row]:
        """Take samples of shape (n,) that follow the last ones; yields the rows they complete."""
        if self._held:
            take = min(self.bins - self._held, iq.size)
            self._rest[self._held : self._held + take] = iq[:take]
            self._held += take
            iq = iq[take:]
            if self._held < self.bins:
                return
            self._held = 0
            yield from self._transform(self._rest.reshape(1, self.bins))
        whole = iq.size // self.bins * self.bins
        frames = iq[:whole].reshape(-1, self.bins)
        for start in range(0, len(frames), len(self._frames)):
            yield from self._transform(frames[start : start + len(self._frames)])
        self._held = iq.size - whole
        self._rest[: self._held] = iq[whole:]

    def _transform(self, frames: NDArray[np.complex64]) -> Iterator[Row]:
        windowed = np.multiply(frames, self._window, out=self._frames[: len(frames)])
        spectra = scipy.fft.fft(windowed, axis=1, overwrite_x=True)
        parts = spectra.view(np.float32)
        start = 0
        while start < len(frames):
            missing = int(np.ceil((self._row_end - self._at) / self.bins))
            stop = min(start + max(missing, 1), len(frames))
            self._sum += np.einsum("ij,ij->j", parts[start:stop], parts[start:stop])
            self._count += stop - start
            self._at += (stop - start) * self.bins
            start = stop
            if self._at >= self._row_end:
                yield self._finish()

    def _finish(self) -> Row:
        power = (self._sum[0::2] + self._sum[1::2]) / np.float32(self._count)
        half = self.bins // 2
        row = Row(self._row_first, self._at, self._count, np.concatenate((power[half:], power[:half])))
        self._row_first = self._at
        self._row_end = max(self._row_end + self._row_samples, self._at + 1.0)
        self._sum[:] = 0.0
        self._count = 0
        return row

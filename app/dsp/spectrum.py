"""Samples to spectrum rows: windowed FFTs of every sample, averaged per row; receiver thread."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.radio import Window
from app.dsp.fourier import Transform
from app.dsp.power import window as shape
from app.dsp.samples import CU8_MIDDLE

Samples = NDArray[np.complex64] | NDArray[np.uint8]  # of shape (n,), or (2n,) as the device gives them (cu8)
Parts = NDArray[np.float32] | NDArray[np.uint8]  # I and Q in turn


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

    def __init__(
        self, bins: int, row_samples: float, transform: Transform | None = None, window: Window = Window.HANN
    ) -> None:
        """``transform`` is one of ``bins`` that nobody else uses meanwhile; making one can take a second."""
        self.bins = bins
        self._row_samples = row_samples
        self._window = np.repeat(shape(window, bins), 2)  # for I and Q: real products are faster than complex ones
        self._byte_window = self._window / np.float32(CU8_MIDDLE)
        self._transform = transform or Transform(bins)
        self._rest = np.zeros(2 * bins, np.float32)  # I and Q, of bytes as numbers 0 ... 255
        self.reset(0)

    def reset(self, position: int) -> None:
        """Begin again at sample ``position``: after a gap nothing from before it may enter a frame."""
        self._held = 0  # I and Q waiting in _rest
        self._at = position  # of the next frame
        self._row_first = position
        self._row_end = position + self._row_samples
        self._sum = np.zeros(2 * self.bins, np.float32)
        self._count = 0

    def feed(self, samples: Samples) -> Iterator[Row]:
        """Take samples that follow the last ones, all of one type between resets; yields the rows they complete.

        Bytes of a device cost less than the complex samples made of them: they are windowed as they are converted.
        """
        of_bytes = samples.dtype == np.uint8
        parts: Parts = samples.view(np.uint8) if of_bytes else samples.view(np.float32)
        size = 2 * self.bins
        if self._held:
            take = min(size - self._held, parts.size)
            self._rest[self._held : self._held + take] = parts[:take]
            self._held += take
            parts = parts[take:]
            if self._held < size:
                return
            self._held = 0
            yield from self._average(self._rest.reshape(1, size), of_bytes)
        whole = parts.size // size * size
        frames = parts[:whole].reshape(-1, size)
        for start in range(0, len(frames), self._transform.batch):
            yield from self._average(frames[start : start + self._transform.batch], of_bytes)
        self._held = parts.size - whole
        self._rest[: self._held] = parts[whole:]

    def _average(self, frames: Parts, of_bytes: bool) -> Iterator[Row]:
        windowed = self._transform.samples[: len(frames)].view(np.float32)
        if of_bytes:
            np.copyto(windowed, frames, casting="unsafe")
            windowed -= np.float32(CU8_MIDDLE)
            windowed *= self._byte_window
        else:
            np.multiply(frames, self._window, out=windowed)
        parts = self._transform.of(len(frames)).view(np.float32)
        start = 0
        while start < len(frames):
            missing = math.ceil((self._row_end - self._at) / self.bins)
            stop = min(start + max(missing, 1), len(frames))
            self._sum += np.einsum("ij,ij->j", parts[start:stop], parts[start:stop])
            self._count += stop - start
            self._at += (stop - start) * self.bins
            start = stop
            if self._at >= self._row_end:
                yield self._finish()

    def _finish(self) -> Row:
        power = np.empty(self.bins, np.float32)
        half = self.bins // 2
        np.add(self._sum[: 2 * half : 2], self._sum[1 : 2 * half : 2], out=power[half:])
        np.add(self._sum[2 * half :: 2], self._sum[2 * half + 1 :: 2], out=power[:half])
        power /= np.float32(self._count)
        row = Row(self._row_first, self._at, self._count, power)
        self._row_first = self._at
        self._row_end = max(self._row_end + self._row_samples, self._at + 1.0)
        self._sum[:] = 0.0
        self._count = 0
        return row

"""Levels of long bursts, such as 406 MHz beacons send: energy over the burst's length; receiver thread."""

import math
from collections.abc import Iterator

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.dsp.levels import HANN_SHARE, LOWEST_SNR, PFA, Measured, energy_limit, strongest_line
from app.dsp.matched import PulseGram
from app.dsp.power import HANN_ENBW_BINS, hann

PIECES = 32  # per burst length
SHORTEST_PIECE = 16  # channel samples
OVERLAP_SHARE = (
    0.95  # of half overlapped Hann pieces that counts as independent (Welch 1967: nearly all of the stretch)
)
FLOOR_SD = 0.05  # of the noise floor when it has just been learnt: so long a mean is no better than its floor
PATIENCE = 1.5  # periods without a burst after which it is told that none was heard


class BurstMeter:
    """A level for each burst that is heard, and one for each expected period in which none is.

    Energy in the target's bandwidth over the burst's length, at every hop of 1/64 of it. Told at once, one burst length
    after its end: periods of these kinds are long.
    """

    def __init__(self, rate_hz: float, bandwidth_hz: float, period_s: float, burst_s: float, pfa: float = PFA) -> None:
        self._rate_hz = rate_hz
        self._piece = max(round(burst_s * rate_hz / PIECES) // 2 * 2, SHORTEST_PIECE)
        self._hop = self._piece // 2
        self._pieces = max(round(burst_s * rate_hz / self._hop) - 1, 1)
        self._period = period_s * rate_hz
        half = min(round(bandwidth_hz / 2.0 / rate_hz * self._piece), self._piece // 2 - 1)
        self._band = slice(self._piece // 2 - half, self._piece // 2 + half + 1)
        self._noise_bins = 2 * half + 1
        length = (self._pieces + 1) * self._hop
        self._length = float(length)
        share = HANN_SHARE if self._pieces == 1 else OVERLAP_SHARE
        independent = max(share * length * self._noise_bins / self._piece, 1.0)
        places = max(4.0 * self._period / length, 1.0)  # independent places in a period, neighbours overlapping
        self._limit = energy_limit(independent, pfa / places, FLOOR_SD)
        self.gram: PulseGram | None = None
        self.reset()

    def reset(self) -> None:
        self._samples = np.zeros(0, np.complex64)
        self._at = 0  # of the first sample kept
        self._due = PATIENCE * self._period  # when to tell that nothing was heard
        self._best: tuple[float, float, float] | None = None  # power, begin, offset of the burst being heard
        self._quiet_from = 0.0  # bursts before this one's end are the same
        self._strongest = 0.0  # of the period, heard or not

    def feed(self, channel: NDArray[np.complex64], noise_per_hz: float) -> Iterator[Measured]:
        """Take channel samples that follow the last ones; yields the levels they complete."""
        self._samples = np.concatenate((self._samples, channel))
        needed = (self._pieces + 1) * self._hop
        if self._samples.size < needed:
            return
        noise = noise_per_hz * self._rate_hz * self._noise_bins / self._piece
        spectra = self._spectra()
        energy = spectra.sum(axis=1) / HANN_ENBW_BINS
        sums = np.concatenate(([0.0], np.cumsum(energy, dtype=np.float64)))
        powers = (sums[self._pieces :] - sums[: -self._pieces]) / self._pieces
        for index, power in enumerate(powers):
            begin = float(self._at + index * self._hop)
            yield from self._consider(float(power), begin, spectra[index : index + self._pieces], noise)
        self._at += powers.size * self._hop
        self._samples = self._samples[powers.size * self._hop :]

    def _spectra(self) -> NDArray[np.float32]:
        """Power per piece and bin of the band, shape (pieces, bins)."""
        pieces = sliding_window_view(self._samples, self._piece)[:: self._hop] * hann(self._piece)
        spectra = np.fft.fftshift(scipy.fft.fft(pieces, axis=1), axes=1)[:, self._band]
        return np.asarray(spectra.real**2 + spectra.imag**2, np.float32)

    def _consider(self, power: float, begin: float, spectra: NDArray[np.float32], noise: float) -> Iterator[Measured]:
        self._strongest = max(self._strongest, power)
        if begin >= self._quiet_from and power >= self._limit * noise and power > (self._best or (0.0,))[0]:
            line = strongest_line(spectra.mean(axis=0)) - self._noise_bins // 2
            self._best = power, begin, line * self._rate_hz / self._piece
        if self._best is not None and begin - self._best[1] > self._length:
            yield self._heard(self._best, noise)
        elif self._best is None and begin > self._due:
            yield self._nothing(begin, noise)

    def _heard(self, best: tuple[float, float, float], noise: float) -> Measured:
        power, begin, offset_hz = best
        self._best, self._strongest = None, 0.0
        self._quiet_from = begin + 2.0 * self._length  # what a longer one has left over is not another
        self._due = begin + PATIENCE * self._period
        signal = power - noise
        snr = signal / noise if noise > 0.0 else math.inf
        return Measured(begin + self._length / 2.0, self._length, offset_hz, signal, noise, snr, heard=True)

    def _nothing(self, now: float, noise: float) -> Measured:
        snr = max(self._strongest / noise - self._limit, 0.0) + LOWEST_SNR if noise > 0.0 else LOWEST_SNR
        self._strongest = 0.0
        self._due += self._period
        limit = (self._limit - 1.0) * noise
        return Measured(now - self._period / 2.0, self._period, 0.0, limit, noise, snr, heard=False)

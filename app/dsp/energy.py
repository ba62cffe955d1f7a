"""Energy that belongs to no target: short bursts over the whole passband, and what stands out of the floor; pure.

False alarms: a frame of noise alone is taken for a burst with probability 1e-8, a spectrum of noise for a signal
anywhere in the passband with probability 1e-3.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.special import gammainccinv, gammaincinv

from app.dsp.floor import DC_BINS
from app.dsp.levels import FLOOR_SD, energy_limit
from app.dsp.power import HANN_ENBW_BINS, hann

FRAME = 64  # samples; short bursts are some frames long
FRAME_PFA = 1e-8
SPECTRUM_PFA = 1e-3
BRIDGE = 2  # frames or bins below the limit that do not end a burst or a signal
HISTORY = 16  # blocks over which the quiet level is followed
QUANTILE = 0.3
LONGEST = 8_192  # samples of a burst that are looked at for its place in the passband
LEAST_SNR = 2.0  # of a line: what stands out by less is told to nobody
EDGE = 0.05  # of the passband on each side, where the receiver's filter is


@dataclass(frozen=True, slots=True)
class Burst:
    """Energy for a short time; samples counted from the start of the stream, powers linear, offsets from the centre."""

    first: int
    last: int
    offset_hz: float
    peak_hz: float  # offset of its strongest part
    bandwidth_hz: float  # that holds 90 % of its power
    power: float
    snr: float  # over the quiet passband


@dataclass(frozen=True, slots=True)
class Line:
    """Energy that stands out of the noise floor in a spectrum."""

    offset_hz: float
    bandwidth_hz: float
    power: float
    snr: float


class BurstFinder:
    """Finds bursts in the power of the whole passband, frame by frame of 64 samples, against its quiet level."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._limit = float(gammainccinv(FRAME, FRAME_PFA)) / FRAME
        self._quiet: deque[float] = deque(maxlen=HISTORY)

    def feed(self, iq: NDArray[np.complex64], position: int) -> Iterator[Burst]:
        """Bursts in one block that begins at sample ``position``; one that crosses its end is told in two parts."""
        count = iq.size // FRAME
        if count == 0:
            return
        parts = iq[: count * FRAME].view(np.float32).reshape(count, 2 * FRAME)
        power = np.einsum("ij,ij->i", parts, parts) / np.float32(FRAME)
        low = float(np.quantile(power, QUANTILE)) / (float(gammaincinv(FRAME, QUANTILE)) / FRAME)
        self._quiet.append(low)
        quiet = min(self._quiet)
        for first, last in _runs(power > self._limit * quiet):
            mean = float(power[first:last].mean())
            offset_hz, peak_hz, bandwidth_hz = self._place(
                iq[first * FRAME : min(last * FRAME, first * FRAME + LONGEST)], quiet
            )
            yield Burst(
                first=position + first * FRAME,
                last=position + last * FRAME,
                offset_hz=offset_hz,
                peak_hz=peak_hz,
                bandwidth_hz=bandwidth_hz,
                power=mean - quiet,
                snr=mean / max(quiet, 1e-30) - 1.0,
            )

    def _place(self, burst: NDArray[np.complex64], quiet: float) -> tuple[float, float, float]:
        """Middle, strongest part and width of the band with 90 % of the power over the quiet level, Hz."""
        spectra = scipy.fft.fft(burst.reshape(-1, FRAME) * hann(FRAME), axis=1)
        power = np.fft.fftshift((spectra.real**2 + spectra.imag**2).mean(axis=0))
        over = np.maximum(power - quiet * HANN_ENBW_BINS / FRAME, 1e-30)
        low, high = np.searchsorted(np.cumsum(over) / over.sum(), (0.05, 0.95))
        bin_hz = self._rate_hz / FRAME
        peak = int(np.argmax(over))
        middle = float(low + high) / 2.0
        return (middle - FRAME // 2) * bin_hz, (peak - FRAME // 2) * bin_hz, float(high - low + 1) * bin_hz


def find_lines(
    power: NDArray[np.float32], floor: NDArray[np.float32], frames: int, rate_hz: float, apart: NDArray[np.bool_]
) -> list[Line]:
    """What stands out of the floor in the mean of ``frames`` spectra; bins that are ``apart`` are not looked at."""
    bins = power.size
    limit = max(energy_limit(frames, SPECTRUM_PFA / bins) + 3.0 * FLOOR_SD, 1.0 + LEAST_SNR)
    over = (power > limit * floor) & ~apart
    bin_hz = rate_hz / bins
    lines = []
    for first, last in _runs(over):
        signal = float((power[first:last] - floor[first:last]).sum()) / HANN_ENBW_BINS
        noise = float(floor[first:last].sum()) / HANN_ENBW_BINS
        middle = (first + last - 1) / 2.0 - bins // 2
        lines.append(Line(middle * bin_hz, (last - first) * bin_hz, signal, signal / max(noise, 1e-30)))
    return lines


def unused_bins(bins: int) -> NDArray[np.bool_]:
    """Bins at the centre and at the edges, which are the receiver's own."""
    apart = np.zeros(bins, bool)
    apart[bins // 2 - DC_BINS : bins // 2 + DC_BINS + 1] = True
    edge = round(EDGE * bins)
    apart[:edge] = apart[bins - edge :] = True
    return apart


def _runs(over: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and one past last of each run of True, gaps of ``BRIDGE`` closed."""
    places = np.flatnonzero(over)
    if places.size == 0:
        return []
    breaks = np.flatnonzero(np.diff(places) > BRIDGE + 1)
    firsts = places[np.concatenate(([0], breaks + 1))]
    lasts = places[np.concatenate((breaks, [places.size - 1]))] + 1
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))

"""Energy that belongs to no target: short bursts over the whole passband, and what stands out of the floor; pure.

False alarms: a frame of noise alone is taken for a burst with probability 1e-8, a spectrum of noise for a signal
anywhere in the passband with probability 1e-3.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.special import gammainccinv, gammaincinv

from app.domain.radio import BeaconKind, Detection, Target
from app.dsp.floor import DC_BINS
from app.dsp.levels import FLOOR_SD, energy_limit
from app.dsp.power import HANN_ENBW_BINS, hann, to_db

FRAME = 64  # samples; short bursts are some frames long
PIECE = 16  # samples to which the ends of a burst are looked for
PART_SHARE = 0.25  # of the power of a stretch: what is below for a piece is a pause between two bursts
CALM_QUANTILE, CALM_SPREAD = 0.01, 1.6  # a piece of noise is seldom more than this times its mean
SHORTEST = 32  # samples of a burst that is told from its neighbours
QUIETEST = 1.5e-10  # a converter of 16 bits makes as much noise: recorded silence is no better
FRAME_PFA = 1e-8
SPECTRUM_PFA = 1e-3
BRIDGE = 2  # frames or bins below the limit that do not end a burst or a signal
HISTORY = 16  # blocks over which the quiet level is followed
QUANTILE = 0.3
LONGEST = 8_192  # samples of a burst that are looked at for its place in the passband
LEAST_SNR = 2.0  # of a line: what stands out by less is told to nobody
SKIRT = 4.0  # widths of a target's channel that are left out: its sidebands reach that far
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
    """Finds bursts in the power of the whole passband, frame by frame of 64 samples, against its quiet level.

    ``fine``: then the ends are looked for sample by sample, and bursts close together told apart. It takes longer.
    """

    def __init__(self, rate_hz: float, fine: bool = False, pfa: float = FRAME_PFA) -> None:
        self._rate_hz = rate_hz
        self._fine = fine
        self._limit = float(gammainccinv(FRAME, pfa)) / FRAME
        self._quiet: deque[float] = deque(maxlen=HISTORY)

    def feed(self, iq: NDArray[np.complex64], position: int) -> Iterator[Burst]:
        """Bursts in one block that begins at sample ``position``; one that crosses its end is told in two parts."""
        count = iq.size // FRAME
        if count == 0:
            return
        parts = iq[: count * FRAME].view(np.float32).reshape(count, 2 * FRAME)
        power = np.einsum("ij,ij->i", parts, parts) / np.float32(FRAME)
        low = float(np.quantile(power, QUANTILE)) / (float(gammaincinv(FRAME, QUANTILE)) / FRAME)
        self._quiet.append(max(low, QUIETEST))
        quiet = self._level()
        calm = _calm(parts) if self._fine else quiet
        for first, last in _runs(power > self._limit * quiet):
            ends = [(first * FRAME, last * FRAME)]
            for begin, end in self._parts(iq, first * FRAME, last * FRAME, calm) if self._fine else ends:
                yield self._burst(iq[begin:end], position + begin, min(quiet, calm))

    @property
    def least_power(self) -> float:
        """Power over the quiet passband of a burst of one frame that would just be found; 0 before the first block."""
        return (self._limit - 1.0) * self._level() if self._quiet else 0.0

    def _level(self) -> float:
        """The quiet level: the mean of the quietest quarter of the last blocks."""
        quietest = sorted(self._quiet)[: max(len(self._quiet) // 4, 1)]
        return sum(quietest) / len(quietest)

    def _parts(self, iq: NDArray[np.complex64], first: int, last: int, calm: float) -> Iterator[tuple[int, int]]:
        """The bursts in a stretch of energy, told apart where its power falls to a quarter for 16 samples.

        Not where the pauses could not be told from a quarter: ``calm`` is the power in the quietest moments.
        """
        first, last = max(first - FRAME, 0), min(last + FRAME, iq.size)
        for low in range(first, last, LONGEST):
            power = np.abs(iq[low : min(low + LONGEST + PIECE, last)]) ** 2
            mean = float(power.mean())
            if PART_SHARE * mean < CALM_SPREAD * calm or power.size < 2 * PIECE:
                yield low, min(low + LONGEST, last)
                continue
            sums = np.cumsum(np.concatenate(([0.0], power)))
            over = (sums[PIECE:] - sums[:-PIECE]) > PIECE * PART_SHARE * mean
            for begin, end in _runs(over, 0):
                goes_on = begin == 0, end == over.size
                if end - begin >= SHORTEST + PIECE or any(goes_on):
                    begins_at = low if goes_on[0] else low + begin + PIECE - 1
                    ends_at = min(low + LONGEST, last) if goes_on[1] else min(low + end, low + LONGEST)
                    if ends_at > begins_at:
                        yield begins_at, ends_at

    def _burst(self, iq: NDArray[np.complex64], first: int, quiet: float) -> Burst:
        mean = float(np.vdot(iq, iq).real) / iq.size
        offset_hz, peak_hz, bandwidth_hz = self._place(iq[:LONGEST], quiet)
        return Burst(
            first=first,
            last=first + iq.size,
            offset_hz=offset_hz,
            peak_hz=peak_hz,
            bandwidth_hz=bandwidth_hz,
            power=max(mean - quiet, 0.0),
            snr=max(mean / quiet - 1.0, 0.0),
        )

    def _place(self, burst: NDArray[np.complex64], quiet: float) -> tuple[float, float, float]:
        """Middle, strongest part and width of the band with 90 % of the power over the quiet level, Hz."""
        if rest := -burst.size % FRAME:
            burst = np.concatenate((burst, np.zeros(rest, np.complex64)))
        spectra = scipy.fft.fft(burst.reshape(-1, FRAME) * hann(FRAME), axis=1)
        means = (spectra.real**2 + spectra.imag**2).mean(axis=0)
        power = np.concatenate((means[FRAME // 2 :], means[: FRAME // 2]))
        over = np.maximum(power - quiet * HANN_ENBW_BINS / FRAME, 1e-30)
        low, high = np.searchsorted(np.cumsum(over) / over.sum(), (0.05, 0.95))
        bin_hz = self._rate_hz / FRAME
        peak = int(np.argmax(over))
        middle = float(low + high) / 2.0
        return (middle - FRAME // 2) * bin_hz, (peak - FRAME // 2) * bin_hz, float(high - low + 1) * bin_hz


def _calm(parts: NDArray[np.float32]) -> float:
    """Power in the quietest moments of a block, even of one in which there is hardly any pause."""
    power = np.einsum("ij,ij->i", pieces := parts.reshape(-1, 2 * PIECE), pieces) / np.float32(PIECE)
    low = float(np.quantile(power, CALM_QUANTILE)) / (float(gammaincinv(PIECE, CALM_QUANTILE)) / PIECE)
    return max(low, QUIETEST)


def find_lines(
    power: NDArray[np.float32],
    floor: NDArray[np.float32],
    frames: int,
    rate_hz: float,
    apart: NDArray[np.bool_],
    enbw: float = HANN_ENBW_BINS,
) -> list[Line]:
    """What stands out of the floor in the mean of ``frames`` spectra; bins that are ``apart`` are not looked at."""
    bins = power.size
    limit = max(energy_limit(frames, SPECTRUM_PFA / bins) + 3.0 * FLOOR_SD, 1.0 + LEAST_SNR)
    over = (power > limit * floor) & ~apart
    bin_hz = rate_hz / bins
    lines = []
    for first, last in _runs(over):
        signal = float((power[first:last] - floor[first:last]).sum()) / enbw
        noise = float(floor[first:last].sum()) / enbw
        middle = (first + last - 1) / 2.0 - bins // 2
        lines.append(Line(middle * bin_hz, (last - first) * bin_hz, signal, signal / max(noise, 1e-30)))
    return lines


def unclaimed(found: Burst | Line, centre_hz: float, first_s: float, lasted_s: float, text: str) -> Detection:
    """The detection of energy that belongs to no target."""
    return Detection(
        time_s=first_s,
        duration_s=lasted_s,
        target_id="",
        kind=BeaconKind.WIDEBAND,
        frequency_hz=centre_hz + found.offset_hz,
        bandwidth_hz=found.bandwidth_hz,
        power_dbfs=to_db(found.power),
        snr_db=to_db(found.snr),
        confirmed=False,
        text=text,
    )


def joined(bursts: Iterable[Burst], pause: float) -> Iterator[Burst]:
    """Bursts with pauses of up to so many samples between them told as one."""
    whole: Burst | None = None
    for burst in bursts:
        if whole is not None and burst.first - whole.last > pause:
            yield whole
            whole = None
        whole = burst if whole is None else _both(whole, burst)
    if whole is not None:
        yield whole


def _both(one: Burst, other: Burst) -> Burst:
    """Two bursts as one, placed where the stronger is; powers are means over the time they are on."""
    share = (one.last - one.first) / (one.last - one.first + other.last - other.first)
    strong = one if one.power >= other.power else other
    return replace(
        strong,
        first=one.first,
        last=max(one.last, other.last),
        bandwidth_hz=max(one.bandwidth_hz, other.bandwidth_hz),
        power=share * one.power + (1.0 - share) * other.power,
        snr=share * one.snr + (1.0 - share) * other.snr,
    )


def bins_apart(bins: int, centre_hz: float, rate_hz: float, targets: tuple[Target, ...]) -> NDArray[np.bool_]:
    """Bins that are the receiver's own or in a target's channel, its sidebands too; shape (bins,)."""
    apart = unused_bins(bins)
    offsets_hz = (np.arange(bins) - bins // 2) * (rate_hz / bins)
    for target in targets:
        distance_hz = np.abs(offsets_hz - (target.frequency_hz - centre_hz))
        apart |= distance_hz <= SKIRT * target.bandwidth_hz / 2.0 + 2.0 * rate_hz / bins
    return apart


def is_a_targets(burst: Burst, centre_hz: float, rate_hz: float, targets: tuple[Target, ...]) -> bool:
    """Whether a burst, by its middle or its strongest part, is in a target's channel or its sidebands."""
    places_hz = (centre_hz + burst.offset_hz, centre_hz + burst.peak_hz)
    sharpness_hz = rate_hz / FRAME  # to which a burst's place is known
    return any(
        abs(place_hz - target.frequency_hz) <= SKIRT * target.bandwidth_hz / 2.0 + sharpness_hz
        for target in targets
        for place_hz in places_hz
    )


def overlap(a: Line, b: Line) -> bool:
    """Whether two lines share frequencies."""
    return abs(a.offset_hz - b.offset_hz) <= (a.bandwidth_hz + b.bandwidth_hz) / 2.0


def unused_bins(bins: int) -> NDArray[np.bool_]:
    """Bins at the centre and at the edges, which are the receiver's own."""
    apart = np.zeros(bins, bool)
    apart[bins // 2 - DC_BINS : bins // 2 + DC_BINS + 1] = True
    edge = round(EDGE * bins)
    apart[:edge] = apart[bins - edge :] = True
    return apart


def _runs(over: NDArray[np.bool_], bridge: int = BRIDGE) -> list[tuple[int, int]]:
    """First and one past last of each run of True, gaps of up to ``bridge`` closed."""
    places = np.flatnonzero(over)
    if places.size == 0:
        return []
    breaks = np.flatnonzero(np.diff(places) > bridge + 1)
    firsts = places[np.concatenate(([0], breaks + 1))]
    lasts = places[np.concatenate((breaks, [places.size - 1]))] + 1
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))

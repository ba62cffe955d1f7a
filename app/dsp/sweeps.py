"""Audio that sweeps again and again, as ELTs and EPIRBs send it for homing, looked for in two seconds; pure.

The envelope of an amplitude modulated signal is cut into short spectra; these are folded at every sweep rate and
compared with every sweep of 600 Hz or more within 300 ... 1600 Hz, down and up, straight and exponential (ICAO
annex 10 volume III: at least 700 Hz within 300 ... 1600 Hz, 2 ... 4 times a second).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.dsp.power import hann

WINDOW_S = 2.0  # looked at at once
AUDIO_HZ = 8_000  # rate of the envelope
REACH_HZ = 1_900.0  # of the sidebands on each side of the carrier
CARRIER_HZ = 100.0  # the spectrum is smoothed over this to find the carrier
FRAME, HOP = 128, 64  # samples of a spectrum and between two: 16 ms, in which no ELT sweeps more than a bin or two
BIN_HZ = AUDIO_HZ / FRAME
FIRST_BIN, LAST_BIN = 5, 26  # 300 ... 1600 Hz
CLIP = 10.0  # of a cell's power over the noise: no single click may look like a sweep
PHASES = 24
RATES_HZ = np.arange(1.9, 4.101, 0.05)
THIRDS = 3  # in which the rates are taken
WIDTH_BINS = 0.8  # standard deviation of a tone's place in a frame: the window's and the sweep's own
STEPS_HZ = 100.0
LEAST_SWING_HZ = 600.0
TOLERANCE_BINS = 2.0  # in which a frame's loudest tone agrees with the sweep
TAIL_SCORE, TAIL_SLOPE = 7.3, 2.5  # the score noise exceeds once in 1000 looks, and how fast its logarithm falls on


@dataclass(frozen=True, slots=True)
class Sweep:
    """The sweep that fits best; ``first_hz`` to ``last_hz`` is where the tone begins and ends."""

    rate_hz: float  # sweeps a second
    first_hz: float
    last_hz: float
    curved: bool  # exponential, not straight
    phase: float  # of a period, at the start of the window
    score: float
    chance: float  # that a look at noise fits as well
    agreement: float  # share of spectra whose loudest tone lies on the sweep
    weakest: float  # the same in the worst of the whole sweeps
    offset_hz: float  # of the carrier from the middle of the channel

    @property
    def downward(self) -> bool:
        return self.first_hz > self.last_hz


@dataclass(frozen=True, slots=True, eq=False)
class _Bank:
    """All sweeps that are tried: their ends, and their transforms over phase as real matrices."""

    first_hz: NDArray[np.float64]
    last_hz: NDArray[np.float64]
    curved: NDArray[np.bool_]
    spectra: NDArray[np.float32]  # shape (transformed phases, 1, 2 * bins, 2 * sweeps)


def find_sweep(samples: NDArray[np.complex64], rate_hz: float) -> Sweep:
    """The sweep that fits ``samples`` best, however badly: shape (n,), about ``WINDOW_S`` of them."""
    audio, offset_hz = envelope(samples, rate_hz)
    power = spectra_of(audio)
    cells = _over_noise(power)
    bank = _bank()
    scores = _scores(_folded(cells), bank)
    shift, rate, which = np.unravel_index(int(np.argmax(scores)), scores.shape)
    score = float(scores[shift, rate, which]) * math.sqrt(len(cells) / PHASES)
    sweep_hz = float(RATES_HZ[rate])
    first_hz, last_hz = float(bank.first_hz[which]), float(bank.last_hz[which])
    turns = _turns(len(cells)) * sweep_hz - shift / PHASES
    track = tone_hz(turns % 1.0, first_hz, last_hz, bool(bank.curved[which])) / BIN_HZ - FIRST_BIN
    agrees = np.abs(np.argmax(power, axis=1) - track) <= TOLERANCE_BINS
    return Sweep(
        rate_hz=sweep_hz,
        first_hz=first_hz,
        last_hz=last_hz,
        curved=bool(bank.curved[which]),
        phase=float(turns[0] % 1.0),
        score=score,
        chance=chance_of(score),
        agreement=float(np.mean(agrees)),
        weakest=_weakest(agrees, turns),
        offset_hz=offset_hz,
    )


def chance_of(score: float) -> float:
    """Probability that noise alone reaches a score in one look: the tail measured by ``kestrel bench detect``."""
    return min(1e-3 * math.exp(-TAIL_SLOPE * (score - TAIL_SCORE)), 1.0)


def envelope(samples: NDArray[np.complex64], rate_hz: float) -> tuple[NDArray[np.float32], float]:
    """What an AM receiver hears: the envelope around the strongest carrier at 8 kHz, and the carrier's offset, Hz."""
    spectrum = scipy.fft.fft(samples)
    count = samples.size
    power = spectrum.real**2 + spectrum.imag**2
    width = max(round(CARRIER_HZ * count / rate_hz), 1)
    sums = np.cumsum(np.concatenate((power[-width:], power, power[:width])), dtype=np.float64)
    carrier = int(np.argmax(sums[width + width // 2 :][:count] - sums[width // 2 :][:count])) % count
    reach = min(round(REACH_HZ * count / rate_hz), count // 2 - 1)
    out = round(count * AUDIO_HZ / rate_hz)
    band = np.zeros(out, np.complex64)
    places = np.arange(-reach, reach + 1)
    band[places] = spectrum[(carrier + places) % count]
    signed = carrier if carrier < count // 2 else carrier - count
    return np.abs(scipy.fft.ifft(band)), signed * rate_hz / count


def spectra_of(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Power of short spectra within 300 ... 1600 Hz, shape (frames, bins)."""
    frames = sliding_window_view(audio - audio.mean(), FRAME)[::HOP] * hann(FRAME)
    spectra = scipy.fft.rfft(frames, axis=1)[:, FIRST_BIN : LAST_BIN + 1]
    return np.asarray(spectra.real**2 + spectra.imag**2, np.float32)


def tone_hz(phase: NDArray[np.float64], first_hz: float, last_hz: float, curved: bool) -> NDArray[np.float64]:
    """Frequency of a sweep at a phase of 0 ... 1."""
    if curved:
        return np.asarray(first_hz * (last_hz / first_hz) ** phase, np.float64)
    return np.asarray(first_hz + (last_hz - first_hz) * phase, np.float64)


def _over_noise(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cells over the noise of their bin: its median in time, so that neither a steady tone nor the sweep counts."""
    median = np.median(power, axis=0) / math.log(2.0)
    padded = np.pad(median, 2, mode="edge")
    around = np.median(sliding_window_view(padded, 5), axis=1)
    noise = np.maximum(np.maximum(median, around), 1e-6 * float(power.mean()) + 1e-30)
    return np.asarray(np.minimum(power / noise, CLIP), np.float32)


def _turns(frames: int) -> NDArray[np.float64]:
    """Time of each frame's middle, seconds."""
    return (np.arange(frames) * HOP + FRAME / 2.0) / AUDIO_HZ


@lru_cache(maxsize=8)
def _folding(frames: int) -> NDArray[np.float32]:
    """Matrices that fold frames at every rate, shape (rates, phases, frames): means of the frames of each phase."""
    times = _turns(frames)
    matrix = np.zeros((RATES_HZ.size, PHASES, frames), np.float32)
    phases = np.floor(np.outer(RATES_HZ, times) % 1.0 * PHASES).astype(np.intp)
    matrix[np.arange(RATES_HZ.size)[:, None], phases, np.arange(frames)] = 1.0
    counts = np.maximum(matrix.sum(axis=2, keepdims=True), 1.0)
    return np.asarray(matrix / counts, np.float32)


def _folded(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean cell per rate, phase and bin; one small product a rate, for which OpenBLAS wakes no threads."""
    return np.asarray(np.matmul(_folding(len(cells)), cells), np.float32)


def _scores(folded: NDArray[np.float32], bank: _Bank) -> NDArray[np.float32]:
    """Every sweep at every rate and phase: a circular correlation over phase, shape (phases, rates, sweeps).

    Complex products written out in real ones of less than 2^18 terms, for which OpenBLAS wakes no threads.
    """
    transform = scipy.fft.rfft(folded, axis=1)
    transform[:, 0] -= PHASES  # noise has a mean of 1
    parts = np.concatenate((transform.real, transform.imag), axis=2).transpose(1, 0, 2)
    half = bank.spectra.shape[-1] // 2
    product = np.matmul(parts.reshape(len(parts), THIRDS, -1, parts.shape[2]), bank.spectra)
    product = product.reshape(len(parts), RATES_HZ.size, 2 * half)
    return np.asarray(scipy.fft.irfft(product[..., :half] + 1j * product[..., half:], PHASES, axis=0), np.float32)


@lru_cache(maxsize=1)
def _bank() -> _Bank:
    ends = np.arange(300.0, 1601.0, STEPS_HZ)
    pairs = [(a, b) for a in ends for b in ends if abs(a - b) >= LEAST_SWING_HZ]
    all_of = [(a, b, curved) for a, b in pairs for curved in (False, True)]
    phases = (np.arange(PHASES) + 0.5) / PHASES
    bins = np.arange(FIRST_BIN, LAST_BIN + 1)
    shapes = np.zeros((PHASES, bins.size, len(all_of)))
    for index, (first_hz, last_hz, curved) in enumerate(all_of):
        places = tone_hz(phases, first_hz, last_hz, curved) / BIN_HZ
        shape = np.exp(-(((bins[None, :] - places[:, None]) / WIDTH_BINS) ** 2) / 2.0)
        shapes[:, :, index] = shape / math.sqrt(float((shape**2).sum()))
    spectra = np.conj(np.fft.rfft(shapes, axis=0))
    return _Bank(
        first_hz=np.array([a for a, _, _ in all_of]),
        last_hz=np.array([b for _, b, _ in all_of]),
        curved=np.array([curved for _, _, curved in all_of]),
        spectra=np.block([[spectra.real, spectra.imag], [-spectra.imag, spectra.real]])[:, None].astype(np.float32),
    )


def _weakest(agrees: NDArray[np.bool_], turns: NDArray[np.float64]) -> float:
    """Least agreement of the whole sweeps; of all when there is none."""
    number = np.floor(turns).astype(int)
    shares = [float(agrees[number == one].mean()) for one in range(number[0] + 1, number[-1])]
    return min(shares, default=float(agrees.mean()))

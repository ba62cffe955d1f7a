"""First-generation bursts in receiver audio: a discriminator's (FM) or a tone with its sidebands (SSB); any thread."""

import math

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from app.domain.sarsat406.first import LONG
from app.dsp.sarsat406.carriers import CARRIER_S
from app.dsp.sarsat406.clock import edges, find_clock
from app.dsp.sarsat406.fgb import find_bursts
from app.dsp.sarsat406.integrals import Integrals
from app.dsp.sarsat406.preamble import BAUD, KNOWN_BITS, PATTERNS, STEPS
from app.dsp.sarsat406.received import Burst
from app.dsp.sarsat406.softbits import known_signs, read_bits

LOW_HZ, HIGH_HZ = 150.0, 3_600.0  # a tone is looked for between
LEAST_RATE_HZ = 4_000.0
BAND_HZ = (60.0, 1_600.0)  # of the data once more as phase
ALIKE = 0.7  # correlation with the known bits, of 1
MOST = 12  # places looked at, likeliest first
STEP_HZ = STEPS * BAUD


def find_audio_bursts(sound: NDArray[np.float32], rate_hz: float) -> list[Burst]:
    """Bursts in a window of sound, shape (n,), in whatever way it was received; by time.

    As a tone with sidebands first, then as the phase's derivative (a flat discriminator), then as the phase itself
    (after de-emphasis). A burst found in two ways is told once.
    """
    if rate_hz < LEAST_RATE_HZ or sound.size < (CARRIER_S + KNOWN_BITS / BAUD) * rate_hz:
        return []
    if not np.isfinite(sound).all() or float(np.ptp(sound)) == 0.0:
        return []
    analytic = scipy.signal.hilbert(sound - sound.mean()).astype(np.complex64)
    bursts = find_bursts(analytic, rate_hz, LOW_HZ, min(HIGH_HZ, 0.45 * rate_hz))
    band = scipy.signal.butter(2, (BAND_HZ[0], min(BAND_HZ[1], 0.45 * rate_hz)), "bandpass", fs=rate_hz, output="sos")
    integrated = np.cumsum(sound - sound.mean(), dtype=np.float64) / rate_hz
    for phase in (integrated, sound.astype(np.float64)):
        for burst in _in_baseband(scipy.signal.sosfiltfilt(band, phase), rate_hz):
            if all(abs(burst.start_s - known.start_s) > burst.length_s for known in bursts):
                bursts.append(burst)
    return sorted(bursts, key=lambda burst: burst.start_s)


def _in_baseband(data: NDArray[np.float64], rate_hz: float) -> list[Burst]:
    """Bursts in a signal that follows the phase, with either sign."""
    signal = Integrals(data.astype(np.complex128), rate_hz)
    count = int(data.size / rate_hz * STEP_HZ)
    steps = signal.between(np.arange(count + 1) / STEP_HZ).real
    bursts: list[Burst] = []
    for start_s, self_test, sign in _places(steps):
        if any(abs(start_s - CARRIER_S - burst.start_s) < burst.length_s for burst in bursts):
            continue
        burst = _read(Integrals(sign * data.astype(np.complex128), rate_hz), start_s, self_test)
        if burst is not None and start_s + (burst.length_s - CARRIER_S) <= data.size / rate_hz + 1.0 / BAUD:
            bursts.append(burst)
    return bursts


def _places(steps: NDArray[np.float64]) -> list[tuple[float, bool, float]]:
    """Where the known bits may begin, self-test, and the sign; likeliest first."""
    length = KNOWN_BITS * STEPS
    if steps.size < length:
        return []
    energy = np.convolve(steps**2, np.ones(length), "valid")
    rows = []
    for self_test in (False, True):
        pattern = PATTERNS[self_test]
        match = scipy.signal.fftconvolve(steps, pattern[::-1], "valid")
        rows.append(match / np.sqrt(np.maximum(energy, 1e-300) * length))
    alike = np.stack(rows)
    strength = np.abs(alike)
    found: list[tuple[float, bool, float]] = []
    while len(found) < MOST:
        pattern_number, at = (int(one) for one in np.unravel_index(int(np.argmax(strength)), strength.shape))
        if strength[pattern_number, at] < ALIKE:
            break
        found.append((at / STEP_HZ, bool(pattern_number), math.copysign(1.0, float(alike[pattern_number, at]))))
        strength[:, max(at - STEPS, 0) : at + STEPS + 1] = 0.0
    return found


def _read(signal: Integrals, start_s: float, self_test: bool) -> Burst | None:
    start_s, bit_s = find_clock(signal, start_s, LONG)
    halves = signal.between(edges(start_s, bit_s, LONG)).real
    soft = halves[0::2] - halves[1::2]
    reading = read_bits(soft, self_test)
    if reading is None:
        return None
    used = soft[: reading.bits]
    typical = float(np.abs(used).mean())
    errors = np.abs(used) - typical
    errors[:KNOWN_BITS] = used[:KNOWN_BITS] * known_signs(self_test) - typical
    snr = typical**2 / max(float(np.mean(errors**2)), 1e-300)
    return Burst(
        message=reading.message,
        start_s=float(start_s) - CARRIER_S,
        length_s=CARRIER_S + reading.bits * float(bit_s),
        offset_hz=0.0,
        power=(typical / float(bit_s)) ** 2,
        cn0_dbhz=10.0 * math.log10(snr * BAUD),  # of the audio, over its noise density
    )

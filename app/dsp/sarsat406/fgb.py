"""First-generation bursts in a window of IQ samples at an unknown offset; pure, any thread."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.domain.sarsat406.first import LONG
from app.dsp.sarsat406.carriers import CARRIER_S, HOP_S, Carrier, find_carriers
from app.dsp.sarsat406.clock import edges, find_clock
from app.dsp.sarsat406.integrals import Integrals, Samples
from app.dsp.sarsat406.phase import refined, steady_phase
from app.dsp.sarsat406.preamble import BAUD, DEPTH_RAD, STEPS, Preamble, find_preamble
from app.dsp.sarsat406.received import Burst
from app.dsp.sarsat406.softbits import known_signs, read_bits

OFFSET_HZ = 5_000.0
BURST_S = CARRIER_S + LONG / BAUD
EARLY_S = HOP_S + 0.05  # a carrier may begin that much before the window in which it was seen
LATE_S = 0.15
BEFORE_S = 0.08  # of the carrier, looked at with the known bits: longer, and a drift would break it
SIDEBANDS_HZ = 1_500.0  # lines of the modulation within are strong enough to be taken for carriers
STEP_S = 1.0 / (STEPS * BAUD)


def find_bursts(
    samples: NDArray[np.complex64], rate_hz: float, low_hz: float = -OFFSET_HZ, high_hz: float = OFFSET_HZ
) -> list[Burst]:
    """Every burst whose whole length is in the window, samples of shape (n,); by time.

    A carrier is looked for, the known bits after it, then phase and bit clock through the whole burst (coherent
    detection with the phase smoothed over 31 bits), and both BCH codes.
    """
    carriers = find_carriers(samples, rate_hz, low_hz, high_hz)
    bursts: list[Burst] = []
    for carrier in carriers.found:
        if any(_holds(burst, carrier) for burst in bursts):
            continue
        burst = _decode(samples, rate_hz, carrier, carriers.noise_per_hz)
        if burst is not None:
            bursts.append(burst)
    return sorted(bursts, key=lambda burst: burst.start_s)


def _holds(burst: Burst, carrier: Carrier) -> bool:
    """Whether the carrier is a line of a burst that is decoded already."""
    near = abs(burst.offset_hz - carrier.frequency_hz) < SIDEBANDS_HZ
    return near and burst.start_s - HOP_S <= carrier.start_s < burst.start_s + burst.length_s


def _decode(samples: NDArray[np.complex64], rate_hz: float, carrier: Carrier, noise_per_hz: float) -> Burst | None:
    first = max(round((carrier.start_s - EARLY_S) * rate_hz), 0)
    last = round((carrier.start_s + BURST_S + LATE_S) * rate_hz)
    piece = _mixed(samples[first:last], carrier.frequency_hz / rate_hz)
    count = int(piece.size / rate_hz / STEP_S)
    steps = Integrals(piece, rate_hz).between(np.arange(count + 1) * STEP_S)
    found = find_preamble(steps, noise_per_hz, round(BEFORE_S / STEP_S))
    if found is None or found.start_s + LONG / BAUD > (piece.size + 1) / rate_hz:
        return None
    piece = _mixed(piece, found.frequency_hz / rate_hz)
    offset_hz = carrier.frequency_hz + found.frequency_hz
    if found.inverted:  # conjugated, a one is an advance of the phase again
        piece = np.conj(piece)
    burst = _read(piece, rate_hz, found, noise_per_hz)
    if burst is None:
        return None
    turned_hz = -burst.offset_hz if found.inverted else burst.offset_hz
    return replace(burst, start_s=burst.start_s + first / rate_hz, offset_hz=offset_hz + turned_hz)


def _mixed(samples: Samples, turns: float) -> NDArray[np.complex128]:
    return np.asarray(samples * np.exp(-2j * math.pi * turns * np.arange(samples.size)), np.complex128)


def _read(piece: NDArray[np.complex128], rate_hz: float, found: Preamble, noise_per_hz: float) -> Burst | None:
    """The message in samples mixed to zero; offset and start in their own terms."""
    signal = Integrals(piece, rate_hz)
    start_s, bit_s = found.start_s, 1.0 / BAUD
    known = known_signs(found.self_test)
    phase = _whole_phase(signal, start_s, bit_s)
    first, second = _halves(signal, start_s, bit_s)
    phase = refined(phase, first, second, known)
    start_s, bit_s = find_clock(_data(piece, rate_hz, phase, start_s, bit_s), start_s, LONG)
    first, second = _halves(signal, start_s, bit_s)
    phase = refined(phase, first, second, known)
    turn = np.exp(-1j * phase)
    soft = ((first - second) * turn).imag
    reading = read_bits(soft, found.self_test)
    if reading is None:
        return None
    used = slice(0, reading.bits)
    steady = ((first + second) * turn).real[used]
    seen = math.cos(DEPTH_RAD) * steady + math.sin(DEPTH_RAD) * np.abs(soft[used])
    power = (float(seen.mean()) / bit_s) ** 2
    turn_hz = float(np.polyfit(np.arange(LONG) * bit_s, np.unwrap(phase), 1)[0]) / (2.0 * math.pi)
    return Burst(
        message=reading.message,
        start_s=float(start_s) - CARRIER_S,
        length_s=CARRIER_S + reading.bits * float(bit_s),
        offset_hz=turn_hz,
        power=power,
        cn0_dbhz=10.0 * math.log10(max(power / noise_per_hz, 1e-12)),
    )


def _halves(signal: Integrals, start_s: float, bit_s: float) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    halves = signal.between(edges(start_s, bit_s, LONG))
    return halves[0::2], halves[1::2]


def _whole_phase(signal: Integrals, start_s: float, bit_s: float) -> NDArray[np.float64]:
    """Of each bit, from the carrier before the bits and the bits themselves."""
    before = round(CARRIER_S / bit_s)
    carrier = signal.between(start_s + np.arange(-before, 1) * bit_s)
    first, second = _halves(signal, start_s, bit_s)
    return steady_phase(carrier, first + second, first - second, bit_s)


def _data(
    piece: NDArray[np.complex128], rate_hz: float, phase: NDArray[np.float64], start_s: float, bit_s: float
) -> Integrals:
    """The quadrature part alone, the phase taken off."""
    times = (np.arange(piece.size) + 0.5) / rate_hz
    middles = start_s + (np.arange(LONG) + 0.5) * bit_s
    turned = piece * np.exp(-1j * np.interp(times, middles, np.unwrap(phase)))
    return Integrals(turned.imag.astype(np.complex128), rate_hz)

"""Second-generation bursts in a window of IQ samples at an unknown offset; pure, any thread."""

import math
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from app.domain.sarsat406.second import second_message
from app.dsp.sarsat406.acquire import HALF_RATE_HZ, Acquired, acquire
from app.dsp.sarsat406.integrals import Integrals
from app.dsp.sarsat406.received import Burst
from app.dsp.sarsat406.spreading import BITS, CHIP_HZ, CHIPS, CHIPS_PER_BIT, PREAMBLE_BITS, codes

BURST_S = CHIPS / CHIP_HZ
BIT_S = CHIPS_PER_BIT / CHIP_HZ
QUARTERS = 4  # samples of a chip in which its edges are followed
REACH = 12  # quarters of a chip by which the chips may have slipped at the end: 80 ppm
SLIPS = np.arange(1.0 - REACH, REACH - 0.75, 0.25)  # quarters of a chip
DRIFTS = np.arange(-100.0, 101.0, 1.0)  # Hz/s
WINDOW = 15  # bits over which the phase is smoothed


def find_spread_bursts(samples: NDArray[np.complex64], rate_hz: float) -> list[Burst]:
    """The burst in the window, samples of shape (n,), if its whole second is there; at most one.

    The preamble's codes are looked for at any offset, then chips followed through the burst, phase and drift found
    from the squared bits, and bits decided coherently.
    """
    if samples.size < BURST_S * rate_hz or not np.isfinite(samples).all():
        return []
    whole = Integrals(samples, rate_hz)
    count = int(samples.size / rate_hz * HALF_RATE_HZ)
    halves = (whole.between(np.arange(count + 1) / HALF_RATE_HZ) * HALF_RATE_HZ).astype(np.complex64)
    starts = round((samples.size / rate_hz - BURST_S + BIT_S) * HALF_RATE_HZ)
    found = acquire(halves, starts)
    if found is None:
        return []
    burst = _read(samples, rate_hz, found)
    return [burst] if burst is not None else []


def _read(samples: NDArray[np.complex64], rate_hz: float, found: Acquired) -> Burst | None:
    start_s = found.first / HALF_RATE_HZ
    first = max(round((start_s - BIT_S) * rate_hz), 0)
    piece = samples[first : round((start_s + BURST_S + BIT_S) * rate_hz)]
    mixed = piece * np.exp(-2j * math.pi * found.frequency_hz / rate_hz * np.arange(piece.size))
    i_rows, q_rows = _despread(Integrals(mixed, rate_hz), start_s - first / rate_hz, found.self_test)
    slip, i_bits, q_bits = _followed(i_rows, q_rows)
    if start_s + BURST_S > samples.size / rate_hz + BIT_S:
        return None
    phase = _phase(i_bits, q_bits)
    turn = np.exp(-1j * phase)
    i_soft, q_soft = (i_bits * turn).real, (q_bits * turn).imag
    text = "".join(
        "01"[int(value < 0.0)]
        for pair in zip(i_soft[PREAMBLE_BITS:], q_soft[PREAMBLE_BITS:], strict=True)
        for value in pair
    )
    message = second_message(text, found.self_test)
    if not message.ok:
        return None
    noise = 2.0 * float(np.mean((i_bits * turn).imag ** 2 + (q_bits * turn).real ** 2)) / 2.0 / BIT_S
    power = (float(np.abs(i_soft).mean()) ** 2 + float(np.abs(q_soft).mean()) ** 2) / BIT_S**2
    turn_hz = float(np.polyfit(np.arange(BITS) * BIT_S, np.unwrap(phase), 1)[0]) / (2.0 * math.pi)
    return Burst(
        message=message,
        start_s=start_s + slip / QUARTERS / CHIP_HZ,
        length_s=BURST_S,
        offset_hz=found.frequency_hz + turn_hz,
        power=power,
        cn0_dbhz=10.0 * math.log10(max(power / max(noise, 1e-300), 1e-12)),
    )


def _despread(
    signal: Integrals, start_s: float, self_test: bool
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Bits of I and Q with the chips' edges shifted by -REACH ... REACH quarters; shape (shifts, bits) each."""
    step_s = 1.0 / CHIP_HZ / QUARTERS
    margin = REACH + QUARTERS
    edges = start_s + np.arange(-margin, QUARTERS * CHIPS + 2 * margin) * step_s
    sums = signal.up_to(edges)
    chip = (sums[QUARTERS:] - sums[:-QUARTERS]) / signal.rate_hz  # a chip that begins at each edge
    rows = []
    for code, late in zip(codes(self_test), (0, QUARTERS // 2), strict=True):
        shifted = [
            (chip[margin + shift + late :][: QUARTERS * CHIPS : QUARTERS] * code)
            .reshape(BITS, CHIPS_PER_BIT)
            .sum(axis=1)
            for shift in range(-REACH, REACH + 1)
        ]
        rows.append(np.stack(shifted))
    return rows[0], rows[1]


def _followed(
    i_rows: NDArray[np.complex128], q_rows: NDArray[np.complex128]
) -> tuple[float, NDArray[np.complex128], NDArray[np.complex128]]:
    """The shift at the start, and the bits along the straight slip of the chips that holds most energy."""
    power = np.abs(i_rows) ** 2 + np.abs(q_rows) ** 2
    share = np.arange(BITS) / (BITS - 1.0)
    starts, ends = SLIPS[np.abs(SLIPS) <= 2.0], SLIPS
    paths = starts[:, None, None] * (1.0 - share) + ends[:, None] * share
    sums = _along(power, paths).sum(axis=2)
    at, to = np.unravel_index(int(np.argmax(sums)), sums.shape)
    start, path = float(starts[at]), paths[at, to]
    return start, _along(i_rows, path), _along(q_rows, path)


def _along(rows: NDArray[Any], path: NDArray[np.floating[Any]]) -> NDArray[Any]:
    """Values between the rows of shifts; paths of shape (..., bits)."""
    place = path + REACH
    low = np.clip(np.floor(place).astype(np.int64), 0, rows.shape[0] - 2)
    share = place - low
    bits = np.arange(rows.shape[1])
    return np.asarray(rows[low, bits] * (1.0 - share) + rows[low + 1, bits] * share)


def _phase(i_bits: NDArray[np.complex128], q_bits: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Of each bit: drift and frequency from the squares, which bear no data, the sign from the preamble."""
    squares = i_bits**2 - q_bits**2
    index = np.arange(BITS) - (BITS - 1) / 2.0
    chirps = 2.0 * math.pi * DRIFTS[:, None] * (index * BIT_S) ** 2
    spectra = scipy.fft.fft(squares * np.exp(-1j * chirps), 1024, axis=1)
    drift, peak = np.unravel_index(int(np.argmax(np.abs(spectra))), spectra.shape)
    twice = (
        2.0 * math.pi * np.fft.fftfreq(1024)[peak] * np.arange(BITS) + chirps[drift] + np.angle(spectra[drift, peak])
    )
    phase = np.asarray(twice / 2.0, np.float64)
    known = (i_bits - 1j * q_bits)[:PREAMBLE_BITS]
    if float((known * np.exp(-1j * phase[:PREAMBLE_BITS])).real.sum()) < 0.0:
        phase = phase + math.pi
    for _ in range(3):
        turn = np.exp(-1j * phase)
        i_signs, q_signs = np.sign((i_bits * turn).real), np.sign((q_bits * turn).imag)
        i_signs[:PREAMBLE_BITS] = q_signs[:PREAMBLE_BITS] = 1.0
        seen = (i_signs * i_bits - 1j * q_signs * q_bits) * turn
        phase = phase + np.angle(np.convolve(seen, np.hanning(WINDOW + 2)[1:-1], "same"))
    return phase

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
DRIFTS = np.arange(-100.0, 101.0, 1.0)  # Hz/s
WINDOW = 15  # bits over which the phase is smoothed
BLOCK_S = 0.05
CONTRAST = 1.045  # power of the strongest 0.9 s over the quiet: below, no burst is looked for


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
    found = acquire(halves) if _louder(halves) else None
    if found is None:
        return []
    burst = _read(samples, rate_hz, found)
    return [burst] if burst is not None else []


def _louder(halves: NDArray[np.complex64]) -> bool:
    """Whether some stretch of nearly a burst's length holds more power, a chip wide, than the quietest blocks.

    In each third of it: a first-generation burst lasts half as long.
    """
    samples = halves[1:] + halves[:-1]
    length = round(BLOCK_S * HALF_RATE_HZ)
    blocks = samples[: samples.size // length * length].reshape(-1, length)
    power = np.einsum("ij,ij->i", blocks.real, blocks.real) + np.einsum("ij,ij->i", blocks.imag, blocks.imag)
    third = round(0.3 / BLOCK_S)
    if power.size < 3 * third:
        return False
    means = np.convolve(power, np.ones(third) / third, "valid") / max(float(np.quantile(power, 0.2)), 1e-30)
    thirds = np.stack((means[: -2 * third], means[third:-third], means[2 * third :]))
    weakest, whole = thirds.min(axis=0), thirds.mean(axis=0)
    return bool(((whole > CONTRAST) & (weakest - 1.0 > 0.4 * (whole - 1.0))).any())


def _read(samples: NDArray[np.complex64], rate_hz: float, found: Acquired) -> Burst | None:
    mixed = samples * np.exp(-2j * math.pi * found.frequency_hz / rate_hz * np.arange(samples.size))
    start_s = found.first / HALF_RATE_HZ
    i_rows, q_rows = _despread(Integrals(mixed, rate_hz), start_s, found.self_test)
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
    bits = np.arange(BITS)
    best = (-1.0, 0.0, 0.0)
    power = np.abs(i_rows) ** 2 + np.abs(q_rows) ** 2
    for start in np.arange(-2.0, 2.25, 0.25):
        for end in np.arange(-REACH + 1.0, REACH - 0.75, 0.25):
            along = _along(power, start + (end - start) * bits / (BITS - 1.0))
            best = max(best, (float(along.sum()), float(start), float(end)))
    _, start, end = best
    path = start + (end - start) * bits / (BITS - 1.0)
    return start, _along(i_rows, path), _along(q_rows, path)


def _along(rows: NDArray[Any], path: NDArray[np.floating[Any]]) -> NDArray[Any]:
    """Values between the rows of shifts, one a bit."""
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

"""Signals at a channel's own rate with their truth, for tests and benches; pure, any thread."""

import numpy as np
from numpy.typing import NDArray


def white(rng: np.random.Generator, count: int) -> NDArray[np.complex64]:
    """White noise of power 1, shape (count,), by Box and Muller (1958): in half of ``standard_normal``'s time."""
    bits = rng.integers(0, 2**64, count, np.uint64).view(np.uint32)
    amplitude = bits[0::2].astype(np.float32)
    amplitude += np.float32(0.5)  # so that none is zero
    amplitude *= np.float32(2.0**-32)
    np.log(amplitude, out=amplitude)
    np.sqrt(np.negative(amplitude, out=amplitude), out=amplitude)
    angle = bits[1::2] * np.float32(2.0 * np.pi / 2**32)
    noise = np.empty(count, np.complex64)
    np.multiply(amplitude, np.cos(angle), out=noise.real)
    np.multiply(amplitude, np.sin(angle), out=noise.imag)
    return noise


def elt(
    rng: np.random.Generator,
    count: int,
    rate_hz: float,
    offset_hz: float = 0.0,
    first_hz: float = 1_400.0,
    last_hz: float = 400.0,
    sweeps_hz: float = 3.0,
    duty: float = 0.4,
    depth: float = 0.9,
) -> NDArray[np.complex64]:
    """AM with rectangular audio that sweeps straight, carrier amplitude 1, begun anywhere; shape (count,).

    The audio is averaged over each sample, so that its harmonics fold little.
    """
    fine = 8 * count
    phase = (np.arange(fine) / (8.0 * rate_hz) * sweeps_hz + rng.random()) % 1.0
    turns = np.cumsum(first_hz + (last_hz - first_hz) * phase) / (8.0 * rate_hz)
    audio = np.where(turns % 1.0 < duty, 1.0 - duty, -duty) / max(duty, 1.0 - duty)
    mixer = np.exp(2j * np.pi * (offset_hz / rate_hz * np.arange(count) + rng.random()))
    return np.asarray((1.0 + depth * audio.reshape(count, 8).mean(axis=1)) * mixer, np.complex64)

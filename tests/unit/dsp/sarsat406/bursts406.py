"""First-generation bursts as samples, with their truth; made apart from the decoder and from the simulator."""

import numpy as np
from numpy.typing import NDArray

MESSAGE = "8E3301E240298056CF99F61503780B"  # France, ELT 01E240, 41.41222 N 2.44222 E; loorisr/sarsat
ID = "1C6603C480FFBFF"
SELF_TEST, NORMAL = "FFFED0", "FFFE2F"
SHORT = "4F74C98C8269A68DD533D0"  # Italy, maritime user, EPIRB


def phase_of(
    digits: str, times_s: NDArray[np.float64], baud: float = 400.0
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The data's sign at each time since the carrier began, and whether the beacon sends."""
    bits = f"{int(digits, 16):0{4 * len(digits)}b}"
    halves = np.array([sign for bit in bits for sign in ((1.0, -1.0) if bit == "1" else (-1.0, 1.0))])
    place = np.floor((times_s - 0.160) * baud * 2.0).astype(np.int64)
    data = np.where((place >= 0) & (place < halves.size), halves[np.clip(place, 0, halves.size - 1)], 0.0)
    return data, (times_s >= 0.0) & (place < halves.size)


def burst(
    digits: str,
    rate_hz: float = 30_000.0,
    start_s: float = 0.4,
    offset_hz: float = 0.0,
    drift_hz_per_s: float = 0.0,
    baud: float = 400.0,
    length_s: float = 1.6,
) -> NDArray[np.complex128]:
    """Samples of amplitude 1 where the beacon sends."""
    times = np.arange(round(length_s * rate_hz)) / rate_hz - start_s
    data, on = phase_of(digits, times, baud)
    phase = 2.0 * np.pi * (offset_hz * times + 0.5 * drift_hz_per_s * times**2) + 1.1 * data
    return np.where(on, np.exp(1j * phase), 0.0)


def in_noise(
    signal: NDArray[np.complex128], cn0_dbhz: float, rng: np.random.Generator, rate_hz: float = 30_000.0
) -> NDArray[np.complex64]:
    """With white noise so that an amplitude of 1 has this carrier over noise density."""
    sigma = np.sqrt(rate_hz / 10.0 ** (cn0_dbhz / 10.0) / 2.0)
    noise = rng.standard_normal(signal.size) + 1j * rng.standard_normal(signal.size)
    return np.asarray(signal + sigma * noise, np.complex64)

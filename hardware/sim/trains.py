"""Pulse trains at a channel's own rate with their truth, for tests and benches; pure, any thread."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hardware.sim.signals import white


@dataclass(frozen=True, slots=True)
class Tag:
    """What a tag sends; amplitudes such that noise of power 1 a sample gives the stated E / N0."""

    energy_db: float  # of one pulse over the noise density
    period_s: float
    offset_hz: float = 0.0
    first_s: float = 0.3
    pulse_s: float = 0.015
    jitter_s: float = 0.0  # of each pulse about its time, standard deviation
    stretch: float = 0.0  # by which the period grows from one pulse to the next, of itself: the tag cools
    drift_hz_per_s: float = 0.0  # of its oscillator
    fading_db: float = 0.0  # standard deviation of each pulse's energy
    later_period_s: float = 0.0  # from half of the time on, 0: the same


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Where the pulses of a tag begin, in seconds."""

    starts_s: NDArray[np.float64]

    @property
    def period_s(self) -> float:
        """Mean, by a straight line through the starts."""
        return float(np.polyfit(np.arange(self.starts_s.size), self.starts_s, 1)[0])


def tag(rng: np.random.Generator, what: Tag, seconds: float, rate_hz: float) -> tuple[NDArray[np.complex64], Truth]:
    """The tag alone, every pulse of a phase of its own; shape (seconds * rate_hz,)."""
    starts, place, period = [], what.first_s, what.period_s
    while place + what.pulse_s < seconds:
        starts.append(place)
        if what.later_period_s and place < seconds / 2.0 <= place + period:
            period = what.later_period_s
        place, period = place + period, period * (1.0 + what.stretch)
    starts_s = np.maximum(np.array(starts) + what.jitter_s * rng.standard_normal(len(starts)), 0.0)
    signal = np.zeros(round(seconds * rate_hz), np.complex64)
    length = round(what.pulse_s * rate_hz)
    for start_s in starts_s:
        time_s = start_s + np.arange(length) / rate_hz
        turns = what.offset_hz * time_s + 0.5 * what.drift_hz_per_s * time_s**2 + rng.random()
        power = 10.0 ** ((what.energy_db + what.fading_db * rng.standard_normal()) / 10.0) / length
        first = round(start_s * rate_hz)
        pulse = np.sqrt(power) * np.exp(2j * np.pi * turns)
        signal[first : first + length] += pulse[: signal.size - first].astype(np.complex64)
    return signal, Truth(starts_s)


def comb(
    rng: np.random.Generator, energy_db: float, per_s: float, offset_hz: float, seconds: float, rate_hz: float
) -> NDArray[np.complex64]:
    """Pulses of 15 ms so many times a second, as drone electronics give them off."""
    what = Tag(energy_db, 1.0 / per_s, offset_hz, first_s=rng.uniform(0.0, 1.0 / per_s))
    return tag(rng, what, seconds, rate_hz)[0]


def carrier(
    rng: np.random.Generator, level_db: float, offset_hz: float, seconds: float, rate_hz: float
) -> NDArray[np.complex64]:
    """A steady line of ``level_db`` over noise of power 1 a sample."""
    turns = offset_hz / rate_hz * np.arange(round(seconds * rate_hz)) + rng.random()
    return np.asarray(10.0 ** (level_db / 20.0) * np.exp(2j * np.pi * turns), np.complex64)


def quantised(samples: NDArray[np.complex64], rms_steps: float) -> NDArray[np.complex64]:
    """As an 8-bit converter gives them, noise of power 1 being so many steps: rounded, and clipped at its rails."""
    parts = samples.view(np.float32) * np.float32(rms_steps / np.sqrt(2.0))
    steps = np.clip(np.rint(parts), -128.0, 127.0)
    return np.asarray((steps * np.float32(np.sqrt(2.0) / rms_steps)).view(np.complex64), np.complex64)


def heard(rng: np.random.Generator, *signals: NDArray[np.complex64]) -> NDArray[np.complex64]:
    """Signals of one length in white noise of power 1."""
    total = white(rng, signals[0].size).copy()
    for signal in signals:
        total += signal
    return total

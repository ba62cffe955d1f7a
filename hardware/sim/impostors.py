"""Amplitude modulated signals that are no ELT and could be taken for one: voice, tones, keys, clicks; any thread."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Envelope = NDArray[np.complex64]
DEPTH = 0.85
SYLLABLES_HZ = (2.5, 6.0)
VOWELS_HZ = (
    (730, 1090, 2440),
    (270, 2290, 3010),
    (300, 870, 2240),
    (530, 1840, 2480),
    (570, 840, 2410),
    (490, 1350, 1690),
)


def voice(rng: np.random.Generator, count: int, rate_hz: float) -> Envelope:
    """AM with speech-like audio: vowels of gliding pitch and formants (Peterson and Barney 1952), hisses, pauses."""
    audio = np.zeros(0)
    before = VOWELS_HZ[rng.integers(len(VOWELS_HZ))]
    pitch_hz = rng.uniform(90.0, 230.0)
    while audio.size < count:
        length = round(rate_hz / rng.uniform(*SYLLABLES_HZ))
        after = VOWELS_HZ[rng.integers(len(VOWELS_HZ))]
        glide = pitch_hz * np.linspace(1.0, rng.uniform(0.7, 1.4), length)
        sound = _vowel(rng, glide, before, after, rate_hz) * np.hanning(length) ** 0.5
        parts = [sound, 0.3 * rng.standard_normal(round(rate_hz * rng.uniform(0.0, 0.08)))]
        if rng.random() < 0.15:
            parts.append(np.zeros(round(rate_hz * rng.uniform(0.05, 0.4))))
        audio, before = np.concatenate((audio, *parts)), after
    return _modulated(audio[:count])


def _vowel(
    rng: np.random.Generator,
    pitch_hz: NDArray[np.float64],
    first: tuple[int, ...],
    last: tuple[int, ...],
    rate_hz: float,
) -> NDArray[np.float64]:
    """Harmonics of a pitch, as strong as formants make them that move from one vowel to another; power 1."""
    turns = np.cumsum(pitch_hz) / rate_hz + rng.random()
    glide = np.linspace(0.0, 1.0, pitch_hz.size)
    formants_hz = [a + (b - a) * glide for a, b in zip(first, last, strict=True)]
    out = np.zeros(pitch_hz.size)
    for harmonic in range(1, int(3_200.0 / pitch_hz.max()) + 1):
        hz = harmonic * pitch_hz
        gain = sum(1.0 / (1.0 + ((hz - place) / (40.0 * number)) ** 2) / number
                   for number, place in enumerate(formants_hz, 1))  # fmt: skip
        out += np.sqrt(gain) / harmonic**0.5 * np.sin(2.0 * np.pi * harmonic * turns)
    return np.asarray(out / (float(out.std()) + 1e-9), np.float64)


def steady_tone(rng: np.random.Generator, count: int, rate_hz: float) -> Envelope:
    """AM with one to three tones that stay."""
    times_s = np.arange(count) / rate_hz
    tones = [np.sin(2.0 * np.pi * hz * times_s) for hz in rng.uniform(300.0, 2_500.0, rng.integers(1, 4))]
    return _modulated(np.sum(tones, axis=0))


def morse_tone(rng: np.random.Generator, count: int, rate_hz: float) -> Envelope:
    """AM with a keyed tone, as beacons identify themselves."""
    tone = np.sin(2.0 * np.pi * rng.uniform(400.0, 1_500.0) / rate_hz * np.arange(count))
    return _modulated(tone * _keying(rng, count, rate_hz))


def morse(rng: np.random.Generator, count: int, rate_hz: float) -> Envelope:
    """A carrier keyed on and off."""
    return _keying(rng, count, rate_hz).astype(np.complex64)


def clicks(rng: np.random.Generator, count: int, rate_hz: float) -> Envelope:
    """A comb of short pulses two to four times a second: drone electronics, wildlife tags."""
    phase = (np.arange(count) / rate_hz * rng.uniform(2.0, 4.0) + rng.random()) % 1.0
    return (phase < rng.uniform(0.02, 0.1)).astype(np.complex64)


def warble(rng: np.random.Generator, count: int, rate_hz: float) -> Envelope:
    """AM with two tones in turn, as the radiotelephone alarm signal."""
    high = (np.arange(count) / rate_hz * rng.uniform(2.0, 4.0)) % 1.0 < 0.5
    turns = np.cumsum(np.where(high, 2_200.0, 1_300.0) * rng.uniform(0.6, 1.0)) / rate_hz
    return _modulated(np.sin(2.0 * np.pi * turns))


def carrier(rng: np.random.Generator, count: int, rate_hz: float) -> Envelope:
    """Nothing but a carrier."""
    del rng, rate_hz
    return np.ones(count, np.complex64)


IMPOSTORS: dict[str, Callable[[np.random.Generator, int, float], Envelope]] = {
    "voice": voice,
    "steady tones": steady_tone,
    "keyed tone": morse_tone,
    "keyed carrier": morse,
    "2-4 Hz pulses": clicks,
    "two-tone alarm": warble,
    "carrier": carrier,
}


def _keying(rng: np.random.Generator, count: int, rate_hz: float) -> NDArray[np.float64]:
    """Dots, dashes and spaces at 8 to 25 words a minute, edges of 5 ms."""
    dot = round(rate_hz * 1.2 / rng.uniform(8.0, 25.0))
    marks: list[float] = []
    while len(marks) * dot < count:
        marks += [1.0] * int(rng.choice([1, 3])) + [0.0] * int(rng.choice([1, 1, 3, 7]))
    keyed = np.repeat(marks, dot)[:count]
    edge = max(round(0.005 * rate_hz), 1)
    return np.convolve(keyed, np.ones(edge) / edge, mode="same")


def _modulated(audio: NDArray[np.float64]) -> Envelope:
    """A carrier of amplitude 1 with this audio, limited as a transmitter does."""
    level = float(np.quantile(np.abs(audio), 0.98)) + 1e-9
    return (1.0 + DEPTH * np.clip(audio / level, -1.0, 1.0)).astype(np.complex64)

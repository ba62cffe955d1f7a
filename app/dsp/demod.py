"""Samples to sound: AM, NFM, SSB, CW and a tone for the level, with squelch; receiver thread."""

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.audio import AUDIO_HZ, AudioMode, Vfo
from app.dsp.channel import Channel
from app.dsp.power import from_db, to_db
from app.dsp.resampling import LowPass, Resampler, Samples

Sound = NDArray[np.float32]
LOWEST_AUDIO_HZ = 200.0  # of SSB
CW_PITCH_HZ = 700.0
DEVIATIONS = 4.0  # bandwidth over greatest deviation of NFM (12.5 kHz: 3.1 kHz)
CARRIER_S = 0.3  # over which an AM carrier's strength is followed
LOUD, DECAY_S = 0.2, 0.7  # what the gain control makes of SSB and CW, and how slowly it opens
HANG_S = 0.25  # the squelch stays open
RAMP = 80  # samples of sound in which the squelch opens and closes
QUIETEST = 1e-9  # amplitude that is not made louder
TONE_HZ, OCTAVE_DB, LEAST_TONE_DB, MOST_TONE_DB = 220.0, 12.0, 3.0, 50.0
TONE_S = 0.1  # over which the level is averaged for the tone


class Detector(Protocol):
    """One mode: ``before`` works on the channel's samples, ``after`` on those of the sound's rate."""

    def before(self, channel: Samples) -> Samples: ...

    def after(self, sound: Samples) -> Sound: ...


class Demodulator:
    """One VFO. Whatever comes out is within -1 ... 1 at ``AUDIO_HZ``."""

    def __init__(self, rate_hz: float, offset_hz: float, wanted: Vfo) -> None:
        """``offset_hz``: of the wanted frequency from the middle of the passband."""
        side = {AudioMode.USB: 1.0, AudioMode.LSB: -1.0}.get(wanted.mode, 0.0)
        middle_hz = LOWEST_AUDIO_HZ + wanted.bandwidth_hz / 2.0
        self._channel = Channel(rate_hz, offset_hz + side * middle_hz, wanted.bandwidth_hz)
        self._width_hz, self._squelch = wanted.bandwidth_hz, wanted.squelch_db
        self._filter = LowPass(self._channel.rate_hz, wanted.bandwidth_hz)
        self._resampler = Resampler(self._channel.rate_hz, AUDIO_HZ)
        self._detector: Detector = _detector(wanted, self._channel.rate_hz, side * middle_hz)
        self._open = 1.0 if self._squelch is None else 0.0
        self._left_s = 0.0  # that the squelch stays open

    def feed(self, iq: NDArray[np.complex64], noise_per_hz: float | None) -> Sound:
        """Take samples of shape (n,) that follow the last ones; without a noise floor a set squelch stays closed."""
        channel = self._filter.feed(self._channel.feed(iq))
        if channel.size == 0:
            return np.zeros(0, np.float32)
        power = float(np.vdot(channel, channel).real) / channel.size
        noise = (noise_per_hz or 0.0) * self._width_hz
        snr_db = to_db(max(power / noise - 1.0, 0.0)) if noise else -math.inf
        if isinstance(self._detector, LevelTone):
            self._detector.snr_db = snr_db
        sound = self._detector.after(self._resampler.feed(self._detector.before(channel)))
        return self._squelched(np.clip(sound, -1.0, 1.0), snr_db, channel.size / self._channel.rate_hz)

    def _squelched(self, sound: Sound, snr_db: float, seconds: float) -> Sound:
        if self._squelch is None or sound.size == 0:
            return sound
        self._left_s = HANG_S if snr_db >= self._squelch else max(self._left_s - seconds, 0.0)
        wanted = 1.0 if self._left_s > 0.0 else 0.0
        gates = np.full(sound.size, wanted, np.float32)
        ramp = min(RAMP, sound.size)
        gates[:ramp] = np.linspace(self._open, wanted, ramp)
        self._open = wanted
        return sound * gates


class Am:
    """The envelope over the carrier's slowly followed strength: as loud as it is modulated, however strong."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._carrier = 0.0

    def before(self, channel: Samples) -> Samples:
        strength = np.abs(channel)
        now, before = float(strength.mean()), self._carrier or float(strength.mean())
        self._carrier = before + (now - before) * (1.0 - math.exp(-channel.size / self._rate_hz / CARRIER_S))
        carrier = np.linspace(before, self._carrier, channel.size) + QUIETEST
        return np.asarray(0.5 * (strength / carrier - 1.0), np.complex64)

    def after(self, sound: Samples) -> Sound:
        return np.asarray(sound.real, np.float32)


class Nfm:
    """The phase's turning from sample to sample, full deviation 1."""

    def __init__(self, rate_hz: float, deviation_hz: float) -> None:
        self._scale = rate_hz / (2.0 * math.pi * deviation_hz)
        self._last = np.zeros(1, np.complex64)

    def before(self, channel: Samples) -> Samples:
        samples = np.concatenate((self._last, channel))
        self._last = samples[-1:]
        return np.asarray(0.8 * self._scale * np.angle(samples[1:] * np.conj(samples[:-1])), np.complex64)

    def after(self, sound: Samples) -> Sound:
        return np.asarray(sound.real, np.float32)


class Product:
    """Mixed to where it is heard: SSB and CW; the gain follows at once when it gets louder, slowly otherwise."""

    def __init__(self, shift_hz: float) -> None:
        self._turns_per_sample = shift_hz / AUDIO_HZ
        self._turns = 0.0
        self._strength = 0.0

    def before(self, channel: Samples) -> Samples:
        return channel

    def after(self, sound: Samples) -> Sound:
        if sound.size == 0:
            return np.zeros(0, np.float32)
        turns = self._turns + self._turns_per_sample * np.arange(sound.size)
        self._turns = math.fmod(self._turns + self._turns_per_sample * sound.size, 1.0)
        mixed = (sound * np.exp(2j * np.pi * turns)).real
        now, before = float(np.sqrt(np.mean(mixed**2))), self._strength
        decayed = before * math.exp(-sound.size / AUDIO_HZ / DECAY_S)
        self._strength = max(now, decayed)
        follow = np.linspace(max(before, now), self._strength, sound.size) + QUIETEST
        return np.asarray(LOUD * mixed / follow, np.float32)


class LevelTone:
    """A tone an octave higher for each 12 dB over the noise, for homing by ear; silent when nothing is heard."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._heard_db = 0.0
        self._pitch_hz = TONE_HZ
        self._loud = self._turns = 0.0
        self.snr_db = -math.inf  # of the samples that come next

    def before(self, channel: Samples) -> Samples:
        share = 1.0 - math.exp(-channel.size / self._rate_hz / TONE_S)
        snr = from_db(min(max(self.snr_db, -20.0), MOST_TONE_DB))
        self._heard_db = to_db(from_db(self._heard_db) * (1.0 - share) + snr * share)
        return channel

    def after(self, sound: Samples) -> Sound:
        count = sound.size
        pitch_hz = TONE_HZ * 2.0 ** (self._heard_db / OCTAVE_DB)
        loud = LOUD if self._heard_db >= LEAST_TONE_DB else 0.0
        turns = self._turns + np.cumsum(np.linspace(self._pitch_hz, pitch_hz, count)) / AUDIO_HZ
        tone = np.linspace(self._loud, loud, count) * np.sin(2.0 * np.pi * turns)
        self._turns = math.fmod(float(turns[-1]), 1.0) if count else self._turns
        self._pitch_hz, self._loud = pitch_hz, loud
        return np.asarray(tone, np.float32)


def _detector(wanted: Vfo, rate_hz: float, shift_hz: float) -> Detector:
    if wanted.mode is AudioMode.AM:
        return Am(rate_hz)
    if wanted.mode is AudioMode.NFM:
        return Nfm(rate_hz, wanted.bandwidth_hz / DEVIATIONS)
    if wanted.mode is AudioMode.LEVEL:
        return LevelTone(rate_hz)
    return Product(CW_PITCH_HZ if wanted.mode is AudioMode.CW else shift_hz)

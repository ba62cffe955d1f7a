"""The simulated receiver's samples: beacons, noise, DC and the 8-bit converter; the receiver's thread."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hardware.sim.config import Emitter
from hardware.sim.propagation import NOISE_DBM_HZ, Path
from hardware.sim.waveforms import Waveform, waveform
from hardware.sim.world import World

_CHUNK = 64  # samples of one amplitude
GRAIN = _CHUNK * _CHUNK  # samples made at once, between two poses
FULL_SCALE_DBM = -46.0  # carrier that reaches the rails at a tuner gain of 0 dB
GAINS_DB = (0.0, 0.9, 1.4, 2.7, 3.7, 7.7, 8.7, 12.5, 14.4, 15.7, 16.6, 19.7, 20.7, 22.9, 25.4, 28.0, 29.7, 32.8, 33.8,
            36.4, 37.2, 38.6, 40.2, 42.1, 43.4, 43.9, 44.5, 48.0, 49.6)  # fmt: skip
_FULL = 127.5  # of the converter, in steps of the least bit
_CONVERTER_STEPS = 0.35  # its own noise, standard deviation
_DC = complex(0.6, -0.4)
_CHUNKS = np.arange(_CHUNK, dtype=np.float64)  # as many chunks in a grain as samples in a chunk
_RAMP = _CHUNKS / _CHUNK
_TABLE = 1 << 20
_MIX = 0x9E37_79B9_7F4A_7C15


@dataclass(slots=True)
class Tuning:
    """What the client asked of the tuner."""

    centre_hz: float = 100e6
    rate_hz: float = 240_000.0
    gain_db: float = 29.7
    auto_gain: bool = True
    ppm: float = 0.0
    digital_agc: bool = False


def passband_db(offset_hz: float, rate_hz: float) -> float:
    """Gain of the receiver's filter, <= 0 dB: flat to 80 % of the half band, 6 dB down at its edge, then gone."""
    place = abs(offset_hz) / (0.5 * rate_hz)
    if place <= 0.8:
        return 0.0
    return -6.0 * ((place - 0.8) / 0.2) ** 2 if place <= 1.3 else -math.inf


class Emission:
    """One emitter as the receiver hears it."""

    def __init__(self, emitter: Emitter, world: World, number: int) -> None:
        random = np.random.default_rng((world.config.seed, 0xE317, number))
        self.emitter = emitter
        self.path = Path(emitter, world.local(emitter.position), world.config, random)
        self._error_hz = random.standard_normal() * world.config.oscillator_hz
        self._drift = [
            (random.uniform(5.0, 20.0), 1.0 / s, random.uniform(0.0, math.tau)) for s in (97.0, 311.0, 900.0)
        ]
        self._start_s = random.uniform(0.0, min(emitter.period_s, 3.0))
        self._wave: tuple[float, Waveform] = (0.0, waveform(emitter, 1_000.0, 0.0))

    def wave(self, rate_hz: float) -> Waveform:
        if self._wave[0] != rate_hz:
            self._wave = (rate_hz, waveform(self.emitter, rate_hz, self._start_s))
        return self._wave[1]

    def frequency_hz(self, time_s: float) -> float:
        """On the air: nominal, error and slow drift."""
        drift = sum(a * math.sin(math.tau * f * time_s + p) for a, f, p in self._drift)
        return self.emitter.frequency_hz + self._error_hz + drift

    def turns(self, time_s: float, centre_hz: float) -> float:
        """Phase against the local oscillator in turns: the integral of the frequency."""
        drift = sum(-a * math.cos(math.tau * f * time_s + p) / (math.tau * f) for a, f, p in self._drift)
        return ((self.emitter.frequency_hz - centre_hz + self._error_hz) * time_s + drift) % 1.0


class Synthesis:
    """Makes grains of u8 IQ. A grain depends on seed, tuning, its number and the poses at its ends, on nothing else."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.tuning = Tuning(rate_hz=world.config.rate_hz)
        self._emissions = [Emission(e, world, n) for n, e in enumerate(world.config.emitters())]
        self._noise = _noise_table(world.config.seed)
        self._seed_mix = world.config.seed * 0xBF58_476D_1CE4_E5B9
        self._signal = np.empty((_CHUNK, _CHUNK), np.complex64)
        self._steps = np.empty(2 * GRAIN, np.float32)
        self._peak = 0.0
        self._kept: tuple[float, tuple[float, ...]] = (-1.0, ())

    @property
    def grain_s(self) -> float:
        return GRAIN / self.tuning.rate_hz

    def grain(self, index: int) -> NDArray[np.uint8]:
        """Samples ``index * GRAIN`` ... as interleaved I and Q, shape (2 * GRAIN,)."""
        steps, tuning = self._steps, self.tuning
        np.multiply(self._noise_at(index), self._noise_steps(), out=steps)
        if self._world.beacons_on:
            a, b = self._received_dbm(index), self._received_dbm(index + 1)
            for emission, first_dbm, last_dbm in zip(self._emissions, a, b, strict=True):
                self._add(emission, index, first_dbm, last_dbm)
        complex_steps = steps.view(np.complex64)
        complex_steps += np.complex64(complex(128.0, 128.0) + _DC)
        if tuning.auto_gain:
            self._follow(float(np.abs(steps[::8] - 128.0).max()))
        np.clip(steps, 0.0, 255.0, out=steps)
        return steps.astype(np.uint8)

    def _received_dbm(self, index: int) -> tuple[float, ...]:
        """Power from each emitter at the beginning of a grain; the last one is kept for the next grain."""
        time_s = index * self.grain_s
        if self._kept[0] != time_s:
            pose = self._world.pose_at(time_s)
            self._kept = (time_s, tuple(emission.path.received_dbm(pose) for emission in self._emissions))
        return self._kept[1]

    def _add(self, emission: Emission, index: int, first_dbm: float, last_dbm: float) -> None:
        """Add one emitter's share of a grain."""
        tuning = self.tuning
        start_s = index * self.grain_s
        lo_hz = tuning.centre_hz * (1.0 + tuning.ppm * 1e-6)
        offset_hz = emission.frequency_hz(start_s) - lo_hz
        filter_db = passband_db(offset_hz, tuning.rate_hz)
        if filter_db == -math.inf:
            return
        envelope = emission.wave(tuning.rate_hz).envelope(index * GRAIN, GRAIN)
        if isinstance(envelope, float) and envelope == 0.0:
            return
        scale_db = filter_db + tuning.gain_db - FULL_SCALE_DBM
        first, last = (_FULL * 10.0 ** ((dbm + scale_db) / 20.0) for dbm in (first_dbm, last_dbm))
        turn = math.tau * offset_hz / tuning.rate_hz
        phase = math.tau * emission.turns(start_s, lo_hz)
        coarse = (first + (last - first) * _RAMP) * np.exp(1j * (phase + turn * _CHUNK * _CHUNKS))
        fine = np.exp(1j * turn * _CHUNKS)
        np.multiply.outer(coarse.astype(np.complex64), fine.astype(np.complex64), out=self._signal)
        flat = self._signal.reshape(-1)
        if not isinstance(envelope, float):
            flat *= envelope
        self._steps.view(np.complex64)[:] += flat

    def _noise_at(self, index: int) -> NDArray[np.float32]:
        offset = ((index + 1) * _MIX + self._seed_mix & 0xFFFF_FFFF_FFFF_FFFF) >> 44
        return self._noise[2 * offset : 2 * (offset + GRAIN)]

    def _noise_steps(self) -> float:
        """Standard deviation of I and of Q in converter steps."""
        tuning = self.tuning
        dbm = NOISE_DBM_HZ + 10.0 * math.log10(tuning.rate_hz) + tuning.gain_db - FULL_SCALE_DBM
        thermal = _FULL * 10.0 ** (dbm / 20.0) / math.sqrt(2.0)
        return math.hypot(thermal, _CONVERTER_STEPS)

    def _follow(self, peak: float) -> None:
        """The tuner's own gain control: down at once near the rails, up a step when well below."""
        self._peak = max(peak, 0.95 * self._peak)
        place = GAINS_DB.index(self.tuning.gain_db)
        if peak > 100.0 and place > 0:
            self.tuning.gain_db, self._peak = GAINS_DB[place - 1], 0.0
        elif self._peak < 40.0 and place + 1 < len(GAINS_DB):
            self.tuning.gain_db, self._peak = GAINS_DB[place + 1], 60.0


def _noise_table(seed: int) -> NDArray[np.float32]:
    """White noise of standard deviation 1 in I and Q, shaped by the filter; one grain repeated at its end."""
    random = np.random.default_rng((seed, 0x7015E))
    white = random.standard_normal(2 * _TABLE, np.float32).view(np.complex64)
    place = np.abs(np.fft.fftfreq(_TABLE)) / 0.5
    shape = 10.0 ** (-6.0 * (np.maximum(place - 0.8, 0.0) / 0.2) ** 2 / 20.0)
    shaped = np.fft.ifft(np.fft.fft(white) * shape).astype(np.complex64)
    return np.concatenate((shaped, shaped[:GRAIN])).view(np.float32)

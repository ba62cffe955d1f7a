"""What each kind of beacon sends, as complex envelope of full scale 1; the receiver's thread.

Sample 0 is at simulated time 0; a waveform is a pure function of the sample's number.
"""

import math
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.radio import BeaconKind
from hardware.sim.config import Emitter
from hardware.sim.sarsat import message_bits

Envelope = NDArray[np.float32] | NDArray[np.complex64]

_SWEEPS_HZ, _SWEEP_FROM_HZ, _SWEEP_TO_HZ = 3.0, 1_400.0, 400.0  # downwards, within 300 ... 1600 Hz
_SWEEP_DUTY, _SWEEP_DEPTH = 0.4, 0.9
_SARSAT_BAUD, _SARSAT_RAD, _SARSAT_CARRIER_S = 400.0, 1.1, 0.160


class Waveform(Protocol):
    """One emitter's modulation at one sample rate."""

    def envelope(self, first: int, count: int) -> Envelope | float:
        """Samples ``first`` ... ``first + count - 1``, or one number when they are all alike (0: silent)."""
        ...


class Carrier:
    """Always on."""

    def envelope(self, first: int, count: int) -> Envelope | float:
        del first, count
        return 1.0


class Looped:
    """A stored stretch that begins anew every ``period`` samples, silent between."""

    def __init__(self, stretch: Envelope, period: int, start: int = 0) -> None:
        self._stretch, self._period, self._start = stretch, period, start

    def envelope(self, first: int, count: int) -> Envelope | float:
        length = len(self._stretch)
        place = (first - self._start) % self._period
        if place >= length and place + count <= self._period:
            return 0.0
        if place + count <= length:
            return self._stretch[place : place + count]
        out: Any = np.zeros(count, self._stretch.dtype)
        at = -place
        while at < count:
            begin, end = max(at, 0), min(at + length, count)
            if begin < end:
                out[begin:end] = self._stretch[begin - at : end - at]
            at += self._period
        quiet: Envelope = out
        return quiet


def waveform(emitter: Emitter, rate_hz: float, start_s: float) -> Waveform:
    """The modulation of an emitter; ``start_s`` is when its first pulse or burst begins."""
    start, period = round(start_s * rate_hz), max(1, round(emitter.period_s * rate_hz))
    if emitter.kind is BeaconKind.PULSED:
        return Looped(_pulse(emitter.pulse_s, rate_hz), period, start)
    if emitter.kind is BeaconKind.SWEPT:
        sweep = _sweep(rate_hz)
        return Looped(sweep, len(sweep), start)
    if emitter.kind is BeaconKind.SARSAT1:
        position = emitter.position if emitter.encode_position else None
        return Looped(_sarsat(message_bits(position), rate_hz), period, start)
    return Carrier()


def _pulse(pulse_s: float, rate_hz: float) -> NDArray[np.float32]:
    """Keyed on and off with raised-cosine edges of 0.2 ms."""
    length, edge = max(2, round(pulse_s * rate_hz)), max(1, round(0.2e-3 * rate_hz))
    pulse = np.ones(length, np.float32)
    edge = min(edge, length // 2)
    rise = (0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / edge)).astype(np.float32)
    pulse[:edge], pulse[-edge:] = rise, rise[::-1]
    return pulse


def _sweep(rate_hz: float) -> NDArray[np.float32]:
    """One downward audio sweep, AM with rectangular audio of 40 % duty as ELTs send it; carrier amplitude 1."""
    length = round(rate_hz / _SWEEPS_HZ)
    t = np.arange(length) / rate_hz
    slope = (_SWEEP_TO_HZ - _SWEEP_FROM_HZ) * _SWEEPS_HZ
    turns = _SWEEP_FROM_HZ * t + 0.5 * slope * t**2
    on = (turns % 1.0) < _SWEEP_DUTY
    audio = np.where(on, 1.0 - _SWEEP_DUTY, -_SWEEP_DUTY) / max(_SWEEP_DUTY, 1.0 - _SWEEP_DUTY)
    taps = max(1, round(rate_hz * 40e-6))
    smooth = np.convolve(audio, np.ones(taps) / taps, mode="same")
    return (1.0 + _SWEEP_DEPTH * smooth).astype(np.float32)


def _sarsat(bits: str, rate_hz: float) -> NDArray[np.complex64]:
    """Unmodulated carrier of 160 ms, then biphase-L of +-1.1 rad at 400 bit/s, T.001 section 2."""
    halves = np.array([half for bit in bits for half in ((1.0, -1.0) if bit == "1" else (-1.0, 1.0))])
    carrier, per_half = round(_SARSAT_CARRIER_S * rate_hz), rate_hz / (2.0 * _SARSAT_BAUD)
    index = (np.arange(math.floor(len(halves) * per_half)) / per_half).astype(np.int64)
    phase = np.concatenate((np.zeros(carrier), _SARSAT_RAD * halves[index]))
    taps = max(1, round(rate_hz * 100e-6))  # rise time 50 ... 250 us
    phase = np.convolve(phase, np.ones(taps) / taps, mode="same")
    burst: NDArray[np.complex64] = np.exp(1j * phase).astype(np.complex64)
    return burst

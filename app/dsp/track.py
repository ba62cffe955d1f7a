"""One target followed through the samples: its channel, its meter, its detector; receiver thread."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from app.domain.radio import BeaconKind, Detection, Level, Target
from app.domain.sarsat406.message import Decoded
from app.dsp.bursts import BurstMeter
from app.dsp.channel import Channel
from app.dsp.detectors import BurstDetector, ContinuousDetector, Detector
from app.dsp.levels import Measured, Meter, SliceMeter
from app.dsp.matched import PulseGram
from app.dsp.power import to_db
from app.dsp.pulses import PulseMeter
from app.dsp.sarsat406.listener import FINDERS, BurstListener
from app.dsp.sweeps import REACH_HZ
from app.dsp.swept import SweptDetector
from app.dsp.tags import PulseDetector

TimeOf = Callable[[float], float]  # station time of a sample


@runtime_checkable
class Ear(Protocol):
    """A detector that wants the channel's samples as well as the levels in them."""

    def hear(self, channel: NDArray[np.complex64]) -> None: ...

    def forget(self) -> None: ...


class TargetTrack:
    """Turns the passband's samples into one target's levels and detections."""

    def __init__(
        self, target: Target, centre_hz: float, rate_hz: float, gain_db: float, before: "TargetTrack | None" = None
    ) -> None:
        """``before`` followed the same target with another tuning: what it was hearing goes on."""
        self.target = target
        self._gain_db = gain_db
        self._channel = Channel(rate_hz, target.frequency_hz - centre_hz, _width_hz(target))
        self._meter, self.detector = _instruments(target, self._channel.rate_hz)
        if before is not None and before.target == target:
            self.detector = before.detector
        self._ear = self.detector if isinstance(self.detector, Ear) else None
        self._bursts = BurstListener(target, centre_hz, rate_hz) if target.kind in FINDERS else None
        self._unmeasured = 0  # channel samples that came before the noise floor was known

    def reset(self, position: int) -> None:
        """Begin again at a sample, after a gap; what is heard goes on being the same signal."""
        self._channel.reset(position)
        self._meter.reset()
        if self._ear is not None:
            self._ear.forget()
        if self._bursts is not None:
            self._bursts.reset(position)
        self._unmeasured = 0

    def feed(
        self, iq: NDArray[np.complex64], noise_per_hz: float | None, overload: bool, time_of: TimeOf
    ) -> Iterator[Level | Detection | Decoded]:
        """Take samples that follow the last ones; yields levels and detections in the order of their time."""
        if self._bursts is not None:
            yield from self._bursts.feed(iq, time_of)
        samples = self._channel.feed(iq)
        if self._ear is not None:
            self._ear.hear(samples)
        if noise_per_hz is None:
            self._unmeasured += samples.size
            return
        for measured in self._meter.feed(samples, noise_per_hz):
            level = self._level(measured, overload, time_of)
            yield level
            if detection := self.detector.feed(level, self._gram(time_of), noise_per_hz):
                yield detection
                self._follow_period()

    def _gram(self, time_of: TimeOf) -> PulseGram | None:
        """What the last level was found in, counted in channel samples since the stream began, not since a gap."""
        gram = self._meter.gram
        if gram is None:
            return None
        position = self._channel.at(gram.first + self._unmeasured)
        return replace(gram, first=round(position / self._channel.decimation), time_s=time_of(position))

    def _follow_period(self) -> None:
        """A tag whose period was found is measured once in that period from now on."""
        if isinstance(self.detector, PulseDetector) and isinstance(self._meter, PulseMeter) and self.detector.period_s:
            self._meter.expect(self.detector.period_s)

    def _level(self, measured: Measured, overload: bool, time_of: TimeOf) -> Level:
        power_dbfs = to_db(measured.power)
        return Level(
            time_s=time_of(self._channel.at(measured.middle + self._unmeasured)),
            duration_s=measured.length / self._channel.rate_hz,
            target_id=self.target.id,
            frequency_hz=self.target.frequency_hz + measured.offset_hz,
            power_dbfs=power_dbfs,
            power_db=power_dbfs - self._gain_db,
            noise_dbfs=to_db(measured.noise),
            snr_db=to_db(measured.snr),
            heard=measured.heard,
            overload=overload,
        )


def _width_hz(target: Target) -> float:
    """The channel's width: at least what a pulse or an ELT's sidebands take, and enough that 0.1 s are some samples."""
    least_hz = {BeaconKind.PULSED: 4.0 / target.pulse_s, BeaconKind.SWEPT: 2.0 * REACH_HZ}.get(target.kind, 200.0)
    return max(target.bandwidth_hz, least_hz)


def _instruments(target: Target, rate_hz: float) -> tuple[Meter, Detector]:
    """How a target of this kind is measured and detected."""
    width_hz = target.bandwidth_hz
    if target.kind is BeaconKind.PULSED:
        return PulseMeter(rate_hz, width_hz, target.patience_s, target.pulse_s), PulseDetector(target, rate_hz)
    if target.kind in {BeaconKind.SARSAT1, BeaconKind.SARSAT2}:
        return BurstMeter(rate_hz, width_hz, target.patience_s, target.pulse_s), BurstDetector(target)
    if target.kind is BeaconKind.SWEPT:
        return SliceMeter(rate_hz, width_hz), SweptDetector(target, rate_hz)
    return SliceMeter(rate_hz, width_hz), ContinuousDetector(target)

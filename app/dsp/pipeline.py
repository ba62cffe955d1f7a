"""Samples in, spectrum rows, levels and detections out: all that is computed from one stream; receiver thread."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from app.domain.radio import Detection, Level, Target, Window
from app.domain.sarsat406.message import Decoded
from app.dsp.floor import NoiseFloor
from app.dsp.fourier import Transform
from app.dsp.others import OtherSignals
from app.dsp.passband import in_passband
from app.dsp.power import LOWEST, enbw_bins
from app.dsp.spectrum import Row, SpectrumEstimator
from app.dsp.track import TargetTrack, TimeOf

FLOOR_S = 0.5  # spectrum averaged for one step of the noise floor
FIRST_FLOOR_S = 0.2


class Pipeline:
    """One tuning of the receiver: a change of centre, rate or gain begins a new one."""

    def __init__(
        self,
        centre_hz: float,
        rate_hz: float,
        gain_db: float,
        bins: int,
        rows_per_s: float,
        transform: Transform | None = None,
        window: Window = Window.HANN,
    ) -> None:
        """``transform`` as for ``SpectrumEstimator``."""
        self.centre_hz, self.rate_hz, self.gain_db = centre_hz, rate_hz, gain_db
        self.new_spectrum = partial(SpectrumEstimator, bins, rate_hz / rows_per_s, transform, window)
        self._spectrum = self.new_spectrum()
        self._floor = NoiseFloor(bins, enbw_bins(window))
        self._bins = bins
        self._sum = np.zeros(bins, np.float32)
        self._frames = 0
        self.tracks: dict[str, TargetTrack] = {}
        self._others = OtherSignals(centre_hz, rate_hz, bins, enbw_bins(window))
        self._position = 0

    def follow(self, targets: tuple[Target, ...], position: int, replaces: "Pipeline | None" = None) -> None:
        """Measure these targets from sample ``position`` on; those that did not change go on undisturbed.

        ``replaces`` is the pipeline of the tuning before: signals it was hearing are not told as new ones.
        """
        before, self.tracks = self.tracks, {}
        self._others.follow(targets)
        tuned_before = replaces.tracks if replaces is not None else {}
        for target in targets:
            old = before.get(target.id)
            if old is not None and old.target == target:
                self.tracks[target.id] = old
            elif in_passband(target, self.centre_hz, self.rate_hz):
                other = tuned_before.get(target.id)
                track = TargetTrack(target, self.centre_hz, self.rate_hz, self.gain_db, other)
                track.reset(position)
                self.tracks[target.id] = track

    def reset(self, position: int) -> None:
        """Samples were lost right before ``position``: nothing may be computed across the gap."""
        self._position = position
        self._spectrum.reset(position)
        for track in self.tracks.values():
            track.reset(position)

    def feed(
        self, iq: NDArray[np.complex64], overload: bool, time_of: TimeOf, raw: NDArray[np.uint8] | None = None
    ) -> Iterator[Row | Level | Detection | Decoded]:
        """Take samples of shape (n,) that follow the last ones; yields what they complete.

        ``raw`` are the same samples as the device gave them (cu8), where it did: the spectrum is cheaper from these.
        Between two resets they come always or never.
        """
        for row in self._spectrum.feed(iq if raw is None else raw):
            yield row
            yield from self._learn(row, time_of)
        for track in self.tracks.values():
            yield from track.feed(iq, self.noise_per_hz(track.target), overload, time_of)
        yield from self._others.bursts(iq, self._position, time_of)
        self._position += iq.size

    @property
    def floor(self) -> NDArray[np.float32] | None:
        """Mean noise power per bin, linear, shape (bins,); None until it is known."""
        return self._floor.per_bin() if self._floor.ready else None

    def _learn(self, row: Row, time_of: TimeOf) -> Iterator[Detection]:
        self._sum += row.power * np.float32(row.frames)
        self._frames += row.frames
        wanted_s = FLOOR_S if self._floor.ready else FIRST_FLOOR_S
        if self._frames * self._bins >= wanted_s * self.rate_hz:
            mean = self._sum / np.float32(self._frames)
            self._floor.feed(mean, self._frames)
            yield from self._others.lines(mean, self._floor.per_bin(), self._frames, time_of(row.last))
            self._sum[:] = 0.0
            self._frames = 0

    def noise_per_hz(self, target: Target) -> float | None:
        """Noise density in a target's channel, of those that are followed or any other; None until it is known."""
        if not self._floor.ready:
            return None
        offset_hz = target.frequency_hz - self.centre_hz
        return max(self._floor.per_hz(offset_hz, target.bandwidth_hz, self.rate_hz), LOWEST)

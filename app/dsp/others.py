"""Detections of energy that belongs to no target, merged so that they inform and do not flood; receiver thread."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.radio import Detection, Target
from app.dsp.energy import (
    Burst,
    BurstFinder,
    Line,
    bins_apart,
    find_lines,
    is_a_targets,
    overlap,
    unclaimed,
    unused_bins,
)

TimeOf = Callable[[float], float]
BURSTS_S = 1.0  # over which bursts are told as one, after the first
AGAIN_S = 5.0  # between two detections of a signal that goes on


@dataclass(slots=True)
class _Known:
    """A line heard before."""

    line: Line
    since_s: float
    heard_s: float
    told_s: float | None = None


class OtherSignals:
    """Watches one tuning of the receiver for what is outside the channels of the targets."""

    def __init__(self, centre_hz: float, rate_hz: float, bins: int, enbw: float) -> None:
        self._centre_hz, self._rate_hz, self._bins, self._enbw = centre_hz, rate_hz, bins, enbw
        self._finder = BurstFinder(rate_hz)
        self._targets: tuple[Target, ...] = ()
        self._apart = unused_bins(bins)
        self._bursts: list[Burst] = []
        self._told_s = -BURSTS_S
        self._known: list[_Known] = []

    def follow(self, targets: tuple[Target, ...]) -> None:
        """These have their own channels, which are left out from now on."""
        self._targets = targets
        self._apart = bins_apart(self._bins, self._centre_hz, self._rate_hz, targets)

    def bursts(self, iq: NDArray[np.complex64], position: int, time_of: TimeOf) -> Iterator[Detection]:
        """Look at a block; the first burst after a pause is told at once, the following once a second together."""
        self._bursts += [burst for burst in self._finder.feed(iq, position) if not self._is_a_targets(burst)]
        now_s = time_of(position + iq.size)
        if not self._bursts or now_s - self._told_s < BURSTS_S:
            return
        self._told_s = now_s
        bursts, self._bursts = self._bursts, []
        top = max(bursts, key=lambda burst: burst.power)
        first_s, last_s = time_of(bursts[0].first), time_of(bursts[-1].last)
        length_ms = 1e3 * (top.last - top.first) / self._rate_hz
        text = f"{len(bursts)} burst(s) outside the targets' channels, the strongest {length_ms:.2f} ms long"
        yield unclaimed(top, self._centre_hz, first_s, last_s - first_s, text)

    def lines(
        self, power: NDArray[np.float32], floor: NDArray[np.float32], frames: int, time_s: float
    ) -> Iterator[Detection]:
        """Look at an averaged spectrum; a signal is told when it is there the second time, then each 5 s."""
        known, self._known = self._known, []
        for line in find_lines(power, floor, frames, self._rate_hz, self._apart, self._enbw):
            before = next((one for one in known if overlap(one.line, line)), None)
            if before is None:
                self._known.append(_Known(line, time_s, time_s))
                continue
            before.line, before.heard_s = line, time_s
            self._known.append(before)
            if before.told_s is None or time_s - before.told_s >= AGAIN_S:
                before.told_s = time_s
                yield self._line_detection(before)
        self._known += [one for one in known if one not in self._known and time_s - one.heard_s < AGAIN_S]

    def _line_detection(self, known: _Known) -> Detection:
        line = known.line
        lasted_s = known.heard_s - known.since_s
        text = f"energy over {line.bandwidth_hz / 1e3:.1f} kHz in no target's channel, for {lasted_s:.1f} s"
        return unclaimed(line, self._centre_hz, known.since_s, lasted_s, text)

    def _is_a_targets(self, burst: Burst) -> bool:
        return is_a_targets(burst, self._centre_hz, self._rate_hz, self._targets)

"""From levels to detections; receiver thread."""

from typing import Protocol

from app.domain.radio import Detection, Level, Target
from app.dsp.matched import PulseGram

DEBOUNCE_S = 0.3  # heard without a break before it is a detection
AGAIN_S = 5.0  # between two detections of a signal that goes on
BREAK_S = 1.0  # not heard for longer ends it
STEADY_HZ = 25.0  # a carrier's line stays within this


class Detector(Protocol):
    """Takes a target's levels one after the other and says when they are a signal."""

    def feed(self, level: Level, gram: PulseGram | None, noise_per_hz: float) -> Detection | None: ...


class ContinuousDetector:
    """One detection when a target begins to be heard, then at most one each 5 s for as long as it goes on."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._since_s: float | None = None
        self._heard_s = 0.0
        self._told_s = 0.0
        self._told = False
        self._lines: list[float] = []

    def feed(self, level: Level, gram: PulseGram | None, noise_per_hz: float) -> Detection | None:
        """Take the target's next level; the rest is for pulses."""
        del gram, noise_per_hz
        start_s, end_s = level.time_s - level.duration_s / 2.0, level.time_s + level.duration_s / 2.0
        if not level.heard:
            if self._since_s is not None and (not self._told or end_s - self._heard_s > BREAK_S):
                self._since_s = None
            return None
        if self._since_s is None:
            self._since_s, self._told = start_s, False
            self._lines.clear()
        self._heard_s = end_s
        self._lines.append(level.frequency_hz)
        if self._told and end_s - self._told_s < AGAIN_S:
            return None
        if end_s - self._since_s < DEBOUNCE_S - 1e-3:
            return None
        self._told, self._told_s = True, end_s
        return self._detection(level, self._since_s, end_s)

    def _detection(self, level: Level, since_s: float, end_s: float) -> Detection:
        spread_hz = max(self._lines) - min(self._lines)
        steady = spread_hz <= STEADY_HZ and end_s - since_s >= AGAIN_S
        self._lines.clear()
        line = f"a line steady within {spread_hz:.0f} Hz" if steady else "energy in its channel"
        return Detection(
            time_s=since_s,
            duration_s=end_s - since_s,
            target_id=level.target_id,
            kind=self._target.kind,
            frequency_hz=level.frequency_hz,
            bandwidth_hz=self._target.bandwidth_hz,
            power_dbfs=level.power_dbfs,
            snr_db=level.snr_db,
            confirmed=steady,
            text=f"{self._target.name}: {line}, {level.snr_db:.0f} dB over the noise for {end_s - since_s:.1f} s",
        )


class BurstDetector:
    """A detection for each burst heard: energy of the right length, not yet its contents."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def feed(self, level: Level, gram: PulseGram | None, noise_per_hz: float) -> Detection | None:
        """Take the target's next level; the rest is for pulses."""
        del gram, noise_per_hz
        if not level.heard:
            return None
        return Detection(
            time_s=level.time_s - level.duration_s / 2.0,
            duration_s=level.duration_s,
            target_id=level.target_id,
            kind=self._target.kind,
            frequency_hz=level.frequency_hz,
            bandwidth_hz=self._target.bandwidth_hz,
            power_dbfs=level.power_dbfs,
            snr_db=level.snr_db,
            confirmed=False,
            text=f"{self._target.name}: {1e3 * level.duration_s:.0f} ms burst, {level.snr_db:.0f} dB over the noise",
        )

"""From levels to detections; receiver thread."""

import math
from collections import deque
from typing import Protocol

import numpy as np

from app.domain.radio import Detection, Level, Target
from app.dsp.folding import LONGEST_S, PulseTrain, find_train
from app.dsp.levels import PulseGram
from app.dsp.power import to_db

DEBOUNCE_S = 0.3  # heard without a break before it is a detection
AGAIN_S = 5.0  # between two detections of a signal that goes on
BREAK_S = 1.0  # not heard for longer ends it
STEADY_HZ = 25.0  # a carrier's line stays within this
WINDOW_S = 10.0  # looked at for pulses that keep a period


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


class PulseDetector:
    """Confirms a tag when several pulses of the last 10 s fit one period; at most one detection each 5 s."""

    def __init__(self, target: Target, channel_rate_hz: float) -> None:
        self._target = target
        self._rate_hz = channel_rate_hz
        self._grams: deque[PulseGram] = deque()
        self._heard_s = -math.inf  # channel time of the last look

    def feed(self, level: Level, gram: PulseGram | None, noise_per_hz: float) -> Detection | None:
        """Take the next level and the power it was found in."""
        if gram is None:
            return None
        if self._grams and gram.first < self._grams[-1].first:
            self._grams.clear()  # after a gap the pulses count from a new start
            self._heard_s = -math.inf
        noise = noise_per_hz / self._target.pulse_s
        self._grams.append(PulseGram(gram.first, gram.hop, gram.offsets_hz, gram.power[:-1] / np.float32(noise)))
        end_s = (gram.first + gram.hop * len(gram.power)) / self._rate_hz
        window_s = max(WINDOW_S, 4.0 * min(self._target.period_s, LONGEST_S))
        while end_s - self._grams[0].first / self._rate_hz > window_s + self._target.period_s:
            self._grams.popleft()
        span_s = end_s - self._grams[0].first / self._rate_hz
        if span_s < window_s / 2.0 or end_s - self._heard_s < AGAIN_S:
            return None
        self._heard_s = end_s
        power = np.concatenate([one.power for one in self._grams])[::2]
        train = find_train(power, 2 * gram.hop / self._rate_hz, gram.offsets_hz, self._target.period_s)
        return self._detection(train, level, span_s, noise) if train else None

    def _detection(self, train: PulseTrain, level: Level, span_s: float, noise: float) -> Detection:
        end_s = level.time_s + level.duration_s / 2.0
        return Detection(
            time_s=end_s - span_s + train.first_s,
            duration_s=train.period_s * (train.pulses - 1) + self._target.pulse_s,
            target_id=self._target.id,
            kind=self._target.kind,
            frequency_hz=self._target.frequency_hz + train.offset_hz,
            bandwidth_hz=1.0 / self._target.pulse_s,
            power_dbfs=to_db(noise * train.snr),
            snr_db=to_db(train.snr),
            confirmed=True,
            text=(
                f"{self._target.name}: {train.pulses} pulses every {train.period_s:.3f} s, "
                f"{train.contrast_db:.0f} dB over what is between them"
            ),
        )

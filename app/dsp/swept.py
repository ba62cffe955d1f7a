"""Confirms an ELT by its sweeping tone, and says of others on its frequency why they are none; receiver thread."""

from collections import deque
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.domain.radio import Detection, Level, Target
from app.dsp.detectors import AGAIN_S, ContinuousDetector
from app.dsp.matched import PulseGram
from app.dsp.sweeps import WINDOW_S, Sweep, find_sweep

PFA = 1e-3  # of the score alone, a look; the agreement asked for besides makes it far less
LEAST_AGREEMENT = 0.65
LEAST_WEAKEST = 0.45
LOOK_S = 0.25  # between two looks while it is not confirmed
LEAST_HEARD = 0.5  # of the levels in the window; before, nothing is looked for


class SweptDetector:
    """Energy in the channel is told as of any continuous signal; confirmed is what sweeps as an ELT does."""

    def __init__(self, target: Target, channel_rate_hz: float) -> None:
        self._target = target
        self._rate_hz = channel_rate_hz
        self._energy = ContinuousDetector(target)
        self._wanted = round(WINDOW_S * channel_rate_hz)
        self._heard: deque[tuple[float, bool]] = deque()
        self._confirmed_s = -AGAIN_S  # channel time
        self._why_not = ""
        self.forget()

    @property
    def complete(self) -> bool:
        """Whether enough samples follow each other for a look."""
        return self._held >= self._wanted

    def forget(self) -> None:
        """Samples were lost: what comes now does not follow the last ones."""
        self._samples = np.zeros(self._wanted, np.complex64)
        self._held = 0
        self._count = self._look_at = 0

    def hear(self, channel: NDArray[np.complex64]) -> None:
        """Take the channel's samples that follow the last ones, before their levels."""
        new = channel[-self._wanted :]
        self._samples = np.concatenate((self._samples[new.size :], new))
        self._held = min(self._held + new.size, self._wanted)
        self._count += channel.size

    def feed(self, level: Level, gram: PulseGram | None, noise_per_hz: float) -> Detection | None:
        """Take the target's next level; the rest is for pulses."""
        energy = self._energy.feed(level, gram, noise_per_hz)
        if (sweep := self._look(level)) is not None:
            told = self._confirmation(sweep, level)
            if told is not None:
                return told
        if energy is None or level.time_s - self._confirmed_s < AGAIN_S:
            return None
        why_not = f"; {self._why_not}" if self._why_not else ""
        return replace(energy, confirmed=False, text=energy.text + why_not)

    def _look(self, level: Level) -> Sweep | None:
        self._heard.append((level.time_s, level.heard))
        while level.time_s - self._heard[0][0] > WINDOW_S:
            self._heard.popleft()
        if not self.complete or self._count < self._look_at:
            return None
        if sum(heard for _, heard in self._heard) < LEAST_HEARD * len(self._heard):
            return None
        self._look_at = self._count + round(LOOK_S * self._rate_hz)
        return find_sweep(self._samples, self._rate_hz)

    def _confirmation(self, sweep: Sweep, level: Level) -> Detection | None:
        self._why_not = reason_against(sweep)
        end_s = level.time_s + level.duration_s / 2.0
        if self._why_not:
            return None
        self._look_at = self._count + round(AGAIN_S * self._rate_hz)
        self._confirmed_s = level.time_s
        return Detection(
            time_s=end_s - WINDOW_S,
            duration_s=WINDOW_S,
            target_id=level.target_id,
            kind=self._target.kind,
            frequency_hz=self._target.frequency_hz + sweep.offset_hz,
            bandwidth_hz=2.0 * max(sweep.first_hz, sweep.last_hz),
            power_dbfs=level.power_dbfs,
            snr_db=level.snr_db,
            confirmed=True,
            text=f"{self._target.name}: {words(sweep)}, {level.snr_db:.0f} dB over the noise",
        )


def reason_against(sweep: Sweep) -> str:
    """Why this is no ELT; empty when it is one."""
    if sweep.chance > PFA:
        return "no sweeping tone in it"
    if sweep.agreement < LEAST_AGREEMENT:
        return f"no ELT: its loudest tone follows a sweep in {100.0 * sweep.agreement:.0f} % of the time only"
    if sweep.weakest < LEAST_WEAKEST:
        return f"no ELT: one sweep in its place is {100.0 * sweep.weakest:.0f} % there only"
    return ""


def words(sweep: Sweep) -> str:
    """What was found, for a person."""
    way = "down" if sweep.downward else "up"
    certainty = "less than 1 in 10^9" if sweep.chance < 1e-9 else f"{sweep.chance:.0e}"
    return (
        f"ELT, its tone sweeps {way} from {sweep.first_hz:.0f} to {sweep.last_hz:.0f} Hz {sweep.rate_hz:.1f} times a "
        f"second, {100.0 * sweep.agreement:.0f} % of {WINDOW_S:.0f} s agree; chance in noise {certainty}"
    )

"""Confirms tags by the pulse trains of the last 10 s, or says why what was heard is none; receiver thread."""

import math
from collections import deque

from app.domain.radio import Detection, Level, Target
from app.dsp.matched import PulseGram, pulse_length, silence
from app.dsp.periodicity import LONGEST_S
from app.dsp.power import to_db
from app.dsp.trains import Train, Window, find_trains, window_of
from app.dsp.verdicts import TOLERANCE, Rate, Verdict, contrast_db, steady_line, verdicts

WINDOW_S = 10.0  # looked at for pulses that keep a period
LEAST_PERIODS = 4.0  # of slow tags, for which the window is longer
AGAIN_S = 5.0  # between two looks
REJECTED_S = 30.0  # between two rejections
PFA = 1e-3  # of a window of noise


class PulseDetector:
    """A look each 5 s: the tag's train, confirmed, or else the strongest other with what speaks against it."""

    def __init__(self, target: Target, channel_rate_hz: float, pfa: float = PFA) -> None:
        self._target = target
        self._rate_hz, self._pfa = channel_rate_hz, pfa
        self._length = pulse_length(target.pulse_s, channel_rate_hz)
        self._periods_s = tuple(one for one in (target.period_s, target.mortality_period_s) if one > 0.0)
        self._window_s = max(WINDOW_S, LEAST_PERIODS * min(max(self._periods_s, default=LONGEST_S), LONGEST_S))
        self._grams: deque[PulseGram] = deque()
        self._looked_s = -math.inf  # channel time of the last look
        self._rejected_s = -math.inf  # station time of the last rejection
        self.period_s: float | None = None  # of the train confirmed last

    def feed(self, level: Level, gram: PulseGram | None, noise_per_hz: float) -> Detection | None:
        """Take the map that the next level was found in; it tells its own noise."""
        del level, noise_per_hz
        if gram is None or not len(gram.power):
            return None
        self._fill_gap(gram)
        self._grams.append(gram)
        end_s = self._end(gram) / self._rate_hz
        while end_s - self._end(self._grams[0]) / self._rate_hz >= self._window_s:
            self._grams.popleft()
        span_s = end_s - self._grams[0].first / self._rate_hz
        if span_s < self._window_s / 2.0 or end_s - self._looked_s < AGAIN_S:
            return None
        self._looked_s = end_s
        return self._look(window_of(self._grams, self._rate_hz, self._length))

    def _fill_gap(self, gram: PulseGram) -> None:
        """Samples that were lost are silence: pulses before and after keep their distance, to half a row."""
        if not self._grams:
            return
        missing = gram.first - self._end(self._grams[-1])
        if 0 <= missing < self._window_s * self._rate_hz:
            if rows := round(missing / gram.hop):
                self._grams.append(silence(self._grams[-1], rows))
            return
        self._grams.clear()
        self._looked_s = -math.inf

    @staticmethod
    def _end(gram: PulseGram) -> int:
        return gram.first + gram.hop * len(gram.power)

    @property
    def _searched_s(self) -> tuple[float, ...]:
        """The periods that were given, sharper as they were found; or the one that was."""
        found_s = self.period_s
        if found_s is None:
            return self._periods_s
        sharp = [found_s if abs(found_s / given_s - 1.0) <= TOLERANCE else given_s for given_s in self._periods_s]
        return tuple(sharp) or (found_s,)

    def _look(self, window: Window) -> Detection | None:
        begin_s = self._grams[0].time_s
        rejected: Verdict | None = None
        trains = find_trains(window, self._searched_s, self._pfa)
        for verdict in verdicts(window, trains, self._target.period_s, self._target.mortality_period_s):
            if not verdict.why:
                self.period_s = verdict.train.period_s
                text = f"{_named(verdict.rate)}{_words(window, verdict.train)}"
                return self._detection(window, verdict.train, begin_s, text, confirmed=True)
            rejected = rejected or verdict
        if begin_s - self._rejected_s < REJECTED_S:
            return None
        told = self._rejection(window, rejected, begin_s)
        if told is not None:
            self._rejected_s = begin_s
        return told

    def _rejection(self, window: Window, rejected: Verdict | None, begin_s: float) -> Detection | None:
        if rejected is not None:
            text = f"rejected: {_words(window, rejected.train)}: {rejected.why}"
            return self._detection(window, rejected.train, begin_s, text, confirmed=False)
        line = steady_line(window)
        if line is None:
            return None
        offset_hz, power = line
        return Detection(
            time_s=begin_s,
            duration_s=window.seconds,
            target_id=self._target.id,
            kind=self._target.kind,
            frequency_hz=self._target.frequency_hz + offset_hz,
            bandwidth_hz=1.0 / self._target.pulse_s,
            power_dbfs=to_db(window.unit * window.noise * power),
            snr_db=to_db(power),
            confirmed=False,
            text=f"{self._target.name}: rejected: a steady carrier, {to_db(power):.0f} dB over the noise: no pulses",
        )

    def _detection(self, window: Window, train: Train, begin_s: float, text: str, *, confirmed: bool) -> Detection:
        return Detection(
            time_s=begin_s + train.first_s,
            duration_s=train.period_s * (train.powers.size - 1) + self._target.pulse_s,
            target_id=self._target.id,
            kind=self._target.kind,
            frequency_hz=self._target.frequency_hz + train.offset_hz,
            bandwidth_hz=1.0 / self._target.pulse_s,
            power_dbfs=to_db(window.unit * window.noise * train.snr),
            snr_db=to_db(train.snr),
            confirmed=confirmed,
            text=f"{self._target.name}: {text}",
        )


def _named(rate: Rate) -> str:
    return f"{rate.value} rate, " if rate in {Rate.ALIVE, Rate.MORTALITY} else ""


def _words(window: Window, train: Train) -> str:
    return (
        f"{train.powers.size} pulses every {train.period_s:.3f} s, "
        f"{contrast_db(window, train):.0f} dB over what is between them"
    )

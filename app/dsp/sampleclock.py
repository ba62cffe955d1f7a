"""Time of samples from their count, tied to the station's clock; receiver thread."""

from collections import deque

WINDOW_S = 10.0  # true time; arrivals looked back on
SETTLING_S = 2.0  # true time, in which the first arrivals set the anchor freely
FUTURE_S = 0.1  # true time; samples this much before their time prove the anchor wrong
SLEW = 1e-3  # greatest correction afterwards, seconds a second: crystals are off by less
SLIP_WINDOW_S, SLIP_SLEW = 0.5, 0.5  # the same two for a source whose own time slips
GAP_S = 0.25  # true time; everything later than this for the whole window is no drift: samples are missing


class SampleClock:
    """``time = anchor + count / rate``, the anchor following the earliest arrivals.

    A sample cannot arrive before it was taken, and transport only delays: the smallest difference between arrival
    and count is nearest the truth. The anchor follows it slowly, so times neither jump nor run back; only when
    samples arrive well before they could have been taken is it put right at once. When for the
    whole window everything arrived late by more than ``GAP_S``, samples were lost on the way without anyone saying
    so: ``arrived`` says how many. A source that ``slips``, a recording or a simulation that stands still when the
    computer is busy, loses none: its anchor goes with it at once.
    """

    def __init__(self, rate_hz: float, clock_rate: float, first_count: int, now_s: float, slips: bool = False) -> None:
        """The samples up to ``first_count`` are the first to arrive, at ``now_s``."""
        self._slips = slips
        self._window_s = (SLIP_WINDOW_S if slips else WINDOW_S) * clock_rate
        self._rate_hz = rate_hz
        self._clock_rate = clock_rate
        self._arrivals: deque[tuple[float, float]] = deque()
        self._anchor_s = now_s - first_count / rate_hz
        self._began_s = self._last_s = now_s

    def time_s(self, sample: float) -> float:
        """Station time of a sample, which may lie between two."""
        return self._anchor_s + sample / self._rate_hz

    def sample_at(self, time_s: float) -> float:
        """The sample taken at ``time_s``."""
        return (time_s - self._anchor_s) * self._rate_hz

    def arrived(self, count: int, now_s: float) -> int:
        """All samples up to ``count`` are here at ``now_s``; returns how many must have been lost unsaid (mostly 0).

        The caller adds what is returned to every count from then on.
        """
        self._arrivals.append((now_s, now_s - count / self._rate_hz))
        while now_s - self._arrivals[0][0] > self._window_s:
            self._arrivals.popleft()
        difference_s = min(late for _, late in self._arrivals) - self._anchor_s
        full = now_s - self._began_s > self._window_s
        if full and difference_s > GAP_S * self._clock_rate and not self._slips:
            self._arrivals.clear()
            self._began_s = self._last_s = now_s
            return round(difference_s * self._rate_hz)
        self._correct(difference_s, now_s, full)
        return 0

    def _correct(self, difference_s: float, now_s: float, full: bool) -> None:
        most_s = SLEW * self._clock_rate * (now_s - self._last_s)
        self._last_s = now_s
        settling = now_s - self._began_s < SETTLING_S * self._clock_rate
        if difference_s < (0.0 if settling else -FUTURE_S * self._clock_rate):
            self._anchor_s += difference_s
        elif self._slips:
            if full or difference_s < 0.0:
                back_s = SLIP_SLEW / SLEW * most_s / self._clock_rate
                self._anchor_s += max(difference_s, -back_s)
        elif full or difference_s < 0.0:
            self._anchor_s += max(-most_s, min(difference_s, most_s))

"""Lines followed from one averaged spectrum to the next, told apart from what bursts leave there; pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.dsp.energy import Burst, Line, overlap

FEWEST_LOOKS = 3  # spectra a line must be in, in a recording that has so many
LONG_S = 1.0  # from which a burst is a steady signal, and told as one
BREAK_S = 1.5  # without a line's energy before it has ended


@dataclass(slots=True)
class Lasting:
    """A line as it was when strongest; ``looks`` are first and one past last sample of each spectrum it was in."""

    strongest: Line
    looks: list[tuple[int, int]]

    @property
    def first(self) -> int:
        return self.looks[0][0]

    @property
    def last(self) -> int:
        return self.looks[-1][1]


class LastingLines:
    """Spectra and bursts in, in the order of their time; lines that have ended out."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._lasting: list[Lasting] = []
        self._short: list[Burst] = []  # since the oldest line that lasts
        self._spectra = 0

    def note(self, burst: Burst) -> bool:
        """Take a burst; returns False when it is a line that lasts, and will be told as one."""
        if burst.last - burst.first < LONG_S * self._rate_hz:
            self._short.append(burst)
            return True
        place = Line(burst.offset_hz, burst.bandwidth_hz, burst.power, burst.snr)
        return not any(overlap(place, one.strongest) for one in self._lasting)

    def feed(self, lines: Iterable[Line], first: int, last: int) -> list[Lasting]:
        """Take the lines of the spectrum of these samples; returns those that have ended."""
        self._spectra += 1
        for line in lines:
            known = next((one for one in self._lasting if overlap(one.strongest, line)), None)
            if known is None:
                self._lasting.append(Lasting(line, [(first, last)]))
                continue
            if known.last < last:
                known.looks.append((first, last))
            if line.power > known.strongest.power:
                known.strongest = line
        return self._ended(last - BREAK_S * self._rate_hz)

    def finish(self) -> list[Lasting]:
        """Those that went on to the end."""
        return self._ended(float("inf"))

    def _ended(self, before: float) -> list[Lasting]:
        over = [one for one in self._lasting if one.last < before and self._is_alone(one)]
        self._lasting = [one for one in self._lasting if one.last >= before]
        oldest = min((one.first for one in self._lasting), default=before)
        self._short = [burst for burst in self._short if burst.last >= oldest]
        return over

    def _is_alone(self, line: Lasting) -> bool:
        """Whether it was there in spectra without bursts too."""
        alone = sum(not self._has_burst(first, last) for first, last in line.looks)
        return alone >= min(FEWEST_LOOKS, self._spectra)

    def _has_burst(self, first: int, last: int) -> bool:
        return any(burst.first < last and burst.last > first for burst in self._short)

"""What has come of one opened receiver's samples, when, and what was lost; the receiver worker's thread."""

from app.clock import Clock
from app.dsp.sampleclock import SampleClock
from app.ports import Block, ReceiverInfo


class Arrivals:
    """Numbers samples from the opening on, those included that were lost on the way."""

    def __init__(self, info: ReceiverInfo, clock: Clock) -> None:
        self._info, self._clock = info, clock
        self._unsaid = 0  # lost on the way without anyone saying so
        self.times: SampleClock | None = None  # from the first block on
        self.samples = 0
        self.lost = 0

    def count(self, block: Block) -> tuple[SampleClock, int, int]:
        """Returns the clock of the samples, the number of the block's first, and how many were lost before it."""
        now_s = self._clock.now_s()
        end = block.first_sample + block.iq.size + block.waiting
        if self.times is None:
            self.times = SampleClock(self._info.rate_hz, self._clock.rate, end, now_s, slips=self._info.slips)
        missing = self.times.arrived(end + self._unsaid, now_s)
        self._unsaid += missing
        self.lost += block.lost + missing
        self.samples += block.iq.size
        return self.times, block.first_sample + self._unsaid, block.lost + missing

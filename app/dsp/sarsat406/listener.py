"""A 406 MHz target in the receiver's stream: its own wide channel, windows of it, bursts decoded; receiver thread."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from app.domain.radio import BeaconKind, Detection, Target
from app.domain.sarsat406.message import Decoded, decoded
from app.dsp.channel import Channel
from app.dsp.power import to_db
from app.dsp.sarsat406.fgb import BURST_S, OFFSET_HZ, find_bursts
from app.dsp.sarsat406.received import Burst
from app.dsp.sarsat406.sgb import BURST_S as SPREAD_S
from app.dsp.sarsat406.sgb import find_spread_bursts
from app.dsp.sarsat406.windows import Windows

TimeOf = Callable[[float], float]  # station time of an input sample
Finder = Callable[[NDArray[np.complex64], float], list[Burst]]
FINDERS: dict[BeaconKind, tuple[Finder, float, float]] = {  # finder, width of its channel, longest burst
    BeaconKind.SARSAT1: (find_bursts, 2.4 * OFFSET_HZ, BURST_S),
    BeaconKind.SARSAT2: (find_spread_bursts, 60_000.0, SPREAD_S),
}


class BurstListener:
    """Decodes the bursts of one target; yields what was said and a confirmed detection of each."""

    def __init__(self, target: Target, centre_hz: float, rate_hz: float) -> None:
        self._target = target
        self._find, width_hz, burst_s = FINDERS[target.kind]
        self._channel = Channel(rate_hz, target.frequency_hz - centre_hz, width_hz)
        self._windows = Windows(self._channel.rate_hz, burst_s)
        self.reset(0)

    def reset(self, position: int) -> None:
        """Begin again at an input sample: nothing is decoded across a gap."""
        self._channel.reset(position)
        self._windows.reset()

    def feed(self, iq: NDArray[np.complex64], time_of: TimeOf) -> Iterator[Decoded | Detection]:
        """Take input samples that follow the last ones."""
        rate_hz = self._channel.rate_hz
        for first_s, window in self._windows.feed(self._channel.feed(iq)):
            for burst in self._find(window, rate_hz):
                start_s = first_s + burst.start_s
                if self._windows.is_new(start_s):
                    yield from self._tell(burst, time_of(self._channel.at(start_s * rate_hz)))

    def _tell(self, burst: Burst, time_s: float) -> Iterator[Decoded | Detection]:
        target = self._target
        frequency_hz = target.frequency_hz + burst.offset_hz
        yield decoded(burst.message, time_s, target.id, frequency_hz, burst.cn0_dbhz)
        yield Detection(
            time_s=time_s,
            duration_s=burst.length_s,
            target_id=target.id,
            kind=target.kind,
            frequency_hz=frequency_hz,
            bandwidth_hz=target.bandwidth_hz,
            power_dbfs=to_db(burst.power),
            snr_db=burst.cn0_dbhz - to_db(target.bandwidth_hz),
            confirmed=True,
            text=f"{target.name}: {burst.message.summary}",
        )

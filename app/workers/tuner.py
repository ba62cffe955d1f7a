"""Where the opened receiver's centre and gain are set, by hand or by the station; the receiver worker's thread."""

from dataclasses import dataclass, replace

import numpy as np

from app.domain.radio import FrontEnd, Target
from app.dsp.gain import GainControl
from app.dsp.passband import centre_for, well_placed
from app.errors import OutOfRange
from app.ports import Block, Receiver, ReceiverInfo, Taken


@dataclass(slots=True)
class Wanted:
    """What the operator set by hand, kept while receivers come and go."""

    centre_hz: float  # 0: the station puts it beside the selected target
    gain_db: float | None  # None: the station controls it
    front_end: FrontEnd


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the samples are taken with."""

    centre_hz: float
    gain_db: float


class Tuner:
    """Turns one receiver's knobs; each call returns the tuning now in force, or None when it did not change."""

    def __init__(self, receiver: Receiver, info: ReceiverInfo, wanted: Wanted, target: Target | None, now_s: float):
        self._receiver, self._info, self._wanted = receiver, info, wanted
        self._control: GainControl | None = None
        self.tuning = Tuning(self._first_centre(target), self._first_gain(now_s))

    @property
    def auto_gain(self) -> bool:
        return self._control is not None

    def tune(self, centre_hz: float) -> Tuning:
        """Set the centre by hand. Raises ``OutOfRange`` or ``DeviceError``."""
        self.tuning = replace(self.tuning, centre_hz=self._receiver.tune(centre_hz))
        self._wanted.centre_hz = centre_hz
        return self.tuning

    def set_gain(self, gain_db: float | None, now_s: float) -> Tuning:
        """Set the gain by hand, or leave it to the station. Raises ``OutOfRange`` or ``DeviceError``."""
        if gain_db is not None:
            self.tuning = replace(self.tuning, gain_db=self._receiver.set_gain(gain_db))
            self._control = None
        elif self._info.gains_db:
            self._control = GainControl(self._info.gains_db, now_s, self.tuning.gain_db)
        self._wanted.gain_db = gain_db
        return self.tuning

    def place(self, target: Target | None) -> Tuning | None:
        """Move the centre beside the target, unless it was set by hand or the target is well placed."""
        if target is None or self._wanted.centre_hz:
            return None
        if well_placed(target, self.tuning.centre_hz, self._info.rate_hz):
            return None
        centre_hz = self._tuned_if_possible(centre_for(target, self._info.rate_hz))
        if centre_hz == self.tuning.centre_hz:
            return None
        self.tuning = replace(self.tuning, centre_hz=centre_hz)
        return self.tuning

    def follow(self, taken: Taken) -> Tuning | None:
        """A recording goes on with what it was made with."""
        now = Tuning(taken.centre_hz, taken.gain_db)
        if now == self.tuning:
            return None
        self.tuning = now
        return now

    def watch(self, block: Block, now_s: float) -> Tuning | None:
        """Let the gain control look at a block."""
        if self._control is None:
            return None
        parts = block.iq.view(np.float32)
        peak = max(float(parts.max()), -float(parts.min()))
        gain_db = self._control.feed(block.clipped, peak, now_s)
        if gain_db is None:
            return None
        self.tuning = replace(self.tuning, gain_db=self._receiver.set_gain(gain_db))
        return self.tuning

    def _first_centre(self, target: Target | None) -> float:
        wanted_hz = self._wanted.centre_hz or (centre_for(target, self._info.rate_hz) if target else 0.0)
        return self._tuned_if_possible(wanted_hz) if wanted_hz else self._info.centre_hz

    def _tuned_if_possible(self, centre_hz: float) -> float:
        try:
            return self._receiver.tune(centre_hz)
        except OutOfRange:  # a recording stays where it was made
            return self._info.centre_hz

    def _first_gain(self, now_s: float) -> float:
        if not self._info.gains_db:
            return 0.0
        if self._wanted.gain_db is not None:
            return self._receiver.set_gain(self._wanted.gain_db)
        self._control = GainControl(self._info.gains_db, now_s)
        return self._receiver.set_gain(self._control.gain_db)

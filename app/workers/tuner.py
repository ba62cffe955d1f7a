"""Where the opened receiver's centre and gain are set, by hand or by the station; the receiver worker's thread."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.calibration import Calibration
from app.domain.radio import FrontEnd, Target
from app.dsp.gain import FIRST_DB, GainControl
from app.dsp.passband import centre_for, well_placed
from app.errors import OutOfRange
from app.ports import Block, Receiver, ReceiverInfo, Taken


@dataclass(slots=True)
class Wanted:
    """What the operator set by hand, and what was found, kept while receivers come and go."""

    centre_hz: float  # 0: the station puts it beside the selected target
    gain_db: float | None  # None: the station controls it
    front_end: FrontEnd
    calibration: Calibration | None = None  # of this receiver or another
    reached: tuple[str, float] = ("", FIRST_DB)  # gain the station came to last, and of which receiver


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the samples are taken with."""

    centre_hz: float
    gain_db: float
    dbm_offset_db: float | None = None  # what makes dBm of their dBFS; None: not known


class Tuner:
    """Turns one receiver's knobs; each call returns the tuning now in force, or None when it did not change."""

    def __init__(self, receiver: Receiver, info: ReceiverInfo, wanted: Wanted, target: Target | None, now_s: float):
        self._receiver, self._info, self._wanted = receiver, info, wanted
        self._control: GainControl | None = None
        self._taken = Taken(0.0, 0.0)
        self.tuning = Tuning(self._first_centre(target), self._first_gain(now_s))
        self.recalibrate()

    @property
    def auto_gain(self) -> bool:
        return self._control is not None

    def tune(self, centre_hz: float) -> Tuning:
        """Set the centre by hand. Raises ``OutOfRange`` or ``DeviceError``."""
        self._set(centre_hz=self._receiver.tune(centre_hz))
        self._wanted.centre_hz = centre_hz
        return self.tuning

    def recalibrate(self) -> Tuning:
        """The calibration or what it rests on has changed."""
        return self._set()

    def said(self) -> dict[str, Any]:
        """Its part of ``RadioState``."""
        tuning = self.tuning
        now = {"centre_hz": tuning.centre_hz, "gain_db": tuning.gain_db, "auto_gain": self.auto_gain}
        return now | {"dbm_offset_db": tuning.dbm_offset_db, "uncalibrated": self.uncalibrated}

    @property
    def uncalibrated(self) -> str:
        """Why levels cannot be told in dBm; empty when they can."""
        if self.tuning.dbm_offset_db is not None:
            return ""
        calibration = self._wanted.calibration or Calibration()
        reason = calibration.refusal(self._info.device, self._wanted.front_end)
        return reason or f"Nothing was measured near {self.tuning.centre_hz / 1e6:.3f} MHz"

    def set_gain(self, gain_db: float | None, now_s: float) -> Tuning:
        """Set the gain by hand, or leave it to the station. Raises ``OutOfRange`` or ``DeviceError``."""
        if gain_db is not None:
            self._set(gain_db=self._receiver.set_gain(gain_db))
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
        return self._set(centre_hz=centre_hz)

    def follow(self, taken: Taken) -> Tuning | None:
        """A recording goes on with what it was made with."""
        if taken == self._taken:
            return None
        self._taken, before = taken, self.tuning
        now = self._set(taken.centre_hz, taken.gain_db)
        return now if now != before else None

    def watch(self, block: Block, now_s: float) -> Tuning | None:
        """Let the gain control look at a block."""
        if self._control is None:
            return None
        parts = block.iq.view(np.float32)
        peak = max(float(parts.max()), -float(parts.min()))
        gain_db = self._control.feed(block.clipped, peak, now_s)
        if gain_db is None:
            return None
        self._wanted.reached = self._info.device, gain_db
        return self._set(gain_db=self._receiver.set_gain(gain_db))

    def _set(self, centre_hz: float | None = None, gain_db: float | None = None) -> Tuning:
        """The tuning in force, with what makes dBm there: what a recording says itself goes before the calibration."""
        now = self.tuning
        centre_hz = now.centre_hz if centre_hz is None else centre_hz
        gain_db = now.gain_db if gain_db is None else gain_db
        calibration, dbm_offset_db = self._wanted.calibration, self._taken.dbm_offset_db
        holds = calibration is not None and not calibration.refusal(self._info.device, self._wanted.front_end)
        if dbm_offset_db is None and calibration is not None and holds:
            dbm_offset_db = calibration.dbm_offset_db(centre_hz, gain_db)
        self.tuning = Tuning(centre_hz, gain_db, dbm_offset_db)
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
        device, reached_db = self._wanted.reached  # one that comes back begins where it was
        self._control = GainControl(self._info.gains_db, now_s, reached_db if device == self._info.device else FIRST_DB)
        return self._receiver.set_gain(self._control.gain_db)

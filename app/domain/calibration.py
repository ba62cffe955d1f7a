"""What a receiver's levels are in dBm: offsets measured with a known tone; values, any thread."""

import re
from collections.abc import Iterable
from itertools import groupby, pairwise

from pydantic import BaseModel, Field

from app.domain.radio import DirectSampling, FrontEnd

BY_NUMBER, BY_SERIAL = re.compile(r"RTL-SDR \d+"), "RTL-SDR serial="
REACH = 0.05  # share of a frequency by which the outermost measured ones reach beyond the table
LARGEST_DB = 300.0


class CalibrationPoint(BaseModel, frozen=True, extra="forbid"):
    """One measurement: dBm at the antenna's socket = dBFS - ``gain_db`` + ``offset_db``."""

    frequency_hz: float = Field(gt=0.0, le=1e12, description="Of the known tone, Hz", examples=[433.92e6])
    gain_db: float = Field(ge=-100.0, le=200.0, description="Of the tuner then, dB", examples=[28.0])
    offset_db: float = Field(ge=-LARGEST_DB, le=LARGEST_DB, description="dBm - dBFS + gain", examples=[-12.4])


class Calibration(BaseModel, frozen=True, extra="forbid"):
    """Offsets of one receiver over frequency and gain. It knows where it does not hold, and then says nothing."""

    device: str = Field("", max_length=200, description="That was measured; it holds for no other")
    bias_tee: bool = Field(False, description="As it was then: an amplifier behind it changes every level")
    direct_sampling: DirectSampling = DirectSampling.OFF
    points: tuple[CalibrationPoint, ...] = Field((), max_length=1000)

    def refusal(self, device: str, front_end: FrontEnd) -> str:
        """Why it does not hold for a receiver as it is set; empty when it does."""
        if not self.points:
            return "This receiver was never calibrated"
        if device != self.device:
            return self._other(device)
        if front_end.agc:
            return "The receiver's AGC is on"
        if front_end.bias_tee != self.bias_tee:
            return f"The calibration was made with the bias tee {'on' if self.bias_tee else 'off'}"
        if front_end.direct_sampling is not self.direct_sampling:
            return f"The calibration was made with direct sampling {self.direct_sampling}"
        return ""

    def _other(self, device: str) -> str:
        if BY_NUMBER.fullmatch(self.device) and device.startswith(BY_SERIAL):
            return (
                f"The calibration was kept for {self.device}, a place in a list, and receivers are told apart by "
                f"serial number now. Calibrate again, or put {device!r} there in the profile if it was this one"
            )
        return f"The calibration is of another receiver, {self.device}"

    def offset_db(self, frequency_hz: float, gain_db: float) -> float | None:
        """dBm - dBFS + gain there, linear between what was measured; None where nothing near was.

        Between two gains it is linear too; beyond them the tuner's nominal steps are believed.
        """
        rows = groupby(sorted(self.points, key=lambda at: (at.gain_db, at.frequency_hz)), lambda at: at.gain_db)
        known = ((gain, _over_frequency(points, frequency_hz)) for gain, points in rows)
        return _between([(gain, offset) for gain, offset in known if offset is not None], gain_db)

    def dbm_offset_db(self, frequency_hz: float, gain_db: float) -> float | None:
        """What makes dBm of dBFS there; None where it is not known."""
        offset_db = self.offset_db(frequency_hz, gain_db)
        return None if offset_db is None else offset_db - gain_db

    def measured(self, point: CalibrationPoint) -> tuple[CalibrationPoint, ...]:
        """The points with this one, which takes the place of one at the same gain and within 1 % of its frequency."""
        near_hz = 0.01 * point.frequency_hz
        kept = [
            at
            for at in self.points
            if at.gain_db != point.gain_db or abs(at.frequency_hz - point.frequency_hz) > near_hz
        ]
        return tuple(sorted((*kept, point), key=lambda at: (at.frequency_hz, at.gain_db)))


def with_point(before: Calibration | None, point: CalibrationPoint, device: str, front_end: FrontEnd) -> Calibration:
    """The calibration with one more measurement; begun anew when the one before does not hold for this receiver."""
    fits = before is not None and not before.refusal(device, front_end)
    points = before.measured(point) if before is not None and fits else (point,)
    return Calibration(
        device=device, bias_tee=front_end.bias_tee, direct_sampling=front_end.direct_sampling, points=points
    )


def _over_frequency(points: Iterable[CalibrationPoint], frequency_hz: float) -> float | None:
    table = [(at.frequency_hz, at.offset_db) for at in points]
    if not table[0][0] * (1.0 - REACH) <= frequency_hz <= table[-1][0] * (1.0 + REACH):
        return None
    return _between(table, frequency_hz)


def _between(table: list[tuple[float, float]], at: float) -> float | None:
    """Linear between the pairs, in order; the first and the last value beyond them; None of an empty table."""
    if not table:
        return None
    if at <= table[0][0]:
        return table[0][1]
    for (low, below), (high, above) in pairwise(table):
        if low <= at < high:
            return below + (above - below) * (at - low) / (high - low)
    return table[-1][1]

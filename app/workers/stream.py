"""One opened receiver's samples through the pipeline: counting, timing, retuning; the receiver worker's thread."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.clock import Clock
from app.domain.radio import Detection, Level, Target, Window
from app.domain.sarsat406.message import Decoded
from app.dsp.corrections import Corrections
from app.dsp.fourier import Transform
from app.dsp.pipeline import Pipeline
from app.dsp.sampleclock import SampleClock
from app.dsp.samples import RAILS_LIMIT
from app.dsp.spectrum import Row
from app.ports import Block, ReceiverInfo
from app.tape import Piece, SampleTape
from app.workers.arrivals import Arrivals
from app.workers.change import Change, Part
from app.workers.tuner import Tuning

BEFORE_S = 0.10  # true time around a change of tuning or gain in which samples may belong to either side
AFTER_S = 0.25  # a change of gain mostly shows in the samples themselves, and then much less is thrown away
OVERLOAD_HOLD_S = 0.5  # of this clock, so that a short one is seen


@dataclass(frozen=True, slots=True, eq=False)
class TimedRow:
    """A row with its time, the tuning it was taken with, and the samples lost before it."""

    row: Row
    time_s: float
    centre_hz: float
    lost_before: int


class Stream:
    """Counts samples, keeps their time, and hands them to the pipeline of the tuning in force when they were taken."""

    def __init__(
        self,
        info: ReceiverInfo,
        tuning: Tuning,
        transform: Transform,
        rows_per_s: float,
        clock: Clock,
        tape: SampleTape,
        window: Window = Window.HANN,
    ) -> None:
        """``transform`` has as many bins as the spectrum shall have."""
        self._window = window
        self._info, self._clock = info, clock
        self._tape, self._number = tape, tape.begin()
        self._transform, self._rows_per_s = transform, rows_per_s
        self._tuning = tuning
        self._targets: tuple[Target, ...] = ()
        self._position = 0  # of the next sample
        self._pipeline = self._new_pipeline()
        self.arrivals = Arrivals(info, clock)
        self._row_lost = 0
        self._shown = 0  # the sample up to which rows were given
        self._change: Change | None = None  # of tuning, as long as samples of it are still to come
        self._corrections: Corrections | None = None
        self._muted_from_s = float("inf")
        self._overload_s = float("-inf")

    def said(self) -> dict[str, Any]:
        """Its part of ``RadioState``."""
        arrivals = self.arrivals
        return {"samples": arrivals.samples, "lost_samples": arrivals.lost, "overload": self.overload}

    @property
    def overload(self) -> bool:
        return self._clock.now_s() - self._overload_s < OVERLOAD_HOLD_S

    @property
    def changing(self) -> bool:
        """Whether samples of the tuning asked for last are still to come."""
        return self._change is not None

    def noise_per_hz(self, target: Target) -> float | None:
        """Noise density in a target's channel; None until it is known."""
        return self._pipeline.noise_per_hz(target)

    def follow(self, targets: tuple[Target, ...]) -> None:
        self._targets = targets
        self._pipeline.follow(targets, self._position)

    def reshape(self, transform: Transform, window: Window) -> None:
        """Compute the spectrum with another size or window from now on."""
        self._transform, self._window = transform, window
        self._pipeline = self._new_pipeline(self._pipeline)
        if self._change is not None:
            self._change.reshape(self._pipeline.new_spectrum())

    @property
    def floor(self) -> NDArray[np.float32] | None:
        """Noise power per bin, linear; None until it is known."""
        return self._pipeline.floor

    def correct(self, dc: bool, iq: bool) -> None:
        """Take the receiver's own line and its mirror images away from now on, or no more."""
        now = self._corrections
        if (dc, iq) != ((now.dc, now.iq) if now is not None else (False, False)):
            self._corrections = Corrections(self._info.rate_hz, dc, iq) if dc or iq else None
            self._pipeline.reset(self._position)  # the spectrum takes either bytes or samples between two resets

    def retuned(self, tuning: Tuning) -> None:
        """The receiver was just told so: from about now on samples belong to another tuning."""
        now_s = self._clock.now_s()
        rate = self._clock.rate
        self._muted_from_s = min(self._muted_from_s, now_s - BEFORE_S * rate)
        times = self.arrivals.times
        if times is None or (tuning == self._tuning and self._change is None):
            self._switch(tuning)
            return
        held = self._change.held if self._change is not None else []
        step_db = tuning.gain_db - self._tuning.gain_db if tuning.centre_hz == self._tuning.centre_hz else 0.0
        latest = times.sample_at(now_s + AFTER_S * rate)
        preview = self._pipeline.new_spectrum()
        self._change = Change(tuning, 0.0 if held else step_db, latest, self._info.rate_hz, preview, held)

    def feed(self, block: Block, switched: Tuning | None = None) -> Iterator[TimedRow | Level | Detection | Decoded]:
        """Take the receiver's next block; yields what it completes. ``switched``: it was taken with another tuning."""
        times, first, lost = self.arrivals.count(block)
        if block.clipped > RAILS_LIMIT:
            self._overload_s = self._clock.now_s()
        if lost:
            yield from self._pass_held(times)
        if not self._is_holding:
            self._position = first
        if switched is not None:
            self._switch(switched)
        if lost:
            self._row_lost += lost
            self._pipeline.reset(first)
        part = self._part(first, block)
        if self._change is not None and self._change.shows:
            yield from self._decide(self._change, part, times)
        else:
            yield from self._pass_held(times)
            yield from self._pass(part, times)

    def _part(self, first: int, block: Block) -> Part:
        iq, corrections = block.iq, self._corrections
        if corrections is not None:
            iq = corrections.apply(iq)
        return Part(first, iq, block.raw, block.datatype, corrections is not None, self.overload)

    @property
    def _is_holding(self) -> bool:
        return self._change is not None and bool(self._change.held)

    def _decide(
        self, change: Change, part: Part, times: SampleClock
    ) -> Iterator[TimedRow | Level | Detection | Decoded]:
        """Hold on to the samples until it shows where the gain changed, or until it must have."""
        for row in change.hold(part):
            yield self._timed(row, times)
        found = change.found()
        if found is not None:
            self._muted_from_s = times.time_s(found - change.guard)
            change.latest = found + change.guard
        if part.end > change.latest:
            yield from self._pass_held(times)

    def _pass_held(self, times: SampleClock) -> Iterator[TimedRow | Level | Detection | Decoded]:
        """Let go what is held; where the tuning changes is decided by ``latest``."""
        if self._change is not None:
            self._change.step_db = 0.0
            parts = self._change.held.copy()
            self._change.held.clear()
            for part in parts:
                yield from self._pass(part, times)

    def _pass(self, part: Part, times: SampleClock) -> Iterator[TimedRow | Level | Detection | Decoded]:
        change = self._change
        if change is not None and change.latest < part.end:
            count = max(int(change.latest) - part.first, 0)
            yield from self._through(part.until(count), times)
            self._switch(change.tuning)
            part = part.after(count)
        yield from self._through(part, times)

    def _keep(self, part: Part, times: SampleClock) -> None:
        """Put the device's own bytes on the tape, from where they may be recorded."""
        place = (self._number, part.first, part.iq.size if part.data else 0, times.time_s(part.first))
        tuning, data = self._tuning, bytes(part.data)
        taken = (self._info.rate_hz, tuning.centre_hz, tuning.gain_db)
        self._tape.write(Piece(*place, *taken, part.datatype, data, tuning.dbm_offset_db))

    def _through(self, part: Part, times: SampleClock) -> Iterator[TimedRow | Level | Detection | Decoded]:
        if part.iq.size == 0:
            return
        self._keep(part, times)
        for fact in self._pipeline.feed(part.iq, part.overload, times.time_s, part.raw):
            if isinstance(fact, Row):
                if fact.last > self._shown:
                    yield self._timed(fact, times)
            elif isinstance(fact, Decoded):
                yield fact
            elif not self._is_muted(fact):
                yield _in_dbm(fact, self._tuning.dbm_offset_db)
        self._position = part.end

    def _is_muted(self, fact: Level | Detection) -> bool:
        """Whether it may rest on samples of two tunings; a target's detection rests on levels that do not."""
        if isinstance(fact, Detection):
            return not fact.target_id and fact.time_s + fact.duration_s > self._muted_from_s
        return fact.time_s + fact.duration_s / 2.0 > self._muted_from_s

    def _timed(self, row: Row, times: SampleClock) -> TimedRow:
        lost, self._row_lost = self._row_lost, 0
        self._shown = row.last
        return TimedRow(row, times.time_s((row.first + row.last) / 2.0), self._pipeline.centre_hz, lost)

    def _switch(self, tuning: Tuning) -> None:
        self._tuning = tuning
        self._change = None
        self._muted_from_s = float("inf")
        self._pipeline = self._new_pipeline(self._pipeline)

    def _new_pipeline(self, before: Pipeline | None = None) -> Pipeline:
        tuning = self._tuning
        bins, rate_hz = self._transform.length, self._info.rate_hz
        pipeline = Pipeline(
            tuning.centre_hz, rate_hz, tuning.gain_db, bins, self._rows_per_s, self._transform, self._window
        )
        pipeline.reset(self._position)
        pipeline.follow(self._targets, self._position, before)
        return pipeline


def _in_dbm(fact: Level | Detection, offset_db: float | None) -> Level | Detection:
    return fact if offset_db is None else replace(fact, power_dbm=fact.power_dbfs + offset_db)

"""Everything there is to be heard in a recording: targets, bursts and steady signals, and what was not heard; pure.

Unlike the live pipeline it waits until it knows the noise floor and then looks at the first samples too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.radio import BeaconKind, Detection, Level, Target
from app.dsp.energy import (
    FRAME,
    QUIETEST,
    SHORTEST,
    SPECTRUM_PFA,
    Burst,
    BurstFinder,
    Line,
    bins_apart,
    find_lines,
    is_a_targets,
    joined,
    unclaimed,
)
from app.dsp.floor import NoiseFloor
from app.dsp.lasting import Lasting, LastingLines
from app.dsp.levels import energy_limit
from app.dsp.passband import in_passband
from app.dsp.power import HANN_ENBW_BINS, from_db, to_db
from app.dsp.spectrum import Row, SpectrumEstimator
from app.dsp.track import TargetTrack
from app.errors import BadFile, OutOfRange
from app.ports import Block

BINS, FEWEST_BINS = 2048, 256
FLOOR_S = 0.5  # spectrum averaged for one step of the noise floor
LEARN_S = 2.0  # kept until the noise floor is known
MOST_LEARNT = 4_000_000  # samples
STEP_S = 0.1  # taken at once, so that detectors look as often as live


@dataclass(frozen=True, slots=True)
class Unheard:
    """Nothing of this kind was heard; ``power_dbfs`` would have been."""

    target_id: str  # empty for what belongs to no target
    kind: BeaconKind
    power_dbfs: float
    duration_s: float  # looked at
    text: str


class Survey:
    """One stretch of samples with one centre frequency; times are seconds from sample 0."""

    def __init__(
        self, centre_hz: float, rate_hz: float, targets: tuple[Target, ...], bins: int, pause: float, first: int = 0
    ) -> None:
        """``pause``: in samples, up to which a burst is not over; ``first``: the number of the first sample."""
        self._centre_hz, self._rate_hz, self._bins, self._pause = centre_hz, rate_hz, bins, pause
        self._targets = tuple(target for target in targets if in_passband(target, centre_hz, rate_hz))
        self._tracks = [TargetTrack(target, centre_hz, rate_hz, 0.0) for target in self._targets]
        self._apart = bins_apart(bins, centre_hz, rate_hz, self._targets)
        self._spectrum = SpectrumEstimator(bins, FLOOR_S * rate_hz)
        self._floor = NoiseFloor(bins)
        self._finder = BurstFinder(rate_hz, fine=True)
        self._early: list[NDArray[np.complex64]] = []
        self._rest = np.zeros(0, np.complex64)
        self._waiting: list[Burst] = []
        self._lasting = LastingLines(rate_hz)
        self._heard: set[str] = set()
        self._missed_dbfs: dict[str, list[float]] = {target.id: [] for target in self._targets}
        self._first = self._position = first
        self._frames = 1

    @property
    def seconds(self) -> float:
        return (self._position - self._first) / self._rate_hz

    def reset(self, position: int) -> Iterator[Detection]:
        """Samples are missing before ``position``; yields what ended there."""
        yield from self._known()
        yield from self._told(self._waiting)
        self._waiting = []
        self._rest = self._rest[:0]
        self._position = position
        self._begin(position)

    def feed(self, iq: NDArray[np.complex64]) -> Iterator[Detection]:
        """Take samples of shape (n,) that follow the last ones; yields detections as they become known."""
        if self._floor.ready:
            yield from self._pieces(iq)
            return
        self._early.append(iq.copy())
        if sum(part.size for part in self._early) >= min(LEARN_S * self._rate_hz, MOST_LEARNT):
            yield from self._known()

    def finish(self) -> Iterator[Detection]:
        """What was still going on at the end."""
        yield from self._known()
        yield from self._told(self._waiting)
        yield from self._steady(self._lasting.finish())
        self._waiting = []

    def unheard(self) -> Iterator[Unheard]:
        """What was not heard, with the level that would have been; after ``finish``."""
        for target in self._targets:
            if target.id in self._heard or not self._missed_dbfs[target.id]:
                continue
            power_dbfs = float(np.median(self._missed_dbfs[target.id]))
            yield self._unheard(target.id, target.kind, power_dbfs, f"{target.name}: nothing heard")
        if "" not in self._heard and self._floor.ready:
            limit = energy_limit(self._frames, SPECTRUM_PFA / self._bins) - 1.0
            steady = limit * float(np.median(self._floor.per_bin())) / HANN_ENBW_BINS
            burst_dbfs = to_db(max(self._finder.least_power, QUIETEST))
            text = f"no other signal heard; a steady tone of {to_db(max(steady, QUIETEST)):.1f} dBFS or a burst"
            yield self._unheard("", BeaconKind.WIDEBAND, burst_dbfs, text)

    def _unheard(self, target_id: str, kind: BeaconKind, power_dbfs: float, what: str) -> Unheard:
        text = f"{what} of {power_dbfs:.1f} dBFS would have been" if not target_id else (
            f"{what}; {power_dbfs:.1f} dBFS would have been"
        )  # fmt: skip
        return Unheard(target_id, kind, power_dbfs, self.seconds, f"{text}, in {self.seconds:.1f} s")

    def _begin(self, position: int) -> None:
        self._spectrum.reset(position)
        for track in self._tracks:
            track.reset(position)

    def _known(self) -> Iterator[Detection]:
        """Learn the noise floor from what is there, then look at it."""
        early, self._early = self._early, []
        if not early:
            return
        if not self._floor.ready:
            self._learn(early)
        self._begin(self._position)
        for part in early:
            yield from self._pieces(part)

    def _learn(self, early: list[NDArray[np.complex64]]) -> None:
        seconds = sum(part.size for part in early) / self._rate_hz
        steps = max(round(seconds / FLOOR_S), 1)
        estimator = SpectrumEstimator(self._bins, max(seconds * self._rate_hz / steps - self._bins, 1.0))
        for part in early:
            for row in estimator.feed(part):
                self._floor.feed(np.maximum(row.power, np.float32(QUIETEST / self._bins)), row.frames)

    def _pieces(self, iq: NDArray[np.complex64]) -> Iterator[Detection]:
        """Whole frames of what has come, some at a time; the rest waits."""
        step = max(round(STEP_S * self._rate_hz) // FRAME, 1) * FRAME
        iq = np.concatenate((self._rest, iq))
        whole = iq.size // FRAME * FRAME
        self._rest = iq[whole:]
        for start in range(0, whole, step):
            yield from self._look(iq[start : min(start + step, whole)])

    def _look(self, iq: NDArray[np.complex64]) -> Iterator[Detection]:
        found = self._finder.feed(iq, self._position)
        whole = list(joined([*self._waiting, *found], self._pause))
        self._position += iq.size
        open_from = self._position - max(self._pause, FRAME)
        over = [burst for burst in whole if burst.last < open_from]
        self._waiting = [burst for burst in whole if burst.last >= open_from]
        yield from self._told(over)
        for row in self._spectrum.feed(iq):
            yield from self._lines(row)
        for track in self._tracks:
            for fact in track.feed(iq, self._noise_per_hz(track.target), overload=False, time_of=self._time_s):
                if isinstance(fact, Detection):
                    yield self._noted(fact)
                elif isinstance(fact, Level) and not fact.heard:
                    self._missed_dbfs[fact.target_id].append(fact.power_dbfs)

    def _noise_per_hz(self, target: Target) -> float:
        offset_hz = target.frequency_hz - self._centre_hz
        least = QUIETEST / self._rate_hz
        return max(self._floor.per_hz(offset_hz, target.bandwidth_hz, self._rate_hz), least)

    def _time_s(self, sample: float) -> float:
        return sample / self._rate_hz

    def _noted(self, detection: Detection) -> Detection:
        self._heard.add(detection.target_id)
        return detection

    def _told(self, bursts: list[Burst]) -> Iterator[Detection]:
        for burst in bursts:
            short = burst.last - burst.first < SHORTEST  # what is left over beside a stronger one
            if short or is_a_targets(burst, self._centre_hz, self._rate_hz, self._targets):
                continue
            length_s = (burst.last - burst.first) / self._rate_hz
            if self._lasting.note(burst):
                yield self._other(burst, self._time_s(burst.first), length_s, f"burst of {1e3 * length_s:.3f} ms")

    def _lines(self, row: Row) -> Iterator[Detection]:
        power = np.maximum(row.power, np.float32(QUIETEST / self._bins))
        self._floor.feed(power, row.frames)
        self._frames = row.frames
        lines = find_lines(power, self._floor.per_bin(), row.frames, self._rate_hz, self._apart)
        yield from self._steady(self._lasting.feed(lines, row.first, row.last))

    def _steady(self, ended: list[Lasting]) -> Iterator[Detection]:
        for one in ended:
            first_s, last_s = self._time_s(one.first), self._time_s(one.last)
            yield self._other(one.strongest, first_s, last_s - first_s, "steady or coming again")

    def _other(self, found: Burst | Line, first_s: float, lasted_s: float, what: str) -> Detection:
        text = f"{what}, energy over {found.bandwidth_hz / 1e3:.1f} kHz, {to_db(found.snr):.0f} dB over the noise"
        return self._noted(unclaimed(found, self._centre_hz, first_s, lasted_s, text))


def survey(
    blocks: Iterable[tuple[Block, float]], rate_hz: float, samples: int, pause_s: float, targets: tuple[Target, ...]
) -> Iterator[Detection | Unheard]:
    """Detections of all blocks, each with its centre frequency, then what was not heard.

    Levels are those at the recording's first gain at each frequency: a change of it is no burst. Raises ``BadFile``
    for fewer samples than anything can be told from, ``OutOfRange`` for a target outside.
    """
    bins = min(BINS, 1 << max(samples // 8, 1).bit_length() - 1)
    if bins < FEWEST_BINS:
        raise BadFile(f"{samples} samples are too few to tell anything from noise: {8 * FEWEST_BINS} are needed.")
    pause = rate_hz * pause_s
    now: Survey | None = None
    at_hz = first_db = 0.0
    for block, centre_hz in blocks:
        gain_db = block.taken.gain_db if block.taken is not None else first_db
        if now is None or centre_hz != at_hz:
            if now is not None:
                yield from _end(now)
            check_places(targets, centre_hz, rate_hz)
            now = Survey(centre_hz, rate_hz, targets, bins, pause, block.first_sample)
            at_hz, first_db = centre_hz, gain_db
        elif block.lost:
            yield from now.reset(block.first_sample)
        same_gain = gain_db == first_db
        yield from now.feed(block.iq if same_gain else block.iq * np.float32(from_db(first_db - gain_db) ** 0.5))
    if now is not None:
        yield from _end(now)


def _end(now: Survey) -> Iterator[Detection | Unheard]:
    yield from now.finish()
    yield from now.unheard()


def check_places(targets: tuple[Target, ...], centre_hz: float, rate_hz: float) -> None:
    for target in targets:
        if not in_passband(target, centre_hz, rate_hz):
            raise OutOfRange(
                f"{target.frequency_hz / 1e6:.6g} MHz with {target.bandwidth_hz / 1e3:g} kHz is not in the recording: "
                f"it holds {rate_hz / 1e6:g} MHz around {centre_hz / 1e6:.6g} MHz. Correct --frequency, or say "
                "--centre-hz."
            )

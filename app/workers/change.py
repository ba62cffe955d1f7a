"""A change of tuning on its way: samples held until it is known which were taken before and which after."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from app.dsp.spectrum import Row, SpectrumEstimator
from app.dsp.switching import LEAST_STEP_DB, SMOOTHED, find_step, frame_powers_db, frame_size
from app.workers.tuner import Tuning


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Samples that follow each other, counted from the start of the stream; ``data`` the same as the device's bytes."""

    first: int
    iq: NDArray[np.complex64]
    data: memoryview
    datatype: str
    corrected: bool  # whether ``iq`` is no longer what the device gave
    overload: bool

    @property
    def end(self) -> int:
        return self.first + self.iq.size

    @property
    def raw(self) -> NDArray[np.uint8] | None:
        """I and Q as the device gave them, where these are unsigned bytes and say the same as ``iq``."""
        if self.corrected or self.datatype != "cu8" or len(self.data) != 2 * self.iq.size:
            return None
        return np.frombuffer(self.data, np.uint8)

    def until(self, count: int) -> "Part":
        return replace(self, iq=self.iq[:count], data=self.data[: count * self._sample_bytes])

    def after(self, count: int) -> "Part":
        data = self.data[count * self._sample_bytes :]
        return replace(self, first=self.first + count, iq=self.iq[count:], data=data)

    def kept(self) -> "Part":
        """A copy, since the receiver uses its buffers again."""
        return replace(self, iq=self.iq.copy(), data=memoryview(bytes(self.data)))

    @property
    def _sample_bytes(self) -> int:
        return len(self.data) // max(self.iq.size, 1)


@dataclass(slots=True)
class Change:
    """The tuning asked for, and the samples that have come since.

    A gain shows in the samples: they are held until its step is found in them, so that only some milliseconds around
    it need be thrown away. ``latest`` is the sample from which the new tuning holds when it is not found.
    ``preview`` makes rows meanwhile: the waterfall goes on, as a row says the same whatever the gain it was taken with.
    """

    tuning: Tuning
    step_db: float  # of the gain, 0 when the centre changes as well: that does not show
    latest: float
    rate_hz: float
    preview: SpectrumEstimator
    held: list[Part] = field(default_factory=list)
    _powers_db: list[NDArray[np.float32]] = field(default_factory=list)
    _starts: list[NDArray[np.int64]] = field(default_factory=list)

    @property
    def shows(self) -> bool:
        """Whether it can be found in the samples at all."""
        return abs(self.step_db) >= LEAST_STEP_DB

    @property
    def guard(self) -> int:
        """Samples on each side of the place found that may belong to either tuning."""
        return SMOOTHED * frame_size(self.rate_hz)

    def hold(self, part: Part) -> list[Row]:
        """Keep the part; returns the rows it completes."""
        if not self.held:
            self.preview.reset(part.first)
        size = frame_size(self.rate_hz)
        powers_db = frame_powers_db(part.iq, size)
        self.held.append(part.kept())
        self._powers_db.append(powers_db)
        self._starts.append(part.first + size * np.arange(powers_db.size, dtype=np.int64))
        return list(self.preview.feed(part.iq if part.raw is None else part.raw))

    def reshape(self, preview: SpectrumEstimator) -> None:
        """Make rows with another spectrum from now on."""
        self.preview = preview
        if self.held:
            preview.reset(self.held[-1].end)

    def found(self) -> int | None:
        """The sample with which the new gain begins, when it shows in what is held."""
        frame = find_step(np.concatenate(self._powers_db), self.step_db)
        return None if frame is None else int(np.concatenate(self._starts)[frame])

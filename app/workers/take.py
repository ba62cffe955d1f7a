"""One recording under way: where it stands on the tape, what belongs to it, when it ends; its recorder's thread."""

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from app.domain.radio import Detection
from app.domain.recording import Cause, Recording
from app.domain.vehicle import Telemetry
from app.exchange.sigmf import Origin, SigmfWriter, data_path, meta_path
from app.tape import Piece, SampleTape

MOST_BYTES = 4_000_000  # taken from the tape at one time
SILENCE_S = 3.0  # without samples an automatic recording ends this long after its time


class Take:
    """A recording goes on in another file when the receiver comes back with another rate or type of samples."""

    def __init__(
        self,
        folder: Path,
        origin: Origin,
        cause: Cause,
        mark: int,
        poses: deque[Telemetry],
        detections: deque[Detection],
    ) -> None:
        self.cause = cause
        self.until_mark: int | None = None  # end on the tape; None: it goes on
        self.until_s: float | None = None  # end in time; None: it goes on
        self.told: Recording | None = None  # as it was last told
        self._poses = poses  # still to be written
        self._detections = detections
        self._folder = folder
        self._origin = origin
        self._mark = mark
        self._writer: SigmfWriter | None = None
        self._news: list[Recording] = []

    def hear(self, fact: Detection | Telemetry) -> None:
        """Something that may belong to it; written when its samples are."""
        if isinstance(fact, Detection):
            self._detections.append(fact)
        else:
            self._poses.append(fact)

    def carry_on(self, tape: SampleTape) -> bool:
        """Write some of what is new on the tape; returns whether there is more. Raises ``StoreError``."""
        found = tape.since(self._mark, MOST_BYTES, self.until_mark)
        self._mark = found.mark
        for piece in found.pieces:
            self._write(piece)
        if self._writer is not None:
            self._annotate(self._writer)
            self._writer.describe_in_time()
            self.told = self._recording(self._writer, complete=False)
        end = tape.mark if self.until_mark is None else self.until_mark
        return bool(found.pieces) and self._mark < end

    def is_over(self, tape: SampleTape, now_s: float) -> bool:
        """Whether all is written that belongs to it."""
        if self.until_mark is not None:
            return self._mark >= self.until_mark
        if self.until_s is None:
            return False
        newest = tape.newest
        written = self._writer is not None and self._writer.until_s >= self.until_s
        return written or newest is None or now_s > max(self.until_s, newest.until_s) + SILENCE_S

    def finish(self) -> None:
        """End the file. Raises ``StoreError``."""
        writer, self._writer = self._writer, None
        if writer is not None:
            self._annotate(writer)
            writer.finish()
            self._note(writer, complete=True)

    def abandon(self) -> None:
        """Let the file be as it is."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.abandon()
            self._note(writer, complete=False)

    def news(self) -> Iterator[Recording]:
        """Recordings that began or ended since the last call."""
        news, self._news = self._news, []
        yield from news

    def _write(self, piece: Piece) -> None:
        if self._writer is not None and not self._writer.fits(piece):
            self.finish()
        if self._writer is None:
            self._writer = SigmfWriter(_free_stem(self._folder, piece), piece, self._origin)
        while self._poses and self._poses[0].time_s <= piece.time_s:
            self._writer.pose(self._poses.popleft())
        first = self._writer.samples == 0
        self._writer.write(piece)
        if first:
            self.told = self._recording(self._writer, complete=False)
            self._news.append(self.told)

    def _annotate(self, writer: SigmfWriter) -> None:
        """Mark the detections whose samples are written; later ones wait."""
        for _ in range(len(self._detections)):
            detection = self._detections.popleft()
            if detection.time_s >= writer.until_s:
                self._detections.append(detection)
            else:
                writer.annotate(detection)

    def _note(self, writer: SigmfWriter, complete: bool) -> None:
        self.told = self._recording(writer, complete, ended_s=writer.until_s)
        self._news.append(self.told)

    def _recording(self, writer: SigmfWriter, complete: bool, ended_s: float | None = None) -> Recording:
        first = writer.first
        return Recording(
            name=writer.stem.name,
            cause=self.cause,
            started_s=first.time_s,
            ended_s=ended_s,
            rate_hz=first.rate_hz,
            centre_hz=first.centre_hz,
            datatype=first.datatype,
            samples=writer.samples,
            size_bytes=writer.size_bytes,
            lost_samples=writer.lost,
            captures=writer.captures,
            detections=writer.detections,
            simulated=self._origin.simulated,
            complete=complete,
        )


def _free_stem(folder: Path, piece: Piece) -> Path:
    """A name that tells what is in it also when the description is lost."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(piece.time_s))
    name = f"{stamp}_{piece.centre_hz:.0f}Hz_{piece.rate_hz:.0f}sps_{piece.datatype}"
    number, stem = 1, folder / name
    while data_path(stem).exists() or meta_path(stem).exists():
        number += 1
        stem = folder / f"{name}_{number}"
    return stem

"""Writes one SigMF recording so that it can be read at any moment, also after a kill; the recorder's thread.

The samples are appended to the ``.sigmf-data`` file; the description beside it is replaced whole, before the samples
of a new capture segment and every few seconds. Both are what SigMF 1.2 says; what it has no field for (heading, lost
samples, the track of the vehicle) is in the namespace ``kestrel``.
"""

import hashlib
import math
import os
import time
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from app.domain.radio import Detection
from app.domain.sigmf import utc_text
from app.domain.vehicle import Telemetry
from app.errors import StoreError
from app.exchange.sigmf_fields import annotation, point, pose_fields, signal_of
from app.tape import Piece

DESCRIBE_EVERY_S = 2.0  # true time
DESCRIBE_SHARE = 0.02  # most of the writer's time that describing may take
SAFE_EVERY_BYTES = 1 << 24  # brought to the disk for good: little to wait for at a time, little lost without power
TIMES_KEPT = 4096  # marks of time a recording looks back on to place a detection: over a minute
MOST_ANNOTATIONS = 200_000
TRACK_EVERY_S = 1.0
NEAR_S = 2.0  # a pose as old as that still says where the vehicle was
ANTENNA = {"name": "antenna", "version": "1.0.0", "optional": True}
EXTENSION = {"name": "kestrel", "version": "1.0.0", "optional": True}


@dataclass(frozen=True, slots=True)
class Origin:
    """What is the same for the whole recording."""

    version: str  # of Kestrel
    device: str
    simulated: bool
    cause: str
    antenna: str = ""  # in words


class SigmfWriter:
    """One recording from its first piece on. Every method raises ``StoreError`` when the disk does not take it."""

    def __init__(self, stem: Path, first: Piece, origin: Origin) -> None:
        """``stem`` is the path of both files without their endings; neither may be there."""
        self.stem = stem
        self.samples = self.lost = self.size_bytes = 0
        self.first = self._last = first
        self._origin = origin
        self._captures: list[dict[str, Any]] = []
        self._annotations: dict[tuple[float | str, ...], dict[str, Any]] = {}  # by signal: one that lasts is told again
        self._track: list[dict[str, Any]] = []
        self._times: list[tuple[float, int]] = []  # of a piece's first sample -> its number in the file
        self._pose: Telemetry | None = None
        self._hash = hashlib.sha512()
        self._unsafe_bytes = 0
        self._described_s = self._describing_s = 0.0
        try:
            self._data = data_path(stem).open("xb", buffering=0)
        except OSError as error:
            raise _not_written(data_path(stem), error) from error

    @property
    def captures(self) -> int:
        return len(self._captures)

    @property
    def detections(self) -> int:
        return len(self._annotations)

    @property
    def until_s(self) -> float:
        return self._last.until_s

    def fits(self, piece: Piece) -> bool:
        """Whether it is of the recording's rate and type: SigMF has one of each in a recording."""
        return (piece.rate_hz, piece.datatype) == (self.first.rate_hz, self.first.datatype)

    def write(self, piece: Piece) -> None:
        """Append samples; what is missing before them, or another tuning, begins a capture segment."""
        reason = self._reason(piece)
        if reason:
            self._begin_capture(piece, reason)
            self.describe()
        self._times.append((piece.time_s, self.samples))
        if len(self._times) > TIMES_KEPT:
            del self._times[: TIMES_KEPT // 2]
        self._append(piece.data)
        self.samples += piece.samples
        self._last = piece

    def pose(self, telemetry: Telemetry) -> None:
        """Where the vehicle is now: in the track once a second, and at each capture segment."""
        self._pose = telemetry
        if not self._track or telemetry.time_s - self._track[-1]["time_s"] >= TRACK_EVERY_S:
            self._track.append({"core:sample_start": self._sample_at(telemetry.time_s), **pose_fields(telemetry)})

    def annotate(self, detection: Detection) -> bool:
        """Mark a detection where it lies, in the place of what was told of the same signal while it was shorter.

        Returns False when it lies before the recording or there are too many.
        """
        first = self._sample_at(detection.time_s)
        until_s = detection.time_s + detection.duration_s
        if until_s < self.first.time_s or len(self._annotations) >= MOST_ANNOTATIONS:
            return False
        count = max(round(detection.duration_s * self.first.rate_hz), 1)
        if detection.time_s < self.first.time_s:
            count = max(round((until_s - self.first.time_s) * self.first.rate_hz), 1)
        marked = annotation(detection, first, count, self._origin.version)
        if pose := self._pose_at(detection.time_s):
            marked["kestrel:vehicle"] = pose
        self._annotations[signal_of(detection)] = marked
        return True

    def describe_in_time(self) -> None:
        """Replace the description when the last one has become old."""
        due_s = max(DESCRIBE_EVERY_S, self._describing_s / DESCRIBE_SHARE)
        if time.monotonic() - self._described_s >= due_s:
            self.describe()

    def describe(self, complete: bool = False) -> None:
        """Replace the description: at every moment there is an old or a new one, never half of one."""
        began_s = time.monotonic()
        content = orjson.dumps(self._description(complete), option=orjson.OPT_INDENT_2)
        replace_file(meta_path(self.stem), content, durable=complete)
        self._described_s = time.monotonic()
        self._describing_s = self._described_s - began_s

    def finish(self) -> None:
        """The last description, with the sum over all samples; the recording is complete then."""
        try:
            os.fsync(self._data.fileno())
            self._data.close()
        except OSError as error:
            raise _not_written(data_path(self.stem), error) from error
        self.describe(complete=True)

    def abandon(self) -> None:
        """Let the files go as they are: the disk takes no more."""
        self._data.close()

    def _reason(self, piece: Piece) -> str:
        last = self._last
        if not self._captures:
            return "start"
        if piece.stream != last.stream:
            return "reconnection"
        if (piece.centre_hz, piece.gain_db) != (last.centre_hz, last.gain_db):
            return "retune" if piece.centre_hz != last.centre_hz else "gain"
        if piece.dbm_offset_db != last.dbm_offset_db:
            return "calibration"
        return "gap" if piece.position != last.end else ""

    def _begin_capture(self, piece: Piece, reason: str) -> None:
        missing = self._missing(piece) if self._captures else 0
        self.lost += missing
        capture: dict[str, Any] = {
            "core:sample_start": self.samples,
            "core:global_index": self.samples + self.lost,
            "core:datetime": utc_text(piece.time_s),
            "core:frequency": piece.centre_hz,
            "kestrel:gain_db": piece.gain_db,
            "kestrel:reason": reason,
            "kestrel:lost_before": missing,
        }
        if piece.dbm_offset_db is not None:  # dBm = dBFS + this; SigMF itself has no field for it
            capture["kestrel:dbm_offset_db"] = piece.dbm_offset_db
        if self._pose is not None:
            capture["kestrel:vehicle"] = pose_fields(self._pose)
            if math.isfinite(self._pose.lat_deg) and math.isfinite(self._pose.lon_deg):
                capture["core:geolocation"] = point(self._pose)
        self._captures.append(capture)

    def _missing(self, piece: Piece) -> int:
        """By the count of samples; between two openings of the receiver by their times."""
        if piece.stream == self._last.stream:
            return max(piece.position - self._last.end, 0)
        return max(round((piece.time_s - self._last.until_s) * piece.rate_hz), 0)

    def _append(self, data: bytes) -> None:
        try:
            written = self._data.write(data)
            self._unsafe_bytes += len(data)
            if self._unsafe_bytes >= SAFE_EVERY_BYTES:
                self._unsafe_bytes = 0
                os.fsync(self._data.fileno())
        except OSError as error:
            raise _not_written(data_path(self.stem), error) from error
        if written != len(data):
            raise StoreError(f"{data_path(self.stem)} was written only in part: the disk is full. Make room.")
        self.size_bytes += len(data)
        self._hash.update(data)

    def _pose_at(self, time_s: float) -> dict[str, float] | None:
        """The pose of the track nearest to that time; None where the vehicle was not heard."""
        after = bisect_right(self._track, time_s, key=lambda point: float(point["time_s"]))
        near = self._track[max(after - 1, 0) : after + 1]
        found = min(near, key=lambda point: abs(point["time_s"] - time_s), default=None)
        if found is None or abs(found["time_s"] - time_s) > NEAR_S:
            return None
        return {name: value for name, value in found.items() if name != "core:sample_start"}

    def _sample_at(self, time_s: float) -> int:
        """The sample in the file that was taken then, or the first one written after it."""
        at = bisect_right(self._times, (time_s, 2**62)) - 1
        if at < 0:
            return self._times[0][1] if self._times else 0
        piece_s, number = self._times[at]
        end = self._times[at + 1][1] if at + 1 < len(self._times) else self.samples
        return min(number + max(round((time_s - piece_s) * self.first.rate_hz), 0), max(end - 1, number))

    def _description(self, complete: bool) -> dict[str, Any]:
        overall: dict[str, Any] = {
            "core:version": "1.2.0",
            "core:datatype": self.first.datatype,
            "core:sample_rate": self.first.rate_hz,
            "core:num_channels": 1,
            "core:recorder": f"Kestrel {self._origin.version}",
            "core:hw": self._origin.device,
            "core:extensions": [EXTENSION],
            "kestrel:complete": complete,
            "kestrel:simulated": self._origin.simulated,
            "kestrel:cause": self._origin.cause,
            "kestrel:lost_samples": self.lost,
            "kestrel:track": self._track,
        }
        if self._origin.antenna:
            overall["core:extensions"] = [EXTENSION, ANTENNA]
            overall["antenna:model"] = self._origin.antenna
        if complete:
            overall["core:sha512"] = self._hash.hexdigest()
        marked = sorted(self._annotations.values(), key=lambda one: int(one["core:sample_start"]))
        return {"global": overall, "captures": self._captures, "annotations": marked}


def data_path(stem: Path) -> Path:
    return stem.with_name(f"{stem.name}.sigmf-data")


def meta_path(stem: Path) -> Path:
    return stem.with_name(f"{stem.name}.sigmf-meta")


def replace_file(path: Path, content: bytes, durable: bool) -> None:
    """Put a file in another's place, whole. Raises ``StoreError``."""
    beside = path.with_name(f"{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise _not_written(path, error) from error


def _not_written(path: Path, error: OSError) -> StoreError:
    return StoreError(f"{path} cannot be written: {error.strerror or error}. Make room, or choose another folder.")

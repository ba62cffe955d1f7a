"""What a SigMF description says of its samples, read without trusting it; pure values, any thread.

Names of fields: SigMF 1.2, https://sigmf.org. Ours begin with ``kestrel:``.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import orjson

from app.errors import BadFile

LARGEST_BYTES = 32_000_000  # of a description: some days of track and detections
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 10.0, 1e10
HIGHEST_HZ = 1e12
LARGEST_INDEX = 2**62
LEAST_DATED_GAP_S = 1.0  # times in descriptions are often whole seconds


@dataclass(frozen=True, slots=True)
class Capture:
    """From sample ``first`` of the file on; ``index`` is that sample's number in the stream it was taken from."""

    first: int
    index: int | None
    time_s: float | None  # UTC
    centre_hz: float  # 0: not known
    gain_db: float  # of the tuner; 0: not known
    header_bytes: int  # other bytes of the file right before its samples
    dbm_offset_db: float | None = None  # what makes dBm of its dBFS; None: not known


@dataclass(frozen=True, slots=True)
class Description:
    """The parts of a description that say how its samples are to be read."""

    datatype: str
    rate_hz: float  # 0: not known
    channels: int
    captures: tuple[Capture, ...]  # at least one, by ``first``
    trailing_bytes: int
    dataset: str  # name of the file with the samples when it is not of the description's own name

    def gap_before(self, number: int) -> int:
        """Samples missing right before capture ``number``: by the stream's count, else by clearly later times."""
        if number == 0:
            return 0
        last, this = self.captures[number - 1], self.captures[number]
        between = this.first - last.first
        if last.index is not None and this.index is not None:
            return max(this.index - last.index - between, 0)
        if self.rate_hz and last.time_s is not None and this.time_s is not None:
            gap_s = this.time_s - last.time_s - between / self.rate_hz
            return round(gap_s * self.rate_hz) if gap_s > LEAST_DATED_GAP_S else 0
        return 0


def parse(content: bytes, name: str) -> Description:
    """Read a description; ``name`` is what it is called in errors. Raises ``BadFile`` for what is none."""
    try:
        meta = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
        return _description(meta)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise BadFile(f"{name} is no SigMF description ({type(error).__name__}: {error}).") from error


def utc_text(time_s: float) -> str:
    """RFC 3339 with microseconds, as ``core:datetime`` wants it."""
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _description(meta: Any) -> Description:
    overall = meta["global"]
    offset = _whole(overall.get("core:offset", 0), "core:offset")
    captures = tuple(_capture(one, offset) for one in meta.get("captures") or [{}])
    if any(later.first < earlier.first for earlier, later in pairwise(captures)):
        raise ValueError("its captures are not in order")
    rate_hz = _number(overall.get("core:sample_rate", 0.0), HIGHEST_RATE_HZ, "core:sample_rate")
    if rate_hz and not rate_hz >= LOWEST_RATE_HZ:
        raise ValueError(f"a sample rate of {rate_hz:g} Hz cannot be")
    return Description(
        datatype=str(overall["core:datatype"])[:40],
        rate_hz=rate_hz,
        channels=_whole(overall.get("core:num_channels", 1), "core:num_channels"),
        captures=captures,
        trailing_bytes=_whole(overall.get("core:trailing_bytes", 0), "core:trailing_bytes"),
        dataset=str(overall.get("core:dataset", "")),
    )


def _capture(one: dict[str, Any], offset: int) -> Capture:
    index, dbm = one.get("core:global_index"), one.get("kestrel:dbm_offset_db")
    return Capture(
        first=_whole(one.get("core:sample_start", offset) - offset, "core:sample_start"),
        index=None if index is None else _whole(index, "core:global_index"),
        time_s=_time_s(one.get("core:datetime")),
        centre_hz=_number(one.get("core:frequency", 0.0), HIGHEST_HZ, "core:frequency"),
        gain_db=_number(one.get("kestrel:gain_db", 0.0), 1000.0, "kestrel:gain_db"),
        header_bytes=_whole(one.get("core:header_bytes", 0), "core:header_bytes"),
        dbm_offset_db=None if dbm is None else _number(dbm, 1000.0, "kestrel:dbm_offset_db"),
    )


def _whole(value: Any, field: str) -> int:
    number = int(value)
    if number != value or not 0 <= number <= LARGEST_INDEX:
        raise ValueError(f"{field} is {value!r:.40}")
    return number


def _number(value: Any, largest: float, field: str) -> float:
    number = float(value)
    if not math.isfinite(number) or abs(number) > largest:
        raise ValueError(f"{field} is {value!r:.40}")
    return number


def _time_s(text: Any) -> float | None:
    """None for what is no time: a recording is not worth less for a misspelled date."""
    try:
        when = datetime.fromisoformat(text)
        time_s = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return time_s

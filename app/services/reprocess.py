"""Other detector or locator settings over what was recorded, beside those in force; pure, in a process of its own.

What is compared is told as rows of plain values; a figure that nothing gives is None.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from app.domain.geometry import LatLon, distance_m
from app.domain.radio import Detection, Level, Reading, Target
from app.domain.rows import Rows
from app.dsp.passband import in_passband
from app.dsp.survey import Unheard, survey
from app.errors import AppError
from app.locate.logged import locate, score
from app.ports import Block
from app.settings import LocateSettings
from app.workers.pool import Tell

APART_S = 0.5  # detections of one signal by two settings begin and end at most so far apart
APART_HZ = 200.0
MOST_SHOWN = 100
LEVEL = ("time_s", "duration_s", "target_id", "frequency_hz", "power_dbfs", "power_db", "noise_dbfs", "snr_db")
POSE = ("lat_deg", "lon_deg", "height_m", "heading_deg", "roll_deg", "pitch_deg")


class Samples(Protocol):
    """A whole recording, read once."""

    @property
    def rate_hz(self) -> float: ...
    @property
    def samples(self) -> int: ...
    @property
    def pause_s(self) -> float: ...
    @property
    def blocks(self) -> Iterator[tuple[Block, float]]: ...


@dataclass(frozen=True, slots=True)
class Variant:
    """Settings under a name; ``pause_s`` is up to which a burst is not over, None: as the recording's kind has it."""

    name: str
    locate: LocateSettings
    targets: tuple[Target, ...]
    pause_s: float | None = None


def readings_of(rows: Rows) -> dict[str, list[Reading]]:
    """The readings of each target, oldest first; those with a value that is not known are left out."""
    found: dict[str, list[Reading]] = {}
    columns = [rows.columns.index(name) for name in (*LEVEL, "heard", "overload", *POSE)]
    split = len(LEVEL) + 2
    for row in rows.values:
        values = [row[at] for at in columns]
        if None not in values:
            reading = Reading(Level(*values[:split]), *values[split:])
            found.setdefault(reading.level.target_id, []).append(reading)
    return found


def relocate(readings: Sequence[Reading], variant: Variant, truth: LatLon | None, tell: Tell) -> dict[str, Any]:
    """Where the beacon is by these readings under other settings."""
    tell(0.0, f"{len(readings)} readings, {variant.name}")
    located = locate(readings, variant.locate)
    found = located.found
    place = {"lat_deg": found.mode.lat_deg, "lon_deg": found.mode.lon_deg} if found else None
    scored = score(found, truth) if found and truth and located.enough else None
    return {
        "variant": variant.name,
        "enough": located.enough,
        "text": located.text,
        "position": place,
        "radius_50_m": found.radius_50_m if found and located.enough else None,
        "radius_90_m": found.radius_90_m if found and located.enough else None,
        "area_90_m2": found.area_90_m2 if found and located.enough else None,
        "error_m": scored.error_m if scored else None,
        "in_90": scored.in_90 if scored else None,
        "readings": len(readings),
    }


def redetect(read: Callable[[Path], Samples], path: Path, variant: Variant, tell: Tell) -> dict[str, Any]:
    """What a recording holds under other settings; a recording that cannot be read says why in ``problem``."""
    try:
        found = list(_surveyed(read(path), variant, tell, path.name))
    except AppError as error:
        return {"variant": variant.name, "recording": path.name, "problem": str(error), "detections": []}
    return {
        "variant": variant.name,
        "recording": path.name,
        "problem": "",
        "detections": [asdict(one) for one in found if isinstance(one, Detection)],
        "unheard": [one.text for one in found if isinstance(one, Unheard)],
    }


def _surveyed(source: Samples, variant: Variant, tell: Tell, name: str) -> Iterator[Detection | Unheard]:
    blocks = source.blocks
    first = next(blocks, None)
    if first is None:
        return
    there = tuple(one for one in variant.targets if in_passband(one, first[1], source.rate_hz))
    pause_s = source.pause_s if variant.pause_s is None else variant.pause_s
    told = _told(itertools.chain((first,), blocks), source.samples, tell, f"{name}, {variant.name}")
    yield from survey(told, source.rate_hz, source.samples, pause_s, there)


def _told(blocks: Iterable[tuple[Block, float]], samples: int, tell: Tell, what: str) -> Iterator[tuple[Block, float]]:
    done = 0
    for block, centre_hz in blocks:
        yield block, centre_hz
        done += block.iq.size
        tell(done / max(samples, 1), what)


def compared_places(found: Sequence[dict[str, Any]], flown: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The rows of one target, the settings in force first; ``moved_m`` is from those, ``from_flown_m`` from the last
    estimate that was told in flight."""
    base = found[0]["position"] if found and found[0]["enough"] else None
    return [row | {"moved_m": _between(row, base), "from_flown_m": _between(row, flown)} for row in found]


def _between(row: dict[str, Any], other: dict[str, Any] | None) -> float | None:
    if not row["enough"] or row["position"] is None or other is None:
        return None
    return distance_m(LatLon(**other), LatLon(**row["position"]))


def compared_detections(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of one recording, the settings in force first: how many, and which only one of both has."""
    return [_detections(row, found[0]["detections"]) for row in found]


def _detections(row: dict[str, Any], base: list[dict[str, Any]]) -> dict[str, Any]:
    mine = row["detections"]
    fresh = [one for one in mine if not any(_same(one, other) for other in base)]
    gone = [one for one in base if not any(_same(one, other) for other in mine)]
    snr_db = [one["snr_db"] for one in mine]
    targets: dict[str, int] = {}
    for one in mine:
        targets[one["target_id"]] = targets.get(one["target_id"], 0) + 1
    return {
        "variant": row["variant"],
        "recording": row["recording"],
        "problem": row["problem"],
        "detections": len(mine),
        "confirmed": sum(one["confirmed"] for one in mine),
        "by_target": targets,
        "mean_snr_db": sum(snr_db) / len(snr_db) if snr_db else None,
        "only_here": len(fresh),
        "only_in_force": len(gone),
        "shown_only_here": fresh[:MOST_SHOWN],
        "shown_only_in_force": gone[:MOST_SHOWN],
        "unheard": row.get("unheard", []),
    }


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two settings tell of one signal."""
    if one["target_id"] != other["target_id"]:
        return False
    apart_hz = max(APART_HZ, one["bandwidth_hz"], other["bandwidth_hz"])
    begins, ends = one["time_s"] - APART_S, one["time_s"] + one["duration_s"] + APART_S
    overlaps = begins <= other["time_s"] + other["duration_s"] and other["time_s"] <= ends
    return bool(overlaps and abs(one["frequency_hz"] - other["frequency_hz"]) <= apart_hz)

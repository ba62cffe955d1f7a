"""Readings and bearings logged elsewhere, out of CSV, with the rows that cannot be used and why; pure, any thread."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np

from app.domain.geometry import LatLon, LocalPlane
from app.domain.radio import Level, Reading
from app.errors import BadFile
from app.exchange.tables import Line, Table, read_table
from app.locate.admission import FARTHEST_M, POLEWARD_DEG

NONE_DB = (-999.0, -9999.0, -1000.0)  # what loggers write for "nothing heard"
LOWEST_NONE_DB = -101.0  # the same, where no reading is lower
NO_PLACES = (LatLon(0.0, 0.0), LatLon(-1.0, -1.0))  # what they write without a fix
CLOCK_JUMP_S = 3600.0
CLOCK_BACK_S = 5.0
FEWEST_IN_TIME = 5  # rows in a row with another time are no outliers: the clock was set
ASSUMED_SNR_DB = 30.0  # where the file tells none: the receiver's own error is small beside shadowing
LOWEST_DB, HIGHEST_DB = -200.0, 100.0

PLACE = {
    "lat": ("latdeg", "lat", "latitude", "gpslat", "gpslatitude"),
    "lon": ("londeg", "lon", "lng", "long", "longitude", "gpslon", "gpslongitude"),
}
TARGET = ("targetid", "target", "beaconid", "beacon", "tagid", "tag", "bssid", "mac")
READING_COLUMNS = PLACE | {
    "power": (
        "powerdb",
        "rssi",
        "rss",
        "rssidbm",
        "powerdbm",
        "powerdbfs",
        "power",
        "receivedpower",
        "signalstrength",
        "signaldbm",
        "signallevel",
        "signal",
        "level",
        "dbm",
        "db",
    ),
    "snr": ("snrdb", "snr"),
    "time": ("times", "timestamp", "time", "datetime", "utc", "epoch", "seconds", "date", "t"),
    "height": ("heightm", "height", "agl", "relalt", "relativealtitude", "altituderelative"),
    "altitude": ("altm", "alt", "altitude", "msl", "elevation", "ele"),
    "heading": ("headingdeg", "heading", "yaw"),
    "roll": ("rolldeg", "roll"),
    "pitch": ("pitchdeg", "pitch"),
    "heard": ("heard", "detected"),
    "target": TARGET,
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Lines of the file that were not used, and why."""

    why: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReadingLog:
    """What can be used of a file, in its order; times are seconds, from 1970 where the file says so."""

    readings: tuple[Reading, ...]
    lines: tuple[int, ...]  # of the readings
    left_out: tuple[LeftOut, ...]
    columns: dict[str, str]
    notes: tuple[str, ...]


def read_readings(
    path: Path,
    given: Mapping[str, str],
    target: str = "",
    none_db: Sequence[float] = (),
    heights_as_given: bool = False,
) -> ReadingLog:
    """Readings of one beacon. ``none_db`` are further powers that mean "nothing heard".

    Heights above sea count from the lowest row unless ``heights_as_given``. Raises ``BadFile``.
    """
    table = read_table(path, READING_COLUMNS, given)
    if missing := [field for field in ("lat", "lon", "power") if field not in table.columns]:
        raise BadFile(
            f"{path.name}: which column is {' and which '.join(missing)}? Say so: "
            f"--columns {','.join(f'{field}=NAME' for field in missing)} (a column's name, or its number from 1)."
        )
    notes = _without_useless_times(table)
    sieve = Sieve()
    lines = chosen(path, table, target)
    lowest_db = min(
        (table.value(line, "power") for line in lines if table.value(line, "power") >= LOWEST_DB), default=0
    )
    silent = {*NONE_DB, *none_db, *([LOWEST_NONE_DB] if lowest_db == LOWEST_NONE_DB else [])}
    parsed = [(line, _reading(table, line)) for line in lines]
    parsed = [pair for pair in parsed if sieve.passes(pair[0], _fault(table, *pair, silent))]
    parsed = near_the_rest(parsed, lambda one: LatLon(one.lat_deg, one.lon_deg), sieve)
    parsed = _in_time(parsed, sieve)
    notes += _notes(table, parsed)
    if "altitude" in table.columns and "height" not in table.columns and not heights_as_given and parsed:
        lowest_m = min(one.height_m for _, one in parsed)
        parsed = [(line, replace(one, height_m=one.height_m - lowest_m)) for line, one in parsed]
        notes.append(f"Heights are above the lowest row ({lowest_m:.0f} m); --beacon-height takes them as they are.")
    readings, numbers = tuple(one for _, one in parsed), tuple(line.number for line, _ in parsed)
    return ReadingLog(readings, numbers, sieve.left_out, table.names, tuple(notes))


class Sieve:
    """Keeps the lines that were left out under their reasons."""

    def __init__(self) -> None:
        self._reasons: dict[str, list[int]] = {}

    def passes(self, line: Line, why: str) -> bool:
        """Whether there is no reason against the line."""
        if why:
            self._reasons.setdefault(why, []).append(line.number)
        return not why

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        return tuple(LeftOut(why, tuple(lines)) for why, lines in self._reasons.items())


def chosen(path: Path, table: Table, target: str) -> list[Line]:
    """The lines of one beacon. Raises ``BadFile`` when there are several and none is named."""
    held = Counter(table.text(line, "target") for line in table.lines)
    if target and target not in held:
        raise BadFile(f"{path.name} holds nothing of {target!r}; there are {_few(held)}.")
    if not target and len(held) > 1:
        raise BadFile(
            f"{path.name} holds {len(held)} beacons by its column {table.names['target']!r}: {_few(held)}. "
            "Name one with --target."
        )
    return [line for line in table.lines if not target or table.text(line, "target") == target]


def no_place(lat_deg: float, lon_deg: float) -> str:
    """Why the position cannot be used; empty when it can."""
    if not (math.isfinite(lat_deg) and math.isfinite(lon_deg)) or LatLon(lat_deg, lon_deg) in NO_PLACES:
        return "no position"
    if abs(lat_deg) > 90.0 or abs(lon_deg) > 360.0:
        return "no position on earth (degrees are needed)"
    return f"beyond {POLEWARD_DEG:g} degrees of latitude" if abs(lat_deg) > POLEWARD_DEG else ""


def near_the_rest(parsed: list[tuple[Line, T]], place_of: Callable[[T], LatLon], sieve: Sieve) -> list[tuple[Line, T]]:
    """Without the rows farther than 20 km from where most are; without all when there is no such place."""
    if not parsed:
        return parsed
    places = [place_of(one) for _, one in parsed]
    plane = LocalPlane(_middle(places))
    far_m = [plane.to_plane(place).length_m for place in places]
    most = sum(one_m <= FARTHEST_M for one_m in far_m) * 2 > len(places)
    why = (
        f"more than {FARTHEST_M / 1e3:.0f} km from most rows"
        if most
        else f"no place has most rows within {FARTHEST_M / 1e3:.0f} km: split the file"
    )
    return [
        pair
        for pair, one_m in zip(parsed, far_m, strict=True)
        if sieve.passes(pair[0], why if one_m > FARTHEST_M or not most else "")
    ]


def _middle(places: Iterable[LatLon]) -> LatLon:
    """The place nearest to the median of all as points in space: no seam at the antimeridian, strays do not count."""
    degrees = np.radians([(place.lat_deg, place.lon_deg) for place in places])
    lat, lon = degrees[:, 0], degrees[:, 1]
    points = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    nearest = int(np.argmin(((points - np.median(points, axis=0)) ** 2).sum(axis=1)))
    return LatLon(*np.degrees(degrees[nearest]).tolist())


def _few(held: Mapping[str, int]) -> str:
    return ", ".join(f"{name or 'without a name'} ({count} rows)" for name, count in list(held.items())[:8])


def _reading(table: Table, line: Line) -> Reading:
    power_db, snr_db = table.value(line, "power"), table.value(line, "snr")
    level = Level(
        time_s=_time_s(table, line),
        duration_s=0.0,
        target_id=table.text(line, "target"),
        frequency_hz=0.0,
        power_dbfs=power_db,
        power_db=power_db,
        noise_dbfs=power_db - ASSUMED_SNR_DB,
        snr_db=min(snr_db, 100.0) if snr_db >= -60.0 else ASSUMED_SNR_DB,
        heard=table.text(line, "heard").lower() not in {"0", "false", "no"},
        overload=False,
    )
    height_m = table.value(line, "height" if "height" in table.columns else "altitude")
    turn = (table.value(line, field) for field in ("heading", "roll", "pitch"))
    heading_deg, roll_deg, pitch_deg = (angle if math.isfinite(angle) else 0.0 for angle in turn)
    place = table.value(line, "lat"), table.value(line, "lon")
    known_m = height_m if table.columns.keys() & {"height", "altitude"} else 0.0
    return Reading(level, *place, known_m, heading_deg, roll_deg, pitch_deg)


def _time_s(table: Table, line: Line) -> float:
    """Seconds; the line's number where the file has no times, NaN where this line has none."""
    if "time" not in table.columns:
        return float(line.number)
    text = table.text(line, "time")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        value = table.value(line, "time")
        return value / 1000.0 if value > 1e11 else value  # milliseconds since 1970
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _fault(table: Table, line: Line, one: Reading, silent: set[float]) -> str:
    """Why the row cannot be used; empty when it can."""
    power_db = one.level.power_db
    if why := no_place(one.lat_deg, one.lon_deg):
        return why
    if power_db in silent:
        return f"nothing heard ({power_db:g})"
    if not math.isfinite(power_db):
        return "no power"
    if not LOWEST_DB <= power_db <= HIGHEST_DB:
        return f"a power outside {LOWEST_DB:g} ... {HIGHEST_DB:g} dB"
    if not math.isfinite(one.height_m) or not -1_000.0 <= one.height_m <= 20_000.0:
        return "no height" if not table.text(line, "height") else "an impossible height"
    return "" if math.isfinite(one.level.time_s) else "no time that can be read"


def _in_time(parsed: list[tuple[Line, Reading]], sieve: Sieve) -> list[tuple[Line, Reading]]:
    """Without single rows whose clock has jumped, where most rows follow each other."""
    runs: list[list[tuple[Line, Reading]]] = []
    for pair in parsed:
        step_s = pair[1].level.time_s - runs[-1][-1][1].level.time_s if runs else math.inf
        if -CLOCK_BACK_S <= step_s <= CLOCK_JUMP_S:
            runs[-1].append(pair)
        else:
            runs.append([pair])
    lasting = sum(len(run) for run in runs if len(run) >= FEWEST_IN_TIME)
    if 2 * lasting <= len(parsed):
        return parsed
    why = "an outlier in time"
    return [pair for run in runs for pair in run if sieve.passes(pair[0], why if len(run) < FEWEST_IN_TIME else "")]


def _without_useless_times(table: Table) -> list[str]:
    """Forget a column of times of which none can be read."""
    if "time" not in table.columns or any(math.isfinite(_time_s(table, line)) for line in table.lines):
        return []
    del table.columns["time"]
    return [f"The times in {table.names.pop('time')!r} cannot be read: one second a row is taken."]


def _notes(table: Table, parsed: Sequence[tuple[Line, Reading]]) -> list[str]:
    notes = []
    if not table.columns.keys() & {"height", "altitude"}:
        notes.append("There is no column of heights: 0 m is taken.")
    times = [one.level.time_s for _, one in parsed]
    jumps = sum(not -CLOCK_BACK_S <= later - earlier <= CLOCK_JUMP_S for earlier, later in pairwise(times))
    if jumps:
        notes.append(f"The clock jumps {jumps} times; rows are taken in the file's order.")
    return notes

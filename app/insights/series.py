"""What a flight measured over time, as it is and on one grid; pure, any thread."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.geometry import LatLon, LocalPlane
from app.domain.rows import Rows

Values = NDArray[np.float64]
MOST_STEPS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """``time_s`` and ``values`` of shape (n,), in the order of time; values that are not known are left out."""

    name: str
    unit: str
    time_s: Values
    values: Values


# name -> (table, column, unit); what is reckoned from several columns comes below
COLUMNS = {
    "snr_db": ("reading", "snr_db", "dB"),
    "power_db": ("reading", "power_db", "dB"),
    "noise_dbfs": ("reading", "noise_dbfs", "dBFS"),
    "height_m": ("telemetry", "height_m", "m"),
    "roll_deg": ("telemetry", "roll_deg", "°"),
    "pitch_deg": ("telemetry", "pitch_deg", "°"),
    "radius_90_m": ("estimate", "radius_90_m", "m"),
    "entropy_bits": ("estimate", "entropy_bits", "bit"),
}


def series_of(tables: dict[str, Rows], beacon: LatLon | None) -> dict[str, Series]:
    """Every series that the tables telemetry, reading and estimate give; those without a value are not there.

    Levels are those of heard readings only: of the others they are bounds. ``distance_m`` is to ``beacon``.
    """
    found = {name: _column(tables, name, *where) for name, where in COLUMNS.items()}
    found["speed_mps"] = _speed(tables["telemetry"])
    if beacon is not None:
        found["distance_m"] = _distance(tables["telemetry"], beacon)
    return {name: one for name, one in found.items() if one.values.size}


def _made(name: str, unit: str, pairs: list[tuple[float, float]]) -> Series:
    table = np.array(sorted(pairs), np.float64).reshape(-1, 2)
    table = table[np.isfinite(table).all(axis=1)]
    return Series(name, unit, table[:, 0].copy(), table[:, 1].copy())


def _column(tables: dict[str, Rows], name: str, table: str, column: str, unit: str) -> Series:
    rows = tables[table]
    wanted = {"reading": "heard", "estimate": "enough"}.get(table)
    there = rows.column(wanted) if wanted and name != "noise_dbfs" else [True] * len(rows.values)
    values = zip(rows.column("time_s"), rows.column(column), there, strict=True)
    return _made(name, unit, [(time_s, value) for time_s, value, good in values if good and value is not None])


def _speed(telemetry: Rows) -> Series:
    values = zip(*(telemetry.column(name) for name in ("time_s", "north_mps", "east_mps")), strict=True)
    return _made("speed_mps", "m/s", [(row[0], float(np.hypot(row[1], row[2]))) for row in values if None not in row])


def _distance(telemetry: Rows, beacon: LatLon) -> Series:
    plane = LocalPlane(beacon)
    values = zip(*(telemetry.column(name) for name in ("time_s", "lat_deg", "lon_deg")), strict=True)
    pairs = [(row[0], plane.to_plane(LatLon(row[1], row[2])).length_m) for row in values if None not in row]
    return _made("distance_m", "m", pairs)


def on_grid(found: dict[str, Series], step_s: float) -> tuple[Values, dict[str, Values]]:
    """The times of the steps and the mean of each series in each; NaN where a step holds none.

    Steps are made longer where there would be too many.
    """
    if not found:
        return np.zeros(0), {}
    start_s = min(float(one.time_s[0]) for one in found.values())
    end_s = max(float(one.time_s[-1]) for one in found.values())
    step_s = max(step_s, (end_s - start_s) / MOST_STEPS)
    count = int((end_s - start_s) // step_s) + 1
    gridded = {name: _binned(one, start_s, step_s, count) for name, one in found.items()}
    return np.asarray(start_s + (np.arange(count) + 0.5) * step_s, np.float64), gridded


def _binned(one: Series, start_s: float, step_s: float, count: int) -> Values:
    at = np.clip(((one.time_s - start_s) / step_s).astype(np.int64), 0, count - 1)
    total = np.bincount(at, one.values, count)
    number = np.bincount(at, minlength=count)
    mean = np.full(count, np.nan)
    np.divide(total, number, out=mean, where=number > 0)
    return mean

"""Bearings logged elsewhere, out of CSV, with the rows that cannot be used and why; pure, any thread."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.geometry import LatLon
from app.errors import BadFile
from app.exchange.readings import PLACE, TARGET, LeftOut, Sieve, chosen, near_the_rest, no_place
from app.exchange.tables import Line, Table, read_table
from app.locate.triangulation import Bearing

BEARING_COLUMNS = PLACE | {
    "bearing": ("bearingdeg", "bearing", "azimuth", "azimuthdeg", "doa", "direction", "heading"),
    "sigma": ("sigmadeg", "sigma", "sd", "stddev", "error"),
    "target": TARGET,
}
WIDEST_SIGMA_DEG = 90.0


@dataclass(frozen=True, slots=True)
class BearingLog:
    """What can be used of a file, in its order."""

    bearings: tuple[Bearing, ...]
    lines: tuple[int, ...]  # of the bearings
    left_out: tuple[LeftOut, ...]
    columns: dict[str, str]


def read_bearings(path: Path, given: Mapping[str, str], target: str = "", sigma_deg: float | None = None) -> BearingLog:
    """True bearings of one beacon; ``sigma_deg`` is the error of those for which the file has none.

    Raises ``BadFile``.
    """
    table = read_table(path, BEARING_COLUMNS, given)
    if missing := [field for field in ("lat", "lon", "bearing") if field not in table.columns]:
        raise BadFile(
            f"{path.name}: which column is {' and which '.join(missing)}? Say so: "
            f"--columns {','.join(f'{field}=NAME' for field in missing)} (a column's name, or its number from 1)."
        )
    sieve = Sieve()
    parsed = [(line, _bearing(table, line, sigma_deg)) for line in chosen(path, table, target)]
    parsed = [(line, one) for line, one in parsed if sieve.passes(line, _fault(one))]
    parsed = near_the_rest(parsed, lambda one: LatLon(one.lat_deg, one.lon_deg), sieve)
    bearings, lines = tuple(one for _, one in parsed), tuple(line.number for line, _ in parsed)
    return BearingLog(bearings, lines, sieve.left_out, table.names)


def _bearing(table: Table, line: Line, sigma_deg: float | None) -> Bearing:
    own_deg = table.value(line, "sigma")
    lat_deg, lon_deg, bearing_deg = (table.value(line, field) for field in ("lat", "lon", "bearing"))
    return Bearing(lat_deg, lon_deg, bearing_deg, sigma_deg if math.isnan(own_deg) else own_deg)


def _fault(one: Bearing) -> str:
    """Why the row cannot be used; empty when it can."""
    if why := no_place(one.lat_deg, one.lon_deg):
        return why
    if not math.isfinite(one.bearing_deg):
        return "no bearing"
    if not -360.0 <= one.bearing_deg <= 720.0:
        return "a bearing that is no angle in degrees"
    if one.sigma_deg is not None and not 0.0 < one.sigma_deg <= WIDEST_SIGMA_DEG:
        return f"an error that is not between 0 and {WIDEST_SIGMA_DEG:g} degrees"
    return ""

"""Facts of a flight for the window, the API and the command line: as plain values and as files; any thread."""

import math
import re
import time
from collections.abc import Callable
from typing import Any

from app.errors import OutOfRange
from app.exchange import FlightRecord, cot, csv_zip, geojson, gpx, kml, kmz, parquet_zip
from app.store import NUMBERS, Store

MOST_ROWS = 10_000
MOST_PIXELS = 20_000
TABLES = (
    "telemetry",
    "reading",
    "detection",
    "decoded",
    "estimate",
    "transition",
    "command",
    "message",
    "fault",
    "gate",
)
FORMS: dict[str, tuple[str, Callable[[FlightRecord], bytes]]] = {
    "csv": ("zip", csv_zip),
    "geojson": ("geojson", geojson),
    "kml": ("kml", kml),
    "kmz": ("kmz", kmz),
    "gpx": ("gpx", gpx),
    "parquet": ("zip", parquet_zip),
    "cot": ("cot", cot),
}


class FlightFacts:
    """One table of facts, asked for by project, flight and time."""

    def __init__(self, store: Store, table: str) -> None:
        self._store = store
        self._table = table

    def __call__(
        self,
        project_id: int,
        flight_id: int,
        since_s: float | None = None,
        until_s: float | None = None,
        limit: int = MOST_ROWS,
    ) -> list[dict[str, Any]]:
        """Facts with since_s <= time_s <= until_s, oldest first, at most ``limit``; keys are those of the fact.

        Raises ``NotFound`` when the project has no such flight and ``StoreError`` when the store is in trouble.
        """
        return self._store.of(project_id).rows(self._table, flight_id, since_s, until_s, limit).as_dicts()

    def envelope(
        self, project_id: int, flight_id: int, column: str, since_s: float, until_s: float, pixels: int
    ) -> dict[str, Any]:
        """A plot's worth of one column: lists of first and last times, lowest and highest values, and counts.

        Raises ``OutOfRange`` for a column that is none of numbers and for an empty time, ``NotFound``, ``StoreError``.
        """
        if column not in NUMBERS[self._table]:
            raise OutOfRange(f"{column!r} cannot be plotted: choose {', '.join(sorted(NUMBERS[self._table]))}.")
        if not (math.isfinite(since_s) and math.isfinite(until_s) and since_s < until_s and 1 <= pixels <= MOST_PIXELS):
            raise OutOfRange(f"Ask for a time from an earlier to a later second, and 1 to {MOST_PIXELS} pixels.")
        parts = self._store.of(project_id).envelope(self._table, flight_id, column, since_s, until_s, pixels)
        names = ("first_s", "last_s", "lowest", "highest", "count")
        return {name: [part[at] for part in parts] for at, name in enumerate(names)}


def export(store: Store, project_id: int, flight_id: int, form: str) -> tuple[str, bytes]:
    """The whole flight as a file: its name, safe on every system, and its content.

    ``form`` is one of ``FORMS``; csv and parquet are zips with a file for each table. Raises ``OutOfRange`` for
    another, ``NotFound`` and ``StoreError``.
    """
    if form not in FORMS:
        raise OutOfRange(f"There is no export as {form!r}: choose {', '.join(FORMS)}.")
    ending, write = FORMS[form]
    of = store.of(project_id)
    flight = of.flight(flight_id)
    tables = {table: of.rows(table, flight_id) for table in TABLES}
    record = FlightRecord(of.project(), flight, of.targets(), tables)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(flight.started_s))
    return f"{_safe(record.project.name)}_{_safe(flight.name)}_{stamp}.{ending}", write(record)


def _safe(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"

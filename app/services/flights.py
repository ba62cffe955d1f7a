"""Facts of a flight for the window, the API and the command line: as plain values and as files; any thread."""

import re
import time
from collections.abc import Callable
from typing import Any

from app.errors import OutOfRange
from app.exchange import FlightRecord, csv_zip, geojson, kml
from app.store import Store

MOST_ROWS = 10_000
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


def export(store: Store, project_id: int, flight_id: int, form: str) -> tuple[str, bytes]:
    """The whole flight as a file: its name, safe on every system, and its content.

    ``form`` is csv (a zip with a file for each table), geojson or kml. Raises ``OutOfRange`` for another,
    ``NotFound`` and ``StoreError``.
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

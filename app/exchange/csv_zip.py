"""A flight as CSV: one zip with a file for each table (RFC 4180, UTF-8); pure, any thread."""

import csv
import io
import json
import math
import zipfile
from dataclasses import asdict, fields
from typing import Any

from app.domain.radio import Target
from app.domain.rows import Rows
from app.exchange.record import FlightRecord


def csv_zip(record: FlightRecord) -> bytes:
    """A zip of project.csv, flight.csv, targets.csv and each table of facts, with its columns also when it is empty.

    Units are in the columns' names; times are seconds since 1970, UTC. An unknown value is an empty field, regions and
    verdicts are JSON. Numbers are written so that they read back the same.
    """
    target_columns = tuple(field.name for field in fields(Target))
    targets = [tuple(asdict(target)[name] for name in target_columns) for target in record.targets.all]
    files = {
        "project": _one(asdict(record.project)),
        "flight": _one(asdict(record.flight)),
        "targets": Rows(target_columns, targets),
        **record.tables,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in files.items():
            archive.writestr(f"{name}.csv", _csv(rows))
    return packed.getvalue()


def _one(values: dict[str, Any]) -> Rows:
    return Rows(tuple(values), [tuple(values.values())])


def _csv(rows: Rows) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(rows.columns)
    writer.writerows([_field(value) for value in row] for row in rows.values)
    return text.getvalue().encode("utf-8", "replace")


def _field(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value)
    return value

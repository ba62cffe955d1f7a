"""A flight as Parquet, one zip with a file for each table, as pandas, polars and DuckDB read it; pure, any thread."""

import io
import json
import zipfile
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from app.domain.rows import Rows
from app.exchange.record import FlightRecord


def parquet_zip(record: FlightRecord) -> bytes:
    """Columns and units as in the store; regions and verdicts are JSON. A column without any value has no type.

    Each file's metadata name the project, the flight, and whether it was simulated.
    """
    about = {
        "project": record.project.name,
        "flight": record.flight.name,
        "simulated": json.dumps(record.flight.simulated),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, rows in record.tables.items():
            content = io.BytesIO()
            pq.write_table(_table(rows).replace_schema_metadata(about), content, compression="zstd")
            archive.writestr(f"{name}.parquet", content.getvalue())
    return packed.getvalue()


def _table(rows: Rows) -> pa.Table:
    columns = list(zip(*rows.values, strict=True)) or [()] * len(rows.columns)
    arrays = [pa.array([_plain(value) for value in column]) for column in columns]
    return pa.Table.from_arrays(arrays, names=list(rows.columns))


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value

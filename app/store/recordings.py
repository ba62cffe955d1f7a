"""How recordings and waterfalls become rows and rows become them again; pure, any thread."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from app.domain.recording import Cause, Recording, StoredRecording
from app.domain.waterfall import Stretch, pack, unpack
from app.store.database import upsert
from app.store.models import RECORDING


def save(connection: Connection, project_id: int, flight_id: int | None, recording: Recording) -> None:
    """Add it, or bring what is known of it up to date; project and flight stay those it began in."""
    values = asdict(recording)
    adding = upsert(connection, RECORDING).values(project_id=project_id, flight_id=flight_id, **values)
    connection.execute(adding.on_conflict_do_update(index_elements=["name"], set_=values))


def recording_of(row: Any) -> StoredRecording:
    recording = Recording(
        name=row.name,
        cause=Cause(row.cause),
        started_s=row.started_s,
        ended_s=row.ended_s,
        rate_hz=row.rate_hz,
        centre_hz=row.centre_hz,
        datatype=row.datatype,
        samples=row.samples,
        size_bytes=row.size_bytes,
        lost_samples=row.lost_samples,
        captures=row.captures,
        detections=row.detections,
        simulated=row.simulated,
        complete=row.complete,
    )
    return StoredRecording(row.id, row.project_id, row.flight_id, recording)


def packed(flight_id: int, stretch: Stretch) -> dict[str, Any]:
    """A row of the table ``waterfall``."""
    rows, bins = stretch.power_dbfs.shape
    return {
        "flight_id": flight_id,
        "time_s": float(stretch.time_s[0]),
        "until_s": float(stretch.time_s[-1]),
        "centre_hz": stretch.centre_hz,
        "rate_hz": stretch.rate_hz,
        "rows": rows,
        "bins": bins,
        "content": pack(stretch),
    }


def stretch_of(row: Any) -> Stretch:
    return unpack(row.content, row.rows, row.bins, row.time_s, row.centre_hz, row.rate_hz)


def between(stretch: Stretch, since_s: float | None, until_s: float | None) -> Stretch:
    """Its rows with since_s <= time_s <= until_s."""
    wanted = (stretch.time_s >= (since_s if since_s is not None else float("-inf"))) & (
        stretch.time_s <= (until_s if until_s is not None else float("inf"))
    )
    if wanted.all():
        return stretch
    return Stretch(
        stretch.time_s[wanted],
        stretch.centre_hz,
        stretch.rate_hz,
        stretch.lost_before[wanted],
        stretch.power_dbfs[wanted],
    )

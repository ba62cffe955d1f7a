"""Flights recorded by other programs into a project; the caller's thread."""

from pathlib import Path
from typing import Any

from app.domain.project import Flight
from app.domain.vehicle import Telemetry
from app.exchange.flightlogs import FlightLog, read_log
from app.store import Store


def import_flight(store: Store, project_id: int, path: Path, name: str = "") -> tuple[Flight, dict[str, Any]]:
    """Store a .tlog or .bin as a flight of its own; returns it, and what was in the file.

    Raises ``BadFile`` before anything is written, ``NotFound`` for the project, ``StoreError``.
    """
    return keep_log(store, project_id, path, read_log(path), name)


def keep_log(store: Store, project_id: int, path: Path, log: FlightLog, name: str) -> tuple[Flight, dict[str, Any]]:
    """Store what was read of a file. Raises ``NotFound`` for the project, ``StoreError``."""
    begun = store.writer.begin_flight(project_id, name or path.stem, log.simulated, log.started_s)
    unfit = store.writer.write(begun.id, log.facts)
    flight = store.writer.change_flight(begun.id, notes=f"imported from {path.name}", ended_s=log.ended_s)
    return flight, _told(log, unfit)


def _told(log: FlightLog, unfit: int) -> dict[str, Any]:
    positions = sum(isinstance(fact, Telemetry) for fact in log.facts)
    vehicles = sorted({fact.vehicle_id for fact in log.facts})
    texts = len(log.facts) - positions
    return {
        "frames": log.frames,
        "damaged": log.damaged,
        "vehicles": vehicles,
        "positions": positions,
        "texts": texts,
        "unfit": unfit,
    }

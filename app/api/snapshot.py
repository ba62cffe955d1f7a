"""Everything as it stands, from the services; any thread."""

from typing import Any

from app.api.encoding import plain
from app.domain.project import Project
from app.domain.radio import Targets
from app.errors import StoreError
from app.services.station import Station

LATEST = 100  # of each kind of event in a hello


def now(station: Station) -> dict[str, Any]:
    """The current values by topic, and the flight being recorded; None: not known yet."""
    targets = station.targets.targets()
    return {
        "targets": targets,
        "project": _project(station),
        "flight": station.projects.current_flight(),
        "radio": station.radio.state(),
        "audio": station.sound.audio(),
        "link": station.vehicle.link(),
        "vehicle": station.vehicle.vehicle(),
        "telemetry": station.vehicle.telemetry(),
        "levels": list(station.radio.levels().values()),
        "reports": list(station.radio.reports().values()),
        "estimate": _estimate(station, targets),
        "plan": station.search.plan(),
        "state": station.mission.status(),
        "gate": station.safety.gate(),
        "control": station.control.control(),
        "recording": station.recordings.state(),
        "jobs": list(station.jobs.running()),
    }


def hello(station: Station) -> dict[str, Any]:
    """``now`` by the names of the topics, with the latest events; history in full is asked for by its routes."""
    current = now(station)
    current["flights"] = current.pop("flight")
    return current | {
        "detections": station.radio.detections()[-LATEST:],
        "decoded": station.radio.decoded()[-LATEST:],
        "messages": station.vehicle.messages()[-LATEST:],
        "transitions": station.mission.history()[-LATEST:],
        "faults": station.system.faults()[-LATEST:],
    }


def _project(station: Station) -> Project | None:
    """The project in use; a store in trouble is told by health and faults, and hides nothing else."""
    try:
        return station.projects.current()
    except StoreError:
        return None


def _estimate(station: Station, targets: Targets) -> Any:
    latest = station.estimate.latest(targets.selected_id) if targets.selected_id else None
    return plain(latest)

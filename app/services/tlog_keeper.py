"""Has the link recorded to a .tlog of its own during each flight; any thread."""

import logging
from concurrent.futures import Future
from pathlib import Path

from app.bus import Bus
from app.domain.project import Flight
from app.workers.link import LinkWorker

TLOGS = "tlogs"
log = logging.getLogger(__name__)


class TlogKeeper:
    """From the flight's beginning to its end, beside the store: ``tlogs/project-1-flight-2.tlog``."""

    def __init__(self, link: LinkWorker, directory: Path, bus: Bus) -> None:
        self._link, self._folder = link, directory / TLOGS
        bus.flight.subscribe(self._follow)

    def _follow(self, flight: Flight) -> None:
        if flight.ended_s is None:
            self._link.record_to(tlog_of(flight, self._folder)).add_done_callback(_complain)
        else:
            self._link.record_to(None)  # a link that has ended has ended the recording too


def tlog_of(flight: Flight, folder: Path) -> Path:
    """Where a flight's link is recorded."""
    return folder / f"project-{flight.project_id}-flight-{flight.id}.tlog"


def _complain(answer: "Future[None]") -> None:
    if not answer.cancelled() and (error := answer.exception()) is not None:
        log.error("the link of this flight is not recorded: %s", error)

"""Keeps the list of targets with the project in use: loaded when it is opened, saved on each change; any thread."""

import logging
from concurrent.futures import Future

from app.bus import Bus
from app.domain.fault import Fault
from app.domain.project import Project
from app.domain.radio import Targets
from app.services.targets import TargetService
from app.store import Store
from app.workers.recorder import RecorderWorker

log = logging.getLogger(__name__)


class TargetKeeper:
    """Made after the ``TargetService`` and before the recorder starts, which publishes the project in use.

    Until then nothing is saved, so that the target every station begins with never takes the place of a project's own.
    What could not be saved is saved when the recorder works again.
    """

    def __init__(self, store: Store, recorder: RecorderWorker, targets: TargetService, bus: Bus) -> None:
        self._store = store
        self._recorder = recorder
        self._targets = targets
        self._project: Project | None = None
        self._unsaved: Targets | None = None
        bus.project.subscribe(self._load)
        bus.targets.subscribe(self._save)
        bus.fault.subscribe(self._save_again)

    def _load(self, project: Project) -> None:
        known = self._project
        if known is not None and (known.id, known.created_s) == (project.id, project.created_s):
            return  # renamed
        self._project = project
        self._targets.load(self._store.of(project.id).targets())

    def _save(self, targets: Targets) -> None:
        if (project := self._project) is None:
            return
        answer = self._recorder.ask(lambda: self._store.writer.save_targets(project.id, targets))

        def done(answer: "Future[None]") -> None:
            error = None if answer.cancelled() else answer.exception()
            self._unsaved = None if error is None else targets
            if error is not None:
                log.error("the targets were not saved: %s", error)

        answer.add_done_callback(done)

    def _save_again(self, fault: Fault) -> None:
        if fault.source == self._recorder.name and fault.ended and self._unsaved is not None:
            self._save(self._unsaved)

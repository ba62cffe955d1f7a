"""Targets stay with their project: over a restart, from project to project, and when the store is set aside."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.bus import Bus
from app.clock import Clock
from app.domain.radio import BeaconKind, Target
from app.ring import SpectrumRing
from app.services.projects import ProjectService
from app.services.target_keeper import TargetKeeper
from app.services.targets import TargetService
from app.settings import TargetSettings
from app.store import Store
from app.workers.recorder import RecorderWorker

FOX = Target("fox", "Fox", BeaconKind.PULSED, 150.1e6)


class Hunt:
    def __init__(self, directory: Path) -> None:
        self.bus = Bus()
        self.store = Store(directory)
        self.recorder = RecorderWorker(self.store, SpectrumRing(256), Clock(), self.bus)
        self.projects = ProjectService(self.store, self.recorder, self.bus)
        self.targets = TargetService(self.bus, TargetSettings())
        self.keeper = TargetKeeper(self.store, self.recorder, self.targets, self.bus)

    def settle(self) -> None:
        """What was asked of the recorder before is done, and what it asked of itself while doing that."""
        self.recorder.ask(lambda: None).result(10.0)
        self.recorder.ask(lambda: None).result(10.0)

    def names(self) -> list[str]:
        return [target.name for target in self.targets.targets().all]


@contextmanager
def hunt_in(directory: Path) -> Iterator[Hunt]:
    hunt = Hunt(directory)
    hunt.recorder.start()
    try:
        until(lambda: not hunt.store.problem)
        hunt.settle()
        yield hunt
    finally:
        hunt.recorder.stop()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20.0
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.005)


def test_a_new_project_begins_with_the_target_of_the_settings_and_keeps_it(tmp_path: Path) -> None:
    with hunt_in(tmp_path) as hunt:
        first = hunt.targets.targets()
        assert hunt.projects.targets() == first
    with hunt_in(tmp_path) as hunt:
        assert hunt.targets.targets() == hunt.projects.targets() == first


def test_each_project_has_its_own(tmp_path: Path) -> None:
    with hunt_in(tmp_path) as hunt:
        home = hunt.projects.current()
        hunt.targets.add(FOX)
        hunt.targets.select("fox")
        alps = hunt.projects.create("Alps").result(10.0)
        hunt.projects.open(alps.id).result(10.0)
        assert hunt.names() == ["Beacon"]
        hunt.projects.rename(alps.id, "Jura").result(10.0)
        hunt.targets.remove(hunt.targets.targets().all[0].id)
        hunt.targets.add(FOX)
        hunt.settle()
        hunt.projects.open(home.id).result(10.0)
        assert hunt.names() == ["Beacon", "Fox"]
        assert hunt.targets.targets().selected == FOX
    with hunt_in(tmp_path) as hunt:
        assert hunt.names() == ["Beacon", "Fox"]
        hunt.projects.open(alps.id).result(10.0)
        assert hunt.names() == ["Fox"]


def test_targets_go_along_when_the_store_is_set_aside(tmp_path: Path) -> None:
    with hunt_in(tmp_path) as hunt:
        hunt.targets.add(FOX)
        hunt.recorder.set_store_aside().result(10.0)
        hunt.settle()
        assert hunt.names() == ["Beacon", "Fox"]
        assert hunt.projects.targets() == hunt.targets.targets()


def test_what_could_not_be_saved_is_saved_later(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    hunt = Hunt(tmp_path / "store")
    hunt.recorder.start()
    try:
        until(lambda: "cannot be made" in hunt.store.problem)
        hunt.targets.add(FOX)
        (tmp_path / "store").unlink()
        until(lambda: not hunt.store.problem)
        hunt.settle()
        engine = hunt.store._writing
        assert engine is not None
        connection = engine.raw_connection()  # the writer has but this one
        connection.cursor().execute("PRAGMA query_only = ON")
        connection.close()
        hunt.targets.add(FOX)
        hunt.settle()
        assert FOX not in hunt.projects.targets().all
        connection = engine.raw_connection()
        connection.cursor().execute("PRAGMA query_only = OFF")
        connection.close()
        hunt.recorder._tell_loss("the recorder works again", 0)
        hunt.settle()
        assert FOX in hunt.projects.targets().all
    finally:
        hunt.recorder.stop()

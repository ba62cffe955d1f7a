"""Writes every fact of a flight to the store, a transaction each 250 ms; a thread of its own."""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.bus import Bus
from app.clock import Clock
from app.domain.estimate import Estimate, PosteriorGrid
from app.domain.fault import Fault
from app.domain.project import Flight, Project
from app.domain.radio import RadioState, Targets
from app.domain.vehicle import VehicleState
from app.errors import Conflict, NotFound, StoreError
from app.ring import SpectrumRing
from app.store import Fact, Store
from app.worker import Worker
from app.workers.backlog import Backlog
from app.workers.thinning import Thinning
from app.workers.waterfall import WaterfallCollector

WRITE_EVERY_S = 0.25  # true time: what a killed program may lose
BEFORE_S = 30.0  # of facts before a flight begins that are written into it
WAITING_LIMIT = 100_000  # facts kept while the store cannot be written: about an hour of a flight, some 50 MB

Heard = Fact | VehicleState | RadioState
NO_CELLS = np.empty((0, 0), dtype=np.float32)


def _without_grid(estimate: Estimate) -> Estimate:
    """The grid is not stored, and must not wait either: it is a megabyte."""
    grid = estimate.grid
    return replace(estimate, grid=PosteriorGrid(grid.origin, 0.0, 0.0, grid.cell_m, NO_CELLS))


def _listen(bus: Bus, put: Callable[[Heard], None]) -> list[Callable[[], None]]:
    """Subscribe to all that is recorded; returns the calls that end it."""
    return [
        bus.telemetry.subscribe(put),
        bus.reading.subscribe(put),
        bus.detection.subscribe(put),
        bus.decoded.subscribe(put),
        bus.estimate.subscribe(lambda estimate: put(_without_grid(estimate))),
        bus.transition.subscribe(put),
        bus.bearing.subscribe(put),
        bus.command.subscribe(put),
        bus.message.subscribe(put),
        bus.fault.subscribe(put),
        bus.gate.subscribe(put),
        bus.vehicle.subscribe(put),
        bus.radio.subscribe(put),
    ]


class RecorderWorker(Worker):
    """Owns the store and the flight being recorded.

    A flight begins when the first vehicle arms, or by hand, and ends when the last disarms, or by hand; the facts of
    the 30 s before are written into it. While the store cannot be opened or written the facts wait, the trouble is a
    ``Fault``, and the worker's own policy tries again: nothing that fits in memory is lost, and what is, is counted.
    """

    def __init__(self, store: Store, ring: SpectrumRing, clock: Clock, bus: Bus) -> None:
        super().__init__("recorder", clock, bus.fault)
        self._store = store
        self._bus = bus
        self._heard = Backlog[tuple[float, Heard]](WAITING_LIMIT)
        self._taken: deque[tuple[float, Heard]] = deque()  # out of the backlog, not yet looked at
        self._unwritten: list[Fact] = []  # of the flight
        self._recent: deque[tuple[float, Fact]] = deque()  # while there is no flight
        self._thinning = Thinning()
        self._waterfall = WaterfallCollector(ring)
        self._flight: Flight | None = None
        self._armed: frozenset[int] = frozenset()  # vehicles
        self._simulated: dict[str, bool] = {}
        self._due_s = 0.0
        self._targets: Targets | None = None
        self._ends = [*_listen(bus, self._put), bus.targets.subscribe(self._note_targets)]

    @property
    def flight(self) -> Flight | None:
        """The flight being recorded; any thread."""
        return self._flight

    @property
    def waiting(self) -> int:
        """Facts not yet in the store, those kept for the start of a flight apart; any thread."""
        return len(self._heard) + len(self._taken) + len(self._unwritten)

    def now_s(self) -> float:
        """The station's time."""
        return self._clock.now_s()

    def begin(self, name: str) -> "Future[Flight]":
        """Begin a flight by hand; ``Conflict`` when one is being recorded."""
        return self.ask(lambda: self._begin_by_hand(name))

    def end(self) -> "Future[Flight]":
        """End the flight by hand; ``Conflict`` when none is being recorded."""
        return self.ask(self._end_by_hand)

    def use(self, project_id: int) -> "Future[Project]":
        """Make a project the one in use; ``Conflict`` while a flight is being recorded."""
        return self.ask(lambda: self._use(project_id))

    def set_store_aside(self) -> "Future[Path | None]":
        """Keep the damaged store under another name and go on with an empty one: targets and flight go along."""
        return self.ask(self._set_store_aside)

    def open(self) -> None:
        self._due_s = 0.0  # at once, so that "works again" is only said when a write went through
        self._store.open()
        self._bus.project.publish(self._store.current())
        self._resume()

    def step(self) -> None:
        if (wait_s := self._due_s - time.monotonic()) > 0.0:
            self._wake.wait(wait_s)
            self._wake.clear()
            return
        self._due_s = time.monotonic() + WRITE_EVERY_S
        self._catch_up()
        if lost := self._heard.take_lost():
            self._tell_loss(f"{lost} facts were lost while the store could not be written", lost)

    def close(self) -> None:
        """At the station's end: write what waits and end the flight. In trouble the store stays open to readers."""
        if not self._ending.is_set():
            return
        for end in self._ends:
            end()
        try:
            if not self._store.problem:
                self._catch_up()
                if self._flight is not None:
                    self._end(self._clock.now_s())
        finally:
            self._store.close()

    def _put(self, fact: Heard) -> None:
        self._heard.put((self._clock.now_s(), fact))

    def _note_targets(self, targets: Targets) -> None:
        self._targets = targets

    def _catch_up(self) -> None:
        self._write()
        if not self._taken:
            self._taken = self._heard.take()
        while self._taken:
            heard_s, fact = self._taken.popleft()
            try:
                self._take(heard_s, fact)
            except StoreError:
                self._taken.appendleft((heard_s, fact))
                raise
        self._write()

    def _take(self, heard_s: float, fact: Heard) -> None:
        while self._recent and self._recent[0][0] < heard_s - BEFORE_S:
            self._recent.popleft()
        if isinstance(fact, VehicleState):
            self._follow(fact)
        elif isinstance(fact, RadioState):
            self._note_simulated("radio", fact.simulated and fact.connected)
        elif self._flight is None:
            self._recent.append((heard_s, fact))
        elif self._thinning.wanted(fact):
            self._unwritten.append(fact)

    def _follow(self, state: VehicleState) -> None:
        """Begin with the first vehicle that arms, end with the last that disarms. A lost link ends nothing."""
        self._note_simulated(f"vehicle {state.vehicle_id}", state.simulated)
        one = frozenset({state.vehicle_id})
        armed = self._armed | one if state.armed else self._armed - one
        if armed and not self._armed and self._flight is None:
            self._begin("", state.time_s)
        elif self._armed and not armed and self._flight is not None:
            self._end(state.time_s)
        self._armed = armed

    def _note_simulated(self, source: str, simulated: bool) -> None:
        self._simulated[source] = simulated
        if simulated and self._flight is not None and not self._flight.simulated:
            self._flight = self._store.writer.change_flight(self._flight.id, simulated=True)
            self._bus.flight.publish(self._flight)

    def _begin(self, name: str, time_s: float) -> Flight:
        project = self._store.current()
        flight = self._store.writer.begin_flight(project.id, name, any(self._simulated.values()), time_s)
        self._thinning = Thinning()
        self._unwritten = [fact for _, fact in self._recent if self._thinning.wanted(fact)]
        self._recent.clear()
        self._waterfall.begin(time_s - BEFORE_S)
        self._flight = flight
        self._bus.flight.publish(flight)
        return flight

    def _end(self, time_s: float) -> Flight:
        if self._flight is None:
            raise Conflict("No flight is being recorded.")
        self._waterfall.finish()
        self._write()
        flight = self._store.writer.change_flight(self._flight.id, ended_s=max(time_s, self._flight.started_s))
        self._flight = None
        self._bus.flight.publish(flight)
        return flight

    def _write(self) -> None:
        if self._flight is None:
            return
        self._waterfall.write(self._store.writer, self._flight.id)
        unfit = self._store.writer.write(self._flight.id, self._unwritten)
        self._unwritten = []
        if unfit:
            self._tell_loss(f"{unfit} facts held values that cannot be stored and were left out", unfit)

    def _tell_loss(self, text: str, count: int) -> None:
        self._bus.fault.publish(Fault(self._clock.now_s(), self.name, text, ended=True, count=count))

    def _begin_by_hand(self, name: str) -> Flight:
        self._catch_up()
        if self._flight is not None:
            raise Conflict(f"{self._flight.name!r} is being recorded: end it first.")
        return self._begin(name, self._clock.now_s())

    def _end_by_hand(self) -> Flight:
        self._catch_up()
        return self._end(self._clock.now_s())

    def _use(self, project_id: int) -> Project:
        self._catch_up()
        if self._flight is not None:
            raise Conflict(f"{self._flight.name!r} is being recorded: end it before another project is opened.")
        project = self._store.writer.use_project(project_id)
        self._recent.clear()
        self._bus.project.publish(project)
        return project

    def _set_store_aside(self) -> Path | None:
        aside = self._store.set_aside()
        if self._targets is not None:
            self._store.writer.save_targets(self._store.current().id, self._targets)
        self._bus.project.publish(self._store.current())
        self._resume()
        return aside

    def _resume(self) -> None:
        """With the store opened anew in a flight: go on in its row, or in another flight when that row is gone."""
        if (flight := self._flight) is None:
            return
        try:
            kept = self._store.of(flight.project_id).flight(flight.id).started_s == flight.started_s
        except NotFound:
            kept = False
        if kept:
            self._flight = self._store.writer.change_flight(flight.id, ended_s=None, clean=True)
        else:
            unwritten = self._unwritten
            self._begin(f"{flight.name} (continued)", self._clock.now_s())
            self._unwritten = unwritten

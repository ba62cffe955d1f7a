"""What the station is and how it fares: information, health of each component, faults; any thread."""

import platform
import shutil
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from app.bus import Bus
from app.clock import Clock
from app.domain.fault import Fault
from app.domain.log import LogLine
from app.domain.radio import RadioState
from app.domain.vehicle import CommandRecord, LinkState, Outcome, VehicleState
from app.logbook import KEPT, Logbook
from app.store import Store
from app.version import version
from app.workers.recorder import RecorderWorker

FAULTS_KEPT = 200
LEAST_FREE_BYTES = 500_000_000  # some ten hours of flight


@dataclass(frozen=True, slots=True)
class StationInfo:
    version: str
    python: str
    platform: str
    time_s: float  # the station's clock
    clock_rate: float
    uptime_s: float  # on the station's clock
    store_path: str
    store_bytes: int
    disk_free_bytes: int


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the station: whether it does its work, and in words why not and what to do."""

    name: str
    ok: bool
    text: str


class SystemService:
    """Listens to what the components say of themselves; asks nothing of them."""

    def __init__(self, store: Store, recorder: RecorderWorker, logbook: Logbook, clock: Clock, bus: Bus) -> None:
        self._store = store
        self._recorder = recorder
        self._logbook = logbook
        self._clock = clock
        self._bus = bus
        self._started_s = clock.now_s()
        self._lock = threading.Lock()
        self._faults: deque[Fault] = deque(maxlen=FAULTS_KEPT)
        self._fault_count = 0
        self._troubles: dict[str, Fault] = {}
        self._radio: RadioState | None = None
        self._link: LinkState | None = None
        self._vehicle: VehicleState | None = None
        bus.fault.subscribe(self._note_fault)
        bus.radio.subscribe(self._note_radio)
        bus.link.subscribe(self._note_link)
        bus.vehicle.subscribe(self._note_vehicle)

    def info(self) -> StationInfo:
        now_s = self._clock.now_s()
        return StationInfo(
            version=version(),
            python=platform.python_version(),
            platform=platform.platform(),
            time_s=now_s,
            clock_rate=self._clock.rate,
            uptime_s=now_s - self._started_s,
            store_path=self._store.place,
            store_bytes=self._store.size_bytes(),
            disk_free_bytes=_free_bytes(self._store.directory),
        )

    def health(self) -> tuple[Component, ...]:
        """Every component, the recorder's store first; a worker that is named nowhere else only while in trouble."""
        return tuple(self._components())

    def faults(self) -> tuple[Fault, ...]:
        """The last 200, oldest first."""
        with self._lock:
            return tuple(self._faults)

    def logs(self, count: int = KEPT, least: str = "INFO") -> list[LogLine]:
        """The last ``count`` lines of the program's log of the level ``least`` and above, oldest first."""
        return self._logbook.lines(count, least)

    @property
    def fault_count(self) -> int:
        """Troubles told since the start, without their ends."""
        return self._fault_count

    @property
    def waiting(self) -> int:
        """Facts that are not stored yet."""
        return self._recorder.waiting

    def set_store_aside(self, actor: str) -> "Future[Path | None]":
        """Keep a damaged store under another name and begin an empty one; returns the other name.

        Raises ``StoreError`` by the future. Nothing is deleted.
        """
        now_s = self._clock.now_s()
        self._bus.command.publish(CommandRecord(now_s, actor, "set_store_aside", "", Outcome.ASKED))
        return self._recorder.set_store_aside()

    def _components(self) -> Iterator[Component]:
        with self._lock:
            troubles = dict(self._troubles)
        yield Component("store", not self._store.problem, self._store.problem or f"Open: {self._store.place}")
        yield self._recording(troubles.pop("recorder", None))
        free_bytes = _free_bytes(self._store.directory)
        yield Component("disk", free_bytes >= LEAST_FREE_BYTES, f"{free_bytes / 1e9:.1f} GB free for the store")
        yield self._radio_component(troubles.pop("receiver", None))
        yield self._link_component(troubles.pop("link", None))
        yield self._vehicle_component()
        for name, fault in sorted(troubles.items()):
            yield Component(name, ok=False, text=fault.text)

    def _recording(self, trouble: Fault | None) -> Component:
        waiting = self._recorder.waiting
        if trouble is not None:
            return Component("recorder", ok=False, text=f"{trouble.text} ({waiting} facts wait)")
        flight = self._recorder.flight
        text = f"Recording {flight.name!r}" if flight else "Ready: recording begins when the vehicle arms"
        return Component("recorder", ok=True, text=text)

    def _radio_component(self, trouble: Fault | None) -> Component:
        state = self._radio
        if state is not None and state.connected:
            lost = f", {state.lost_samples} samples lost" if state.lost_samples else ""
            return Component("radio", not state.overload, f"{state.device}{lost}{', overload' * state.overload}")
        said = state.problem if state is not None and state.problem else ""
        return Component("radio", ok=False, text=said or (trouble.text if trouble else "No receiver is connected"))

    def _link_component(self, trouble: Fault | None) -> Component:
        state = self._link
        if state is not None and state.connected:
            text = f"{state.url}: {state.received_per_s:.0f} messages/s, {state.lost_percent:.1f} % lost"
            text += f", {state.latency_ms:.0f} ms there and back" if state.latency_ms is not None else ""
            return Component("link", ok=True, text=text)
        said = state.problem if state is not None and state.problem else ""
        return Component("link", ok=False, text=said or (trouble.text if trouble else "No vehicle link is connected"))

    def _vehicle_component(self) -> Component:
        state = self._vehicle
        if state is None:
            return Component("vehicle", ok=False, text="No vehicle has been heard")
        if not state.connected:
            return Component("vehicle", ok=False, text="The vehicle is no longer heard")
        armed = "armed" if state.armed else "disarmed"
        return Component("vehicle", ok=True, text=f"{state.autopilot} {state.kind}, {state.mode}, {armed}")

    def _note_fault(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)
            self._fault_count += not fault.ended
            if fault.ended:
                self._troubles.pop(fault.source, None)
            else:
                self._troubles[fault.source] = fault

    def _note_radio(self, state: RadioState) -> None:
        self._radio = state

    def _note_link(self, state: LinkState) -> None:
        self._link = state

    def _note_vehicle(self, state: VehicleState) -> None:
        self._vehicle = state


def _free_bytes(folder: Path) -> int:
    """Free room where the folder is, or will be."""
    there = next(place for place in (folder, *folder.parents) if place.is_dir())
    return shutil.disk_usage(there).free

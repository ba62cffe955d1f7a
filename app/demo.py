"""A whole search on the simulator: the operator's part, through the services the buttons use; its own thread."""

import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from app.domain.estimate import Estimate
from app.domain.geometry import LatLon, distance_m
from app.domain.mission import MissionState, Transition
from app.errors import AppError, DeviceError
from app.services.station import Station
from app.world import World

ACTOR = "demo"
READY_S = 120.0
LONGEST_S = 1800.0
ANSWER_S = 60.0  # true time
AGAIN_S = 2.0
FOUND_M = 20.0


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo found, beside the truth; ``found``: the vehicle holds and the estimate is within 20 m of it."""

    found: bool
    reason: str
    truth: LatLon
    estimate: LatLon | None
    error_m: float | None
    radius_90_m: float | None
    area_50_m2: float | None
    area_90_m2: float | None
    time_to_find_s: float | None  # from the start of the search, in the station's time
    states: tuple[tuple[str, float], ...]  # each state entered and when, from the start of the search
    samples: int
    lost_samples: int
    project_id: int | None
    flight_id: int | None
    stored_in: str


class Demo:
    """The operator of the demo: waits until all is ready, starts the search, activates homing, watches."""

    def __init__(self, station: Station, world: World) -> None:
        self._station = station
        self._world = world
        self._steps: queue.SimpleQueue[Transition | None] = queue.SimpleQueue()
        self._taken: list[Transition] = []
        self._ending = threading.Event()
        self._flight_id: int | None = None

    def end(self) -> None:
        """Have ``fly`` come back soon; any thread."""
        self._ending.set()
        self._steps.put(None)

    def fly(self) -> DemoResult:
        """Do the whole search; blocks until the beacon is held, the mission ended, or the time is over."""
        unsubscribe = self._station.bus.transition.subscribe(self._steps.put)
        started_s = self._station.clock.now_s()
        try:
            self._wait_until_ready()
            self._choose_target()
            started_s = self._station.clock.now_s()
            self._await(self._station.search.start(ACTOR))
            reason = self._watch(started_s)
        except AppError as error:
            reason = str(error)
        finally:
            unsubscribe()
        return self._result(started_s, reason)

    def _await(self, answer: "Future[Any]") -> None:
        answer.result(timeout=ANSWER_S)

    def _wait_until_ready(self) -> None:
        station = self._station
        until_s = station.clock.now_s() + READY_S
        while True:
            vehicle = station.vehicle.vehicle()
            ready = vehicle is not None and vehicle.connected and vehicle.ready_to_arm and vehicle.home is not None
            if ready and station.radio.state().connected and station.vehicle.telemetry() is not None:
                return
            if station.clock.now_s() > until_s:
                raise DeviceError(f"Radio and vehicle were not ready within {READY_S:.0f} s: {self._missing()}")
            if station.clock.wait(self._ending, 0.5):
                raise DeviceError("The demo was ended")

    def _choose_target(self) -> None:
        """Look for the simulated beacon, whatever this project looked for before."""
        targets, wanted = self._station.targets, self._world.target
        same = next((one for one in targets.targets().all if one.name == wanted.name), None)
        if same is None:
            before = {one.id for one in targets.targets().all}
            same = next(one for one in targets.add(wanted).all if one.id not in before)
        else:
            targets.change(replace(wanted, id=same.id))
        targets.select(same.id)

    def _missing(self) -> str:
        radio, vehicle = self._station.radio.state(), self._station.vehicle.vehicle()
        parts = [] if radio.connected else [f"no radio ({radio.problem})"]
        if vehicle is None or not vehicle.connected:
            parts.append(f"no vehicle ({self._station.vehicle.link().problem})")
        elif not vehicle.ready_to_arm:
            parts.append("the vehicle is not ready to arm")
        return ", ".join(parts) or "no position or home yet"

    def _watch(self, started_s: float) -> str:
        """Follow the mission to its end; returns why it ended."""
        clock = self._station.clock
        while clock.now_s() - started_s < LONGEST_S and not self._ending.is_set():
            try:
                step = self._steps.get(timeout=AGAIN_S / clock.rate)
            except queue.Empty:
                step = None
            if step is not None:
                self._taken.append(step)
                flight = self._station.projects.current_flight()
                self._flight_id = flight.id if flight is not None else self._flight_id
                if step.after is MissionState.HOLDING:
                    return step.reason
                if step.after in {MissionState.IDLE, MissionState.EMERGENCY}:
                    return f"The mission ended: {step.reason}"
            if self._station.mission.status().state is MissionState.DETECTING:
                self._activate()
        return "Ended by the operator" if self._ending.is_set() else f"Not found within {LONGEST_S:.0f} s"

    def _activate(self) -> None:
        """Press activation, both steps; a refusal is tried again at the next look while the state lasts."""
        try:
            activation = self._station.homing.request(ACTOR)
            self._await(self._station.homing.confirm(activation.code, ACTOR))
        except AppError:
            return

    def _result(self, started_s: float, reason: str) -> DemoResult:
        station = self._station
        selected = station.targets.targets().selected_id
        estimate: Estimate | None = station.estimate.latest(selected)
        fix = estimate if estimate is not None and estimate.enough else None
        error_m = distance_m(self._world.beacon, fix.mode) if fix else None
        held = next((step for step in self._taken if step.after is MissionState.HOLDING), None)
        radio = station.radio.state()
        return DemoResult(
            found=held is not None and error_m is not None and error_m <= FOUND_M,
            reason=reason,
            truth=self._world.beacon,
            estimate=fix.mode if fix else None,
            error_m=error_m,
            radius_90_m=fix.radius_90_m if fix else None,
            area_50_m2=fix.area_50_m2 if fix else None,
            area_90_m2=fix.area_90_m2 if fix else None,
            time_to_find_s=held.time_s - started_s if held else None,
            states=tuple((step.after.value, step.time_s - started_s) for step in self._taken),
            samples=radio.samples,
            lost_samples=radio.lost_samples,
            project_id=station.projects.current().id,
            flight_id=self._flight_id,
            stored_in=str(station.settings.store.directory),
        )

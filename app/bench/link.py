"""Figures of the link: frames dispatched, and how soon what matters reaches the vehicle; the caller's thread."""

import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from app import main
from app.bench import telemetry
from app.bench.dispatch import frames, imports
from app.bench.figures import Figure
from app.bench.transfers import parameters
from app.demo import Demo
from app.domain.geometry import LatLon, distance_m
from app.domain.mission import MissionState, Transition
from app.domain.radio import BeaconKind
from app.domain.vehicle import CommandRecord, Outcome
from app.errors import DeviceError
from app.services.station import Station
from app.settings import load
from app.world import World, start_world

ACTOR = "bench"
PATIENCE_S = 180.0
STARTS = 4
LOSS_PERCENT, LATENCY_S = 30.0, 0.5
HOVER_M = 12.0  # a set-point so near holds the vehicle where it is; legs of homing are longer
AFTER_S = 1.5  # three times as long as between two set-points


def run(quick: bool) -> list[Figure]:
    """All figures of the link."""
    count = 8_000 if quick else 100_000
    figures = [*frames(count), *imports(count), *telemetry.run(quick)]
    if not quick:
        return [*figures, *round_trips(20), *parameters(5), *reactions(8, homing=True)]
    with ThreadPoolExecutor(1, "bench") as other:  # both wait most of the time, for a radio and for a vehicle's climb
        slow = other.submit(parameters, 1)
        return [*figures, *round_trips(5), *reactions(2, homing=False), *slow.result()]


def round_trips(times: int) -> list[Figure]:
    """From an order to the answer in the window: a mode in the heartbeat, a parameter said; beside the link's own."""
    with ExitStack() as undo:
        world = start_world(1, 1.0, BeaconKind.CARRIER, undo)
        link = main.start_link(load(None, {"vehicle": {"link": world.vehicle}}), undo)
        if not link.heard.wait(PATIENCE_S):
            raise DeviceError("The bench did not hear the simulated vehicle")
        link.transfers.parameter("RTL_ALT").result(PATIENCE_S)  # streams are asked for meanwhile
        told_ms = [_took_ms(lambda: link.transfers.parameter("RTL_ALT")) for _ in range(times)]
        until_s = time.monotonic() + PATIENCE_S
        while link.vehicle.link().latency_ms is None and time.monotonic() < until_s:
            time.sleep(0.1)
        modes = ["ALT_HOLD", "STABILIZE"] * times
        mode_ms = [_took_ms(partial(link.vehicle.set_mode, mode, ACTOR)) for mode in modes[:times]]
        wire_ms = link.vehicle.link().latency_ms
    return [
        Figure(
            "command round trip: a value asked for and said, median",
            float(np.median(told_ms)), "ms", peer="TIMESYNC", peer_value=wire_ms,
        ),
        Figure("a mode asked for and shown by the heartbeat, worst", max(mode_ms), "ms"),
    ]  # fmt: skip


def _took_ms(ask: "Callable[[], Future[Any]]") -> float:
    begun_s = time.monotonic()
    ask().result(PATIENCE_S)
    return 1e3 * (time.monotonic() - begun_s)


def reactions(times: int, homing: bool) -> list[Figure]:
    """On a whole station and the simulator at true speed: homing's first setpoint, the pilot's mode, the stop."""
    with ExitStack() as undo:
        folder = undo.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        world = start_world(1, 1.0, BeaconKind.CARRIER, undo)
        changes = {
            "radio": {"source": world.radio, "simulated": True},
            "vehicle": {"link": world.vehicle},
            "store": {"directory": Path(folder)},
        }
        station = main.start(load(None, changes), undo)
        return _Reactions(station, world, undo).measure(times, homing)


class _Reactions:
    def __init__(self, station: Station, world: World, undo: ExitStack) -> None:
        self._station, self._world = station, world
        self._entered: dict[MissionState, float] = {}  # true time
        self._steered_s: float | None = None
        self._heard = threading.Condition()
        undo.callback(station.bus.transition.subscribe(self._on_transition))
        undo.callback(station.bus.command.subscribe(self._on_command))

    def measure(self, times: int, homing: bool) -> list[Figure]:
        figures = self._homing(times) if homing else []
        self._await("a vehicle ready to arm", self._ready)
        pilot_ms, last_ms = zip(*(self._pilot() for _ in range(times)), strict=True)
        stop_ms = [self._stop() for _ in range(times)]
        lossy = {"percent": LOSS_PERCENT, "seconds": LATENCY_S}
        self._world.simulation.order(do="packet_loss", percent=lossy["percent"])
        self._world.simulation.order(do="latency", seconds=lossy["seconds"])
        lossy_ms = [self._stop() for _ in range(times)]
        return [
            *figures,
            _worst("pilot's mode to the mission's end, worst", pilot_ms, 100.0),
            _worst("pilot's mode to the last set-point that came to the vehicle, worst", last_ms, 100.0),
            _worst("emergency stop to BRAKE seen, worst", stop_ms, 500.0),
            _worst("the same with 30 % lost and 0.5 s of delay, worst", lossy_ms, 2000.0),
        ]

    def _homing(self, times: int) -> list[Figure]:
        first = self._first_setpoint()
        disable_ms = [self._disable() for _ in range(times)]
        return [first, _worst("homing disabled to the vehicle's hover, worst", disable_ms, 500.0)]

    def _first_setpoint(self) -> Figure:
        demo = Demo(self._station, self._world)
        flying = threading.Thread(target=demo.fly, name="bench-operator")
        flying.start()
        try:
            self._await("homing's first setpoint", lambda: self._steered_s is not None)
        finally:
            demo.end()
            flying.join()
        first_ms = 1e3 * ((self._steered_s or 0.0) - self._entered[MissionState.DETECTING])
        return Figure("detection to homing's first setpoint", first_ms, "ms", "<= 2000", first_ms <= 2000.0)

    def _ready(self) -> bool:
        vehicle = self._station.vehicle.vehicle()
        return vehicle is not None and (vehicle.armed or vehicle.ready_to_arm is True) and vehicle.home is not None

    def _disable(self) -> float:
        """From the operator's word to the set-point that comes to the vehicle and holds it where it is; ms."""
        homing, state = self._station.homing, self._station.mission.status
        if state().state is not MissionState.HOMING:
            homing.confirm(homing.request(ACTOR).code, ACTOR).result(PATIENCE_S)
        self._await("a leg of homing", lambda: state().state is MissionState.HOMING and self._gap_m() > HOVER_M)
        asked_s = time.monotonic()
        homing.disable(ACTOR).result(PATIENCE_S)
        self._await("the hover", lambda: self._gap_m() < HOVER_M)
        took_ms = 1e3 * (time.monotonic() - asked_s)
        self._station.search.resume(ACTOR).result(PATIENCE_S)
        return took_ms

    def _gap_m(self) -> float:
        """From the vehicle to where the last set-point that it got leads."""
        truth = self._world.simulation.order(do="truth")
        return distance_m(LatLon(truth["lat_deg"], truth["lon_deg"]), LatLon(*truth["steered_to"]))

    def _pilot(self) -> tuple[float, float]:
        """From the pilot's switch to the mission's end, and to the last set-point the vehicle got; milliseconds."""
        self._search()
        self._await("a set-point", lambda: self._world.simulation.order(do="truth")["steered_s"] is not None)
        self._entered.clear()
        asked_s = time.monotonic()
        taken_s = self._world.simulation.order(do="pilot_mode", mode="LOITER")["time_s"]
        self._await("the mission's end", lambda: MissionState.IDLE in self._entered)
        time.sleep(AFTER_S)
        last_s = self._world.simulation.order(do="truth")["steered_s"]
        return 1e3 * (self._entered[MissionState.IDLE] - asked_s), 1e3 * max(last_s - taken_s, 0.0)

    def _stop(self) -> float:
        """From the stop key to the heartbeat that shows BRAKE, milliseconds; made ready again afterwards."""
        self._search()
        asked_s = time.monotonic()
        self._station.safety.emergency_stop(ACTOR).result(PATIENCE_S)
        self._await("BRAKE", lambda: self._mode() == "BRAKE")
        took_ms = 1e3 * (time.monotonic() - asked_s)
        self._station.safety.reset("measured", ACTOR).result(PATIENCE_S)
        return took_ms

    def _search(self) -> None:
        """On a leg of the pattern; a start that fails, as one may when a third of the messages is lost, is repeated."""
        for _ in range(STARTS):
            if self._idle():
                self._station.search.start(ACTOR).result(PATIENCE_S)
            self._await("a leg", lambda: self._flies() or self._idle())
            if self._flies():
                return
        raise DeviceError(f"The search did not begin {STARTS} times over: {self._station.mission.status().text}")

    def _idle(self) -> bool:
        return self._station.mission.status().state is MissionState.IDLE

    def _flies(self) -> bool:
        status = self._station.mission.status()
        return self._mode() == "GUIDED" and (status.state is not MissionState.SEARCHING or "leg" in status.text)

    def _mode(self) -> str:
        vehicle = self._station.vehicle.vehicle()
        return vehicle.mode if vehicle is not None else ""

    def _on_transition(self, step: Transition) -> None:
        with self._heard:
            self._entered.setdefault(step.after, time.monotonic())
            self._heard.notify_all()

    def _on_command(self, record: CommandRecord) -> None:
        if record.verb == "steer (homing)" and record.outcome is Outcome.ACCEPTED:
            with self._heard:
                self._steered_s = self._steered_s or time.monotonic()
                self._heard.notify_all()

    def _await(self, what: str, met: Callable[[], bool]) -> None:
        until_s = time.monotonic() + PATIENCE_S
        with self._heard:
            while not met():
                if time.monotonic() > until_s:
                    status = self._station.mission.status()
                    said = f"{status.state}, {status.text}; {self._mode()}"
                    raise DeviceError(f"The bench waited {PATIENCE_S:.0f} s for {what} in vain: {said}")
                self._heard.wait(0.005)


def _worst(name: str, values_ms: Sequence[float], limit_ms: float) -> Figure:
    worst_ms = max(values_ms)
    return Figure(f"{name} of {len(values_ms)}", worst_ms, "ms", f"<= {limit_ms:g}", worst_ms <= limit_ms)

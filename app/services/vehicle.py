"""The vehicle's verbs and its newest facts, for the window, the API and the command line; any thread."""

import threading
from collections import deque
from concurrent.futures import Future

from app.bus import Bus
from app.domain.geometry import LatLon, distance_m
from app.domain.vehicle import CommandRecord, LinkState, Telemetry, VehicleMessage, VehicleState
from app.errors import OutOfRange
from app.workers.link import LinkWorker

MESSAGES = 200
TRAIL = 5000
TRAIL_STEP_M, TRAIL_STEP_S = 1.0, 1.0


class VehicleService:
    """Commands answer with a future, see ``LinkWorker``; snapshots are for those who come late to the bus."""

    def __init__(self, worker: LinkWorker, bus: Bus) -> None:
        self._worker = worker
        self._lock = threading.Lock()
        self._vehicle: VehicleState | None = None
        self._telemetry: Telemetry | None = None
        self._link: LinkState | None = None
        self._messages: deque[VehicleMessage] = deque(maxlen=MESSAGES)
        self._trail: list[Telemetry] = []
        bus.vehicle.subscribe(self._on_vehicle)
        bus.telemetry.subscribe(self._on_telemetry)
        bus.link.subscribe(self._on_link)
        bus.message.subscribe(self._on_message)

    def vehicle(self) -> VehicleState | None:
        """The active vehicle; None until one was heard."""
        return self._vehicle

    def telemetry(self) -> Telemetry | None:
        return self._telemetry

    def link(self) -> LinkState:
        """The link; before the worker has begun, one that is not connected."""
        return self._link or LinkState(0.0, "", False, 0.0, 0.0, 0, "The link has not begun yet")

    def messages(self) -> tuple[VehicleMessage, ...]:
        """The last of the vehicles' own words, oldest first."""
        with self._lock:
            return tuple(self._messages)

    def trail(self) -> tuple[Telemetry, ...]:
        """Where the active vehicle was, oldest first, at most ``TRAIL`` poses: older parts are thinned."""
        with self._lock:
            return tuple(self._trail)

    def connect(self, url: str, actor: str) -> "Future[LinkState]":
        """Use another link from now on; an empty address closes it."""
        del actor  # the API's audit names who asked
        return self._worker.connect(url)

    def arm(self, actor: str) -> "Future[CommandRecord]":
        return self._worker.arm(actor)

    def disarm(self, actor: str) -> "Future[CommandRecord]":
        return self._worker.disarm(actor)

    def takeoff(self, height_m: float, actor: str) -> "Future[CommandRecord]":
        """Raises ``OutOfRange`` for a height that is none; the gate judges the rest."""
        if not 0.0 < height_m < 10_000.0:
            raise OutOfRange(f"{height_m} m is no height to take off to")
        return self._worker.takeoff(height_m, actor)

    def set_mode(self, mode: str, actor: str) -> "Future[CommandRecord]":
        return self._worker.set_mode(mode.strip().upper(), actor)

    def rtl(self, actor: str) -> "Future[CommandRecord]":
        return self._worker.rtl(actor)

    def land(self, actor: str) -> "Future[CommandRecord]":
        return self._worker.land(actor)

    def brake(self, actor: str) -> "Future[CommandRecord]":
        return self._worker.brake(actor)

    def goto(self, goal: LatLon, height_m: float | None, actor: str) -> "Future[CommandRecord]":
        """Fly to ``goal`` at ``height_m`` above home; None keeps the present height.

        Raises ``OutOfRange`` for a place or a height that is none.
        """
        if not (abs(goal.lat_deg) <= 90.0 and abs(goal.lon_deg) <= 180.0):
            raise OutOfRange(f"{goal.lat_deg}, {goal.lon_deg} is no place on Earth")
        if height_m is not None and not abs(height_m) < 10_000.0:
            raise OutOfRange(f"{height_m} m is no height to fly at")
        return self._worker.goto(goal, height_m, actor)

    def _on_vehicle(self, vehicle: VehicleState) -> None:
        with self._lock:
            if self._vehicle is None or self._vehicle.vehicle_id != vehicle.vehicle_id:
                self._trail, self._telemetry = [], None
            self._vehicle = vehicle

    def _on_telemetry(self, telemetry: Telemetry) -> None:
        with self._lock:
            self._telemetry = telemetry
            if self._trail and not _apart(self._trail[-1], telemetry):
                return
            self._trail.append(telemetry)
            if len(self._trail) > TRAIL:
                half = TRAIL // 2
                self._trail = self._trail[:half:2] + self._trail[half:]

    def _on_link(self, link: LinkState) -> None:
        self._link = link

    def _on_message(self, message: VehicleMessage) -> None:
        with self._lock:
            self._messages.append(message)


def _apart(before: Telemetry, now: Telemetry) -> bool:
    moved = distance_m(before.position, now.position) + abs(now.height_m - before.height_m)
    return moved >= TRAIL_STEP_M or (now.time_s - before.time_s >= TRAIL_STEP_S and moved > 0.1)

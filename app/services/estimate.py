"""The latest estimate and the readings of each target, and the strategy of homing on it; any thread."""

import threading
from collections import deque
from concurrent.futures import Future

from app.bus import Bus
from app.domain.estimate import Estimate, StrategyName
from app.domain.radio import Reading
from app.workers.locator import LocatorWorker

MOST_READINGS = 5000  # kept for each target


class EstimateService:
    """What the locator said last, for whoever joins late."""

    def __init__(self, worker: LocatorWorker, bus: Bus) -> None:
        self._worker = worker
        self._lock = threading.Lock()
        self._latest: dict[str, Estimate] = {}
        self._readings: dict[str, deque[Reading]] = {}
        bus.estimate.subscribe(self._take_estimate)
        bus.reading.subscribe(self._take_reading)

    def latest(self, target_id: str) -> Estimate | None:
        """The newest estimate; None while the target has not been heard."""
        with self._lock:
            return self._latest.get(target_id)

    def readings(self, target_id: str) -> tuple[Reading, ...]:
        """The last readings, oldest first."""
        with self._lock:
            return tuple(self._readings.get(target_id, ()))

    def reset(self, target_id: str) -> "Future[None]":
        """Forget the target's readings and begin its estimate anew."""
        done = self._worker.reset(target_id)
        done.add_done_callback(lambda _: self._forget(target_id))
        return done

    @property
    def strategy(self) -> StrategyName:
        """How homing is advised: chosen for this flight, or the station's own."""
        return self._worker.strategy

    def choose(self, strategy: StrategyName | None) -> "Future[None]":
        """Have the homing of this flight, or of the next, advised so until it ends; None: as the settings say."""
        return self._worker.choose(strategy)

    def _take_estimate(self, estimate: Estimate) -> None:
        with self._lock:
            self._latest[estimate.target_id] = estimate

    def _take_reading(self, reading: Reading) -> None:
        with self._lock:
            self._readings.setdefault(reading.level.target_id, deque(maxlen=MOST_READINGS)).append(reading)

    def _forget(self, target_id: str) -> None:
        with self._lock:
            self._latest.pop(target_id, None)
            self._readings.pop(target_id, None)

"""The newest facts of others, as the mission worker sees them: put here in their threads, read in its own."""

import queue

from app.bus import Bus
from app.domain.estimate import Advice, Estimate
from app.domain.radio import Detection, Level, RadioState, Targets
from app.domain.vehicle import Telemetry, VehicleState


class Facts:
    """The newest facts of others, put here in their threads and read in the mission worker's."""

    def __init__(self, bus: Bus) -> None:
        self.vehicle: VehicleState | None = None
        self.telemetry: Telemetry | None = None
        self.radio: RadioState | None = None
        self.targets = Targets((), "")
        self._advice: Advice | None = None
        self._estimate: Estimate | None = None
        self.heard: queue.SimpleQueue[Level | Detection] = queue.SimpleQueue()
        bus.vehicle.subscribe(lambda fact: setattr(self, "vehicle", fact))
        bus.telemetry.subscribe(lambda fact: setattr(self, "telemetry", fact))
        bus.radio.subscribe(lambda fact: setattr(self, "radio", fact))
        bus.targets.subscribe(lambda fact: setattr(self, "targets", fact))
        bus.level.subscribe(self.heard.put)
        bus.detection.subscribe(self.heard.put)
        bus.advice.subscribe(self._on_advice)
        bus.estimate.subscribe(self._on_estimate)

    @property
    def advice(self) -> Advice | None:
        """The newest for the target selected now."""
        advice = self._advice
        return advice if advice is not None and advice.target_id == self.targets.selected_id else None

    @property
    def estimate(self) -> Estimate | None:
        """The newest of the target selected now."""
        estimate = self._estimate
        return estimate if estimate is not None and estimate.target_id == self.targets.selected_id else None

    def _on_advice(self, advice: Advice) -> None:
        if advice.target_id == self.targets.selected_id:
            self._advice = advice

    def _on_estimate(self, estimate: Estimate) -> None:
        if estimate.target_id == self.targets.selected_id:
            self._estimate = estimate

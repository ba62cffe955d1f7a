"""The one gate through which every motion command passes; asked from any thread."""

import threading

from app.bus import Bus
from app.clock import Clock
from app.domain.areas import check_outline
from app.domain.geometry import LatLon, on_earth
from app.domain.mission import MissionState
from app.domain.radio import Level, RadioState, Target, Targets
from app.domain.rules import judge
from app.domain.safety import GateInputs, GateReport, Motion, SafetyLimits
from app.domain.trigger import silence_s
from app.domain.vehicle import Telemetry, VehicleState
from app.errors import OutOfRange, Refused


class SafetyGate:
    """Holds the newest facts the rules look at, from the bus; what was never heard of stays None and closes it."""

    def __init__(self, limits: SafetyLimits, clock: Clock, bus: Bus) -> None:
        self._limits = limits
        self._clock = clock
        self._bus = bus
        self._lock = threading.Lock()
        self._vehicle: VehicleState | None = None
        self._telemetry: Telemetry | None = None
        self._radio: RadioState | None = None
        self._heard: dict[str, Level] = {}  # newest level of each target that was heard
        self._target: Target | None = None
        self._state = MissionState.IDLE
        self._activated_s: float | None = None
        self._guided_left = False
        bus.vehicle.subscribe(self._on_vehicle)
        bus.telemetry.subscribe(self._on_telemetry)
        bus.level.subscribe(self._on_level)
        bus.radio.subscribe(self._on_radio)
        bus.targets.subscribe(self._on_targets)

    def report(self, motion: Motion) -> GateReport:
        """Every rule's answer for this motion now."""
        return judge(self.inputs(), motion, self._limits)

    def require(self, motion: Motion) -> None:
        """Let the motion through, or raise ``Refused`` with the reasons."""
        report = self.report(motion)
        if not report.open:
            raise Refused(report.reasons)

    @property
    def limits(self) -> SafetyLimits:
        """What holds now."""
        return self._limits

    def draw_no_fly(self, areas: tuple[tuple[LatLon, ...], ...]) -> SafetyLimits:
        """Keep out of these areas, and of no others, from now on; told on the bus. Raises ``OutOfRange``."""
        for number, area in enumerate(areas, 1):
            if not area:
                raise OutOfRange(f"No-fly area {number} has no corner")
            if len(area) > 2:
                check_outline(area, f"No-fly area {number}")
            elif not all(on_earth(corner) for corner in area):
                raise OutOfRange(f"No-fly area {number} has a corner that is no place on earth")
        with self._lock:
            self._limits = drawn = self._limits.model_copy(update={"no_fly": areas})
        self._bus.limits.publish(drawn)
        return drawn

    def inputs(self) -> GateInputs:
        """What the rules look at now."""
        with self._lock:
            vehicle, telemetry, radio = self._vehicle, self._telemetry, self._radio
            if vehicle is not None and telemetry is not None and telemetry.vehicle_id != vehicle.vehicle_id:
                telemetry = None  # another vehicle's position says nothing about this one
            return GateInputs(
                time_s=self._clock.now_s(),
                vehicle=vehicle,
                telemetry=telemetry,
                level=self._heard.get(self._target.id) if self._target is not None else None,
                receiver_overload=radio.overload if radio is not None and radio.connected else None,
                state=self._state,
                activated_s=self._activated_s,
                guided_left=self._guided_left,
                silence_s=silence_s(self._target),
            )

    def guided_asked(self) -> None:
        """An operator's order asks for GUIDED: leaving it before no longer counts."""
        with self._lock:
            self._guided_left = False

    @property
    def guided_left(self) -> bool:
        """The vehicle was taken out of GUIDED since the operator last asked for it."""
        return self._guided_left

    def set_mission(self, state: MissionState, activated_s: float | None) -> None:
        """The mission's state and when homing was activated (None: off); called by the mission worker."""
        with self._lock:
            self._state, self._activated_s = state, activated_s

    def _on_vehicle(self, vehicle: VehicleState) -> None:
        with self._lock:
            before, self._vehicle = self._vehicle, vehicle
            if before is not None and before.follows and not vehicle.follows:
                self._guided_left = True

    def _on_telemetry(self, telemetry: Telemetry) -> None:
        with self._lock:
            self._telemetry = telemetry

    def _on_level(self, level: Level) -> None:
        if level.heard:
            with self._lock:
                self._heard[level.target_id] = level

    def _on_radio(self, radio: RadioState) -> None:
        with self._lock:
            self._radio = radio

    def _on_targets(self, targets: Targets) -> None:
        with self._lock:
            self._target = targets.selected
            kept = {target.id for target in targets.all}
            self._heard = {name: level for name, level in self._heard.items() if name in kept}

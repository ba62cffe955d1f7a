"""Whatever happens in whatever order: no motion past a closed gate, no way out of EMERGENCY but the reset."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain.geometry import EastNorth
from app.domain.mission import ALLOWED, MissionState
from app.domain.radio import Targets
from app.errors import AppError
from tests.unit.workers.flying import OTHER, PLANE, TARGET, Flying

VERBS = ["pause", "resume", "activate", "disable", "stop_mission", "emergency_stop"]


class AnyFlight(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.flying = Flying()
        assert self.flying.state is MissionState.IDLE
        assert not self.flying.statuses[0].activated
        self.resets = 0

    @initialize(airborne=st.booleans())
    def begin(self, airborne: bool) -> None:
        if airborne:
            self.flying.on_legs()

    @rule(seconds=st.sampled_from([0.1, 0.5, 2.0, 12.0]))
    def time_goes_on(self, seconds: float) -> None:
        self.flying.run(seconds)

    @rule(verb=st.sampled_from(VERBS))
    def operator_asks(self, verb: str) -> None:
        try:
            getattr(self.flying.worker, verb)("ann")
        except AppError:
            return

    @rule()
    def operator_searches(self) -> None:
        try:
            self.flying.worker.start_search(None, None, "ann")
        except AppError:
            return

    @rule(allowed=st.booleans())
    def operator_allows_homing(self, allowed: bool) -> None:
        try:
            self.flying.worker.allow_home_on_detection(allowed, "ann")
        except AppError:
            return

    @rule()
    def operator_resets(self) -> None:
        try:
            self.flying.worker.reset("looked at it", "ann")
            self.resets += 1
        except AppError:
            return

    @rule(snr_db=st.sampled_from([None, 3.0, 8.0, 20.0]))
    def signal_changes(self, snr_db: float | None) -> None:
        self.flying.snr_db = snr_db

    @rule(east_m=st.floats(-3000.0, 3000.0), north_m=st.floats(-3000.0, 3000.0))
    def locator_advises(self, east_m: float, north_m: float) -> None:
        self.flying.goal = PLANE.to_globe(EastNorth(east_m, north_m))

    @rule(radius_m=st.sampled_from([5.0, 50.0]), enough=st.booleans())
    def locator_estimates(self, radius_m: float, enough: bool) -> None:
        self.flying.estimate(PLANE.to_globe(self.flying.copter.at), radius_m, enough)

    @rule(connected=st.booleans(), overload=st.booleans())
    def receiver_changes(self, connected: bool, overload: bool) -> None:
        self.flying.connected, self.flying.overload = connected, overload

    @rule(mode=st.sampled_from(["GUIDED", "LOITER", "RTL"]))
    def pilot_changes_mode(self, mode: str) -> None:
        self.flying.copter.state = replace(self.flying.copter.state, mode=mode)

    @rule(healthy=st.booleans(), percent=st.sampled_from([100.0, 15.0, None]), hdop=st.sampled_from([0.8, 9.0, None]))
    def vehicle_changes(self, healthy: bool, percent: float | None, hdop: float | None) -> None:
        copter = self.flying.copter
        copter.state = replace(copter.state, ekf_healthy=healthy, battery_percent=percent, hdop=hdop)

    @rule(silent=st.booleans(), deaf=st.booleans())
    def link_changes(self, silent: bool, deaf: bool) -> None:
        self.flying.copter.silent, self.flying.copter.deaf = silent, deaf

    @rule(selected=st.sampled_from(["a", "b", ""]))
    def target_changes(self, selected: str) -> None:
        self.flying.bus.targets.publish(Targets((TARGET, OTHER), selected))

    @invariant()
    def never_a_motion_past_a_closed_gate(self) -> None:
        assert self.flying.copter.against_gate == []

    @invariant()
    def emergency_is_left_only_by_a_reset(self) -> None:
        left = [t for t in self.flying.transitions if t.before is MissionState.EMERGENCY]
        assert len(left) == self.resets
        assert all(t.reason.startswith("Emergency reset") for t in left)

    @invariant()
    def every_step_is_in_the_table(self) -> None:
        assert all(t.after in ALLOWED[t.before] for t in self.flying.transitions)

    @invariant()
    def at_rest_nothing_is_in_force(self) -> None:
        if self.flying.state in {MissionState.IDLE, MissionState.EMERGENCY}:
            assert self.flying.copter.motion is None
            assert not self.flying.worker.book.status.activated

    @invariant()
    def homing_begins_only_activated(self) -> None:
        for told in self.flying.statuses:
            assert told.state is not MissionState.HOMING or told.activated


AnyFlight.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None, derandomize=True)
TestAnyFlight = AnyFlight.TestCase

"""Whatever happens in whatever order: no motion past a closed gate, no way out of EMERGENCY but the reset.

What the gate says is not believed here: each motion is held against what the vehicle told last, by ``_against``.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain.antenna import AntennaSetup
from app.domain.geometry import EastNorth, LatLon, distance_m
from app.domain.mission import ALLOWED, MissionState, MissionStatus, Transition
from app.domain.radio import Targets
from app.domain.safety import Motion, Purpose, SafetyLimits
from app.domain.vehicle import VehicleState
from app.errors import AppError
from app.store import Store
from app.workers.bearings import BearingWorker
from tests.unit.workers.flying import HOME, OTHER, PLANE, TARGET, TICK_S, Flying

VERBS = ["pause", "resume", "activate", "disable", "stop_mission", "emergency_stop"]
NO_FLY = tuple(PLANE.to_globe(EastNorth(*corner)) for corner in ((200, 0), (300, 0), (300, 100), (200, 100)))
LIMITS = SafetyLimits(no_fly=(NO_FLY,))
AT_REST = {MissionState.IDLE, MissionState.EMERGENCY}


class Witness:
    """Hears what the vehicle says, and notes every motion it speaks against and every order after the pilot took it."""

    def __init__(self, flying: Flying) -> None:
        self._flying, self._heard = flying, flying.copter.state
        self._asked = self._ordered = 0  # how much was judged
        self._left_at: int | None = None  # orders and
        self._steered_at = 0  # motions given when the pilot left GUIDED
        self.wrong: list[str] = []
        flying.bus.vehicle.subscribe(self._on_vehicle)

    def given_anew(self) -> None:
        """The operator started a search: the station may ask for GUIDED again."""
        self._left_at = None

    def look(self) -> None:
        """Judge what was asked of the vehicle since the last look."""
        copter = self._flying.copter
        for motion in copter.steered[self._asked :]:
            self.wrong += _against(self._flying, self._heard, motion)
        self._asked = len(copter.steered)
        for verb, who in copter.orders[self._ordered :]:
            if who == "station" and self._heard.mode != "GUIDED":
                self.wrong.append(f"{verb} by the station while the vehicle is in {self._heard.mode}")
        self._ordered = len(copter.orders)
        if self._left_at is not None:
            since = copter.orders[self._left_at :]
            self.wrong += [f"{verb} by {who} after the pilot took over" for verb, who in since if _takes(verb, who)]
            self.wrong += [f"{motion} after the pilot took over" for motion in copter.steered[self._steered_at :]]

    def _on_vehicle(self, told: VehicleState) -> None:
        before, self._heard = self._heard, told
        if before.mode == "GUIDED" and told.mode != "GUIDED":
            copter = self._flying.copter
            self._left_at, self._steered_at = len(copter.orders), len(copter.steered)


def _takes(verb: str, actor: str) -> bool:
    """Whether an order takes the vehicle from its pilot; stopping it is the operator's right, not the station's."""
    return verb in {"mode GUIDED", "arm", "takeoff"} or actor == "station"


def _against(flying: Flying, vehicle: VehicleState, motion: Motion) -> Iterator[str]:
    """What stands against a motion, by the vehicle's own last words."""
    goal, state = motion.goal, flying.state
    reasons = {
        "not in GUIDED": vehicle.mode != "GUIDED",
        "not armed in the air": not (vehicle.armed and vehicle.in_air),
        "link lost": not abs(flying.clock.now_s() - vehicle.heartbeat_s) <= 3.0,
        "EKF": vehicle.ekf_healthy is not True,
        "battery": vehicle.battery_percent is None or vehicle.battery_percent < 20.0,
        "HDOP": vehicle.hdop is None or vehicle.hdop > 2.0,
        "beyond the fence": goal is None or distance_m(HOME, goal) > LIMITS.fence_radius_m,
        "into the no-fly area": goal is not None and _within(goal),
        "too fast": motion.speed_mps > LIMITS.speed_mps,
        f"in {state}": (state is not MissionState.IDLE) if motion.purpose is Purpose.GOTO else state in AT_REST,
        "homing not activated": motion.purpose is Purpose.HOMING and not flying.worker.book.status.activated,
        "overloaded": motion.purpose is Purpose.HOMING and flying.overload,
    }
    return (f"{motion}: {reason}" for reason, holds in reasons.items() if holds)


def _within(goal: LatLon) -> bool:
    place = PLANE.to_plane(goal)
    return 180.1 < place.east_m < 319.9 and -19.9 < place.north_m < 119.9 and _off_corners(place)


def _off_corners(place: EastNorth) -> bool:
    east = max(200.0 - place.east_m, place.east_m - 300.0, 0.0)
    north = max(-place.north_m, place.north_m - 100.0, 0.0)
    return EastNorth(east, north).length_m < 19.9


class AnyFlight(RuleBasedStateMachine):
    store: Store  # of all walks
    starts: tuple[str, ...] = ("ground", "pilot's", "turn", "circle", "on_legs", "detect", "home", "find")

    def __init__(self) -> None:
        super().__init__()
        self.flying = Flying(limits=LIMITS)
        assert self.flying.state is MissionState.IDLE
        assert not self.flying.statuses[0].activated
        self.resets = self.begun = 0
        self.witness = Witness(self.flying)
        self.turner = self.new_turner()
        self.told: list[Transition | MissionStatus] = list(self.flying.statuses[-1:])  # in the order they were told
        self.flying.bus.transition.subscribe(self.told.append)
        self.flying.bus.mission.subscribe(self.told.append)

    @initialize(data=st.data())
    def begin_somewhere(self, data: st.DataObject) -> None:
        self.begin(data.draw(st.sampled_from(self.starts)))

    def begin(self, where: str) -> None:
        copter = self.flying.copter
        if where == "pilot's":
            self.in_flight("LOITER")
        elif where in {"turn", "circle"}:
            self.in_flight("GUIDED")
            self.operator_turns(20.0 if where == "circle" else 0.0, 12)
            self.time_goes_on(2.0)
            assert copter.steered  # the turn is flown
        elif where != "ground":
            getattr(self.flying, where)()

    def in_flight(self, mode: str) -> None:
        copter = self.flying.copter
        copter.state = replace(copter.state, armed=True, in_air=True, mode=mode)
        copter.height_m = copter.climbs_to_m = 40.0
        self.flying.tick()

    @rule(seconds=st.sampled_from([0.1, 0.5, 2.0, 12.0]))
    def time_goes_on(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.flying.tick()
            self.turner.step()
            self.witness.look()

    @rule(seconds=st.sampled_from([-4000.0, -20.0, -2.0, 2.0, 20.0, 4000.0]))
    def clock_jumps(self, seconds: float) -> None:
        self.flying.clock.at_s += seconds

    @rule()
    def worker_fails(self) -> None:
        latched = self.flying.state is MissionState.EMERGENCY
        self.flying.crash()
        assert self.flying.state is (MissionState.EMERGENCY if latched else MissionState.IDLE)
        assert not self.flying.worker.book.status.home_on_detection

    @rule()
    def program_begins_anew(self) -> None:
        self.flying.restart()
        self.turner = self.new_turner()
        self.begun = len(self.flying.transitions)
        self.resets = 0
        status = self.flying.worker.book.status
        assert (status.state, status.activated, status.home_on_detection) == (MissionState.IDLE, False, False)

    @rule(verb=st.sampled_from(VERBS))
    def operator_asks(self, verb: str) -> None:
        try:
            getattr(self.flying.worker, verb)("ann")
        except AppError:
            return

    @rule()
    def operator_searches(self) -> None:
        self.witness.look()  # what was asked before; the start asks for GUIDED at once
        try:
            self.flying.worker.start_search(None, None, "ann")
        except AppError:
            return
        self.witness.given_anew()

    def new_turner(self) -> BearingWorker:
        flying = self.flying
        turner = BearingWorker(AntennaSetup("yagi2"), 5.0, flying.copter, flying.gate, flying.clock, flying.bus)
        turner._facts.put(Targets((TARGET, OTHER), "a"))
        return turner

    @rule(radius_m=st.sampled_from([0.0, 20.0]))
    def operator_is_let_turn(self, radius_m: float) -> None:
        """All that keeps a turn from being flown is set right, so that what comes next meets one."""
        self.operator_asks("stop_mission")
        self.operator_resets()
        self.vehicle_changes(True, 100.0, 0.8)
        self.link_changes(False, False)
        self.receiver_changes(True, False)
        self.in_flight("GUIDED")
        self.witness.look()
        self.operator_turns(radius_m, 12)
        self.time_goes_on(2.0)

    @rule(radius_m=st.sampled_from([0.0, 20.0, 200.0]), directions=st.sampled_from([4, 12]))
    def operator_turns(self, radius_m: float, directions: int) -> None:
        self.witness.look()
        answer = self.turner.turn("a", directions, radius_m, "ann")
        self.turner._do_asked()
        if not answer.done():
            self.witness.given_anew()

    @rule()
    def operator_ends_the_turn(self) -> None:
        with suppress(AppError):
            self.turner.cancel("ann")

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

    @rule(state=st.sampled_from(MissionState))
    def operator_forces(self, state: MissionState) -> None:
        try:
            self.flying.worker.force(state, "a drill", "ann")
        except AppError:
            return

    @rule(snr_db=st.sampled_from([None, 3.0, 8.0, 20.0]))
    def signal_changes(self, snr_db: float | None) -> None:
        self.flying.snr_db = snr_db

    @rule(
        east_m=st.floats(-3000.0, 3000.0),
        north_m=st.floats(-3000.0, 3000.0),
        heading_deg=st.sampled_from([None, 0.0, 270.0]),
    )
    def locator_advises(self, east_m: float, north_m: float, heading_deg: float | None) -> None:
        self.flying.advised_deg = heading_deg
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
        self.witness.look()
        assert self.flying.copter.against_gate == []
        assert self.witness.wrong == []

    @invariant()
    def emergency_is_left_only_by_a_reset(self) -> None:
        left = [t for t in self.since_start if t.before is MissionState.EMERGENCY]
        assert len(left) == self.resets
        assert all(t.reason.startswith("Emergency reset") for t in left)

    @invariant()
    def every_step_is_in_the_table_and_told_with_actor_and_reason(self) -> None:
        steps = self.since_start
        assert all(t.after in ALLOWED[t.before] for t in steps if not t.forced)
        assert all(t.actor and t.reason and t.time_s > 0.0 for t in steps)
        assert all(a.after is b.before for a, b in pairwise(steps))
        assert (steps[-1].after if steps else MissionState.IDLE) is self.flying.state
        assert self.flying.worker.book.history == tuple(steps)

    @invariant()
    def at_rest_nothing_is_in_force(self) -> None:
        if self.flying.state in AT_REST:
            motion = self.flying.copter.motion
            turned = motion is not None and motion.purpose is Purpose.GOTO and self.flying.state is MissionState.IDLE
            assert motion is None or turned  # the operator's own flight, judged when it was asked for
            assert not self.flying.worker.book.status.activated

    @invariant()
    def homing_begins_only_activated_or_forced(self) -> None:
        """By force it begins with homing off, and then ``_against`` lets no motion for it pass."""
        told, self.told = self.told, self.told[-1:]
        for step, after in pairwise(told):
            if isinstance(step, Transition) and step.after is MissionState.HOMING:
                assert isinstance(after, MissionStatus)
                assert after.state is MissionState.HOMING
                assert after.activated or step.forced or step.before is MissionState.HOLDING
            elif isinstance(after, MissionStatus) and isinstance(step, MissionStatus):
                assert after.state is step.state, "a state that came without a transition"

    @property
    def since_start(self) -> list[Transition]:
        """Steps taken since the program began."""
        return self.flying.transitions[self.begun :]

    def teardown(self) -> None:
        """Every transition of the walk is stored as it was told."""
        steps = self.flying.transitions
        flight = self.store.writer.begin_flight(1, "walk", True, 1.0)
        self.store.writer.write(flight.id, steps)
        rows = self.store.of(1).rows("transition", flight.id).as_dicts()
        stored = [(r["time_s"], r["before"], r["after"], r["reason"], r["actor"], r["forced"]) for r in rows]
        told = [(t.time_s, t.before, t.after, t.reason, t.actor, t.forced) for t in steps]
        assert stored == sorted(told, key=lambda row: row[0])  # the store gives them by their time


@pytest.fixture(autouse=True, scope="module")
def _store() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        AnyFlight.store = Store(Path(folder))
        AnyFlight.store.open()
        yield
        AnyFlight.store.close()


AnyFlight.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    phases=(Phase.generate,),  # to shrink a walk takes minutes
)
TestAnyFlight = AnyFlight.TestCase


class TurnedFlight(AnyFlight):
    """Each walk begins in a turn that is flown."""

    starts = ("turn", "circle")


TurnedFlight.TestCase.settings = AnyFlight.TestCase.settings
TestTurnedFlight = TurnedFlight.TestCase


CLOSING: dict[str, Callable[[AnyFlight], None]] = {
    "EKF": lambda walk: walk.vehicle_changes(False, 100.0, 0.8),
    "battery": lambda walk: walk.vehicle_changes(True, 15.0, 0.8),
    "GPS": lambda walk: walk.vehicle_changes(True, 100.0, 9.0),
    "pilot": lambda walk: walk.pilot_changes_mode("LOITER"),
    "link": lambda walk: walk.link_changes(True, False),
    "search": lambda walk: walk.operator_searches(),
    "stop": lambda walk: walk.operator_asks("emergency_stop"),
}


@pytest.mark.parametrize("closing", CLOSING)
def test_a_turn_ends_when_the_gate_closes(closing: str) -> None:
    """A walk comes by chance to a turn that is flown; here each thing that closes the gate meets one."""
    walk = AnyFlight()
    walk.begin("turn")
    CLOSING[closing](walk)
    walk.time_goes_on(12.0)
    walk.never_a_motion_past_a_closed_gate()
    assert not walk.turner.turning

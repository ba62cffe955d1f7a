"""Walks through the mission's states, each transition of the plan's table and each end."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.geometry import EastNorth, LatLon, distance_m
from app.domain.mission import MissionState, MissionStatus, SearchPlan
from app.domain.radio import BeaconKind, Detection, Targets
from app.domain.safety import Purpose, SafetyLimits
from app.errors import Conflict, OutOfRange, Refused
from app.settings import MissionSettings
from tests.unit.workers.flying import OTHER, PLANE, SEARCH, TARGET, Flying

S = MissionState


def test_it_begins_in_idle_with_homing_off_and_says_so() -> None:
    flying = Flying()
    first = flying.statuses[0]
    assert (first.state, first.activated, first.home_on_detection) == (S.IDLE, False, False)
    assert flying.reports[-1].purpose is Purpose.HOMING
    assert not flying.reports[-1].open
    flying.run(20.0)
    assert flying.copter.calls == []


def test_a_search_asks_for_guided_arms_takes_off_and_flies_every_leg() -> None:
    flying = Flying()
    plans: list[object] = []
    flying.bus.plan.subscribe(plans.append)
    status = flying.worker.start_search(None, None, "ann")
    assert (status.state, status.legs) == (S.SEARCHING, 4)
    assert plans == [flying.worker.plan]
    plan = flying.worker.plan
    assert plan is not None
    flying.until(S.IDLE)
    assert flying.copter.calls == ["mode GUIDED", "arm", "takeoff"]
    assert distance_m(PLANE.to_globe(flying.copter.at), plan.waypoints[-1]) < 5.0
    assert flying.copter.state.mode == "GUIDED"
    assert "flown to its end" in flying.transitions[-1].reason
    assert [t.after for t in flying.transitions] == [S.SEARCHING, S.IDLE]
    assert not flying.copter.against_gate


def test_the_legs_begin_only_at_height_and_are_told_in_words() -> None:
    flying = Flying()
    flying.on_legs()
    assert flying.copter.height_m >= 0.95 * 40.0 - 0.5
    texts = [status.text for status in flying.statuses]
    assert "Arms" in texts
    assert "Takes off to 40 m" in texts
    assert texts[-1] == "Flies leg 1 of 4"
    assert flying.reports[-1].purpose is Purpose.SEARCH
    assert flying.reports[-1].open


def test_a_vehicle_in_the_air_is_not_armed_again() -> None:
    flying = Flying()
    flying.copter.state = replace(flying.copter.state, armed=True, in_air=True, mode="LOITER")
    flying.copter.height_m = flying.copter.climbs_to_m = 40.0
    flying.tick()
    flying.on_legs()
    assert flying.copter.calls == ["mode GUIDED"]


def test_preflight_refuses_with_every_reason_and_stays_in_idle() -> None:
    flying = Flying()
    flying.connected = False
    flying.copter.state = replace(flying.copter.state, satellites=4, ready_to_arm=False)
    flying.tick()
    with pytest.raises(Refused) as refused:
        flying.worker.start_search(None, None, "ann")
    assert len(refused.value.reasons) == 3
    flying.expect(S.IDLE)
    assert flying.copter.calls == []


def test_a_second_search_and_a_senseless_pattern_are_refused() -> None:
    flying = Flying()
    with pytest.raises(OutOfRange):
        flying.worker.start_search(SEARCH.model_copy(update={"width_m": 1e9}), None, "ann")
    flying.on_legs()
    with pytest.raises(Conflict):
        flying.worker.start_search(None, None, "ann")


def test_the_vehicles_own_words_end_the_search_when_it_refuses_to_arm() -> None:
    flying = Flying()
    flying.copter.refuses = "arm"
    flying.worker.start_search(None, None, "ann")
    flying.until(S.IDLE, 5.0)
    assert "PreArm: Compass not calibrated" in flying.transitions[-1].reason
    assert "brake" not in flying.copter.calls  # it stands on the ground, disarmed


def test_a_vehicle_that_says_yes_and_does_nothing_is_not_waited_for_for_ever() -> None:
    flying = Flying()
    flying.copter.deaf = True
    flying.worker.start_search(None, None, "ann")
    flying.until(S.IDLE, 20.0)
    assert "not done within 15 s" in flying.transitions[-1].reason


def test_a_signal_held_through_the_debounce_is_a_detection_and_the_vehicle_hovers() -> None:
    flying = Flying()
    flying.detect()
    place = flying.copter.at
    flying.run(30.0)
    flying.expect(S.DETECTING)
    assert (flying.copter.at - place).length_m < 1.0
    assert "waits for homing to be activated" in flying.text
    assert flying.reports[-1].purpose is Purpose.HOMING  # shown: what is still missing
    assert not flying.reports[-1].open


def test_a_weak_signal_is_none_but_a_confirmed_burst_is() -> None:
    flying = Flying()
    flying.on_legs()
    flying.snr_db = 11.0
    flying.run(5.0)
    flying.expect(S.SEARCHING)
    now_s = flying.clock.now_s()
    flying.bus.detection.publish(
        Detection(now_s, 0.02, "a", BeaconKind.PULSED, 433.9e6, 100.0, -60.0, 5.0, True, "5 pulses of 1.00 s")
    )
    flying.tick()
    flying.expect(S.DETECTING)
    assert flying.transitions[-1].reason == "5 pulses of 1.00 s"


def test_homing_never_begins_by_itself() -> None:
    flying = Flying()
    flying.detect()
    flying.goal = PLANE.to_globe(EastNorth(100.0, 100.0))
    flying.until(S.IDLE, 61.0)
    assert S.HOMING not in [t.after for t in flying.transitions]
    assert "not begun within 60 s" in flying.transitions[-1].reason
    assert flying.copter.calls[-1] == "brake"


def test_activated_homing_follows_the_advice_and_holds_over_the_beacon() -> None:
    flying = Flying()
    flying.find()
    assert flying.copter.calls == ["mode GUIDED", "arm", "takeoff"]
    assert [t.after for t in flying.transitions] == [S.SEARCHING, S.DETECTING, S.HOMING, S.HOLDING]
    assert "activated by ann" in flying.transitions[2].reason
    assert (flying.copter.at - EastNorth(150.0, 150.0)).length_m < 1.0
    flying.run(100.0)
    flying.expect(S.HOLDING)  # holding has no time-out
    assert not flying.copter.against_gate


def test_an_old_or_uncertain_or_distant_estimate_is_not_found() -> None:
    flying = Flying()
    flying.detect()
    flying.estimate(PLANE.to_globe(flying.copter.at), 5.0)
    flying.goal = PLANE.to_globe(EastNorth(150.0, 150.0))
    flying.worker.activate("ann")
    flying.run(5.0)
    flying.expect(S.HOMING)
    here = PLANE.to_globe(flying.copter.at)
    for estimate in ((here, 30.0, True, "a"), (here, 5.0, False, "a"), (flying.goal, 5.0, True, "a"),
                     (here, 5.0, True, "b")):  # fmt: skip
        flying.estimate(*estimate)
        flying.tick()
        flying.expect(S.HOMING)


def _home_until_late(flying: Flying, radius_m: float) -> None:
    """Homing for nine tenths of its time towards a beacon known within ``radius_m``."""
    flying.detect()
    flying.goal = PLANE.to_globe(EastNorth(150.0, 150.0))
    flying.worker.activate("ann")
    flying.until(S.HOMING, 5.0)
    flying.estimate(flying.goal, radius_m)
    flying.run(0.9 * MissionSettings().homing_s - 10.0)
    flying.expect(S.HOMING)
    flying.goal = PLANE.to_globe(EastNorth(-50.0, 0.0))  # the strategy would fly on elsewhere


def test_when_time_runs_out_a_little_more_than_the_goal_is_enough() -> None:
    flying = Flying()
    _home_until_late(flying, 1.2 * MissionSettings().goal_radius_m)
    flying.until(S.HOLDING, 60.0)
    assert (flying.copter.at - EastNorth(150.0, 150.0)).length_m < 20.0
    flying.run(30.0)
    flying.expect(S.HOLDING)


def test_when_the_time_is_over_and_the_beacon_is_not_known_homing_ends() -> None:
    flying = Flying()
    _home_until_late(flying, 2.0 * MissionSettings().goal_radius_m)
    flying.until(S.IDLE, 110.0)
    assert "Not found within 900 s" in flying.transitions[-1].reason
    assert flying.copter.calls[-1] == "brake"


def test_homing_resumes_when_the_estimate_moves_away() -> None:
    flying = Flying()
    flying.find()
    flying.goal = PLANE.to_globe(EastNorth(250.0, 150.0))
    flying.estimate(flying.goal, 8.0)
    flying.until(S.HOMING, 1.0)
    flying.run(30.0)
    flying.estimate(flying.goal, 8.0)
    flying.until(S.HOLDING, 1.0)


def test_the_operator_goes_on_from_the_beacon_and_is_not_called_back_by_the_same_signal() -> None:
    flying = Flying()
    flying.find()
    flying.worker.resume("ann")
    flying.run(20.0)
    flying.expect(S.SEARCHING)
    assert not flying.worker.book.status.activated
    flying.snr_db = None
    flying.run(11.0)
    flying.snr_db = 25.0
    flying.until(S.DETECTING, 2.0)


@pytest.mark.parametrize("homing", [False, True])
def test_a_lost_signal_resumes_the_pattern_where_it_left(homing: bool) -> None:
    flying = Flying()
    flying.on_legs()
    while flying.worker.book.status.leg < 2:
        flying.tick()
    flying.snr_db = 20.0
    flying.until(S.DETECTING, 2.0)
    if homing:
        flying.goal = PLANE.to_globe(EastNorth(0.0, 0.0))
        flying.worker.activate("ann")
        flying.until(S.HOMING, 2.0)
    flying.snr_db = 5.0
    flying.until(S.SEARCHING, 12.0)
    assert "Signal lost for 10 s" in flying.transitions[-1].reason
    flying.tick()
    assert flying.worker.book.status.leg == 2
    assert flying.text == f"Flies leg 3 of {5 if homing else 4}"  # the way back to the track is one


def test_homing_ends_after_its_time() -> None:
    flying = Flying()
    flying.home()
    flying.until(S.IDLE, 902.0)
    assert "Not found within 900 s" in flying.transitions[-1].reason
    assert flying.copter.calls[-1] == "brake"
    assert not flying.worker.book.status.activated


def test_homing_on_detection_only_when_allowed_for_this_flight() -> None:
    flying = Flying()
    flying.goal = PLANE.to_globe(EastNorth(100.0, 100.0))
    flying.worker.allow_home_on_detection(True, "ann")
    flying.detect()
    flying.until(S.HOMING, 1.0)
    assert "ann, who allowed homing on detection" in flying.transitions[-1].reason
    flying.worker.stop_mission("ann")
    assert not flying.worker.book.status.home_on_detection
    flying.snr_db = None
    flying.on_legs()
    flying.snr_db = 20.0
    flying.until(S.DETECTING, 2.0)
    flying.run(5.0)
    flying.expect(S.DETECTING)


def test_a_closed_gate_keeps_homing_from_beginning() -> None:
    flying = Flying()
    flying.detect()
    flying.overload = True
    flying.goal = PLANE.to_globe(EastNorth(100.0, 100.0))
    flying.worker.activate("ann")
    flying.run(3.0)
    flying.expect(S.DETECTING)
    assert "safety gate" in flying.text
    flying.overload = False
    flying.until(S.HOMING, 1.0)


def test_activated_without_advice_it_flies_on_to_hear_more() -> None:
    flying = Flying()
    flying.detect()
    place = flying.copter.at
    flying.worker.activate("ann")
    flying.run(5.0)
    flying.expect(S.DETECTING)
    assert (flying.copter.at - place).length_m > 15.0


def test_homing_held_up_hovers_and_goes_on_when_the_gate_opens() -> None:
    flying = Flying()
    flying.home()
    flying.overload = True
    flying.run(1.5)
    place = flying.copter.at
    flying.run(20.0)
    flying.expect(S.HOMING)
    assert (flying.copter.at - place).length_m < 1.0
    assert "overloaded" in flying.text
    flying.overload = False
    flying.run(5.0)
    assert flying.copter.motion is not None
    assert flying.copter.motion.purpose is Purpose.HOMING
    assert not flying.copter.against_gate


def test_advice_outside_the_fence_is_not_followed() -> None:
    flying = Flying(limits=SafetyLimits(fence_radius_m=300.0))
    flying.home()
    flying.goal = PLANE.to_globe(EastNorth(400.0, 0.0))
    flying.run(20.0)
    assert "from home, 300 m allowed" in flying.text
    assert not flying.copter.against_gate


def test_advice_that_stops_coming_is_not_flown_for_long() -> None:
    flying = Flying()
    flying.home()
    flying.goal = None
    flying.run(21.0)
    assert "No advice" in flying.text
    assert flying.copter.motion is not None
    assert flying.copter.motion.purpose is Purpose.SEARCH


def test_a_gate_that_stays_closed_brakes_and_ends() -> None:
    flying = Flying()
    flying.on_legs()
    flying.copter.state = replace(flying.copter.state, ekf_healthy=False)
    flying.run(1.0)
    assert flying.copter.motion is None
    flying.expect(S.SEARCHING)
    flying.until(S.IDLE, 3.0)
    assert "EKF" in flying.transitions[-1].reason
    assert flying.copter.calls[-1] == "brake"


def test_a_gate_that_closes_for_a_moment_is_waited_for() -> None:
    flying = Flying()
    flying.on_legs()
    flying.copter.state = replace(flying.copter.state, hdop=3.0)
    flying.run(2.0)
    assert "held up" in flying.text
    flying.copter.state = replace(flying.copter.state, hdop=0.8)
    flying.run(2.0)
    assert flying.text.startswith("Flies leg")
    assert flying.copter.motion is not None


@pytest.mark.parametrize("walk", ["on_legs", "detect", "home", "find"])
def test_the_pilot_takes_over_and_is_not_braked_or_pulled_back(walk: str) -> None:
    flying = Flying()
    getattr(flying, walk)()
    flying.copter.state = replace(flying.copter.state, mode="LOITER")
    flying.tick()
    flying.expect(S.IDLE)
    assert (flying.transitions[-1].actor, flying.copter.motion) == ("pilot", None)
    flying.copter.state = replace(flying.copter.state, mode="GUIDED")
    flying.run(20.0)
    assert flying.copter.motion is None
    assert flying.copter.calls == ["mode GUIDED", "arm", "takeoff"]


def test_a_short_link_loss_is_waited_for_and_a_long_one_ends_without_a_brake() -> None:
    flying = Flying()
    flying.on_legs()
    flying.copter.silent = True
    flying.run(8.0)
    flying.expect(S.SEARCHING)
    assert not flying.steers()
    flying.copter.silent = False
    flying.run(1.0)
    assert flying.steers()
    flying.copter.silent = True
    flying.until(S.IDLE, 12.0)
    assert "own failsafe" in flying.transitions[-1].reason
    assert "brake" not in flying.copter.calls


def test_a_lost_receiver_pauses_the_search() -> None:
    flying = Flying()
    flying.on_legs()
    flying.connected = False
    flying.run(2.0)
    place = flying.copter.at
    flying.run(10.0)
    assert (flying.copter.at - place).length_m < 1.0
    assert "receiver is gone" in flying.text
    flying.connected = True
    flying.run(2.0)
    assert flying.text.startswith("Flies leg")


def test_pause_and_resume() -> None:
    flying = Flying()
    with pytest.raises(Conflict):
        flying.worker.pause("ann")
    flying.on_legs()
    flying.worker.pause("ann")
    flying.tick()
    place = flying.copter.at
    flying.snr_db = 20.0
    flying.run(10.0)
    flying.expect(S.SEARCHING)
    assert flying.worker.book.status.paused
    assert (flying.copter.at - place).length_m < 1.0
    flying.worker.resume("ann")
    flying.until(S.DETECTING, 2.0)
    with pytest.raises(Conflict):
        flying.worker.resume("ann")


def test_stop_brakes_and_forgets_the_activation() -> None:
    flying = Flying()
    flying.home()
    status = flying.worker.stop_mission("bob")
    assert (status.state, status.activated, status.goal) == (S.IDLE, False, None)
    assert flying.copter.calls[-1] == "brake"
    assert flying.transitions[-1].actor == "bob"
    assert "Homing is off" in " ".join(flying.gate.report(flying.worker.shown_motion()).reasons)


def test_disabled_homing_hovers_until_the_operator_goes_on() -> None:
    flying = Flying()
    flying.home()
    flying.worker.disable("ann")
    flying.tick()
    place = flying.copter.at
    flying.run(10.0)
    flying.expect(S.SEARCHING)
    assert (flying.copter.at - place).length_m < 1.0
    flying.worker.resume("ann")
    flying.run(2.0)
    assert flying.text.startswith("Flies leg")


def test_another_target_selected_begins_the_search_for_it() -> None:
    flying = Flying()
    flying.home()
    flying.bus.targets.publish(Targets((TARGET, OTHER), "b"))
    flying.tick()
    flying.expect(S.SEARCHING)
    flying.run(5.0)
    flying.expect(S.SEARCHING)


def test_the_emergency_stop_latches_and_leaves_only_by_a_reset_with_a_reason() -> None:
    flying = Flying()
    flying.home()
    flying.copter.deaf = True
    status = flying.worker.emergency_stop("ann")
    assert (status.state, flying.copter.motion, flying.copter.calls[-1]) == (S.EMERGENCY, None, "brake")
    flying.run(30.0)
    assert flying.copter.motion is None
    attempts: list[Callable[[], MissionStatus]] = [
        lambda: flying.worker.stop_mission("ann"),
        lambda: flying.worker.start_search(None, None, "ann"),
        lambda: flying.worker.activate("ann"),
        lambda: flying.worker.resume("ann"),
        lambda: flying.worker.allow_home_on_detection(True, "ann"),
    ]
    for attempt in attempts:
        with pytest.raises(Conflict):
            attempt()
    with pytest.raises(OutOfRange):
        flying.worker.reset(" ", "ann")
    with pytest.raises(Conflict, match="still in GUIDED"):
        flying.worker.reset("the bird is gone", "ann")
    flying.copter.deaf = False
    flying.worker.emergency_stop("bob")
    flying.tick()
    assert flying.worker.reset("the bird is gone", "ann").state is S.IDLE
    assert flying.transitions[-1].reason == "Emergency reset: the bird is gone"


def test_the_end_of_the_worker_stops_the_vehicle() -> None:
    flying = Flying()
    flying.on_legs()
    flying.worker.close()
    flying.expect(S.IDLE)
    assert (flying.copter.motion, flying.copter.calls[-1]) == (None, "brake")


def test_the_status_is_told_once_a_second_when_nothing_changes() -> None:
    flying = Flying()
    flying.statuses.clear()
    flying.reports.clear()
    flying.run(10.0)
    assert 9 <= len(flying.statuses) <= 11
    assert len(flying.reports) == 100


def test_limits_of_time_follow_the_settings() -> None:
    flying = Flying(MissionSettings(detecting_s=5.0))
    flying.detect()
    flying.until(S.IDLE, 6.0)


def _in_the_pilots_hands(flying: Flying) -> None:
    flying.copter.state = replace(flying.copter.state, armed=True, in_air=True, mode="LOITER")
    flying.copter.height_m = flying.copter.climbs_to_m = 40.0
    flying.tick()


@pytest.mark.parametrize("refuses", ["mode GUIDED", ""])
def test_a_vehicle_that_did_not_go_to_guided_is_left_to_its_pilot(refuses: str) -> None:
    flying = Flying()
    _in_the_pilots_hands(flying)
    flying.copter.refuses, flying.copter.deaf = refuses, not refuses
    flying.worker.start_search(None, None, "ann")
    flying.until(S.IDLE, 20.0)
    assert flying.copter.calls == ["mode GUIDED"]  # and no brake


def test_a_worker_that_fails_after_the_pilot_took_over_does_not_brake() -> None:
    flying = Flying()
    flying.on_legs()
    flying.copter.state = replace(flying.copter.state, mode="LOITER")
    flying.copter.fly()
    flying.crash()
    assert "brake" not in flying.copter.calls
    flying.expect(S.IDLE)


def test_guided_is_asked_for_in_the_moment_of_the_start_and_never_after_the_pilot_left_it() -> None:
    flying = Flying()
    _in_the_pilots_hands(flying)
    flying.copter.state = replace(flying.copter.state, mode="GUIDED")
    flying.tick()
    flying.worker.start_search(None, None, "ann")
    assert flying.copter.calls == ["mode GUIDED"]
    flying.copter.state = replace(flying.copter.state, mode="LOITER")
    flying.until(S.IDLE, 20.0)
    assert flying.copter.calls == ["mode GUIDED"]


def test_an_activation_ends_when_the_clock_goes_back() -> None:
    flying = Flying()
    flying.home()
    flying.clock.at_s -= 3000.0
    flying.tick()
    assert not flying.worker.book.status.activated
    assert not flying.steers()


def test_a_failed_worker_forgets_that_homing_may_begin_by_itself() -> None:
    flying = Flying()
    flying.worker.allow_home_on_detection(True, "ann")
    flying.crash()
    assert not flying.worker.book.status.home_on_detection


def test_a_forced_step_is_recorded_as_such_and_opens_no_gate() -> None:
    flying = Flying()
    flying.on_legs()
    flying.goal = PLANE.to_globe(EastNorth(150.0, 150.0))
    flying.worker.force(S.HOMING, "drill with the crew", "ann")
    step = flying.transitions[-1]
    assert (step.after, step.actor, step.reason, step.forced) == (S.HOMING, "ann", "Forced: drill with the crew", True)
    place = flying.copter.at
    flying.run(5.0)
    flying.expect(S.HOMING)
    assert "Homing is off; activate it" in flying.text
    assert (flying.copter.at - place).length_m < 10.0
    assert not [motion for motion in flying.copter.steered if motion.purpose is Purpose.HOMING]
    flying.worker.force(S.IDLE, "drill is over", "ann")
    assert flying.copter.calls[-1] == "brake"
    assert not flying.copter.against_gate


def test_nothing_is_forced_out_of_idle_or_emergency_or_without_a_reason() -> None:
    flying = Flying()
    for state in (S.SEARCHING, S.HOMING, S.IDLE):
        with pytest.raises(Conflict):
            flying.worker.force(state, "because", "ann")
    flying.worker.start_search(None, None, "ann")
    with pytest.raises(Conflict, match="not on its pattern yet"):
        flying.worker.force(S.HOMING, "because", "ann")
    with pytest.raises(OutOfRange):
        flying.worker.force(S.IDLE, " x ", "ann")
    flying.worker.emergency_stop("ann")
    for state in S:
        with pytest.raises(Conflict):
            flying.worker.force(state, "because", "ann")
    flying.expect(S.EMERGENCY)


def test_a_search_across_a_no_fly_area_is_flown_round_it_and_says_what_is_left_out() -> None:
    corners = ((30.0, -20.0), (60.0, -20.0), (60.0, 20.0), (30.0, 20.0))
    limits = SafetyLimits(no_fly=(tuple(PLANE.to_globe(EastNorth(*corner)) for corner in corners),))
    flying = Flying(limits=limits)
    flying.on_legs()
    assert "of the area left out" in flying.transitions[-1].reason
    assert flying.worker.plan is not None
    assert flying.worker.plan.left_out_m2 > 0.0
    flying.until(S.IDLE)
    assert "flown to its end" in flying.transitions[-1].reason
    assert not flying.copter.against_gate


def test_a_search_goes_on_where_its_track_was_left() -> None:
    flying = Flying()
    flying.on_legs()
    flying.run(10.0)
    left, leg = flying.copter.at, flying.worker.book.status.leg
    flying.worker.pause("ann")
    flying.run(3.0)
    flying.copter.at = left + EastNorth(60.0, 25.0)  # blown away, or by a homing that came to nothing
    flying.run(1.0)
    flying.worker.resume("ann")
    nearest_m = 1e9
    for _ in range(300):
        flying.tick()
        nearest_m = min(nearest_m, (flying.copter.at - left).length_m)
    assert nearest_m < 6.0
    assert leg == 0
    flying.until(S.IDLE)
    assert "flown to its end" in flying.transitions[-1].reason


def test_a_no_fly_area_drawn_in_flight_is_flown_round() -> None:
    flying = Flying()
    plans: list[SearchPlan] = []
    flying.bus.plan.subscribe(plans.append)
    flying.on_legs()
    assert flying.worker.plan is not None
    first, second = (PLANE.to_plane(place) for place in flying.worker.plan.waypoints[1:3])
    between = (first + second) * 0.5
    corners = ((-8.0, -8.0), (8.0, -8.0), (8.0, 8.0), (-8.0, 8.0))
    area = tuple(PLANE.to_globe(between + EastNorth(*corner)) for corner in corners)
    flying.gate.draw_no_fly((area,))
    flying.until(S.IDLE)
    assert "flown to its end" in flying.transitions[-1].reason
    assert len(plans) == 2
    assert plans[-1].left_out_m2 > 0.0
    assert not flying.copter.against_gate


def test_a_no_fly_area_drawn_over_all_that_is_left_ends_the_search_braked() -> None:
    flying = Flying()
    flying.on_legs()
    corners = ((-900.0, -900.0), (900.0, -900.0), (900.0, 900.0), (-900.0, 900.0))
    flying.gate.draw_no_fly((tuple(PLANE.to_globe(EastNorth(*corner)) for corner in corners),))
    flying.until(S.IDLE, 1.0)
    assert "No-fly areas were drawn" in flying.transitions[-1].reason
    assert flying.copter.calls[-1] == "brake"
    assert not flying.copter.against_gate


def test_no_fly_areas_that_are_none_are_refused_and_change_nothing() -> None:
    flying = Flying()
    bow = tuple(PLANE.to_globe(EastNorth(*corner)) for corner in ((0, 0), (9, 9), (9, 0), (0, 9)))
    for area, words in ((bow, "crosses or touches itself"), ((), "no corner"), ((LatLon(99.0, 8.0),), "on earth")):
        with pytest.raises(OutOfRange, match=words):
            flying.gate.draw_no_fly((area,))
    assert flying.gate.limits.no_fly == ()

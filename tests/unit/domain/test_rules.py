"""Each rule passes on sound facts, stands against unsound ones in words, and fails on a missing input."""

import math
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.mission import MissionState
from app.domain.radio import Level
from app.domain.rules import RULES, judge
from app.domain.safety import GateInputs, Motion, Purpose, SafetyLimits
from app.domain.vehicle import Telemetry, VehicleState

NOW_S = 1_800_000_000.0
HOME = LatLon(47.0, 8.0)
PLANE = LocalPlane(HOME)
LIMITS = SafetyLimits()


def at(east_m: float, north_m: float) -> LatLon:
    return PLANE.to_globe(EastNorth(east_m, north_m))


def square(west_m: float, south_m: float, side_m: float) -> tuple[LatLon, ...]:
    return (
        at(west_m, south_m),
        at(west_m + side_m, south_m),
        at(west_m + side_m, south_m + side_m),
        at(west_m, south_m + side_m),
    )


VEHICLE = VehicleState(
    time_s=NOW_S,
    vehicle_id=1,
    connected=True,
    simulated=True,
    autopilot="ArduPilot",
    kind="quadrotor",
    mode="GUIDED",
    armed=True,
    in_air=True,
    ready_to_arm=True,
    heartbeat_s=NOW_S - 0.5,
    battery_percent=80.0,
    battery_v=15.0,
    gps_fix=3,
    satellites=12,
    hdop=0.8,
    ekf_healthy=True,
    home=HOME,
    home_altitude_m=400.0,
)
POSE = Telemetry(NOW_S - 0.1, 1, HOME.lat_deg, HOME.lon_deg, 440.0, 40.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
LEVEL = Level(NOW_S - 0.2, 0.1, "t", 433.9e6, -50.0, -70.0, -80.0, 30.0, heard=True, overload=False)
SOUND = GateInputs(NOW_S, VEHICLE, POSE, LEVEL, False, MissionState.HOMING, NOW_S - 10.0, guided_left=False)
HOMING = Motion(Purpose.HOMING, at(100.0, 100.0), 40.0, 5.0)
GOTO = replace(HOMING, purpose=Purpose.GOTO)


def standing_at(east_m: float, north_m: float, height_m: float = 40.0) -> Telemetry:
    place = at(east_m, north_m)
    return replace(POSE, lat_deg=place.lat_deg, lon_deg=place.lon_deg, height_m=height_m)


def closed(inputs: GateInputs, motion: Motion = HOMING, limits: SafetyLimits = LIMITS) -> dict[str, str]:
    report = judge(inputs, motion, limits)
    assert report.open == (not report.reasons)
    return {verdict.rule: verdict.text for verdict in report.verdicts if not verdict.passed}


def test_sound_facts_open_the_gate_for_homing_and_every_rule_gives_its_figures() -> None:
    report = judge(SOUND, HOMING, LIMITS)
    assert report.open
    assert len(report.verdicts) == len(RULES) == 19
    assert all(verdict.text for verdict in report.verdicts)
    assert len({verdict.rule for verdict in report.verdicts}) == 19


@pytest.mark.parametrize(
    ("rule", "inputs", "words"),
    [
        ("mission", replace(SOUND, state=MissionState.EMERGENCY), "emergency stop is latched"),
        ("clock", replace(SOUND, time_s=12.0), "before 2020"),
        ("clock", replace(SOUND, time_s=math.nan), "before 2020"),
        ("clock", replace(SOUND, telemetry=replace(POSE, time_s=NOW_S + 5.0)), "5.0 s ahead"),
        ("clock", replace(SOUND, vehicle=replace(VEHICLE, heartbeat_s=NOW_S + 7.0)), "7.0 s ahead"),
        ("heartbeat", replace(SOUND, vehicle=None), "connect one"),
        ("heartbeat", replace(SOUND, vehicle=replace(VEHICLE, heartbeat_s=NOW_S - 3.1)), "3.1 s ago, 3 s allowed"),
        ("heartbeat", replace(SOUND, vehicle=replace(VEHICLE, connected=False)), "check the link"),
        ("position", replace(SOUND, telemetry=None), "No sound position"),
        ("position", replace(SOUND, telemetry=replace(POSE, time_s=NOW_S - 4.0)), "4.0 s old"),
        ("position", replace(SOUND, telemetry=replace(POSE, lat_deg=math.nan)), "No sound position"),
        ("position", replace(SOUND, telemetry=replace(POSE, height_m=math.inf)), "No sound position"),
        ("mode", replace(SOUND, vehicle=replace(VEHICLE, mode="LOITER")), "in LOITER; it must be GUIDED"),
        ("mode", replace(SOUND, vehicle=None), "connect one"),
        ("pilot", replace(SOUND, guided_left=True), "ask for GUIDED again"),
        ("armed", replace(SOUND, vehicle=replace(VEHICLE, armed=False)), "arm it"),
        ("armed", replace(SOUND, vehicle=None), "connect one"),
        ("in the air", replace(SOUND, vehicle=replace(VEHICLE, in_air=False)), "take off"),
        ("in the air", replace(SOUND, vehicle=replace(VEHICLE, in_air=None)), "Not known"),
        ("GPS", replace(SOUND, vehicle=None), "connect one"),
        ("GPS", replace(SOUND, vehicle=replace(VEHICLE, gps_fix=2)), "fix 2, 12 satellites, HDOP 0.8; needed"),
        ("GPS", replace(SOUND, vehicle=replace(VEHICLE, gps_fix=None)), "not reported"),
        ("GPS", replace(SOUND, vehicle=replace(VEHICLE, satellites=7)), "8 satellites"),
        ("GPS", replace(SOUND, vehicle=replace(VEHICLE, satellites=None)), "not reported"),
        ("GPS", replace(SOUND, vehicle=replace(VEHICLE, hdop=2.1)), "HDOP at most 2.0"),
        ("GPS", replace(SOUND, vehicle=replace(VEHICLE, hdop=math.nan)), "HDOP at most 2.0"),
        ("GPS", replace(SOUND, vehicle=replace(VEHICLE, hdop=None)), "not reported"),
        ("EKF", replace(SOUND, vehicle=replace(VEHICLE, ekf_healthy=False)), "not healthy"),
        ("EKF", replace(SOUND, vehicle=replace(VEHICLE, ekf_healthy=None)), "not reported"),
        ("battery", replace(SOUND, vehicle=replace(VEHICLE, battery_percent=19.0)), "19 %, 20 % needed"),
        ("battery", replace(SOUND, vehicle=replace(VEHICLE, battery_percent=None)), "not reported"),
        ("battery", replace(SOUND, vehicle=replace(VEHICLE, battery_percent=math.nan)), "return home"),
        ("battery", replace(SOUND, vehicle=replace(VEHICLE, home=None)), "Home is not known"),
        # 1500 m home at 5 m/s is 300 s of 1200 s: 25 % on top of the 20 %
        (
            "battery",
            replace(SOUND, telemetry=standing_at(1500.0, 0.0), vehicle=replace(VEHICLE, battery_percent=44.0)),
            "45 % needed (20 % to be left and 25 % for the 1500 m home)",
        ),
        ("fence", replace(SOUND, vehicle=replace(VEHICLE, home=None)), "Home is not known"),
        ("fence", replace(SOUND, telemetry=None), "No sound position"),
        ("fence", replace(SOUND, vehicle=replace(VEHICLE, home=LatLon(math.inf, 8.0))), "Home is not known"),
        ("fence", replace(SOUND, telemetry=standing_at(0.0, 2010.0)), "2010 m from home, 2000 m allowed"),
        ("no-fly areas", replace(SOUND, telemetry=None), "No sound position"),
        ("height", replace(SOUND, telemetry=standing_at(0.0, 0.0, 124.0)), "124 m above home"),
        ("height", replace(SOUND, telemetry=standing_at(0.0, 0.0, 1.0)), "1 m above home"),
        ("height", replace(SOUND, telemetry=None), "No sound position"),
        ("activation", replace(SOUND, activated_s=None), "Homing is off"),
        ("activation", replace(SOUND, activated_s=NOW_S - 901.0), "lapsed"),
        ("signal", replace(SOUND, level=None), "not been heard"),
        ("signal", replace(SOUND, level=replace(LEVEL, time_s=NOW_S - 11.0)), "11 s ago, 10 s allowed"),
        ("signal", replace(SOUND, level=replace(LEVEL, heard=False)), "last heard"),
        ("receiver", replace(SOUND, receiver_overload=True), "overloaded"),
        ("receiver", replace(SOUND, receiver_overload=None), "No receiver"),
    ],
)
def test_a_rule_stands_against_unsound_facts(rule: str, inputs: GateInputs, words: str) -> None:
    assert words in closed(inputs)[rule]


@pytest.mark.parametrize(
    ("rule", "motion", "words"),
    [
        ("fence", replace(HOMING, goal=at(2100.0, 0.0)), "2100 m from home"),
        ("height", replace(HOMING, height_m=121.0), "121 m asked for, allowed is 5 to 120 m"),
        ("height", replace(HOMING, height_m=math.nan), "asked for"),
        ("goal", replace(HOMING, goal=None), "no sound position"),
        ("goal", replace(HOMING, goal=LatLon(math.inf, 8.0)), "no sound position"),
        ("goal", replace(HOMING, goal=LatLon(47.0, math.nan)), "no sound position"),
        ("speed", replace(HOMING, speed_mps=5.1), "5.0 m/s allowed"),
        ("speed", replace(HOMING, speed_mps=0.0), "0.0 m/s asked for"),
        ("speed", replace(HOMING, speed_mps=math.nan), "m/s allowed"),
    ],
)
def test_a_rule_stands_against_an_unsound_motion(rule: str, motion: Motion, words: str) -> None:
    found = closed(SOUND, motion)
    assert list(found) == [rule]
    assert words in found[rule]


def test_the_drawn_fence_holds_on_the_whole_way_also_when_concave() -> None:
    horseshoe = (at(-200, -50), at(200, -50), at(200, 300), at(100, 300), at(100, 50), at(-100, 50), at(-100, 300),
                 at(-200, 300))  # fmt: skip
    limits = SafetyLimits(fence=horseshoe)
    inputs = replace(SOUND, telemetry=standing_at(-150.0, 200.0))
    assert "leads out of the drawn geofence" in closed(inputs, replace(HOMING, goal=at(150.0, 200.0)), limits)["fence"]
    assert closed(inputs, replace(HOMING, goal=at(-150.0, 0.0)), limits) == {}
    outside = replace(SOUND, telemetry=standing_at(0.0, 200.0))
    assert "outside the drawn geofence" in closed(outside, replace(HOMING, goal=at(0.0, 0.0)), limits)["fence"]


def test_fences_and_no_fly_areas_that_bound_nothing_or_cross_themselves_are_no_limits() -> None:
    bow = (at(0, 0), at(100, 100), at(100, 0), at(0, 100))
    for wrong in ({"fence": (at(-10, 0), at(10, 0))}, {"fence": bow}, {"no_fly": (square(0.0, 0.0, 9.0), bow)}):
        with pytest.raises(ValidationError, match=r"2 corners|The geofence crosses|No-fly area 2 crosses"):
            SafetyLimits.model_validate(wrong)


def test_the_way_home_is_reckoned_against_the_wind_and_none_leads_through_too_much_of_it() -> None:
    far = replace(SOUND, telemetry=standing_at(1500.0, 0.0), vehicle=replace(VEHICLE, battery_percent=50.0))
    assert closed(far) == {}
    assert "58 % needed" in closed(far, HOMING, SafetyLimits(wind_mps=8.7))["battery"]  # 3.3 m/s over the ground
    assert "does not come home" in closed(SOUND, HOMING, SafetyLimits(wind_mps=12.0))["battery"]


def test_no_fly_areas_are_kept_clear_of_along_the_way() -> None:
    limits = SafetyLimits(no_fly=(square(40.0, 40.0, 10.0), square(500.0, 0.0, 10.0)))
    assert "at 0 m, 20 m to be kept" in closed(SOUND, HOMING, limits)["no-fly areas"]
    assert "at 15 m" in closed(SOUND, replace(HOMING, goal=at(25.0, 45.0)), limits)["no-fly areas"]
    assert closed(SOUND, replace(HOMING, goal=at(-100.0, 0.0)), limits) == {}
    assert "no-fly areas" in closed(replace(SOUND, telemetry=standing_at(45.0, 45.0)), HOMING, limits)


def test_a_distance_of_zero_still_keeps_the_way_out_of_the_area() -> None:
    limits = SafetyLimits(no_fly=(square(40.0, 40.0, 10.0),), no_fly_distance_m=0.0)
    assert "no-fly areas" in closed(SOUND, HOMING, limits)


def test_arming_and_take_off_need_neither_guided_nor_flight() -> None:
    ground = replace(
        SOUND,
        vehicle=replace(VEHICLE, mode="STABILIZE", armed=False, in_air=False),
        telemetry=standing_at(0.0, 0.0, 0.0),
        level=None,
        receiver_overload=None,
        activated_s=None,
        state=MissionState.IDLE,
    )
    assert closed(ground, Motion(Purpose.ARM, None, 0.0, 0.0)) == {}
    rise = Motion(Purpose.TAKEOFF, None, 40.0, 0.0)
    assert list(closed(ground, rise)) == ["armed"]
    armed = replace(ground, vehicle=replace(VEHICLE, in_air=False))
    assert closed(armed, rise) == {}
    assert list(closed(armed, replace(rise, height_m=500.0))) == ["height"]
    assert list(closed(replace(armed, guided_left=True), rise)) == ["pilot"]


def test_a_burst_target_may_be_silent_between_its_bursts() -> None:
    sarsat = replace(SOUND, silence_s=125.0, level=replace(LEVEL, time_s=NOW_S - 100.0))
    assert closed(sarsat) == {}
    assert "126 s ago, 125 s" in closed(replace(sarsat, level=replace(LEVEL, time_s=NOW_S - 126.0)))["signal"]


def test_search_needs_no_signal_and_goto_only_when_no_mission_flies() -> None:
    deaf = replace(SOUND, level=None, receiver_overload=None, activated_s=None, state=MissionState.SEARCHING)
    assert closed(deaf, replace(HOMING, purpose=Purpose.SEARCH)) == {}
    assert "stop it first" in closed(deaf, GOTO)["mission"]
    assert closed(replace(deaf, state=MissionState.IDLE), GOTO) == {}


@pytest.mark.parametrize("purpose", list(Purpose))
def test_an_emergency_closes_every_purpose(purpose: Purpose) -> None:
    motion = Motion(purpose, HOME, 40.0, 5.0)
    assert "mission" in closed(replace(SOUND, state=MissionState.EMERGENCY), motion)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_nothing_known_closes_every_purpose(purpose: Purpose) -> None:
    nothing = GateInputs(NOW_S, None, None, None, None, MissionState.IDLE, None, guided_left=False)
    assert not judge(nothing, Motion(purpose, HOME, 40.0, 5.0), LIMITS).open


OPTIONAL = [
    (VehicleState, name)
    for name in ("in_air", "battery_percent", "gps_fix", "satellites", "hdop", "ekf_healthy", "home")
]


@pytest.mark.parametrize("name", [name for _, name in OPTIONAL])
def test_any_one_missing_fact_of_the_vehicle_closes_homing(name: str) -> None:
    assert closed(replace(SOUND, vehicle=replace(VEHICLE, **{name: None})))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["vehicle", "telemetry", "level", "receiver_overload", "activated_s"])
def test_any_one_missing_input_closes_homing(name: str) -> None:
    assert name in {field.name for field in fields(GateInputs)}
    assert closed(replace(SOUND, **{name: None}))  # type: ignore[arg-type]


@given(lat=st.floats(), lon=st.floats(), height_m=st.floats(), percent=st.floats(), hdop=st.floats(), speed=st.floats())
def test_whatever_numbers_come_an_open_gate_has_sane_ones(
    lat: float, lon: float, height_m: float, percent: float, hdop: float, speed: float
) -> None:
    inputs = replace(
        SOUND,
        telemetry=replace(POSE, lat_deg=lat, lon_deg=lon, height_m=height_m),
        vehicle=replace(VEHICLE, battery_percent=percent, hdop=hdop),
    )
    motion = replace(HOMING, speed_mps=speed)
    if judge(inputs, motion, SafetyLimits(fence=square(-300, -300, 600), no_fly=(square(200, 0, 10),))).open:
        assert abs(lat - 47.0) < 0.01
        assert abs(lon - 8.0) < 0.01
        assert 3.0 <= height_m <= 122.0
        assert 20.0 <= percent <= 100.0
        assert 0.0 <= hdop <= 2.0
        assert 0.0 < speed <= 5.0

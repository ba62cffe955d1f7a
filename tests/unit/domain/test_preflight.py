"""What keeps a search on the ground, and that nothing else does."""

from dataclasses import replace

from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.mission import MissionState, SearchPlan
from app.domain.patterns import Area, lay_out
from app.domain.preflight import preflight
from app.domain.radio import BeaconKind, Target
from app.domain.safety import GateInputs, SafetyLimits
from app.domain.vehicle import Telemetry, VehicleState

NOW_S = 1_800_000_000.0
HOME = LatLon(47.0, 8.0)
TARGET = Target("a", "A", BeaconKind.CARRIER, 433.9e6)
PLAN = lay_out("parallel", Area(HOME, 400.0, 400.0, 0.0), 100.0, 40.0, 5.0, 200.0)
VEHICLE = VehicleState(
    NOW_S, 1, True, True, "ArduPilot", "quadrotor", "STABILIZE", False, False, True, NOW_S, 100.0, 16.0, 3, 12, 0.8,
    True, HOME, 400.0,
)  # fmt: skip
POSE = Telemetry(NOW_S, 1, HOME.lat_deg, HOME.lon_deg, 400.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
READY = GateInputs(NOW_S, VEHICLE, POSE, None, False, MissionState.IDLE, None, guided_left=False)
LIMITS = SafetyLimits()


def against(
    inputs: GateInputs = READY,
    target: Target | None = TARGET,
    plan: SearchPlan = PLAN,
    limits: SafetyLimits = LIMITS,
) -> str:
    return "; ".join(preflight(inputs, target, plan, limits))


def corner(east_m: float, north_m: float) -> LatLon:
    return LocalPlane(HOME).to_globe(EastNorth(east_m, north_m))


def test_all_well() -> None:
    assert against() == ""


def test_each_want_is_named() -> None:
    assert "No target" in against(target=None)
    assert "No receiver" in against(replace(READY, receiver_overload=None))
    assert "not ready to arm" in against(replace(READY, vehicle=replace(VEHICLE, ready_to_arm=None)))
    assert "No vehicle" in against(replace(READY, vehicle=None))
    assert "No sound position" in against(replace(READY, telemetry=None))
    assert "Home is not known" in against(replace(READY, vehicle=replace(VEHICLE, home=None)))
    assert "planned at 4 m" in against(plan=replace(PLAN, height_m=4.0))
    assert "planned at 9.0 m/s" in against(plan=replace(PLAN, speed_mps=9.0))
    assert "Search a smaller area" in against(plan=replace(PLAN, time_s=1000.0))


def test_an_armed_vehicle_need_not_say_that_it_can_be_armed() -> None:
    assert against(replace(READY, vehicle=replace(VEHICLE, armed=True, ready_to_arm=False))) == ""


def test_the_leg_that_leaves_the_fence_or_meets_a_no_fly_area_is_named() -> None:
    assert "Leg 1 of the search: The way leads 2" in against(limits=SafetyLimits(fence_radius_m=200.0))
    strip = (corner(-60, 50), corner(-40, 50), corner(-40, 60), corner(-60, 60))
    text = against(limits=SafetyLimits(no_fly=(strip,)))
    assert text.startswith("Leg 4 of the search: The way passes a no-fly area at 0 m")

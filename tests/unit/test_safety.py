"""The gate holds the newest facts of the bus and answers for them."""

from dataclasses import replace

import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.geometry import LatLon
from app.domain.mission import MissionState
from app.domain.radio import BeaconKind, Level, RadioState, Target, Targets
from app.domain.safety import Motion, Purpose, SafetyLimits
from app.domain.vehicle import Telemetry, VehicleState
from app.errors import Refused
from app.safety import SafetyGate

HOME = LatLon(47.0, 8.0)
TARGET = Target("a", "A", BeaconKind.CARRIER, 433.9e6)
OTHER = Target("b", "B", BeaconKind.CARRIER, 433.8e6)
HOMING = Motion(Purpose.HOMING, HOME, 40.0, 5.0)


def vehicle(now_s: float, mode: str = "GUIDED") -> VehicleState:
    return VehicleState(
        now_s, 1, True, True, "ArduPilot", "quadrotor", mode, True, True, True, now_s, 90.0, 15.0, 3, 12, 0.8, True,
        HOME, 400.0,
    )  # fmt: skip


def pose(now_s: float, vehicle_id: int = 1) -> Telemetry:
    return Telemetry(now_s, vehicle_id, HOME.lat_deg, HOME.lon_deg, 440.0, 40.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def level(now_s: float, target_id: str, heard: bool = True) -> Level:
    return Level(now_s, 0.1, target_id, 433.9e6, -50.0, -70.0, -80.0, 30.0, heard=heard, overload=False)


def radio(now_s: float, connected: bool = True, overload: bool = False) -> RadioState:
    return RadioState(now_s, "x", "x", connected, True, 433.9e6, 24e4, 20.0, True, (), 0, 0, overload)


def closed(gate: SafetyGate) -> list[str]:
    return [verdict.rule for verdict in gate.report(HOMING).verdicts if not verdict.passed]


def filled() -> tuple[SafetyGate, Bus, float]:
    bus, clock = Bus(), Clock()
    gate = SafetyGate(SafetyLimits(), clock, bus)
    now_s = clock.now_s()
    bus.targets.publish(Targets((TARGET, OTHER), "a"))
    bus.vehicle.publish(vehicle(now_s))
    bus.telemetry.publish(pose(now_s))
    bus.level.publish(level(now_s, "a"))
    bus.radio.publish(radio(now_s))
    gate.set_mission(MissionState.HOMING, now_s)
    return gate, bus, now_s


def test_a_new_gate_is_closed_for_everything() -> None:
    gate = SafetyGate(SafetyLimits(), Clock(), Bus())
    for purpose in Purpose:
        with pytest.raises(Refused) as refused:
            gate.require(replace(HOMING, purpose=purpose))
        assert refused.value.reasons


def test_facts_of_the_bus_open_it() -> None:
    gate, _, _ = filled()
    gate.require(HOMING)
    assert gate.report(HOMING).open


def test_only_the_selected_target_counts_and_only_when_heard() -> None:
    gate, bus, now_s = filled()
    bus.targets.publish(Targets((TARGET, OTHER), "b"))
    assert "The target has not been heard" in gate.report(HOMING).reasons
    bus.level.publish(level(now_s, "b", heard=False))
    assert not gate.report(HOMING).open
    bus.level.publish(level(now_s, "b"))
    assert gate.report(HOMING).open
    bus.targets.publish(Targets((TARGET,), "b"))
    assert not gate.report(HOMING).open


def test_a_receiver_that_is_gone_or_overloaded_closes_it() -> None:
    gate, bus, now_s = filled()
    bus.radio.publish(radio(now_s, overload=True))
    assert not gate.report(HOMING).open
    bus.radio.publish(radio(now_s, connected=False))
    assert not gate.report(HOMING).open


def test_another_vehicles_position_is_no_position() -> None:
    gate, bus, now_s = filled()
    bus.telemetry.publish(pose(now_s, vehicle_id=2))
    assert not gate.report(HOMING).open


def test_leaving_guided_stays_known_until_guided_is_asked_for_again() -> None:
    gate, bus, now_s = filled()
    assert "pilot" not in closed(gate)
    bus.vehicle.publish(vehicle(now_s, "LOITER"))
    assert gate.guided_left
    assert "pilot" in closed(gate)
    bus.vehicle.publish(vehicle(now_s))
    assert gate.report(HOMING).reasons == ("The vehicle was taken out of GUIDED; ask for GUIDED again to take it over",)
    gate.guided_asked()
    assert gate.report(HOMING).open


def test_an_emergency_closes_it() -> None:
    gate, _, now_s = filled()
    gate.set_mission(MissionState.EMERGENCY, now_s)
    assert not gate.report(HOMING).open

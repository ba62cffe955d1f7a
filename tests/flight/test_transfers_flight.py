"""Missions, fences, rally points and parameters with the simulated vehicle: lossy, lying, mute, rebooting."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.geometry import EastNorth, LocalPlane, distance_m
from app.domain.vehicle import Outcome
from app.errors import Conflict, DeviceError, NotFound, OutOfRange, VehicleRefused
from app.exchange.parameters import ParameterForm, parameters_of
from app.exchange.plans import PlanForm, plan_of, to_plan
from app.services.transfers import TransferService
from app.vehicle.fences import Circle, Fence, RallyPoint
from app.vehicle.missions import MissionItem, PlanKind
from app.vehicle.plan import Plan
from tests.flight.test_link import Rig

MISSION, FENCE, RALLY = PlanKind


class Exchange(Rig):
    """With the transfers' service; the vehicle is heard."""

    def __init__(self, **changes: Any) -> None:
        super().__init__(**{"speed": 5.0, **changes})
        self.transfers = TransferService(self.worker)
        self.until(lambda state: state.home is not None and state.autopilot == "ArduPilot")

    def plan(self, waypoints: int = 12) -> Plan:
        state = self.service.vehicle()
        assert state is not None
        assert state.home is not None
        plane = LocalPlane(state.home)
        spots = tuple(plane.to_globe(EastNorth(20.0 * n, 30.0 + 5.0 * n)) for n in range(waypoints))
        items = tuple(MissionItem(16, spot, 20.0 + n) for n, spot in enumerate(spots))
        fence = Fence((spots[:3],), (spots[3:7],), (Circle(state.home, 500.0),), (Circle(spots[8], 12.5),), spots[9])
        return Plan(state.home, items, fence, (RallyPoint(spots[0], 30.0), RallyPoint(spots[1], 25.0)))

    def misbehave(self, fault: str) -> None:
        self.sim.order(do="transfers", fault=fault)


@pytest.fixture
def make() -> Iterator[Callable[..., Exchange]]:
    rigs: list[Exchange] = []

    def one(**changes: Any) -> Exchange:
        rigs.append(Exchange(**changes))
        return rigs[-1]

    yield one
    for rig in rigs:
        rig.close()


@pytest.fixture
def rig(make: Callable[..., Exchange]) -> Exchange:
    return make()


def alike(ours: Plan, theirs: Plan) -> None:
    assert ours.home is not None
    assert theirs.home is not None
    assert distance_m(ours.home, theirs.home) < 5.0  # the vehicle moves its home with its own position
    assert theirs.fence.circles_outside[0].radius_m == ours.fence.circles_outside[0].radius_m
    assert [len(corners) for corners in theirs.fence.inside + theirs.fence.outside] == [3, 4]
    assert [one.height_m for one in theirs.rally] == [30.0, 25.0]
    for mine, its in zip(ours.items, theirs.items, strict=True):
        assert (its.command, its.height_m, its.frame) == (mine.command, mine.height_m, mine.frame)
        assert distance_m(mine.position, its.position) < 0.05


def test_a_whole_plan_there_and_back_over_a_link_that_loses_a_fifth(rig: Exchange) -> None:
    plan = rig.plan()
    rig.sim.order(do="packet_loss", percent=20)
    done = rig.transfers.load_plan(to_plan(plan), "anna").result(120)
    assert done == "geofence: 10 items, rally points: 2 items, mission: 12 items"
    assert [record.actor for record in rig.commands] == ["anna", "anna"]
    assert rig.outcomes("upload plan") == [Outcome.ASKED, Outcome.ACCEPTED]
    alike(plan, plan_of(rig.transfers.plan_file(PlanForm.PLAN).result(120)))
    assert len(plan_of(rig.transfers.plan_file(PlanForm.WAYPOINTS).result(120)).items) == 12


def test_each_list_survives_a_reboot_in_the_middle_and_can_be_cleared(rig: Exchange) -> None:
    plan = rig.plan()
    lists = {MISSION: plan.items, FENCE: plan.fence.items(), RALLY: tuple(one.item() for one in plan.rally) * 3}
    for kind, items in lists.items():
        rig.misbehave("reboot")
        rig.transfers.write(kind, items, "anna").result(60)
        rig.misbehave("reboot")
        found = rig.transfers.read(kind).result(60)
        assert [one.command for one in found] == [one.command for one in items]
        assert [one.parameters[0] for one in found] == [one.parameters[0] for one in items]
        rig.transfers.write(kind, (), "anna").result(60)
        assert rig.transfers.read(kind).result(60) == ()


def test_transfers_with_a_vehicle_that_misbehaves_end_with_a_reason(make: Callable[..., Exchange]) -> None:
    rig = make(speed=10.0)
    items = rig.plan().items[:4]
    rig.transfers.write(MISSION, items, "anna").result(60)
    for fault, words in (("mute", "the list of its"), ("sequence", "item 0"), ("count", "had counted 7")):
        rig.misbehave(fault)
        with pytest.raises((DeviceError, VehicleRefused), match=words):
            rig.transfers.read(MISSION).result(60)
        with pytest.raises((DeviceError, VehicleRefused), match="mission"):
            rig.transfers.write(MISSION, items, "anna").result(60)
        assert rig.outcomes("upload mission")[-1] in {Outcome.FAILED, Outcome.REFUSED}
    rig.misbehave("none")
    rig.transfers.write(MISSION, items, "anna").result(60)


def test_one_transfer_at_a_time(rig: Exchange) -> None:
    rig.misbehave("mute")
    first = rig.transfers.read(MISSION)
    with pytest.raises(Conflict, match="Another transfer"):
        rig.transfers.write(FENCE, (), "anna").result(60)
    with pytest.raises(DeviceError):
        first.result(60)
    rig.misbehave("none")
    assert rig.transfers.read(MISSION).result(60) == ()


def test_all_parameters_over_a_link_that_loses_a_fifth_and_through_a_reboot(rig: Exchange) -> None:
    rig.sim.order(do="packet_loss", percent=20)
    rig.misbehave("reboot")
    found = rig.transfers.parameters().result(120)
    assert len(found) > 1300
    assert sorted(one.index for one in found.values()) == list(range(len(found)))
    assert found["WPNAV_SPEED"].value == 1000.0


def test_parameters_are_set_with_their_type_and_refusals_are_told(make: Callable[..., Exchange]) -> None:
    rig = make(speed=10.0)
    assert rig.transfers.set_parameter("wpnav_speed", 640.0, "anna").result(60).value == 640.0
    assert rig.transfers.parameter("WPNAV_SPEED").result(60).value == 640.0
    assert [record.arguments for record in rig.commands] == ["wpnav_speed 640"] * 2
    with pytest.raises(OutOfRange, match="whole numbers"):
        rig.transfers.set_parameter("RTL_LOIT_TIME", 0.5, "anna").result(60)
    with pytest.raises(NotFound):
        rig.transfers.parameter("NO_SUCH_THING").result(60)
    rig.misbehave("stubborn")
    with pytest.raises(VehicleRefused, match="kept WPNAV_SPEED at 640 instead of 800"):
        rig.transfers.set_parameter("WPNAV_SPEED", 800.0, "anna").result(60)
    rig.misbehave("count")
    with pytest.raises(DeviceError, match="Missing: number"):
        rig.transfers.parameters().result(60)


def test_a_parameter_file_is_saved_compared_and_loaded(rig: Exchange, tmp_path: Path) -> None:
    text = rig.transfers.parameter_file(ParameterForm.QGC).result(60)
    assert rig.transfers.compare(text).result(60) == ()
    held = parameters_of(text)
    changed = text.replace("\tRTL_ALT\t1500\t", "\tRTL_ALT\t2500\t").replace("\tMIS_TOTAL\t0\t", "\tMIS_TOTAL\t5\t")
    wanted = rig.transfers.compare(changed).result(60)
    assert [(one.name, one.file, one.vehicle) for one in wanted] == [
        ("MIS_TOTAL", 5.0, 0.0),
        ("RTL_ALT", 2500.0, 1500.0),
    ]
    loaded = rig.transfers.load_parameters(changed, "anna").result(60)
    assert ([one.name for one in loaded.changed], loaded.refused, loaded.unknown) == (["RTL_ALT"], (), ())
    again = parameters_of(rig.transfers.parameter_file(ParameterForm.ARDUPILOT).result(60))
    assert again == held | {"RTL_ALT": 2500.0}

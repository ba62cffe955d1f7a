import pytest

from app.bus import Bus
from app.clock import Clock
from app.domain.access import OPERATOR
from app.domain.control import LEASE_S, Control
from app.domain.vehicle import CommandRecord, Outcome
from app.errors import Conflict
from app.services.control import ControlService
from tests.unit.api.doors import Wall


class Rig:
    def __init__(self) -> None:
        self.bus, self.wall = Bus(), Wall()
        self.service = ControlService(self.bus, Clock(), OPERATOR, self.wall)
        self.told: list[Control] = []
        self.recorded: list[str] = []
        self.bus.control.subscribe(self.told.append)
        self.bus.command.subscribe(lambda one: self.recorded.append(f"{one.actor}: {one.verb} {one.arguments}"))


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_the_first_to_command_has_control_until_the_lease_runs_out(rig: Rig) -> None:
    assert rig.service.control() == Control()
    rig.service.commanding("ann")
    rig.wall.now_s += LEASE_S - 1.0
    rig.service.commanding("ann")
    rig.wall.now_s += LEASE_S - 1.0
    with pytest.raises(Conflict, match="ann has control of the vehicle for another 1 s"):
        rig.service.commanding("ben")
    rig.wall.now_s += 1.0
    assert rig.service.control().holder == ""
    assert rig.service.commanding("ben").holder == "ben"
    assert [one.holder for one in rig.told] == ["ann", "ben"]


def test_control_is_asked_for_and_given(rig: Rig) -> None:
    rig.service.commanding("ann")
    assert rig.service.ask("ben").asked_by == "ben"
    assert rig.told[-1] == rig.service.control()
    with pytest.raises(Conflict, match="do not have"):
        rig.service.give("ben")
    assert rig.service.give("ann").holder == "ben"
    with pytest.raises(Conflict, match="Nobody has asked"):
        rig.service.give("ben")
    with pytest.raises(Conflict, match="only ben"):
        rig.service.let_go("ann")
    assert rig.service.let_go("ben").holder == ""
    assert rig.service.ask("ann").holder == "ann"


def test_taking_over_is_recorded_with_who_had_it(rig: Rig) -> None:
    rig.service.commanding("ann")
    assert rig.service.take("ben").how == "took over from ann"
    assert rig.recorded == ["ann: control ann took the control that nobody had", "ben: control ben took over from ann"]
    with pytest.raises(Conflict):
        rig.service.commanding("ann")


def test_a_command_at_the_stations_own_window_takes_over(rig: Rig) -> None:
    rig.service.commanding("ann")
    rig.bus.command.publish(CommandRecord(0.0, OPERATOR, "start_recording", "", Outcome.ASKED))
    rig.bus.command.publish(CommandRecord(0.0, "ann", "arm", "", Outcome.ASKED))
    assert rig.service.control().holder == "ann"
    rig.bus.command.publish(CommandRecord(0.0, OPERATOR, "arm", "", Outcome.ASKED))
    assert rig.service.control().holder == OPERATOR
    assert rig.service.control().how == "took over from ann"

"""Vehicles that change their system id, boot again or talk nonsense in the middle of each conversation."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.domain.geometry import LatLon
from app.errors import AppError, DeviceError
from app.services.transfers import TransferService
from app.vehicle.frames import FrameWriter
from app.vehicle.missions import MissionItem, PlanKind
from app.vehicle.plan import read_plan
from tests.unit.workers.test_link_worker import Bench, wait_for

ITEMS = (MissionItem(16, LatLon(47.3, 8.5), 20.0),) * 4
PATIENCE_S = 60.0


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench(rate=10.0)
    yield made.ready()
    made.close()


def talks(bench: Bench) -> dict[str, Callable[[], "Future[Any]"]]:
    """Every kind of conversation, each begun by a call."""
    transfers = TransferService(bench.worker)
    return {
        "ARM": lambda: bench.worker.arm("anna"),
        "TAKEOFF": lambda: bench.worker.takeoff(20.0, "anna"),
        "GOTO": lambda: bench.worker.goto(LatLon(47.301, 8.501), None, "anna"),
        "PLAN": lambda: bench.worker.converse(read_plan, "plan"),
        "DISARM": lambda: bench.worker.disarm("anna"),
        "MODE": lambda: bench.worker.set_mode("LOITER", "anna"),
        "BRAKE": lambda: bench.worker.brake("anna"),
        "UPLOAD": lambda: transfers.write(PlanKind.MISSION, ITEMS, "anna"),
        "CLEAR": lambda: transfers.write(PlanKind.FENCE, (), "anna"),
        "DOWNLOAD": lambda: transfers.read(PlanKind.RALLY),
        "PARAMETERS": transfers.parameters,
        "PARAMETER": lambda: transfers.parameter("RTL_ALT"),
        "SET": lambda: transfers.set_parameter("RTL_ALT", 5.0, "anna"),
    }


def ends(asked: "Future[Any]") -> AppError:
    with pytest.raises(AppError) as error:
        asked.result(PATIENCE_S)
    assert str(error.value)
    return error.value


def test_a_vehicle_that_goes_on_under_another_system_id_ends_each_conversation_with_a_reason(bench: Bench) -> None:
    bench.vehicle._writer = FrameWriter(7, 1)
    wait_for(lambda: len(bench.worker.vehicles) == 2)
    for name, begin in talks(bench).items():
        if name != "BRAKE":  # which goes on for a minute: it must get through
            assert not isinstance(ends(begin()), NotImplementedError), name
    assert not bench.worker.vehicles[0].connected


def test_a_vehicle_that_falls_silent_ends_each_conversation_with_a_reason(bench: Bench) -> None:
    bench.vehicle.silent = True
    for name, begin in talks(bench).items():
        if name != "BRAKE":
            ends(begin())
    bench.vehicle.silent = False
    bench.until(lambda state: state.connected)
    bench.worker.disarm("anna").result(PATIENCE_S)


def test_a_brake_meets_a_reboot_and_gets_through_after_it(bench: Bench) -> None:
    bench.vehicle.silent = True
    braked = bench.worker.brake("anna")
    bench.worker.ask(lambda: None).result(PATIENCE_S)
    bench.vehicle.boot_s = time.monotonic()
    bench.vehicle.silent = False
    assert braked.result(PATIENCE_S).detail == "BRAKE"


def nonsense(bench: Bench) -> None:
    """Answers to everything at once, with wrong numbers, kinds and values, for us."""
    for kind in range(4):
        for number in (0, 1, 3, 65_535):
            bench.vehicle.say(mavlink.MAVLink_mission_request_message(255, 190, number, kind))
            bench.vehicle.say(mavlink.MAVLink_mission_count_message(255, 190, 1 + number % 7, kind))
            item = (255, 190, min(number + 1, 65_535), 3, 16, 0, 1, 0, 0, 0, float("nan"), 10, 20, float("inf"), kind)
            bench.vehicle.say(mavlink.MAVLink_mission_item_int_message(*item))
        bench.vehicle.say(mavlink.MAVLink_mission_ack_message(255, 190, mavlink.MAV_MISSION_INVALID_SEQUENCE, kind))
    for index, count in ((0, 5), (4, 9), (9, 3), (65_535, 65_535), (3, 5)):
        bench.vehicle.say(mavlink.MAVLink_param_value_message(b"RTL_ALT", float("nan"), 9, count, index))
    bench.vehicle.say(mavlink.MAVLink_command_ack_message(400, 99, 255, -1, 255, 190))


def test_nonsense_ends_each_conversation_with_a_reason_and_the_worker_lives(bench: Bench) -> None:
    bench.vehicle.refuses[mavlink.MAV_CMD_COMPONENT_ARM_DISARM] = (mavlink.MAV_RESULT_DENIED, "")
    for name, begin in talks(bench).items():
        if name in {"MODE", "GOTO", "BRAKE", "PARAMETER"}:  # which the nonsense does not reach, or answers
            continue
        asked = begin()
        until_s = time.monotonic() + PATIENCE_S
        while not asked.done():
            assert time.monotonic() < until_s, name
            nonsense(bench)
            time.sleep(0.02)
        assert isinstance(asked.exception(), AppError), name
    del bench.vehicle.refuses[mavlink.MAV_CMD_COMPONENT_ARM_DISARM]
    bench.worker.disarm("anna").result(PATIENCE_S)
    assert not [fault for fault in bench.facts["fault"] if "Fault in the program" in fault.text]
    assert isinstance(ends(bench.worker.converse(_never, "never")), DeviceError)


def _never(peer: Any) -> Any:
    """A conversation that gives up at its first silence."""
    if (yield mavlink.MAVLink_mission_request_list_message(peer.system, peer.component, 2)) is None:
        raise DeviceError("nothing")
    raise DeviceError("something")

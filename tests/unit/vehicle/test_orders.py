"""Commands and modes as dialogues."""

import math

import pytest

from app.errors import DeviceError, NotFound, VehicleRefused
from app.vehicle.modes import ModeTable, table_for
from app.vehicle.orders import arm, change_mode, insist, speed, takeoff
from app.vehicle.talk import Command, Peer, Wait, command
from tests.unit.vehicle.play import PEER, Unfinished, ack, beat, landed, play, text

COPTER = table_for(3, 2)
PX4 = table_for(12, 2)
SPEED_TO = 178


def test_a_command_is_repeated_after_silence_with_its_confirmation_counted() -> None:
    said, result = play(speed(PEER, 4.0), None, None, ack(SPEED_TO))
    assert said == ["command 178 1 4 #0", "command 178 1 4 #1", "command 178 1 4 #2"]
    assert result is None


def test_no_answer_after_five_tries() -> None:
    said, result = play(speed(PEER, 4.0), *[None] * 5)
    assert len(said) == 5
    assert isinstance(result, DeviceError)


def test_answers_to_others_and_to_other_commands_do_not_count() -> None:
    _, result = play(speed(PEER, 4.0), ack(SPEED_TO, target=200), ack(400), beat(4))
    assert result is Unfinished
    _, result = play(speed(PEER, 4.0), ack(SPEED_TO, target=0))
    assert result is None


def test_in_progress_waits_longer_and_is_not_repeated() -> None:
    said, result = play(command(Command(241, "calibrate"), PEER), ack(241, 5), *[None] * 20, ack(241, 5), ack(241))
    assert (len(said), result) == (1, None)
    _, result = play(command(Command(241, "calibrate"), PEER), ack(241, 5), *[None] * 30)
    assert isinstance(result, DeviceError)


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ((text("PreArm: no GPS"), ack(400, 4)), "PreArm: no GPS"),  # before the answer
        ((ack(400, 4), beat(0), text("Arm: low battery")), "Arm: low battery"),  # and after it
        ((ack(400, 4), None), "it failed"),
        ((text("unimportant", 6), ack(400, 99), None), "result 99"),
    ],
)
def test_a_refusal_has_the_vehicles_words(heard: tuple[object, ...], words: str) -> None:
    _, result = play(arm(PEER, True), *heard)
    assert isinstance(result, VehicleRefused)
    assert words in str(result)


def test_armed_is_what_the_heartbeat_shows() -> None:
    assert play(arm(PEER, True), ack(400), beat(4, armed=False))[1] is Unfinished
    assert play(arm(PEER, True), ack(400), beat(4, armed=False), beat(4, armed=True))[1] is None
    assert isinstance(play(arm(PEER, False), ack(400), None, None, None)[1], DeviceError)


def test_a_take_off_repeated_and_refused_because_it_flies_is_done() -> None:
    assert play(takeoff(PEER, 20.0), None, landed(3), ack(22, 4))[1] is None
    assert isinstance(play(takeoff(PEER, 20.0), landed(1), ack(22, 4), None)[1], VehicleRefused)
    assert play(takeoff(PEER, 20.0), ack(22))[1] is None


def test_a_mode_is_there_when_the_heartbeat_says_so() -> None:
    said, result = play(change_mode(PEER, COPTER, "GUIDED", "LOITER"), None, ack(176), beat(5), beat(4))
    assert said == ["command 176 1 4 #0", "command 176 1 4 #1"]
    assert result is None
    assert play(change_mode(PEER, COPTER, "GUIDED", "LOITER"), beat(4))[1] is None  # the answer was lost


def test_a_mode_is_not_asked_again_after_the_answer_nor_after_the_pilot_chose() -> None:
    said, result = play(change_mode(PEER, COPTER, "GUIDED", "LOITER"), ack(176), None, None, None)
    assert (len(said), type(result)) == (1, DeviceError)
    said, result = play(change_mode(PEER, COPTER, "GUIDED", "LOITER"), None, beat(6))
    assert (len(said), type(result)) == (2, VehicleRefused)
    assert "went to RTL" in str(result)


def test_a_refused_mode_and_one_that_is_none() -> None:
    assert isinstance(play(change_mode(PEER, COPTER, "GUIDED", "LOITER"), ack(176, 4), None)[1], VehicleRefused)
    assert isinstance(play(change_mode(PEER, COPTER, "HOVER", "LOITER"))[1], NotFound)


def test_px4_modes_are_sent_as_main_and_sub_mode() -> None:
    said, _ = play(change_mode(PEER, PX4, "RTL", "HOLD"))
    assert said == ["command 176 1 4 #0"]
    assert PX4.name(4 << 16 | 3 << 24) == "HOLD"
    assert PX4.stops == ("HOLD",)


def test_braking_goes_on_after_the_answer_until_the_heartbeat_shows_it() -> None:
    talk = insist(PEER, COPTER, COPTER.stops, "GUIDED", 10)
    said, result = play(talk, None, ack(176), beat(4), None, None, beat(17))
    assert said == [f"command 176 1 17 #{n}" for n in range(4)]
    assert result == "BRAKE"


def test_braking_takes_the_next_mode_and_gives_up_only_when_all_are_refused() -> None:
    talk = insist(PEER, COPTER, COPTER.stops, "GUIDED", 10)
    said, result = play(talk, ack(176, 4), None, beat(5))
    assert said == ["command 176 1 17 #0", "command 176 1 5 #1", "command 176 1 5 #2"]
    assert result == "LOITER"
    assert isinstance(play(insist(PEER, COPTER, ("BRAKE",), "GUIDED", 10), ack(176, 4))[1], VehicleRefused)
    assert isinstance(play(insist(PEER, COPTER, ("BRAKE",), "GUIDED", 3), None, None, None)[1], DeviceError)
    assert isinstance(play(insist(PEER, COPTER, (), "GUIDED", 3))[1], NotFound)


def test_a_late_refusal_of_the_mode_before_is_not_taken_for_one_of_the_next() -> None:
    talk = insist(PEER, COPTER, COPTER.stops, "GUIDED", 10)
    said, result = play(talk, None, None, ack(176, 4), ack(176, 4), ack(176, 4), None, ack(176), beat(5))
    assert said[-2:] == ["command 176 1 5 #3", "command 176 1 5 #4"]
    assert result == "LOITER"


def test_braking_leaves_a_vehicle_that_went_elsewhere_alone() -> None:
    _, result = play(insist(PEER, COPTER, ("BRAKE",), "GUIDED", 10), None, beat(9))
    assert isinstance(result, VehicleRefused)


@pytest.mark.parametrize(
    ("autopilot", "kind", "number", "name"),
    [(3, 2, 4, "GUIDED"), (3, 13, 17, "BRAKE"), (3, 1, 15, "GUIDED"), (3, 10, 4, "HOLD"), (3, 12, 4, "GUIDED")],
)
def test_mode_numbers_depend_on_the_kind_of_vehicle(autopilot: int, kind: int, number: int, name: str) -> None:
    assert table_for(autopilot, kind).name(number) == name
    assert table_for(autopilot, kind).number(name) == number


def test_an_unknown_autopilot_has_numbers_only() -> None:
    table: ModeTable = table_for(0, 2)
    assert (table.name(4), table.stops) == ("MODE 4", ())
    assert math.isfinite(len(table.numbers))


PX4_PEER = Peer(1, 1, 255, "PX4")
POSITION, TAKEOFF, HOLD, OFFBOARD = 3 << 16, 4 << 16 | 2 << 24, 4 << 16 | 3 << 24, 6 << 16


def test_px4_takes_off_to_an_altitude_above_the_sea_where_it_is() -> None:
    (message,) = [one for one in [next(takeoff(PX4_PEER, 20.0, 488.0))] if not isinstance(one, Wait)]
    assert message.param7 == 508.0  # type: ignore[union-attr]
    assert math.isnan(message.param5)  # type: ignore[union-attr]


def test_offboard_is_asked_for_only_after_targets_have_come_for_a_while() -> None:
    talk = change_mode(PX4_PEER, PX4, "OFFBOARD", "HOLD")
    said, result = play(talk, beat(HOLD), None, beat(HOLD))
    assert (said, result) == ([], Unfinished)
    talk = change_mode(PX4_PEER, PX4, "OFFBOARD", "HOLD")
    said, result = play(talk, beat(HOLD), None, beat(HOLD), None, ack(176), beat(OFFBOARD))
    assert (said, result) == (["command 176 1 6 #0"], None)


def test_a_pilot_who_chooses_while_targets_begin_is_not_overruled() -> None:
    said, result = play(change_mode(PX4_PEER, PX4, "OFFBOARD", "HOLD"), beat(POSITION))
    assert said == []
    assert isinstance(result, VehicleRefused)


def test_a_take_off_that_ends_in_hold_is_nobodys_choice() -> None:
    talk = change_mode(PX4_PEER, PX4, "OFFBOARD", "TAKEOFF")
    assert play(talk, beat(HOLD), None, None, ack(176), beat(OFFBOARD))[1] is None


def test_px4_modes_may_be_named_as_ardupilots() -> None:
    assert [PX4.own_name(mode) for mode in ("GUIDED", "BRAKE", "AUTO", "RTL")] == ["OFFBOARD", "HOLD", "MISSION", "RTL"]
    assert COPTER.own_name("GUIDED") == "GUIDED"

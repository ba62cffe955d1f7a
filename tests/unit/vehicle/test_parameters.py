"""Parameters as dialogues."""

import random
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.errors import DeviceError, NotFound, OutOfRange, VehicleRefused
from app.vehicle.parameters import HOLES_AT_ONCE, change, read, read_all, write
from app.vehicle.talk import Peer, Talk, Wait
from tests.unit.vehicle.play import PEER, Unfinished, beat, param, play

PX4 = Peer(1, 1, 255, "PX4")
INT16, INT32 = 4, 6


def error(name: str, number: int, target: int = 255) -> Any:
    message = mavlink.MAVLink_param_error_message(target, 190, name.encode(), -1, number)
    message.param_id = name
    return message


def test_holes_in_the_parameters_are_asked_for_by_index() -> None:
    some = [param("A", 1.0, 0, 4), param("D", 4.0, 3, 4)]
    said, result = play(read_all(PEER), None, *some, param("B", 2.0, 1, 4), beat(4), param("C", 3.0, 2, 4))
    assert said == ["PARAM_REQUEST_LIST", "PARAM_REQUEST_LIST", "PARAM_REQUEST_READ 1", "PARAM_REQUEST_READ 2"]
    assert {name: one.value for name, one in result.items()} == {"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0}
    assert list(result) == ["A", "B", "C", "D"]


def test_nothing_is_asked_for_while_the_list_still_runs() -> None:
    said, result = play(read_all(PEER), param("A", 1.0, 0, 4), param("C", 1.0, 2, 4))
    assert (said, result) == (["PARAM_REQUEST_LIST"], Unfinished)


def test_a_hole_asked_for_in_vain_is_asked_for_again_and_then_given_up() -> None:
    said, result = play(read_all(PEER, tries=2), param("A", 1.0, 0, 2), None, None, param("B", 2.0, 1, 2))
    assert said.count("PARAM_REQUEST_READ 1") == 2
    assert list(result) == ["A", "B"]
    _, result = play(read_all(PEER, tries=2), param("A", 1.0, 0, 3), *[None] * 8)
    assert isinstance(result, DeviceError)
    assert "3 parameters and sent 1. Missing: number 1, 2" in str(result)
    assert isinstance(play(read_all(PEER, tries=2), *[None] * 8)[1], DeviceError)


def test_what_is_overtaken_was_lost_and_is_asked_for_again_without_a_silence() -> None:
    heard = [param("A", 1.0, 0, 5), param("E", 5.0, 4, 5), param("C", 3.0, 2, 5), param("D", 4.0, 3, 5)]
    said, _ = play(read_all(PEER), *heard)
    assert said[1:] == [f"PARAM_REQUEST_READ {n}" for n in (1, 2, 3, 1)]


def test_many_holes_do_not_use_up_the_patience() -> None:
    heard: list[object] = [param("A", 1.0, 0, 100)]
    for index in range(1, 100):
        heard += [None, param(f"P{index}", 0.0, index, 100)]  # every first try is lost
    _, result = play(read_all(PEER, tries=2), *heard)
    assert len(result) == 100


class LossyVehicle:
    """Plays the vehicle of a parameter download; loses frames both ways by a seed."""

    def __init__(self, count: int, loss: float, seed: int) -> None:
        self._count, self._loss, self._random = count, loss, random.Random(seed)
        self._line: list[Any] = []
        self.questions, self.most_open = 0, 0

    def play(self, talk: Talk[Any], limit: int = 100_000) -> Any:
        said = next(talk)
        try:
            for _ in range(limit):
                self._take(said)
                said = talk.send(self._line.pop(0) if self._line else None)
        except StopIteration as end:
            return end.value
        pytest.fail("the conversation did not end")

    def _take(self, said: Any) -> None:
        for one in () if isinstance(said, Wait) else said if isinstance(said, tuple) else (said,):
            self.questions += 1
            if self._random.random() < self._loss:
                continue
            asked = range(self._count) if one.get_type() == "PARAM_REQUEST_LIST" else [one.param_index]
            kept = [at for at in asked if self._random.random() >= self._loss]
            self._line += [param(f"P{at}", float(at), at, self._count) for at in kept]
        self.most_open = max(self.most_open, len(self._line) if self.questions > 1 else 0)


@given(count=st.integers(1, 300), loss=st.floats(0.0, 0.3), seed=st.integers(0, 1000))
def test_any_loss_up_to_a_third_leaves_no_hole(count: int, loss: float, seed: int) -> None:
    vehicle = LossyVehicle(count, loss, seed)
    found = vehicle.play(read_all(PEER, tries=20))
    assert [one.value for one in found.values()] == [float(at) for at in range(count)]
    assert vehicle.questions <= 40 + 6 * count * loss + HOLES_AT_ONCE


def test_a_count_that_changes_begins_anew_and_one_that_never_settles_is_given_up() -> None:
    said, result = play(
        read_all(PEER), param("A", 1.0, 0, 3), param("A", 1.0, 0, 2), param("A", 1.0, 0, 2), param("B", 2.0, 1, 2)
    )
    assert said == ["PARAM_REQUEST_LIST", "PARAM_REQUEST_LIST"]
    assert list(result) == ["A", "B"]
    restless = [param("A", 1.0, 0, 3 + at % 2) for at in range(60)]
    assert "keeps changing" in str(play(read_all(PEER), *restless)[1])


def test_answers_to_a_set_do_not_count_for_the_list() -> None:
    _, result = play(read_all(PEER), param("A", 1.0, 65_535, 1), param("A", 2.0, 0, 1))
    assert result["A"].value == 2.0


def test_one_parameter_read_and_written() -> None:
    assert play(read(PEER, "B"), param("A", 1.0, 0, 2), None, param("B", 2.0, 1, 2))[1].value == 2.0
    assert isinstance(play(read(PEER, "B"), *[None] * 10)[1], NotFound)
    assert isinstance(play(read(PEER, "X" * 17))[1], NotFound)
    assert play(write(PEER, "B", 3.0, 9), None, param("B", 3.0, 65535, 2))[1].value == 3.0
    assert isinstance(play(write(PEER, "B", 3.0, 9), *[None] * 10)[1], DeviceError)
    said, result = play(change(PEER, "B", 3.0), param("B", 2.0, 1, 2), param("B", 3.0, 1, 2))
    assert (said, result.value) == (["PARAM_REQUEST_READ -1", "PARAM_SET"], 3.0)


def test_an_old_value_on_its_way_is_no_refusal_but_a_second_one_is() -> None:
    old = param("B", 2.0, 1, 2)
    assert play(write(PEER, "B", 3.0, 9), old, old, param("B", 3.0, 1, 2))[1].value == 3.0
    _, result = play(write(PEER, "B", 3.0, 9), old, None, old)
    assert isinstance(result, VehicleRefused)
    assert "kept B at 2 instead of 3" in str(result)


def test_newer_vehicles_say_why_not() -> None:
    assert isinstance(play(read(PEER, "B"), error("B", mavlink.MAV_PARAM_ERROR_DOES_NOT_EXIST))[1], NotFound)
    _, result = play(write(PEER, "B", 3.0, 9), error("A", 4), error("B", 4, target=245), error("B", 4))
    assert isinstance(result, VehicleRefused)
    assert mavlink.enums["MAV_PARAM_ERROR"][4].name in str(result)


@pytest.mark.parametrize("value", [1.5, 40_000.0, float("nan"), float("inf")])
def test_what_a_type_cannot_hold_is_not_sent(value: float) -> None:
    said, result = play(write(PEER, "B", value, INT16))
    assert (said, type(result)) == ([], OutOfRange)


def test_px4_sends_integers_by_their_bytes() -> None:
    as_float = struct.unpack("<f", struct.pack("<i", 123_456))[0]
    assert play(read(PX4, "B"), param("B", as_float, 0, 1, INT32))[1].value == 123_456.0
    talk = write(PX4, "B", 123_456.0, INT32)
    sent: Any = next(talk)
    assert sent.param_value == as_float
    with pytest.raises(StopIteration) as end:
        talk.send(param("B", as_float, 0, 1, INT32))
    assert end.value.value.value == 123_456.0
    assert play(read(PEER, "B"), param("B", 5.0, 0, 1, INT32))[1].value == 5.0
